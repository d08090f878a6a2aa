"""What the messenger tells of a chat while a message is sent to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery.alarms import alarm
from bot.records import ChatState, OutboxState
from bot.state.tables import Chat, Dialog, Outbox, StoredAnswer

# No chat of the messenger's has this number.
_NOWHERE = 0


def block(session: Session, chat: int) -> None:
    """Nothing reaches a chat any more."""
    session.execute(
        update(Chat)
        .where(Chat.chat == chat, Chat.state == ChatState.ACTIVE)
        .values(state=ChatState.BLOCKED)
    )


def unblock(session: Session, chat: int) -> None:
    """A chat is reached again; what the office took out stays out."""
    session.execute(
        update(Chat)
        .where(Chat.chat == chat, Chat.state == ChatState.BLOCKED)
        .values(state=ChatState.ACTIVE)
    )


def move(session: Session, old: int, new: int) -> None:
    """A chat goes on under another number: its bindings and its waiting messages follow.

    Where the new chat was bound by itself meanwhile, that binding stands and the old one goes;
    a binding that was taken out there stands in nobody's way. So do the buttons under answers,
    and what people are being asked.
    """
    there = {room.thread: room for room in session.scalars(select(Chat).where(Chat.chat == new))}
    for room in session.scalars(select(Chat).where(Chat.chat == old)).all():
        other = there.get(room.thread)
        if other is not None and other.state != ChatState.REMOVED:
            room.state = ChatState.REMOVED
        elif other is not None:
            _exchange(session, room, other)
        else:
            room.chat = new
    session.execute(update(StoredAnswer).where(StoredAnswer.chat == old).values(chat=new))
    asked = select(Dialog.user).where(Dialog.chat == new)
    session.execute(
        update(Dialog)
        .where(Dialog.chat == old, Dialog.user.not_in(list(session.scalars(asked))))
        .values(chat=new)
    )
    session.execute(
        update(Outbox).where(Outbox.chat == old, Outbox.state == OutboxState.DUE).values(chat=new)
    )


def _exchange(session: Session, room: Chat, other: Chat) -> None:
    """Two bindings change places; no two may hold one number, not even for a moment."""
    old, new = room.chat, other.chat
    for one, number in ((other, _NOWHERE), (room, new), (other, old)):
        one.chat = number
        session.flush()


def break_topic(session: Session, chat: int, thread: int, now: datetime) -> None:
    """A topic takes no messages: they go to the chat itself, and the office is told."""
    session.execute(
        update(Chat).where(Chat.chat == chat, Chat.thread == thread).values(thread_broken=True)
    )
    title = session.scalar(select(Chat.title).where(Chat.chat == chat, Chat.thread == thread))
    words = f"群“{title or chat}”里绑定的话题已关闭或删除,消息改发到群里;请重新绑定。"
    alarm(session, now, f"topic:{chat}:{thread}", words)

"""What the messenger tells of a chat while a message is sent to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery.alarms import alarm
from bot.records import ChatState, OutboxState
from bot.state.tables import Chat, Outbox


def block(session: Session, chat: int) -> None:
    """Nothing reaches a chat any more."""
    session.execute(
        update(Chat)
        .where(Chat.chat == chat, Chat.state == ChatState.ACTIVE)
        .values(state=ChatState.BLOCKED)
    )


def move(session: Session, old: int, new: int) -> None:
    """A chat goes on under another number: its bindings and its waiting messages follow.

    Where the new chat was bound by itself meanwhile, that binding stands and the old one goes.
    """
    there = set(session.scalars(select(Chat.thread).where(Chat.chat == new)))
    for room in session.scalars(select(Chat).where(Chat.chat == old)):
        if room.thread in there:
            room.state = ChatState.REMOVED
        else:
            room.chat = new
    session.execute(
        update(Outbox).where(Outbox.chat == old, Outbox.state == OutboxState.DUE).values(chat=new)
    )


def break_topic(session: Session, chat: int, thread: int, now: datetime) -> None:
    """A topic takes no messages: they go to the chat itself, and the office is told."""
    session.execute(
        update(Chat).where(Chat.chat == chat, Chat.thread == thread).values(thread_broken=True)
    )
    title = session.scalar(select(Chat.title).where(Chat.chat == chat, Chat.thread == thread))
    words = f"群“{title or chat}”里绑定的话题已关闭或删除,消息改发到群里;请重新绑定。"
    alarm(session, now, f"topic:{chat}:{thread}", words)

"""What is done about a message whose chat cannot be reached."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.access.chats import chats_of_unit, office_chats
from bot.delivery.alarms import alarm
from bot.delivery.outbox import FORWARDED, copy, original_key
from bot.records import Address, ChatKind, OutboxState, Priority, Role, UnitRole
from bot.state.tables import Chat, Membership, Outbox, TaskUnit
from bot.telegram.html import plain

_MARK = "(原会话无法送达,转发至此)\n"
_OFFICE, _UNIT = "office", "unit"
# How much of a message that nobody gets any more is quoted to the administrators.
_QUOTED = 200
_LOST = (OutboxState.FAILED, OutboxState.DEAD, OutboxState.CANCELLED)


def on_undeliverable(session: Session, row: Outbox, now: datetime) -> None:
    """Send it on to others for whom it is as well, and tell the office; its chat is blocked.

    What is for a unit goes to its other chats, else to the task's lead unit's; what is for the
    office to its other chats. An answer is its asker's own affair, and an edit has no place
    elsewhere: neither is sent on.
    """
    chat = session.scalar(select(Chat).where(Chat.chat == row.chat).order_by(Chat.id))
    answer, kind = row.priority == Priority.ANSWER, f"blocked:{row.chat}"
    if answer and not (chat and chat.kind == ChatKind.GROUP):
        return
    others = [] if answer or row.payload["edits"] else _others(session, row)
    told = _send_on(session, row, now, others)
    rest = "本条也发给了其他会话。" if others else "本条没有其他会话可发,请设法转告。"
    if told:
        rest = f"本条已改发 {told} 个其他会话。"
    elif not (others or answer or row.payload["edits"]):
        kind, rest = f"undelivered:{row.id}", rest + _quote(row)
    title = chat.title if chat else ""
    words = f"会话“{title or row.chat}”无法送达({row.last_error})。{rest}"
    alarm(session, now, kind, words, about=row.key)


def _quote(row: Outbox) -> str:
    """The beginning of a message; of a secret one nothing."""
    if row.payload.get("secret"):
        return ""
    words = " ".join(plain(row.payload["text"].removeprefix(_MARK)).split())
    cut = words if len(words) <= _QUOTED else words[:_QUOTED] + "…"
    return f"内容:“{cut}”" if cut else ""


def _send_on(session: Session, row: Outbox, now: datetime, others: Iterable[Chat]) -> int:
    """In how many other chats it is told; the key of a copy keeps any from being told twice."""
    base = original_key(row.key)
    text = row.payload["text"].removeprefix(_MARK)
    told = 0
    for room in others:
        if _has(session, row, room):
            continue
        told += 1
        copy(
            session,
            row,
            now,
            key=f"{base}{FORWARDED}{room.id}",
            to=Address(room.chat, room.thread),
            payload={"text": _MARK + text},
            resent=row.resent,
        )
    return told


def _has(session: Session, row: Outbox, room: Chat) -> bool:
    """Whether the same words were queued to another chat together with these."""
    there = select(Outbox.payload, Outbox.blob_id).where(
        Outbox.chat == room.chat,
        Outbox.created_at == row.created_at,
        Outbox.state.not_in(_LOST),
    )
    own = row.payload["text"], row.payload.get("file_id"), row.blob_id
    return any(
        (payload["text"], payload.get("file_id"), blob) == own
        for payload, blob in session.execute(there)
    )


def _others(session: Session, row: Outbox) -> list[Chat]:
    """The chats for whom a message is as well, and that are reached; its own is none."""
    if _audience(session, row) == _OFFICE:
        found = office_chats(session)
    else:
        found = _rooms(session, _units_of_chat(session, row.chat), row.chat)
        if not found and row.task_id:
            found = _rooms(session, _leading_units(session, row.task_id), row.chat)
    return [room for room in found if room.chat != row.chat]


def _audience(session: Session, row: Outbox) -> str:
    """For whom it is; where it does not say, nothing that may be the office's goes to a unit."""
    if marked := row.payload.get("for", ""):
        return str(marked)
    rooms = session.scalars(select(Chat).where(Chat.chat == row.chat)).all()
    if any(room.office for room in rooms):
        return _OFFICE
    people = [room.person_id for room in rooms if room.person_id is not None]
    of_office = select(Membership.id).where(
        Membership.person_id.in_(people),
        Membership.role == Role.OFFICE,
        Membership.until.is_(None),
    )
    return _OFFICE if session.scalar(of_office.limit(1)) else _UNIT


def _rooms(session: Session, units: Iterable[int], but: int) -> list[Chat]:
    """The chats of units that are still reached, but for one."""
    rooms = {room.id: room for unit in units for room in chats_of_unit(session, unit)}
    return [room for room in rooms.values() if room.chat != but]


def _units_of_chat(session: Session, chat: int) -> list[int]:
    """The units that a chat stands for: its own, or its person's."""
    found = []
    for room in session.scalars(select(Chat).where(Chat.chat == chat).order_by(Chat.id)):
        if room.unit_id is not None:
            found.append(room.unit_id)
        elif room.person_id is not None:
            found += _units_of_person(session, room.person_id)
    return list(dict.fromkeys(found))


def _units_of_person(session: Session, person_id: int) -> list[int]:
    mine = select(Membership.unit_id).where(
        Membership.person_id == person_id, Membership.until.is_(None)
    )
    return [unit for unit in session.scalars(mine.order_by(Membership.id)) if unit is not None]


def _leading_units(session: Session, task_id: int) -> list[int]:
    leading = select(TaskUnit.unit_id).where(
        TaskUnit.task_id == task_id, TaskUnit.role == UnitRole.LEAD
    )
    return list(session.scalars(leading.order_by(TaskUnit.id)))

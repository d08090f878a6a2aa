"""What is done about a message whose chat cannot be reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.access.chats import chats_of_unit
from bot.delivery.alarms import alarm
from bot.delivery.outbox import FORWARDED, copy, original_key
from bot.records import Address, Priority, UnitRole
from bot.state.tables import Chat, Membership, Outbox, TaskUnit

_MARK = "(原会话无法送达,转发至此)\n"


def on_undeliverable(session: Session, row: Outbox, now: datetime) -> None:
    """Send it to the unit's other chats, else to the task's lead unit's; tell the office.

    An answer is its asker's own affair, and an edit has no place elsewhere: neither is sent on.
    """
    told = 0
    if row.priority != Priority.ANSWER and not row.payload["edits"]:
        told = _send_on(session, row, now)
    title = session.scalar(select(Chat.title).where(Chat.chat == row.chat).order_by(Chat.id))
    rest = f"本条已改发 {told} 个其他会话。" if told else "本条没有其他会话可发,请设法转告。"
    words = f"会话“{title or row.chat}”无法送达({row.last_error})。{rest}"
    alarm(session, now, f"blocked:{row.chat}", words, about=row.key)


def _send_on(session: Session, row: Outbox, now: datetime) -> int:
    """In how many other chats it is told; the key of a copy keeps any from being told twice."""
    others = _others(session, row, _units_of_chat(session, row.chat))
    if not others and row.task_id:
        others = _others(session, row, _leading_units(session, row.task_id))
    base = original_key(row.key)
    text = row.payload["text"].removeprefix(_MARK)
    for room in others:
        copy(
            session,
            row,
            now,
            key=f"{base}{FORWARDED}{room.id}",
            to=Address(room.chat, room.thread),
            payload={"text": _MARK + text},
            resent=row.resent,
        )
    return len(others)


def _others(session: Session, row: Outbox, units: list[int]) -> list[Chat]:
    """The chats of units that are still reached; the row's own, just marked, is none."""
    rooms = {room.id: room for unit in units for room in chats_of_unit(session, unit)}
    return [room for room in rooms.values() if room.chat != row.chat]


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

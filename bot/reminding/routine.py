"""The plan's own routine: the month's ledgers, acceptance at checkpoints, reports, bulletins.

What is due is decided in the database, drawn outside of any transaction, and queued in
another: each message under a key of its round, and the round noted as done.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.access.chats import chats_of_units, office_chats
from bot.delivery.outbox import enqueue, store_blob
from bot.handling.needs import Paper
from bot.ledger.queries import bulletin, tasks_of_units
from bot.office.records import Bulletin, ranked
from bot.office.texts import bulletin_lines
from bot.records import UNIT_ROLE_WORDS, Outgoing, Priority, UnitRole
from bot.reminding.cards import address
from bot.reminding.listing import Item, listed
from bot.reminding.notes import alone, note, noted
from bot.reminding.reporting import checkpoints, daily_blocks, state_line
from bot.reminding.rules import PlanRules, office_calendar
from bot.reminding.schedule import BULLETIN_NAMES, Round, RoutineKind, due_round
from bot.state.database import Database
from bot.state.tables import Chat, LedgerTask, Unit
from bot.telegram.html import escape, pack
from corpus.errors import MissingExtra

_log = logging.getLogger(__name__)
_ROUTINE = Priority.ROUTINE


@dataclass(frozen=True, slots=True)
class Routine:
    """A round that is due: the messages it comes to, or the bulletin to be drawn first.

    A bulletin goes to the office's `rooms` with its paper, and to the ranked units' without.
    """

    round: Round
    messages: tuple[Outgoing, ...] = ()
    bulletin: Bulletin | None = None
    rooms: tuple[Chat, ...] = ()
    unit_rooms: tuple[Chat, ...] = ()

    @property
    def key(self) -> str:
        """What the keys of its messages begin with."""
        return f"{noted_as(self.round.kind)}:{self.round.day}"


def due_routines(session: Session, now: datetime, rules: PlanRules) -> list[Routine]:
    """Return what is due in this hour, also what comes to nothing, to be noted as done."""
    calendar = office_calendar(session)
    if rules.hours.next_open(now, calendar) != now:
        return []
    today = rules.day_of(now)
    found = []
    for kind in RoutineKind:
        last = noted(session, noted_as(kind))
        due = due_round(kind, today, date.fromisoformat(last) if last else None, calendar)
        if due is not None:
            found.append(_routine(session, due, now, rules))
    return found


def queue_routine(
    session: Session, routine: Routine, papers: Sequence[Paper], now: datetime
) -> int:
    """Queue a round with what was drawn for it, once; return the number of messages."""
    alone(session)
    name, day = noted_as(routine.round.kind), routine.round.day.isoformat()
    if noted(session, name) >= day:
        return 0
    note(session, name, day)
    messages = [*routine.messages, *_bulletin_messages(session, routine, papers, now)]
    return sum(enqueue(session, message, now) is not None for message in messages)


def draw(routine: Routine, font: Path | None) -> tuple[Paper, ...]:
    """Draw the bulletin of a round; without a Chinese font only its paper can be made.

    :raises SettingsError: the font named is not one that can be used.
    """
    from bot.office.fonts import find_font
    from bot.office.papers import bulletin_docx
    from bot.office.rankings import ranking

    found = routine.bulletin
    if found is None:
        return ()
    name = f"{found.name}{found.end:%Y%m%d}"
    papers = []
    picture = None
    try:
        picture = ranking(found, font=find_font(font))
        papers.append(Paper("picture", f"{name}.png", picture))
    except MissingExtra as exc:
        _log.warning("%s without a picture: %s", name, exc)
    return (*papers, Paper("document", f"{name}.docx", bulletin_docx(found, picture)))


def perform_routines(
    database: Database, now: datetime, rules: PlanRules, font: Path | None = None
) -> int:
    """Do all that is due, in a thread where drawing may take its time; the messages queued."""
    queued = 0
    for routine in database.read(lambda session: due_routines(session, now, rules)):
        papers = draw(routine, font)
        queued += database.write(partial(_queue, routine, papers, now))
    return queued


def _queue(routine: Routine, papers: Sequence[Paper], now: datetime, session: Session) -> int:
    return queue_routine(session, routine, papers, now)


def noted_as(kind: RoutineKind) -> str:
    """The name under which the last round of a kind is noted."""
    return f"routine:{kind}"


def _routine(session: Session, due: Round, now: datetime, rules: PlanRules) -> Routine:
    rooms = tuple(office_chats(session))
    routine = Routine(due, rooms=rooms)
    if due.kind is RoutineKind.LEDGER:
        return replace(routine, messages=_ledgers(session, routine), rooms=())
    if due.kind is RoutineKind.DAILY:
        return replace(routine, messages=_daily(session, routine, now, rules))
    if due.kind is RoutineKind.CHECKPOINT:
        return replace(routine, messages=_checkpoints(session, routine))
    name, zone = BULLETIN_NAMES[due.kind], rules.hours.zone
    found = bulletin(session, name, due.start, due.end, rules.day_of(now), zone)
    if not found.tasks:
        return routine
    return replace(routine, bulletin=found, unit_rooms=_unit_rooms(session, found, rooms))


def ranked_units(session: Session, found: Bulletin | None) -> list[Unit]:
    """The units that a bulletin ranks, in the order of their ranks."""
    names = [item.unit for _, item in ranked(found.units)] if found else []
    units = {unit.name: unit for unit in session.scalars(select(Unit).where(Unit.name.in_(names)))}
    return [units[name] for name in names if name in units]


def _unit_rooms(session: Session, found: Bulletin, office: Sequence[Chat]) -> tuple[Chat, ...]:
    """Where the ranked units are reached, each chat once, and none of the office's."""
    unit_ids = [unit.id for unit in ranked_units(session, found)]
    rooms = {room.id: room for own in chats_of_units(session, unit_ids).values() for room in own}
    known = {room.id for room in office}
    return tuple(room for number, room in sorted(rooms.items()) if number not in known)


def _daily(
    session: Session, routine: Routine, now: datetime, rules: PlanRules
) -> tuple[Outgoing, ...]:
    due = routine.round
    parts = pack(daily_blocks(session, due.start, due.day, now, rules))
    return tuple(
        _to_office(f"{routine.key}:{room.id}:{number}", room, part)
        for room in routine.rooms
        for number, part in enumerate(parts, start=1)
    )


def _checkpoints(session: Session, routine: Routine) -> tuple[Outgoing, ...]:
    due = routine.round
    return tuple(
        message
        for day, items in checkpoints(session, due.start, due.end)
        for room in routine.rooms
        for message in listed(
            f"<b>节点验收</b> {day} 到期,共 {len(items)} 项,请逐个验收、挂账销号",
            items,
            f"{routine.key}:{day}",
            room,
            "office",
        )
    )


def _ledgers(session: Session, routine: Routine) -> tuple[Outgoing, ...]:
    """Each unit's open tasks to its chats; a chat of several units gets them as one list."""
    units: dict[Chat, list[int]] = {}
    unit_ids = session.scalars(select(Unit.id).order_by(Unit.id)).all()
    for unit, rooms in chats_of_units(session, unit_ids).items():
        for room in rooms:
            units.setdefault(room, []).append(unit)
    month = f"{routine.round.day.year}年{routine.round.day.month}月"
    found: list[Outgoing] = []
    for room, own in sorted(units.items(), key=lambda pair: pair[0].id):
        tasks = tasks_of_units(session, own)
        head = f"<b>月台账推进</b> {month},在办 {len(tasks)} 项"
        items = [_item(task, own) for task in tasks]
        found += listed(head, items, routine.key, room, "unit")
    return tuple(found)


def _item(task: LedgerTask, own: Sequence[int]) -> Item:
    roles = {UnitRole(part.role) for part in task.units if part.unit_id in own}
    role = UNIT_ROLE_WORDS[UnitRole.LEAD if UnitRole.LEAD in roles else UnitRole.COOPERATING]
    when = f"{task.due} 到期(原文:{task.deadline_text})" if task.due else task.deadline_text
    return Item(task, (f"{state_line(task)} {role}", escape(when)))


def _to_office(key: str, room: Chat, text: str) -> Outgoing:
    return Outgoing(key, address(room), text, priority=_ROUTINE, audience="office")


def _bulletin_messages(
    session: Session, routine: Routine, papers: Sequence[Paper], now: datetime
) -> list[Outgoing]:
    if routine.bulletin is None or not routine.rooms:
        return []
    blobs = [store_blob(session, p.kind, p.name, p.content, now) for p in papers]
    name = escape(routine.bulletin.name)
    texts = pack([escape(line) for line in bulletin_lines(routine.bulletin)])
    said = [(str(number), text, 0) for number, text in enumerate(texts, start=1)]
    files = [(paper.kind, name, blob) for paper, blob in zip(papers, blobs, strict=True)]
    seen = [file for file in files if file[0] == "picture"]
    return [
        Outgoing(
            f"{routine.key}:{room.id}:{part}",
            address(room),
            text,
            priority=_ROUTINE,
            blob=blob,
            audience=audience,
        )
        for audience, rooms, parts in (
            ("office", routine.rooms, [*said, *files]),
            ("unit", routine.unit_rooms, [*said, *seen]),
        )
        for room in rooms
        for part, text, blob in parts
    ]

"""What will be said to whom, found by letting the planner itself run on a copy of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.access.chats import chats_of_units
from bot.ledger.importing import Draft, import_tasks
from bot.records import Actor, ChatKind, TaskState
from bot.reminding.copying import copied, deliver, memory, set_to
from bot.reminding.digest import Entry
from bot.reminding.planner import tick
from bot.reminding.rules import PlanRules
from bot.state.tables import Chat, LedgerTask, Unit

OFFICE_NAME = "攻坚办"
# The stage of what is no reminder but said by the plan itself.
ROUTINE = "routine"
# Chats from here on down are nobody's.
_NOWHERE = -(10**15)
# Before any deadline, so that no stage is left out for having been issued late.
_LONG_AGO = datetime(2000, 1, 3, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Coming:
    """One reminder, or round of the routine, to one unit (or the office) on a day.

    `reached` is whether the unit has a chat at all; without one it is not told.
    """

    day: date
    unit: str
    role: str
    stage: str
    due: date | None
    number: int
    title: str
    deadline_text: str
    milestone: str | None
    words: str
    calendar_known: bool
    plan: str
    document_number: str
    document_id: str
    send_at: datetime
    reached: bool = True


def preview(
    session: Session, as_of: date, days: int, today: date, rules: PlanRules
) -> tuple[Coming, ...]:
    """Return what would be said from a day on, each unit's reminders once, by day and unit.

    The session is only read. `today` is the day it is: up to it what happened is known.
    """
    with copied(session) as copy:
        set_to(copy, as_of, today, rules)
        unreached = give_rooms(copy)
        found = _run(copy, as_of, days, rules)
    return tuple(replace(item, reached=item.unit not in unreached) for item in found)


def preview_drafts(
    drafts: Sequence[Draft], as_of: date, days: int, rules: PlanRules
) -> tuple[Coming, ...]:
    """Return what would be said of tasks that nobody has issued, as if all had been long ago."""
    with memory() as ledger:
        import_tasks(ledger, drafts, Actor(0, 0, 0, ""), _LONG_AGO)
        for task in ledger.scalars(select(LedgerTask)):
            task.state, task.issued_at = TaskState.ISSUED, _LONG_AGO
            for part in task.units:
                part.acknowledged_at = _LONG_AGO
        for unit in ledger.scalars(select(Unit)):
            ledger.add(_room(unit))
        ledger.flush()
        set_to(ledger, as_of, as_of - timedelta(1), rules)
        return _run(ledger, as_of, days, rules)


def give_rooms(copy: Session) -> frozenset[str]:
    """Give each unit of a copy that nobody reaches a chat, to see what it misses; their names."""
    units = {unit.id: unit for unit in copy.scalars(select(Unit))}
    reached = chats_of_units(copy, list(units))
    unreached = [unit for unit in units.values() if unit.id not in reached]
    copy.add_all(_room(unit) for unit in unreached)
    copy.flush()
    return frozenset(unit.name for unit in unreached)


def _room(unit: Unit) -> Chat:
    return Chat(
        chat=_NOWHERE - unit.id,
        kind=ChatKind.GROUP,
        title=unit.name,
        unit_id=unit.id,
        created_at=_LONG_AGO,
    )


def _run(ledger: Session, first: date, days: int, rules: PlanRules) -> tuple[Coming, ...]:
    found: dict[tuple[date, int, int, str, str], Coming] = {}
    for day in (first + timedelta(number) for number in range(days)):
        at = rules.hours.opening(day)
        for coming in _said(tick(ledger, at, rules).entries, at):
            found.setdefault(coming[0], coming[1])
        deliver(ledger)
        ledger.expunge_all()
    return tuple(sorted(found.values(), key=place))


def _said(
    entries: Iterable[Entry], at: datetime
) -> list[tuple[tuple[date, int, int, str, str], Coming]]:
    """An entry for each unit that it speaks to, however many chats the unit has."""
    return [
        ((entry.day, entry.task.id, entry.milestone, entry.stage, unit), _coming(entry, unit, at))
        for entry in entries
        for unit in entry.units or (OFFICE_NAME,)
    ]


def _coming(entry: Entry, unit: str, at: datetime) -> Coming:
    task = entry.task
    return Coming(
        day=entry.day,
        unit=unit,
        role=entry.role,
        stage=entry.stage,
        due=entry.due,
        number=task.number,
        title=task.title,
        deadline_text=task.deadline_text,
        milestone=entry.step or None,
        words=entry.words,
        calendar_known=entry.calendar_known,
        plan=task.plan,
        document_number=task.document_number,
        document_id=task.document_id,
        send_at=at,
    )


def place(coming: Coming) -> tuple[date, bool, str, date, int, str]:
    """What sorts by day and unit, the office last."""
    return (
        coming.day,
        coming.unit == OFFICE_NAME,
        coming.unit,
        coming.due or date.max,
        coming.number,
        coming.stage,
    )

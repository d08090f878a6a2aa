"""Which reminders there ought to be in the coming days, and to which chats."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from bot.access.chats import admin_chats, chats_of_units, leads_of_unit, office_chats
from bot.reminding.escalation import Audience, escalations
from bot.reminding.facts import Dated, TaskFacts
from bot.reminding.rules import PlanRules
from bot.reminding.stages import Occurrence, occurrences
from bot.reminding.workdays import WorkCalendar
from bot.state.tables import Chat

_log = logging.getLogger(__name__)


class Key(NamedTuple):
    """What a reminder is unique by, in the order of the table's constraint."""

    task: int
    milestone: int
    due_version: int
    due: date
    stage: str
    chat: int


class Aim(NamedTuple):
    """The day a reminder is to be sent on, and whether its calendar is published."""

    day: date
    calendar_known: bool


class Place(NamedTuple):
    """A chat, and the day since which it is one."""

    chat: int
    since: date


@dataclass(frozen=True, slots=True)
class Reach:
    """The chats in which units, their leaders, the office and its administrators are reached."""

    units: dict[int, tuple[Place, ...]]
    leaders: dict[int, tuple[Place, ...]]
    office: tuple[Place, ...]
    admins: tuple[Place, ...]


def reach_of(session: Session, tasks: Sequence[TaskFacts], rules: PlanRules) -> Reach:
    """Return where the units of these tasks are reached."""

    def places(rooms: Iterable[Chat]) -> tuple[Place, ...]:
        return tuple(Place(room.id, rules.day_of(room.created_at)) for room in rooms)

    unit_ids = sorted({unit for task in tasks for unit in task.units})
    unsigned = sorted({unit for task in tasks for unit in task.unsigned})
    return Reach(
        {unit: places(rooms) for unit, rooms in chats_of_units(session, unit_ids).items()},
        {unit: places(leads_of_unit(session, unit)) for unit in unsigned},
        places(office_chats(session)),
        places(admin_chats(session)),
    )


def wanted(
    tasks: Iterable[TaskFacts], reach: Reach, calendar: WorkCalendar, first: date, last: date
) -> dict[Key, Aim]:
    """Return every reminder to be sent from one day to another, both included."""
    found: dict[Key, Aim] = {}
    for task in tasks:
        for dated in task.dates:
            for occurrence, places in _audiences(task, dated, reach, calendar, (first, last)):
                due = occurrence.due or occurrence.nominal
                aim = Aim(occurrence.day, occurrence.calendar_known)
                for place in places:
                    if place.since <= occurrence.day:
                        key = (task.id, dated.milestone, task.due_version, due, occurrence.stage)
                        found[Key(*key, place.chat)] = aim
    return found


def _audiences(
    task: TaskFacts,
    dated: Dated,
    reach: Reach,
    calendar: WorkCalendar,
    window: tuple[date, date],
) -> Iterator[tuple[Occurrence, Iterable[Place]]]:
    """Yield each occurrence of a date with the places it is to be told in."""
    first, last = window
    units = {place for unit in task.units for place in reach.units.get(unit, ())}
    try:
        found = occurrences(dated.subject, calendar, start=max(first, task.since), end=last)
    except ValueError as exc:
        _log.warning("task %s, milestone %s: no reminders: %s", task.id, dated.milestone, exc)
        return
    # The task's own check is enough; a milestone met daily needs none beside it.
    checked = task.ongoing and dated.milestone
    for occurrence in found:
        if occurrence.due is not None or not checked:
            yield occurrence, units
    for escalation in escalations(task, dated, calendar, first, last):
        yield escalation.occurrence, _told(task, escalation.audience, reach)


def _told(task: TaskFacts, audience: Audience, reach: Reach) -> Iterable[Place]:
    if audience is Audience.OFFICE:
        return reach.office
    if audience is Audience.ADMINS:
        return reach.admins
    return {
        place
        for unit in task.unsigned
        for place in (*reach.units.get(unit, ()), *reach.leaders.get(unit, ()))
    }

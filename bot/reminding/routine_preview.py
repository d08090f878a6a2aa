"""What the plan's own routine will say to whom, found by letting it run on a copy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ledger.queries import tasks_of_units
from bot.reminding.copying import copied, set_to
from bot.reminding.notes import note, noted
from bot.reminding.preview import OFFICE_NAME, ROUTINE, Coming, give_rooms, place
from bot.reminding.routine import Routine, due_routines, noted_as, ranked_units
from bot.reminding.rules import PlanRules, office_calendar
from bot.reminding.schedule import BULLETIN_NAMES, RoutineKind
from bot.state.tables import Unit

_NAMES = {
    RoutineKind.DAILY: "每日情况",
    RoutineKind.CHECKPOINT: "节点验收",
    RoutineKind.LEDGER: "月台账推进",
    **BULLETIN_NAMES,
}


def preview_routines(
    session: Session, as_of: date, days: int, today: date, rules: PlanRules
) -> tuple[Coming, ...]:
    """Return the rounds of the days from one on, for each unit, or the office, they go to.

    The session is only read. `today` is the day it is.
    """
    found: list[Coming] = []
    with copied(session) as copy:
        set_to(copy, as_of, today, rules)
        _wind_to(copy, as_of, today)
        unreached = give_rooms(copy)
        for day in (as_of + timedelta(number) for number in range(days)):
            for routine in due_routines(copy, rules.hours.opening(day), rules):
                note(copy, noted_as(routine.round.kind), routine.round.day.isoformat())
                found += [
                    _coming(routine, unit, day, unreached, rules) for unit in _told(copy, routine)
                ]
            copy.expunge_all()
    return tuple(sorted(found, key=place))


def _wind_to(copy: Session, day: date, today: date) -> None:
    """Let what was due before a day be done, and what was done from it on be due again."""
    before = office_calendar(copy).on_or_before(day - timedelta(days=1)).isoformat()
    for kind in RoutineKind:
        last = noted(copy, noted_as(kind))
        if day != today or last > before:
            note(copy, noted_as(kind), before)


def _told(copy: Session, routine: Routine) -> Iterator[str]:
    """The units that a round goes to, and the office; nobody where it comes to nothing."""
    if routine.round.kind is RoutineKind.LEDGER:
        for unit in copy.scalars(select(Unit).order_by(Unit.id)):
            if tasks_of_units(copy, [unit.id]):
                yield unit.name
        return
    if routine.rooms and (routine.messages or routine.bulletin):
        yield OFFICE_NAME
        yield from (unit.name for unit in ranked_units(copy, routine.bulletin))


def _coming(
    routine: Routine, unit: str, day: date, unreached: frozenset[str], rules: PlanRules
) -> Coming:
    return Coming(
        day=day,
        unit=unit,
        role="office" if unit == OFFICE_NAME else "unit",
        stage=ROUTINE,
        due=None,
        number=0,
        title="",
        deadline_text="",
        milestone=None,
        words=_NAMES[routine.round.kind],
        calendar_known=True,
        plan="",
        document_number="",
        document_id="",
        send_at=rules.hours.opening(day),
        reached=unit not in unreached,
    )

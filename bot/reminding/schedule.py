"""When the plan's own routine is due: each working morning, week, month and quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.reminding.workdays import WorkCalendar

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_MONTHS_OF_QUARTER = 3
# A bulletin of the last month is still news so many days late, after a pause; later it is not.
_GRACE = timedelta(days=10)
# Checkpoints further back than any holiday are not caught up with.
_FARTHEST = timedelta(days=15)


class RoutineKind(StrEnum):
    """What is done again and again, by the plan itself."""

    DAILY = "daily"  # the office's report of the morning
    CHECKPOINT = "checkpoint"  # what was due is accepted one by one
    LEDGER = "ledger"  # 月台账推进
    WEEKLY = "weekly"  # 调度通报
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


BULLETIN_NAMES = {
    RoutineKind.WEEKLY: "周调度通报",
    RoutineKind.MONTHLY: "月调度通报",
    RoutineKind.QUARTERLY: "季度调度通报",
}


@dataclass(frozen=True, slots=True)
class Round:
    """One time that a routine is due: the day it belongs to, and the days it speaks of."""

    kind: RoutineKind
    day: date
    start: date
    end: date


def due_round(
    kind: RoutineKind, today: date, last: date | None, calendar: WorkCalendar
) -> Round | None:
    """Return what is due on a working day, given the day of the last one that was done.

    What was never done begins on its day, not in the middle of a period.
    """
    found = _round(kind, today, last, calendar)
    if found is None or today < found.day or (last is not None and last >= found.day):
        return None
    late = today - found.day
    if late and (last is None or late > _GRACE):
        return None
    return found


def _round(
    kind: RoutineKind, today: date, last: date | None, calendar: WorkCalendar
) -> Round | None:
    if kind in {RoutineKind.DAILY, RoutineKind.CHECKPOINT}:
        start = max(last or _workday_before(today, calendar), today - _FARTHEST)
        return Round(kind, today, start, today - _DAY)
    if kind is RoutineKind.WEEKLY:
        monday = today - timedelta(days=today.weekday())
        day = calendar.on_or_after(monday)
        # A week without a working day has no bulletin; the next one speaks of it.
        return Round(kind, day, monday - _WEEK, monday - _DAY) if day < monday + _WEEK else None
    first = today.replace(day=1)
    if kind is RoutineKind.QUARTERLY:
        first = first.replace(month=(first.month - 1) // _MONTHS_OF_QUARTER * 3 + 1)
    before = first - _DAY
    months = _MONTHS_OF_QUARTER if kind is RoutineKind.QUARTERLY else 1
    start = before.replace(day=1, month=before.month - months + 1)
    return Round(kind, calendar.on_or_after(first), start, before)


def _workday_before(day: date, calendar: WorkCalendar) -> date:
    return calendar.on_or_before(day - _DAY)

"""Who is told when nothing happens: the lead unit, then the office, then its administrators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from bot.reminding.facts import Dated, TaskFacts
from bot.reminding.stages import Occurrence, StagePlan
from bot.reminding.workdays import WorkCalendar
from corpus.records import DeadlineKind

UNSIGNED = "E-ack"
UNSIGNED_LONG = "E-ack3"
# So many working days after the notice a unit, and then the office, is told of it.
_UNSIGNED = {UNSIGNED: 1, UNSIGNED_LONG: 3}
_OVERDUE = {"E+1": 1, "E+7": 7}
# Reminded so many days before, a unit is expected to have acknowledged the task.
_NOTICE = 7
_DATED = frozenset({DeadlineKind.FIXED, DeadlineKind.RELATIVE})
_UNDATED = frozenset({DeadlineKind.ONGOING, DeadlineKind.RECURRING})
_SILENT = StagePlan((), (), weekly_after=False)


class Audience(Enum):
    """Whom an escalation goes to."""

    UNIT = "unit"
    OFFICE = "office"
    ADMINS = "admins"


_AUDIENCES = {
    UNSIGNED: Audience.UNIT,
    UNSIGNED_LONG: Audience.OFFICE,
    "E+1": Audience.OFFICE,
    "E+7": Audience.ADMINS,
}


@dataclass(frozen=True, slots=True)
class Escalation:
    """An escalation of a date, with the day on which it is sent."""

    occurrence: Occurrence
    audience: Audience


def is_escalation(stage: str) -> bool:
    """Tell whether a stage is one of an escalation."""
    return stage in _AUDIENCES


def of_issue(stage: str, milestone: int, due: date | None) -> bool:
    """Tell whether a stage is about a task without a day of its own not being acknowledged.

    Its day is then the day of issue, and nothing that can be met.
    """
    return stage in _UNSIGNED and not milestone and due is None


def escalations(
    task: TaskFacts, dated: Dated, calendar: WorkCalendar, first: date, last: date
) -> Iterator[Escalation]:
    """Yield what is to be escalated of a date between two days.

    Of what has no day, or is due again and again, only that nobody has acknowledged it.
    """
    due, done, kind = dated.subject.due, dated.subject.done_through, dated.subject.kind
    if kind in _UNDATED and not dated.milestone:
        due = dated.subject.anchor
        days = _of_issue(task, dated, calendar)
    elif due is None or kind not in _DATED or (done and done >= due):
        return
    else:
        days = _days(task, dated, due, calendar)
    for stage, nominal, day in days:
        if max(first, task.since) <= day <= last:
            known = calendar.is_known(nominal) and calendar.is_known(day)
            yield Escalation(Occurrence(due, stage, day, nominal, known), _AUDIENCES[stage])


def _of_issue(
    task: TaskFacts, dated: Dated, calendar: WorkCalendar
) -> Iterator[tuple[str, date, date]]:
    if task.unsigned and dated.subject.plan != _SILENT:
        for stage, workdays in _UNSIGNED.items():
            day = calendar.after(task.since, workdays)
            yield stage, day, day


def _days(
    task: TaskFacts, dated: Dated, due: date, calendar: WorkCalendar
) -> Iterator[tuple[str, date, date]]:
    if task.unsigned and _NOTICE in dated.subject.plan.before and task.since <= due:
        # Issued later than a week before, the day of issue is the notice.
        notice = max(calendar.on_or_before(due - timedelta(days=_NOTICE)), task.since)
        for stage, workdays in _UNSIGNED.items():
            day = calendar.after(notice, workdays)
            if day <= due:
                yield stage, day, day
    if dated.subject.plan.overdue or dated.subject.plan.weekly_after:
        for stage, days in _OVERDUE.items():
            nominal = due + timedelta(days=days)
            yield stage, nominal, calendar.on_or_after(nominal)

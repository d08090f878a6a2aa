"""Who is told when nothing happens: the lead unit, then the office, then its administrators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from bot.reminding.facts import Dated, TaskFacts
from bot.reminding.stages import Occurrence
from bot.reminding.workdays import WorkCalendar
from corpus.records import DeadlineKind

UNSIGNED = "E-ack"
_OVERDUE = {"E+1": 1, "E+7": 7}
# Reminded so many days before, a unit is expected to have acknowledged the task.
_NOTICE = 7
_DATED = frozenset({DeadlineKind.FIXED, DeadlineKind.RELATIVE})


class Audience(Enum):
    """Whom an escalation goes to."""

    UNIT = "unit"
    OFFICE = "office"
    ADMINS = "admins"


_AUDIENCES = {UNSIGNED: Audience.UNIT, "E+1": Audience.OFFICE, "E+7": Audience.ADMINS}


@dataclass(frozen=True, slots=True)
class Escalation:
    """An escalation of a date, with the day on which it is sent."""

    occurrence: Occurrence
    audience: Audience


def is_escalation(stage: str) -> bool:
    """Tell whether a stage is one of an escalation."""
    return stage in _AUDIENCES


def escalations(
    task: TaskFacts, dated: Dated, calendar: WorkCalendar, first: date, last: date
) -> Iterator[Escalation]:
    """Yield what is to be escalated of a date between two days; a recurring duty never is."""
    due, done = dated.subject.due, dated.subject.done_through
    if due is None or dated.subject.kind not in _DATED or (done and done >= due):
        return
    for stage, nominal, day in _days(task, dated, due, calendar):
        if max(first, task.since) <= day <= last:
            known = calendar.is_known(nominal) and calendar.is_known(day)
            yield Escalation(Occurrence(due, stage, day, nominal, known), _AUDIENCES[stage])


def _days(
    task: TaskFacts, dated: Dated, due: date, calendar: WorkCalendar
) -> Iterator[tuple[str, date, date]]:
    if task.unsigned and _NOTICE in dated.subject.plan.before and task.since <= due:
        # Issued later than a week before, the day of issue is the notice.
        notice = max(calendar.on_or_before(due - timedelta(days=_NOTICE)), task.since)
        day = calendar.after(notice, 1)
        if day <= due:
            yield UNSIGNED, day, day
    if dated.subject.plan.overdue or dated.subject.plan.weekly_after:
        for stage, days in _OVERDUE.items():
            nominal = due + timedelta(days=days)
            yield stage, nominal, calendar.on_or_after(nominal)

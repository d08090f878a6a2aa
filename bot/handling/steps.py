"""The dates inside a task that a unit reports as done: milestones, occurrences of a duty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.reminding.recurring import due_dates, period_days
from bot.state.tables import LedgerTask, TaskMilestone

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One date: of a milestone (0: the task's own recurring duty), done or not.

    A recurring duty has up to two: the last one due and not reported, and the next.
    """

    milestone: int
    text: str
    due: date
    recurring: bool
    done: bool


def steps_of(task: LedgerTask, today: date, zone: ZoneInfo) -> tuple[Step, ...]:
    """The steps of a task, soonest first; what has no date has no step."""
    anchor = (task.issued_at or task.created_at).astimezone(zone).date()
    found = list(_recurring(task, 0, task.deadline_text, today, anchor))
    for part in task.milestones:
        if part.due is not None:
            done = part.done_through is not None and part.done_through >= part.due
            found.append(Step(part.id, part.text, part.due, recurring=False, done=done))
        found += _recurring(part, part.id, part.text, today, anchor)
    return tuple(sorted(found, key=lambda step: (step.due, step.milestone)))


def pending(task: LedgerTask, today: date, zone: ZoneInfo) -> tuple[Step, ...]:
    """The steps that are not done yet, soonest first."""
    return tuple(step for step in steps_of(task, today, zone) if not step.done)


def _recurring(
    part: LedgerTask | TaskMilestone, number: int, text: str, today: date, anchor: date
) -> Iterator[Step]:
    if not part.recurrence:
        return
    done = part.done_through or date.min
    try:
        until = max(today, done) + timedelta(days=2 * period_days(part.recurrence) + 1)
        after = max(done, anchor - _DAY)
        days = due_dates(part.recurrence, after=after, until=until, anchor=anchor)
    except ValueError:  # no rule that can be read has no dates
        return
    past = [day for day in days if day <= today]
    coming = [day for day in days if day > today]
    for day in past[-1:] + coming[:1]:
        yield Step(number, text, day, recurring=True, done=False)

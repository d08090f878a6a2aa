"""What the pictures, sheets and papers are made of: plain records, filled from the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.records import OPEN_STATES, STATE_WORDS, TaskState

KIND_WORDS = {
    "fixed": "有截止日期",
    "recurring": "周期",
    "ongoing": "长期",
    "done": "已完成",
    "relative": "起算日未定",
}


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step on the way to a task's end."""

    due: date | None
    text: str
    reached: bool


@dataclass(frozen=True, slots=True)
class BoardTask:
    """A task as the office sees it: whose it is, how long there is, how far it got.

    :param reports: the units that reported it, each with the day it last did.
    :param next_dates: what is due of its recurring duties in the week of the board.
    """

    id: int
    number: int
    section: str
    title: str
    plan: str
    document_number: str
    state: str
    lead_units: tuple[str, ...]
    cooperating_units: tuple[str, ...]
    leaders: tuple[str, ...]
    due: date | None
    deadline_text: str
    kind: str
    milestones: tuple[Milestone, ...]
    acknowledged_units: tuple[str, ...]
    reported_on: date | None
    closed_on: date | None
    evidence: int
    last_event: str
    reports: tuple[tuple[str, date], ...] = ()
    next_dates: tuple[Milestone, ...] = ()

    @property
    def state_name(self) -> str:
        """The state in Chinese."""
        return STATE_WORDS[TaskState(self.state)]

    @property
    def kind_name(self) -> str:
        """The kind of deadline in Chinese."""
        return KIND_WORDS.get(self.kind, self.kind)

    @property
    def open(self) -> bool:
        """Whether something is still expected of somebody."""
        return self.state in OPEN_STATES

    def days_overdue(self, day: date) -> int:
        """How many days an open task is past its deadline; 0 when it is not.

        A task that was reported waits for the office: its days stop with the report.
        """
        if self.due is None or not self.open:
            return 0
        if self.state == TaskState.REPORTED and self.reported_on:
            day = min(day, self.reported_on)
        return max(0, (day - self.due).days)

    def overdue(self, day: date) -> bool:
        """Whether the deadline has passed and the task is still open."""
        return self.days_overdue(day) > 0


@dataclass(frozen=True, slots=True)
class Due:
    """A date of an open task: its own deadline, or where `step` says so a step on the way."""

    day: date
    task: BoardTask
    step: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """All tasks on one day."""

    as_of: date
    tasks: tuple[BoardTask, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many tasks are in each state, by its Chinese name, in the order of their lives."""
        found = Counter(task.state for task in self.tasks)
        return {name: found[state] for state, name in STATE_WORDS.items()}

    @property
    def overdue(self) -> tuple[BoardTask, ...]:
        """Tasks past their deadline and still open, longest overdue first."""
        return overdue_tasks(self.tasks, self.as_of)

    @property
    def due_this_week(self) -> tuple[Due, ...]:
        """What is due from Monday to Sunday of this week, soonest first."""
        monday, sunday = week_of(self.as_of)
        found = [due for task in self.tasks for due in _dues(task) if monday <= due.day <= sunday]
        return tuple(sorted(found, key=lambda due: (due.day, due.task.number, due.task.id)))


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """How far a unit got.

    :param acknowledged: tasks that the unit itself acknowledged; likewise ``reported``.
    :param closed: tasks closed, whichever of the lead units reported them.
    :param late: tasks that the unit reported after the deadline.
    :param stages: each task once, by the furthest it got with this unit: closed, reported,
        acknowledged, not acknowledged.
    """

    unit: str
    tasks: int
    acknowledged: int
    reported: int
    closed: int
    overdue: int
    late: int
    stages: tuple[int, int, int, int]

    @property
    def closing_share(self) -> float:
        """The part of the tasks that is closed, 0 for a unit without tasks."""
        return self.closed / self.tasks if self.tasks else 0.0

    @property
    def closing_percent(self) -> int:
        """The same in whole percent; 100 only when all are closed, 0 only when none is."""
        if self.tasks == 0 or self.closed in (0, self.tasks):
            return 100 if self.tasks and self.closed else 0
        return min(99, max(1, (200 * self.closed + self.tasks) // (2 * self.tasks)))


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A 调度通报: how the units did in a period.

    :param name: 周调度通报, 月调度通报 or 季度调度通报.
    """

    name: str
    start: date
    end: date
    issued_on: date
    units: tuple[UnitProgress, ...]
    tasks: tuple[BoardTask, ...]

    @property
    def as_of(self) -> date:
        """The day it speaks of: that of issue, yet never later than the morning after its end."""
        return min(self.issued_on, self.end + timedelta(days=1))

    @property
    def overdue(self) -> tuple[BoardTask, ...]:
        """Tasks overdue then, longest overdue first."""
        return overdue_tasks(self.tasks, self.as_of)

    @property
    def due_next(self) -> tuple[BoardTask, ...]:
        """Open tasks due from then on, as far ahead as the period is long."""
        return due_between(self.tasks, self.as_of, self.as_of + (self.end - self.start))


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """One line of the history: who did what to which task.

    :param at: the instant, timezone-aware.
    :param task: the number of the task.
    """

    at: datetime
    task: int
    kind: str
    who: str
    unit: str
    text: str


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week a day is in."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def overdue_tasks(tasks: Sequence[BoardTask], day: date) -> tuple[BoardTask, ...]:
    """Those overdue on a day, longest overdue first."""
    late = [task for task in tasks if task.overdue(day)]
    return tuple(sorted(late, key=lambda task: (-task.days_overdue(day), task.number, task.id)))


def due_between(tasks: Sequence[BoardTask], first: date, last: date) -> tuple[BoardTask, ...]:
    """Open tasks due from one day to another, both included, soonest first."""
    dated = [(task.due, task) for task in tasks if task.open and task.due is not None]
    found = [(due, task) for due, task in dated if first <= due <= last]
    return tuple(task for _, task in sorted(found, key=lambda it: (it[0], it[1].number, it[1].id)))


def _dues(task: BoardTask) -> Iterator[Due]:
    """The dates of an open task; a step on the task's own day adds nothing to it."""
    if not task.open:
        return
    if task.due is not None:
        yield Due(task.due, task)
    for step in (*task.milestones, *task.next_dates):
        if step.due is not None and step.due != task.due and not step.reached:
            yield Due(step.due, task, step.text)


def ranked(units: Sequence[UnitProgress]) -> tuple[tuple[int, UnitProgress], ...]:
    """Units with their ranks, best first; equal ones share a rank and the next one is skipped."""

    def merit(item: UnitProgress) -> tuple[bool, float, float, float, int]:
        # A unit without tasks has done nothing better than the others.
        # Shares, not numbers: a unit with many tasks is not better for having many.
        tasks = max(1, item.tasks)
        shares = (item.closing_share, item.reported / tasks, item.acknowledged / tasks)
        return (item.tasks > 0, *shares, -item.overdue)

    order = sorted(units, key=merit, reverse=True)
    merits = [merit(item) for item in order]
    return tuple((merits.index(merits[at]) + 1, item) for at, item in enumerate(order))

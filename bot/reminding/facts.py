"""What the planner knows of the tasks that are reminded of, read in a fixed number of queries."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.records import REMINDED, Action, UnitRole
from bot.reminding.rules import PlanRules
from bot.reminding.stages import StagePlan, Subject
from bot.state.tables import LedgerTask, TaskEvent, TaskMilestone
from corpus.errors import SettingsError
from corpus.records import DeadlineKind

_log = logging.getLogger(__name__)
# From such a day on the dates are new to the units, and what lay before it is not made up for.
_FRESH = (
    Action.ISSUE,
    Action.SET_DUE,
    Action.SET_STAGES,
    Action.GRANT_EXTENSION,
    Action.RESUME,
    Action.RETURN,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of a task that is reminded of: its own (milestone 0), or a milestone's."""

    milestone: int
    subject: Subject


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task as the planner sees it; `since` is the day from which its dates stand."""

    id: int
    due_version: int
    since: date
    ongoing: bool
    dates: tuple[Dated, ...]
    lead: tuple[int, ...]
    cooperating: tuple[int, ...]
    unsigned: tuple[int, ...]  # lead units that have not acknowledged

    @property
    def units(self) -> tuple[int, ...]:
        """All responsible units."""
        return self.lead + self.cooperating


def open_facts(session: Session, rules: PlanRules) -> list[TaskFacts]:
    """Return the facts of all tasks that are reminded of."""
    query = select(LedgerTask).where(LedgerTask.state.in_(REMINDED)).order_by(LedgerTask.id)
    tasks = session.scalars(query).all()
    fresh = _fresh(session, [task.id for task in tasks])
    return [_facts(task, fresh.get(task.id), rules) for task in tasks]


def _fresh(session: Session, task_ids: Sequence[int]) -> dict[int, datetime]:
    query = (
        select(TaskEvent.task_id, func.max(TaskEvent.at))
        .where(TaskEvent.task_id.in_(task_ids), TaskEvent.action.in_(_FRESH))
        .group_by(TaskEvent.task_id)
    )
    return {task: at for task, at in session.execute(query)}


def _facts(task: LedgerTask, fresh: datetime | None, rules: PlanRules) -> TaskFacts:
    issued = task.issued_at or task.created_at
    anchor = rules.day_of(issued)
    lead = [part for part in task.units if part.role == UnitRole.LEAD]
    return TaskFacts(
        id=task.id,
        due_version=task.due_version,
        since=rules.day_of(max(issued, fresh)) if fresh else anchor,
        ongoing=task.kind == DeadlineKind.ONGOING,
        dates=tuple(_dates(task, anchor)),
        lead=tuple(part.unit_id for part in lead),
        cooperating=tuple(p.unit_id for p in task.units if p.role != UnitRole.LEAD),
        unsigned=tuple(part.unit_id for part in lead if part.acknowledged_at is None),
    )


def _dates(task: LedgerTask, anchor: date) -> Iterator[Dated]:
    plan = _plan(task)
    parts: list[tuple[LedgerTask | TaskMilestone, int]] = [(task, 0)]
    parts += [(step, step.id) for step in task.milestones]
    for part, milestone in parts:
        if milestone and not _speaks(task, part, anchor):
            continue
        try:
            kind = DeadlineKind(part.kind)
            subject = Subject(kind, part.due, part.recurrence, anchor, plan, part.done_through)
        except ValueError as exc:
            # One task that cannot be read must not silence all others.
            _log.warning("task %s, milestone %s: no reminders: %s", task.id, milestone, exc)
            continue
        yield Dated(milestone, subject)


def _speaks(task: LedgerTask, step: LedgerTask | TaskMilestone, issued: date) -> bool:
    """Whether a milestone says anything new to those who were given the task.

    One on the task's own day, or as open-ended as the task, does not; nor one that lay in the
    past when the task was issued: nobody could meet it any more.
    """
    if step.due is not None:
        return step.due != task.due and step.due >= issued
    return step.kind != DeadlineKind.ONGOING or task.kind != DeadlineKind.ONGOING


def _plan(task: LedgerTask) -> StagePlan:
    if not task.stages:
        return StagePlan()
    try:
        return StagePlan.parse(task.stages)
    except SettingsError as exc:
        _log.warning("task %s: the usual stages instead of its own: %s", task.id, exc)
        return StagePlan()

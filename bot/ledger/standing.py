"""How a task stood at an instant, told from what happened to it before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records import Action, TaskState
from bot.state.tables import LedgerTask, TaskEvent, TaskMilestone


@dataclass(frozen=True, slots=True)
class Standing:
    """A task at an instant; `steps` are its milestones' dates and how far they were reached.

    `reports` says for each unit's id when it last reported the task.
    """

    state: TaskState
    due: date | None
    kind: str
    reported_at: datetime | None
    closed_at: datetime | None
    reports: dict[int, datetime]
    steps: dict[int, tuple[date | None, date | None]]


class _Event(NamedTuple):
    """What of an event tells how a task stood."""

    task: int
    action: str
    from_state: str
    to_state: str
    at: datetime
    unit: int | None
    data: dict[str, Any]


def standings(
    session: Session, tasks: Sequence[LedgerTask], until: datetime | None = None
) -> dict[int, Standing]:
    """How tasks stood just before an instant; None: how they stand now."""
    row = TaskEvent
    query = (
        select(row.task_id, row.action, row.from_state, row.to_state, row.at, row.unit_id, row.data)
        .where(row.task_id.in_([task.id for task in tasks]))
        .order_by(row.id)
    )
    events: dict[int, list[_Event]] = {}
    for event in map(_Event._make, session.execute(query)):
        events.setdefault(event.task, []).append(event)
    return {task.id: _standing(task, events.get(task.id, ()), until) for task in tasks}


def _standing(task: LedgerTask, events: Sequence[_Event], until: datetime | None) -> Standing:
    past = [event for event in events if until is None or event.at < until]
    later = [event for event in events if until is not None and event.at >= until]
    state = TaskState(task.state)
    if until is not None and not events and (task.issued_at is None or task.issued_at >= until):
        state = TaskState.DRAFT
    reported, closed = task.reported_at, task.closed_at
    if later:
        state = TaskState(past[-1].to_state if past else later[0].from_state)
        reported = _last(_since_issue(past), Action.REPORT)
        closed = _last(past, Action.APPROVE) if state is TaskState.CLOSED else None
    due, kind = task.due, task.kind
    if moved := _moved(later, 0):
        due, kind = _day(moved["from"]), moved.get("kind", "fixed")
    return Standing(
        state=state,
        due=due,
        kind=kind,
        reported_at=reported,
        closed_at=closed,
        reports={
            event.unit: event.at
            for event in _since_issue(past)
            if event.action == Action.REPORT and event.unit is not None
        },
        steps={step.id: _step(step, past, later) for step in task.milestones},
    )


def _since_issue(past: Sequence[_Event]) -> Sequence[_Event]:
    """What happened since a task was last issued; what it was before that is another life."""
    issued = [place for place, event in enumerate(past) if event.action == Action.ISSUE]
    return past[issued[-1] :] if issued else past


def _last(events: Sequence[_Event], action: Action) -> datetime | None:
    return next((event.at for event in reversed(events) if event.action == action), None)


def _moved(later: Sequence[_Event], milestone: int) -> dict[str, Any] | None:
    """What the first change of a date afterwards keeps of the date it found."""
    return next(
        (
            event.data
            for event in later
            if event.action in {Action.SET_DUE, Action.GRANT_EXTENSION}
            if "from" in event.data and event.data.get("milestone", 0) == milestone
        ),
        None,
    )


def _step(
    step: TaskMilestone, past: Sequence[_Event], later: Sequence[_Event]
) -> tuple[date | None, date | None]:
    moved = _moved(later, step.id)
    due = _day(moved["from"]) if moved else step.due
    if not _reached(step, later):
        return due, step.done_through
    return due, max(_reached(step, past), default=None)


def _reached(step: TaskMilestone, events: Sequence[_Event]) -> list[date]:
    return [
        date.fromisoformat(event.data["through"])
        for event in events
        if event.action == Action.PROGRESS and event.data.get("milestone") == step.id
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

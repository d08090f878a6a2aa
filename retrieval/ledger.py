"""Questions to the whole ledger: the complete list of the tasks that fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from corpus.ledger.names import unit_matches
from corpus.ledger.status import is_done
from corpus.records import DeadlineKind, Task

LEAD, COOPERATING = "lead", "cooperating"


@dataclass(frozen=True, slots=True)
class Selection:
    """What tasks must satisfy; None means any. `due_before` and `due_after` include their day."""

    unit: str | None = None
    leader: str | None = None
    role: str | None = None
    due_before: date | None = None
    due_after: date | None = None
    kind: DeadlineKind | None = None


def select(tasks: Iterable[Task], selection: Selection) -> list[Task]:
    """Return the tasks that fit, in the order given."""
    return [task for task in tasks if _fits(task, selection)]


def _fits(task: Task, selection: Selection) -> bool:
    return (
        (selection.unit is None or has_unit(task, selection.unit, selection.role))
        and (selection.leader is None or has_leader(task, selection.leader))
        and (selection.kind is None or of_kind(task, selection.kind))
        and due_within(task, selection.due_after, selection.due_before)
    )


def of_kind(task: Task, kind: DeadlineKind) -> bool:
    """Whether a task's deadline is of a kind; done is also what the plan's 整改状态 says is."""
    if kind is DeadlineKind.DONE:
        return is_done(task)
    return task.deadline is not None and task.deadline.kind is kind


def has_unit(task: Task, unit: str, role: str | None = None) -> bool:
    """Whether a unit, by any of its names, has the role (or any) in a task."""
    units: list[str] = []
    if role != COOPERATING:
        units += task.lead_units
    if role != LEAD:
        units += task.cooperating_units
    return any(unit_matches(unit, name) for name in units)


def has_leader(task: Task, name: str) -> bool:
    """Whether a leader of that name, written with or without inner spaces, answers for a task."""
    wanted = "".join(name.split())
    return bool(wanted) and any(leader.name == wanted for leader in task.leaders)


def due_within(task: Task, after: date | None, before: date | None) -> bool:
    """Whether a task is due in a period, both days included; without bounds any task is."""
    if after is None and before is None:
        return True
    due = task.deadline.due if task.deadline else None
    if due is None:
        return False
    return (before is None or due <= before) and (after is None or due >= after)

"""How far units got with the tasks they lead; what another unit did is not theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.office.records import BoardTask, UnitProgress
from bot.records import TaskState

_REPORTED = frozenset({TaskState.REPORTED, TaskState.CLOSED})


def progress(tasks: Sequence[BoardTask], day: date) -> tuple[UnitProgress, ...]:
    """Units by the tasks they lead; a unit that only cooperates is not ranked."""
    names = dict.fromkeys(unit for task in tasks for unit in task.lead_units)
    return tuple(_unit_progress(name, tasks, day) for name in names)


def _unit_progress(name: str, tasks: Sequence[BoardTask], day: date) -> UnitProgress:
    own = [task for task in tasks if name in task.lead_units]
    stages = Counter(_stage(task, name) for task in own)
    return UnitProgress(
        unit=name,
        tasks=len(own),
        acknowledged=sum(name in task.acknowledged_units for task in own),
        reported=sum(_reported(task, name) for task in own),
        closed=sum(task.state == TaskState.CLOSED for task in own),
        overdue=sum(task.overdue(day) for task in own),
        late=sum(_late(task, name) for task in own),
        stages=(stages[0], stages[1], stages[2], stages[3]),
    )


def _stage(task: BoardTask, name: str) -> int:
    """The furthest a task got with a unit: closed, reported, acknowledged, none of these.

    A closed task is closed for all who lead it, whoever did the work.
    """
    if task.state == TaskState.CLOSED:
        return 0
    if _reported(task, name):
        return 1
    return 2 if name in task.acknowledged_units else 3


def _reported(task: BoardTask, name: str) -> bool:
    return task.state in _REPORTED and (_report_of(task, name) is not None or _alone(task))


def _late(task: BoardTask, name: str) -> bool:
    day = _report_of(task, name) or (task.reported_on if _alone(task) else None)
    return task.due is not None and day is not None and day > task.due


def _report_of(task: BoardTask, name: str) -> date | None:
    return dict(task.reports).get(name)


def _alone(task: BoardTask) -> bool:
    return len(task.lead_units) == 1

"""Takes the tasks of the indexed plans into the ledger, as drafts for the office to review."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.access.people import unit_named
from bot.records import Action, Actor, TaskState, UnitRole
from bot.state.tables import LedgerTask, TaskEvent, TaskMilestone, TaskUnit, Unit
from corpus.ledger.names import unit_matches
from corpus.ledger.status import is_done
from corpus.records import Deadline, DeadlineKind, Task
from index.engine import Engine
from retrieval.task_copies import distinct_tasks

_UNWRITTEN = "(未写明)"


@dataclass(frozen=True, slots=True)
class Draft:
    """A task of an indexed plan with what is said about it elsewhere in its document."""

    task: Task
    plan: str
    document_number: str
    heading: tuple[str, ...]
    quote: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the new tasks' ids, those that were there, those that now differ."""

    new: tuple[int, ...]
    known: tuple[int, ...]
    changed: tuple[int, ...]


def drafts(engine: Engine, numbers: Collection[int] | None = None) -> list[Draft]:
    """The tasks of the index, all or those of these item numbers, with their deadlines' words.

    What a reprint of a plan assigns as well is one task, not two to be reminded of.
    """
    found = []
    for task in distinct_tasks(engine, engine.tasks()):
        if numbers is not None and task.number not in numbers:
            continue
        document = engine.document(task.document_id)
        span = task.spans.get("deadline") or task.spans.get("problem")
        quote = document.text[span.start : span.end] if span else ""
        heading = tuple(part for part in (task.section, f"第{task.number}项") if part)
        found.append(Draft(task, document.title, document.number or "", heading, quote))
    return found


def import_tasks(session: Session, found: Sequence[Draft], actor: Actor, now: datetime) -> Imported:
    """Add what is new as drafts; what the office has already is never overwritten."""
    units = list(session.scalars(select(Unit).order_by(Unit.id)))
    new, known, changed = [], [], []
    for draft in found:
        key = draft.task.id
        task = session.scalar(select(LedgerTask).where(LedgerTask.source_key == key))
        if task is None:
            new.append(_add(session, draft, units, actor, now))
        elif _same(task, draft):
            known.append(task.id)
        else:
            changed.append(task.id)
    return Imported(tuple(new), tuple(known), tuple(changed))


def _same(task: LedgerTask, draft: Draft) -> bool:
    return (task.title, task.target, task.quote) == (
        draft.task.problem,
        draft.task.target,
        draft.quote,
    )


def _add(session: Session, draft: Draft, units: list[Unit], actor: Actor, now: datetime) -> int:
    task = _row(draft, now)
    session.add(task)
    session.flush()
    _add_units(session, task, draft.task, units, now)
    # What the plan itself calls done is kept, but nobody is reminded of its days.
    steps = () if is_done(draft.task) else draft.task.milestones
    for step in steps:
        if step.due or step.recurrence:
            session.add(
                TaskMilestone(
                    task_id=task.id,
                    text=step.text,
                    kind=step.kind,
                    due=step.due,
                    recurrence=step.recurrence,
                )
            )
    session.add(
        TaskEvent(
            task_id=task.id,
            action=Action.IMPORT,
            from_state=TaskState.DRAFT,
            to_state=TaskState.DRAFT,
            version=1,
            at=now,
            person_id=actor.person or None,
            who=actor.name,
            user=actor.user,
            chat=actor.chat,
            data={"document": draft.task.document_id, "number": draft.task.number},
        )
    )
    session.flush()
    return task.id


def _row(draft: Draft, now: datetime) -> LedgerTask:
    task, deadline = draft.task, _deadline(draft.task)
    return LedgerTask(
        source_key=task.id,
        number=task.number,
        section=task.section,
        title=task.problem,
        target=task.target,
        measures=list(task.measures),
        leaders=[
            f"{leader.name}({leader.post})" if leader.post else leader.name
            for leader in task.leaders
        ],
        document_id=task.document_id,
        plan=draft.plan,
        document_number=draft.document_number,
        heading=list(draft.heading),
        quote=draft.quote,
        kind=deadline.kind if deadline else DeadlineKind.RELATIVE,
        deadline_text=deadline.text if deadline else _UNWRITTEN,
        due=deadline.due if deadline else None,
        recurrence=deadline.recurrence if deadline else None,
        inferred=[*task.inferred, *_closing_remark(task)],
        state=TaskState.DRAFT,
        created_at=now,
    )


def _deadline(task: Task) -> Deadline | None:
    """The task's deadline; of one whose status says that it is done, without a day to keep."""
    if not is_done(task):
        return task.deadline
    if task.deadline:
        return replace(task.deadline, kind=DeadlineKind.DONE, due=None, recurrence=None)
    return Deadline(DeadlineKind.DONE, _UNWRITTEN, task.spans["status"])


def _closing_remark(task: Task) -> list[str]:
    """Why a task with a deadline of its own is not reminded of."""
    if not is_done(task) or (task.deadline and task.deadline.kind is DeadlineKind.DONE):
        return []
    return [f"status: 原文写明“{task.status}”,按已完成处理,不再提醒"]


def _add_units(
    session: Session, row: LedgerTask, task: Task, units: list[Unit], now: datetime
) -> None:
    """A unit under another of its names is the same unit; its first part in a task counts."""
    seen: set[int] = set()
    parts = [(UnitRole.LEAD, name) for name in task.lead_units]
    parts += [(UnitRole.COOPERATING, name) for name in task.cooperating_units]
    for role, name in parts:
        same = [unit for unit in units if unit.name == name]
        same = same or [unit for unit in units if unit_matches(name, unit.name)]
        unit = same[0] if same else None
        if unit is None:
            unit = unit_named(session, name, now)
            units.append(unit)
        if unit.id not in seen:
            seen.add(unit.id)
            session.add(TaskUnit(task_id=row.id, unit_id=unit.id, role=role))

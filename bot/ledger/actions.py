"""What is done to a task: checked, recorded as one event, and its consequences drawn.

Everything is checked before anything is changed, so a refusal leaves nothing half done and may
be answered within the same transaction.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bot.ledger.consequences import CONSEQUENCES
from bot.ledger.machine import NEEDS_WORDS, POSSIBLE, may, next_state
from bot.ledger.records import Deed, Performed, StaleError
from bot.records import (
    ACTION_WORDS,
    REMINDED,
    STATE_WORDS,
    Action,
    Actor,
    TaskState,
    UnitRole,
)
from bot.reminding.cancelling import cancel_reminders
from bot.state.tables import Evidence, LedgerTask, TaskEvent
from corpus.errors import RefusedError

# These change what the office decides upon, so a card drawn before them is out of date.
_MOVES_VERSION = frozenset(
    {
        Action.SET_DUE,
        Action.SET_STAGES,
        Action.ASK_EXTENSION,
        Action.GRANT_EXTENSION,
        Action.REFUSE_EXTENSION,
    }
)


def perform(session: Session, deed: Deed) -> Performed:
    """Do it, or refuse before anything is changed.

    :raises RefusedError: it is not allowed, not possible now, or something is missing.
    :raises StaleError: the task has changed meanwhile.
    """
    task = session.get(LedgerTask, deed.task, with_for_update=True, populate_existing=True)
    if task is None:
        raise RefusedError(f"没有编号为 {deed.task} 的任务")
    _check(task, deed)
    before, dates = TaskState(task.state), task.due_version
    draw = CONSEQUENCES.get(deed.action)
    data = draw(session, task, deed) if draw else {}
    task.state = _state_after(task, before, deed.action)
    if task.state != before or deed.action in _MOVES_VERSION:
        task.version += 1
    event = _event(task, deed, before, data)
    session.add(event)
    session.flush()
    _keep_evidence(session, deed, event)
    if task.due_version != dates or (before in REMINDED and task.state not in REMINDED):
        cancel_reminders(session, task.id, deed.at)
    return Performed(task, event)


def possible(task: LedgerTask, actor: Actor) -> tuple[Action, ...]:
    """What a person may do to a task now, in the order of the table of actions."""
    actions = POSSIBLE[TaskState(task.state)]
    return tuple(
        action
        for action in Action
        if action in actions and may(action, actor, units_of(task), task.reported_by) is None
    )


def units_of(task: LedgerTask) -> list[tuple[int, UnitRole]]:
    """The units of a task with their roles."""
    return [(part.unit_id, UnitRole(part.role)) for part in task.units]


def _check(task: LedgerTask, deed: Deed) -> None:
    state, action = TaskState(task.state), deed.action
    if why := may(action, deed.actor, units_of(task), task.reported_by):
        raise RefusedError(why)
    if deed.version is not None and deed.version != task.version:
        raise StaleError(f"第{task.number}项刚刚有变化,现在是“{STATE_WORDS[state]}”,请看最新的卡片")
    if action not in POSSIBLE[state]:
        raise RefusedError(
            f"第{task.number}项现在是“{STATE_WORDS[state]}”,不能{ACTION_WORDS[action]}"
        )
    if action in NEEDS_WORDS and not deed.text.strip():
        raise RefusedError(f"{ACTION_WORDS[action]}需要写明理由")


def _state_after(task: LedgerTask, before: TaskState, action: Action) -> TaskState:
    if action is Action.ACKNOWLEDGE:
        leading = [part for part in task.units if part.role == UnitRole.LEAD]
        signed = all(part.acknowledged_at for part in leading)
        return TaskState.ACKNOWLEDGED if before is TaskState.ISSUED and signed else before
    return next_state(before, action, task.before_suspension)


def _event(task: LedgerTask, deed: Deed, before: TaskState, data: dict[str, Any]) -> TaskEvent:
    own = deed.actor.units()
    speaks_for = next((part.unit_id for part in task.units if part.unit_id in own), None)
    return TaskEvent(
        task_id=task.id,
        action=deed.action,
        from_state=before,
        to_state=task.state,
        version=task.version,
        at=deed.at,
        person_id=deed.actor.person or None,
        unit_id=speaks_for,
        who=deed.actor.name,
        user=deed.actor.user,
        chat=deed.actor.chat,
        text=deed.text.strip(),
        data=data,
    )


def _keep_evidence(session: Session, deed: Deed, event: TaskEvent) -> None:
    if deed.action not in {Action.REPORT, Action.EVIDENCE, Action.PROGRESS}:
        return
    if deed.text.strip():
        session.add(
            Evidence(
                task_id=deed.task,
                event_id=event.id,
                kind="text",
                text=deed.text.strip(),
                created_at=deed.at,
            )
        )
    for file in deed.attachments:
        session.add(
            Evidence(
                task_id=deed.task,
                event_id=event.id,
                kind=file.kind,
                file_id=file.file_id,
                file_unique_id=file.file_unique_id,
                file_name=file.name,
                created_at=deed.at,
            )
        )

"""What each action draws after it: the fields it sets, and what its event records.

Each function checks what it needs before it changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ledger.records import Deed
from bot.records import Action
from bot.reminding.stages import StagePlan
from bot.state.tables import Evidence, Extension, LedgerTask, TaskMilestone, TaskUnit
from corpus.errors import RefusedError


def open_extension(session: Session, task_id: int) -> Extension | None:
    """The request for a later date that waits for the office."""
    return session.scalar(
        select(Extension)
        .where(Extension.task_id == task_id, Extension.state == "asked")
        .order_by(Extension.id.desc())
    )


def _set_due(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    if deed.milestone:
        return _set_step(session, task, deed)
    if deed.due is None:
        raise RefusedError("请写明新的日期,如 2026-12-31")
    asked = open_extension(session, task.id)
    if asked and deed.due >= asked.new_due:
        # The office has given what was asked for, or more: nothing is left to decide.
        asked.state, asked.decided_at = "withdrawn", deed.at
    return _move(task, deed.due)


def _set_step(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    """A milestone's own date, or its end; what it was stays on record."""
    part = _milestone(session, task, deed)
    if deed.due is None and not deed.drop:
        raise RefusedError("请写明这一阶段新的日期,如 2026-12-31")
    data: dict[str, Any] = {"milestone": part.id, "text": part.text}
    data["from"] = part.due.isoformat() if part.due else None
    if part.kind != "fixed":
        data |= {"kind": part.kind, "recurrence": part.recurrence}
    task.due_version += 1
    if deed.drop:
        session.delete(part)
        session.flush()
        session.expire(task, ["milestones"])
        return data | {"to": None, "dropped": True}
    assert deed.due is not None
    part.due, part.kind, part.recurrence = deed.due, "fixed", None
    return data | {"to": deed.due.isoformat()}


def _milestone(session: Session, task: LedgerTask, deed: Deed) -> TaskMilestone:
    part = session.get(TaskMilestone, deed.milestone)
    if part is None or part.task_id != task.id:
        raise RefusedError("这项任务没有这个阶段")
    return part


def _move(task: LedgerTask, due: date) -> dict[str, Any]:
    old = task.due
    # The new day takes the place of a rule or of no end; the history alone knows which.
    before = {} if task.kind == "fixed" else {"kind": task.kind, "recurrence": task.recurrence}
    task.due, task.kind, task.recurrence = due, "fixed", None
    task.due_version += 1
    return {"from": old.isoformat() if old else None, "to": due.isoformat(), **before}


def _set_stages(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    plan = StagePlan.parse(deed.stages).text() if deed.stages else ""
    old, task.stages = task.stages, plan
    task.due_version += 1
    return {"from": old, "to": plan}


def _issue(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    if task.kind == "relative" and task.due is None:
        raise RefusedError(
            f"第{task.number}项的期限是“{task.deadline_text}”,起算日未定,请先定下日期再下达"
        )
    if not task.units:
        raise RefusedError(f"第{task.number}项没有责任单位,不能下达")
    task.issued_at = deed.at
    return {}


def _acknowledge(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    own = deed.actor.units()
    waiting = [part for part in task.units if part.unit_id in own and not part.acknowledged_at]
    if not waiting:
        raise RefusedError(f"第{task.number}项您单位已经签收")
    return {"units": _sign(waiting, deed)}


def _sign(parts: list[TaskUnit], deed: Deed) -> list[str]:
    for part in parts:
        part.acknowledged_at, part.acknowledged_by = deed.at, deed.actor.person
    return [part.unit.name for part in parts]


def _progress(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    if deed.through is None:
        raise RefusedError("请写明完成的是哪一期")
    if not deed.milestone:
        task.done_through = _later(task.done_through, deed.through)
        return {"through": deed.through.isoformat()}
    milestone = _milestone(session, task, deed)
    milestone.done_through = _later(milestone.done_through, deed.through)
    return {"milestone": milestone.id, "text": milestone.text, "through": deed.through.isoformat()}


def _later(one: date | None, other: date) -> date:
    return max(one, other) if one else other


def _report(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    if not deed.text.strip() and not deed.attachments:
        raise RefusedError("报告完成需要文字说明或佐证文件")
    own = deed.actor.units()
    _sign([p for p in task.units if p.unit_id in own and not p.acknowledged_at], deed)
    task.reported_at, task.reported_by = deed.at, deed.actor.person
    return {"files": len(deed.attachments)}


def _approve(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    if session.scalar(select(Evidence.id).where(Evidence.task_id == task.id).limit(1)) is None:
        raise RefusedError(f"第{task.number}项还没有佐证材料,不能销号")
    task.closed_at = deed.at
    return {"reported_at": task.reported_at.isoformat() if task.reported_at else None}


def _ask_extension(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    if deed.due is None:
        raise RefusedError("请写明希望延到哪一天,如 2026-12-31")
    if task.due is None:
        raise RefusedError(f"第{task.number}项没有截止日期,不需要延期")
    if deed.due <= task.due:
        raise RefusedError(f"申请的日期 {deed.due} 不晚于现在的期限 {task.due}")
    if earlier := open_extension(session, task.id):
        earlier.state, earlier.decided_at = "withdrawn", deed.at
    session.add(
        Extension(
            task_id=task.id,
            asked_by=deed.actor.person,
            new_due=deed.due,
            reason=deed.text.strip(),
            state="asked",
            created_at=deed.at,
        )
    )
    return {"due": task.due.isoformat(), "asked": deed.due.isoformat()}


def _decide_extension(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    asked = open_extension(session, task.id)
    if asked is None:
        raise RefusedError(f"第{task.number}项没有待办的延期申请")
    granted = deed.action is Action.GRANT_EXTENSION
    until = deed.due or asked.new_due
    if granted:
        _check_grant(task, asked, until, deed)
    asked.state = "granted" if granted else "refused"
    asked.decided_by, asked.decided_at = deed.actor.person or None, deed.at
    moved = _move(task, until) if granted else {}
    return {"extension": asked.id, "asked": asked.new_due.isoformat(), **moved}


def _check_grant(task: LedgerTask, asked: Extension, until: date, deed: Deed) -> None:
    """Nobody grants what they asked for, and what is granted is a later day than stands."""
    if asked.asked_by == deed.actor.person:
        raise RefusedError("不能给自己的延期申请作决定,请攻坚办的其他人办理")
    if task.due and until <= task.due:
        raise RefusedError(
            f"第{task.number}项现在的期限 {task.due} 已不早于申请的日期 {until},"
            "请用“不同意延期”,或由申请人撤回"
        )


def _suspend(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    task.before_suspension = task.state
    return {}


def _reopen(session: Session, task: LedgerTask, deed: Deed) -> dict[str, Any]:
    """A draft again, as if it had never been issued; what happened stays in its history."""
    for part in task.units:
        part.acknowledged_at, part.acknowledged_by = None, None
    task.issued_at = task.reported_at = task.reported_by = None
    task.before_suspension = ""
    if asked := open_extension(session, task.id):
        asked.state, asked.decided_at = "withdrawn", deed.at
    task.due_version += 1  # its reminders are planned anew
    return {}


_Consequence = Callable[[Session, LedgerTask, Deed], dict[str, Any]]
CONSEQUENCES: dict[Action, _Consequence] = {
    Action.SET_DUE: _set_due,
    Action.SET_STAGES: _set_stages,
    Action.ISSUE: _issue,
    Action.ACKNOWLEDGE: _acknowledge,
    Action.PROGRESS: _progress,
    Action.REPORT: _report,
    Action.APPROVE: _approve,
    Action.ASK_EXTENSION: _ask_extension,
    Action.GRANT_EXTENSION: _decide_extension,
    Action.REFUSE_EXTENSION: _decide_extension,
    Action.SUSPEND: _suspend,
    Action.REOPEN: _reopen,
}

"""What the office is told each working morning, and at each checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.records import (
    OPEN_STATES,
    REMINDED,
    STATE_WORDS,
    OutboxState,
    TaskState,
    UnitRole,
)
from bot.reminding.cards import headline
from bot.reminding.listing import Item
from bot.reminding.rules import PlanRules
from bot.state.tables import Chat, LedgerTask, Outbox, Reminder, TaskMilestone
from bot.telegram.html import escape

# The morning's report names so many of a kind; the rest is a number, and on the board.
_MOST = 30
_UNSURE = {OutboxState.UNCERTAIN: "送达存疑", OutboxState.FAILED: "未能送达"}
_CHECKED = frozenset(OPEN_STATES | {TaskState.CLOSED})


def daily_blocks(
    session: Session, start: date, today: date, now: datetime, rules: PlanRules
) -> tuple[str, ...]:
    """The morning's report: what became overdue, did not arrive, waits; empty if nothing."""
    query = select(LedgerTask).where(LedgerTask.state.in_(OPEN_STATES))
    tasks = session.scalars(query.order_by(LedgerTask.number, LedgerTask.id)).all()
    sections = (
        ("新超期", _overdue(tasks, start, today)),
        ("送达存疑或失败", _undelivered(session, rules.hours.opening(start), now)),
        ("尚未签收", _unsigned(tasks, today, rules)),
        ("等待审核", [_line(task) for task in tasks if task.state == TaskState.REPORTED]),
    )
    blocks: list[str] = []
    for name, lines in sections:
        if lines:
            blocks += ["", f"<b>{name}</b>(共 {len(lines)} 项)", *lines[:_MOST]]
            if len(lines) > _MOST:
                blocks.append(f"……另有 {len(lines) - _MOST} 项")
    head = f"<b>每日情况</b> {today.year}年{today.month}月{today.day}日"
    return (head, *blocks) if blocks else ()


def checkpoints(session: Session, start: date, end: date) -> list[tuple[date, list[Item]]]:
    """The tasks with a date of their own, or of a milestone, in these days: by date."""
    query = select(LedgerTask).where(LedgerTask.state.in_(_CHECKED))
    found: dict[date, list[Item]] = {}
    for task in session.scalars(query.order_by(LedgerTask.number, LedgerTask.id)):
        for due, lines in _dates(task):
            if start <= due <= end:
                found.setdefault(due, []).append(Item(task, lines))
    return sorted(found.items())


def state_line(task: LedgerTask) -> str:
    """A task, whose it is, and its state."""
    return f"{_line(task)} {STATE_WORDS[TaskState(task.state)]}"


def _dates(task: LedgerTask) -> Iterator[tuple[date, tuple[str, ...]]]:
    if task.due is not None:
        yield task.due, (state_line(task),)
    for step in task.milestones:
        if step.due is not None and step.due != task.due:
            done = "已完成" if _reached(step) else "未报告完成"
            yield step.due, (state_line(task), escape(f"阶段:{step.text}({done})"))


def _reached(step: TaskMilestone) -> bool:
    return bool(step.due and step.done_through and step.done_through >= step.due)


def _overdue(tasks: Sequence[LedgerTask], start: date, today: date) -> list[str]:
    """What passed its day since the last report."""
    lines = []
    for task in tasks:
        if task.state not in REMINDED:
            continue
        if task.due is not None and start <= task.due < today:
            lines.append(f"{_line(task)} {task.due} 到期")
        lines += [
            f"{_line(task)} {step.due} 到期 {escape(f'阶段:{step.text}')}"
            for step in task.milestones
            if step.due and step.due != task.due and start <= step.due < today
            if not _reached(step)
        ]
    return lines


def _undelivered(session: Session, since: datetime, now: datetime) -> list[str]:
    count = func.count(Reminder.id)
    query = (
        select(Chat.title, Outbox.state, Outbox.last_error, count)
        .join(Reminder, Reminder.outbox_id == Outbox.id)
        .join(Chat, Chat.id == Reminder.chat_id)
        .where(Outbox.state.in_(_UNSURE), Outbox.created_at >= since, Outbox.created_at < now)
        .group_by(Outbox.id, Chat.id, Chat.title, Outbox.state, Outbox.last_error)
        .order_by(Outbox.id)
    )
    return [
        escape(f"{title or '私聊'}:{number} 条提醒{_UNSURE[OutboxState(state)]}")
        + (escape(f"({error})") if error else "")
        for title, state, error, number in session.execute(query)
    ]


def _unsigned(tasks: Sequence[LedgerTask], today: date, rules: PlanRules) -> list[str]:
    """Tasks issued before today that a unit has not acknowledged."""
    lines = []
    for task in tasks:
        waiting = [part.unit.name for part in task.units if part.acknowledged_at is None]
        issued = rules.day_of(task.issued_at or task.created_at)
        if waiting and issued < today and task.state != TaskState.REPORTED:
            title = escape(headline(task.number, task.title))
            lines.append(f"{title}:{escape('、'.join(waiting))}")
    return lines


def _line(task: LedgerTask) -> str:
    lead = "、".join(part.unit.name for part in task.units if part.role == UnitRole.LEAD)
    return f"{escape(headline(task.number, task.title))}({escape(lead)})"

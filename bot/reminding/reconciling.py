"""Makes the planned reminders in the table those that ought to be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.records import REMINDED, ReminderState
from bot.reminding.cancelling import SIGNATURE
from bot.reminding.catching_up import ROW, Row
from bot.reminding.facts import TaskFacts, open_facts
from bot.reminding.notes import note, noted
from bot.reminding.rules import PlanRules
from bot.reminding.wanted import Aim, Key, reach_of, wanted
from bot.reminding.workdays import WorkCalendar
from bot.state.tables import (
    CalendarDay,
    Chat,
    LedgerTask,
    Membership,
    Person,
    Reminder,
    TaskMilestone,
    TaskUnit,
)

DAY = "planner.day"
# The calendar moves a reminder by less; what lies so far back is compared at every plan.
_LOOK_BACK = 15
# After a pause, however long, what lies further back is not made up for.
_FARTHEST = 120


@dataclass(frozen=True, slots=True)
class _Span:
    """The days that are planned, and the first for which anything may be added."""

    first: date
    last: date
    opened: date


def reconcile(session: Session, now: datetime, rules: PlanRules, calendar: WorkCalendar) -> None:
    """Plan anew where anything that the plan rests on has changed since the last time."""
    today = rules.day_of(now)
    signature = _signature(session, today, rules)
    if noted(session, SIGNATURE) == signature:
        return
    span = _span(session, today, rules)
    tasks = open_facts(session, rules)
    aims = wanted(tasks, reach_of(session, tasks, rules), calendar, span.first, span.last)
    rows = _rows(session, tasks, rules.hours.opening(span.first - timedelta(_LOOK_BACK)))
    _add(session, _missing(aims, rows, span, rules, now))
    _move(session, _moved(aims, rows, span, rules))
    begin = rules.hours.opening(span.first)
    gone = [row.id for key, row in rows.items() if key not in aims and row.fire_at >= begin]
    _cancel(session, select(Reminder.id).where(Reminder.id.in_(gone)))
    closed = select(LedgerTask.id).where(LedgerTask.state.not_in(REMINDED))
    _cancel(session, select(Reminder.id).where(Reminder.task_id.in_(closed)))
    note(session, DAY, today.isoformat())
    note(session, SIGNATURE, signature)


def _span(session: Session, today: date, rules: PlanRules) -> _Span:
    last = noted(session, DAY)
    # Up to the last tick's day everything was planned in time; what is added is not older.
    opened = min(date.fromisoformat(last), today) if last else date.min
    first = max(min(opened, today - timedelta(_LOOK_BACK)), today - timedelta(_FARTHEST))
    return _Span(first, today + timedelta(rules.horizon), opened)


def _missing(
    aims: dict[Key, Aim], rows: dict[Key, Row], span: _Span, rules: PlanRules, now: datetime
) -> list[dict[str, Any]]:
    # Said in a chat that is not reached any more: the sender has told those who are.
    told = {
        key[:5]
        for key, row in rows.items()
        if row.state == ReminderState.QUEUED and key not in aims
    }
    today = rules.day_of(now)
    return [
        {
            "task_id": key.task,
            "milestone_id": key.milestone,
            "due_version": key.due_version,
            "due": key.due,
            "stage": key.stage,
            "chat_id": key.chat,
            "fire_at": rules.hours.opening(aim.day),
            "calendar_known": aim.calendar_known,
            "state": ReminderState.PLANNED,
            "created_at": now,
        }
        for key, aim in aims.items()
        if key not in rows and aim.day >= span.opened and (aim.day > today or key[:5] not in told)
    ]


def _moved(
    aims: dict[Key, Aim], rows: dict[Key, Row], span: _Span, rules: PlanRules
) -> Iterator[dict[str, Any]]:
    """What is to be sent at another time than planned, or was cancelled and is wanted again."""
    for key, aim in aims.items():
        if (row := rows.get(key)) is None:
            continue
        at = rules.hours.opening(aim.day)
        other = (row.fire_at, row.calendar_known) != (at, aim.calendar_known)
        planned = row.state == ReminderState.PLANNED and other
        if planned or (row.state == ReminderState.CANCELLED and aim.day >= span.opened):
            yield {"row": row.id, "at": at, "known": aim.calendar_known}


def _rows(session: Session, tasks: Iterable[TaskFacts], since: datetime) -> dict[Key, Row]:
    """The reminders that the plan is compared with; those long past are left as they are."""
    query = select(*ROW).where(
        Reminder.task_id.in_([task.id for task in tasks]), Reminder.fire_at >= since
    )
    return {Key(*row[1:7]): Row._make(row) for row in session.execute(query)}


def _add(session: Session, values: list[dict[str, Any]]) -> None:
    if not values:
        return
    lite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite if lite else postgresql).insert(Reminder.__table__)
    session.execute(insert.on_conflict_do_nothing(), values)


def _move(session: Session, changes: Iterable[dict[str, Any]]) -> None:
    table = Reminder.__table__
    if found := list(changes):
        moved = update(table).where(  # type: ignore[arg-type]
            table.c.id == bindparam("row"),
            # No list of states: a list cannot be given to many statements at once.
            or_(table.c.state == ReminderState.PLANNED, table.c.state == ReminderState.CANCELLED),
        )
        values: dict[str, Any] = {
            "state": ReminderState.PLANNED,
            "outbox_id": None,
            "fire_at": bindparam("at"),
            "calendar_known": bindparam("known"),
        }
        session.execute(moved.values(values), found)


def _cancel(session: Session, reminders: Select[int]) -> None:
    session.execute(
        update(Reminder)
        .where(Reminder.id.in_(reminders), Reminder.state == ReminderState.PLANNED)
        .values(state=ReminderState.CANCELLED)
        .execution_options(synchronize_session=False)
    )


def _signature(session: Session, today: date, rules: PlanRules) -> str:
    """Everything a plan is made from, in short."""
    digest = sha256(repr((today, rules)).encode())
    for query in _sources():
        digest.update(repr([tuple(row) for row in session.execute(query)]).encode())
    return digest.hexdigest()


def _sources() -> tuple[Select[*tuple[Any, ...]], ...]:
    task, step, part = LedgerTask, TaskMilestone, TaskUnit
    opened = task.state.in_(REMINDED)
    dates = (task.id, task.state, task.due_version, task.kind, task.due, task.recurrence)
    return (
        select(*dates, task.stages, task.done_through, task.issued_at)
        .where(opened)
        .order_by(task.id),
        select(step.id, step.task_id, step.kind, step.due, step.recurrence, step.done_through)
        .join(task, task.id == step.task_id)
        .where(opened)
        .order_by(step.id),
        select(part.id, part.task_id, part.unit_id, part.role, part.acknowledged_at)
        .join(task, task.id == part.task_id)
        .where(opened)
        .order_by(part.id),
        select(Chat.id, Chat.kind, Chat.unit_id, Chat.office, Chat.person_id, Chat.state).order_by(
            Chat.id
        ),
        select(
            Membership.id,
            Membership.person_id,
            Membership.unit_id,
            Membership.role,
            Membership.until,
        ).order_by(Membership.id),
        select(Person.id, Person.active, Person.admin).order_by(Person.id),
        select(CalendarDay.day, CalendarDay.working).order_by(CalendarDay.day),
    )

"""Queues what has come due: for each chat one message a morning, or as few as hold it all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from bot.access.chats import chats_of_units, leads_of_unit
from bot.delivery.outbox import enqueue
from bot.records import REMINDED, Outgoing, Priority, ReminderState, UnitRole
from bot.reminding.cards import address
from bot.reminding.catching_up import ROW, Row, latest, recall
from bot.reminding.digest import OFFICE, Entry, Message, messages
from bot.reminding.escalation import UNSIGNED, is_escalation, of_issue
from bot.reminding.rules import PlanRules
from bot.reminding.stages import QUARTERLY
from bot.reminding.workdays import WorkCalendar, office_instant
from bot.state.tables import Chat, LedgerTask, Reminder


@dataclass(frozen=True, slots=True)
class Fired:
    """What a tick said, and in how many messages."""

    entries: tuple[Entry, ...]
    messages: int


def fire(session: Session, now: datetime, rules: PlanRules, calendar: WorkCalendar) -> Fired:
    """Queue the reminders that have come due, if this is an hour in which one may send."""
    if rules.hours.next_open(now, calendar) != now:
        # What was not sent before the office closed is said anew when it opens.
        recall(session, now, now)
        return Fired((), 0)
    today = rules.day_of(now)
    recall(session, office_instant(today, time(), rules.hours.zone), now)
    tasks = _locked_tasks(session, now)
    if not tasks:
        return Fired((), 0)
    ready = select(*ROW).where(*_come_due(now), Reminder.task_id.in_(tasks))
    rows = [Row._make(row) for row in session.execute(ready)]
    live = [row for row in rows if _stands(row, tasks[row.task])]
    chosen, passed = latest(session, live, today, rules)
    _mark(session, passed, ReminderState.SUPERSEDED)
    _mark(session, set(rows) - set(live), ReminderState.CANCELLED)
    entries = _entries(session, chosen, tasks, today)
    return Fired(tuple(entries), _queue_all(session, entries, now, rules))


def _come_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Reminder.state == ReminderState.PLANNED, Reminder.fire_at <= now


def _locked_tasks(session: Session, now: datetime) -> dict[int, LedgerTask]:
    """The tasks that something is to be said of, kept from changing until it is queued."""
    ids = session.scalars(select(Reminder.task_id).where(*_come_due(now)).distinct()).all()
    query = select(LedgerTask).where(LedgerTask.id.in_(ids)).order_by(LedgerTask.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    return {task.id: task for task in session.scalars(locked)} if ids else {}


def _stands(row: Row, task: LedgerTask) -> bool:
    """Whether the date is still the task's, and not yet met."""
    if task.state not in REMINDED or task.due_version != row.due_version:
        return False
    steps = {step.id: step.done_through for step in task.milestones}
    if row.milestone and row.milestone not in steps:
        return False
    done = steps[row.milestone] if row.milestone else task.done_through
    if row.stage == QUARTERLY or of_issue(row.stage, row.milestone, task.due):
        return True
    return done is None or done < row.due


def _mark(session: Session, rows: Iterable[Row], state: ReminderState) -> None:
    ids = [row.id for row in rows]
    if ids:
        session.execute(
            update(Reminder)
            .where(Reminder.id.in_(ids), Reminder.state == ReminderState.PLANNED)
            .values(state=state)
            .execution_options(synchronize_session=False)
        )


def _entries(
    session: Session, rows: Sequence[Row], tasks: dict[int, LedgerTask], today: date
) -> list[Entry]:
    unit_ids = sorted({part.unit_id for row in rows for part in tasks[row.task].units})
    reached: dict[int, set[int]] = {
        unit: {room.id for room in rooms}
        for unit, rooms in chats_of_units(session, unit_ids).items()
    }
    for row in rows:
        if row.stage == UNSIGNED:
            for part in tasks[row.task].units:
                rooms = leads_of_unit(session, part.unit_id)
                reached.setdefault(part.unit_id, set()).update(room.id for room in rooms)
    return [_entry(row, tasks[row.task], reached, today) for row in rows]


def _entry(row: Row, task: LedgerTask, reached: dict[int, set[int]], today: date) -> Entry:
    parts = [part for part in task.units if row.chat in reached.get(part.unit_id, ())]
    if is_escalation(row.stage) and row.stage != UNSIGNED:
        parts = []
    if row.stage == UNSIGNED:
        parts = [p for p in parts if p.role == UnitRole.LEAD and p.acknowledged_at is None]
    role = OFFICE
    if parts:
        lead = any(part.role == UnitRole.LEAD for part in parts)
        role = UnitRole.LEAD if lead else UnitRole.COOPERATING
    own = [part for part in parts if part.role == role]
    undated = row.stage == QUARTERLY or of_issue(row.stage, row.milestone, task.due)
    return Entry(
        reminder=row.id,
        chat=row.chat,
        day=today,
        task=task,
        milestone=row.milestone,
        due=None if undated else row.due,
        stage=row.stage,
        calendar_known=row.calendar_known,
        role=role,
        units=tuple(part.unit.name for part in own),
        unsigned=any(part.acknowledged_at is None for part in own),
    )


def _queue_all(session: Session, entries: Sequence[Entry], now: datetime, rules: PlanRules) -> int:
    by_chat: dict[int, list[Entry]] = {}
    for entry in entries:
        by_chat.setdefault(entry.chat, []).append(entry)
    rooms = session.scalars(select(Chat).where(Chat.id.in_(by_chat)).order_by(Chat.id)).all()
    queued = [
        _queue(session, message, room, now, rules)
        for room in rooms
        for message in messages(by_chat[room.id])
    ]
    return len(queued)


def _queue(session: Session, message: Message, room: Chat, now: datetime, rules: PlanRules) -> int:
    """Queue a message and link its reminders to it; the row's id."""
    day = rules.day_of(now)
    keys = (f"remind:{room.id}:{day}:{number}" for number in count(1))
    tried = (enqueue(session, _outgoing(message, room, key), now) for key in keys)
    row = next(row for row in tried if row is not None)
    session.execute(
        update(Reminder)
        .where(Reminder.id.in_([entry.reminder for entry in message.entries]))
        .values(state=ReminderState.QUEUED, outbox_id=row)
        .execution_options(synchronize_session=False)
    )
    return row


def _outgoing(message: Message, room: Chat, key: str) -> Outgoing:
    insists = any(entry.insists for entry in message.entries)
    alone = message.entries[0] if len(message.entries) == 1 else None
    return Outgoing(
        key=key,
        to=address(room),
        text=message.text,
        buttons=message.buttons,
        priority=Priority.DUE if insists else Priority.AHEAD,
        silent=all(entry.quiet for entry in message.entries),
        task=alone.task.id if alone else 0,
        version=alone.task.due_version if alone else 0,
        resend=insists,
        # What also speaks of the office's own affairs is not passed on to a unit.
        audience="office" if any(e.role == OFFICE for e in message.entries) else "unit",
    )

"""Takes back what was planned for a task: its dates moved, or it is no longer open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.records import REMINDED, OutboxState, ReminderState
from bot.state.tables import LedgerTask, Note, Outbox, Reminder

# What the last plan was made from; without it the next tick plans anew.
SIGNATURE = "planner.signature"


def cancel_reminders(session: Session, task_id: int, now: datetime) -> None:
    """Cancel a task's reminders that were not sent; what a digest says of other tasks is kept.

    The other tasks of an unsent digest are planned again, so that the next tick queues it
    without this one. Call it in the transaction that changes the task.
    """
    live = (ReminderState.PLANNED, ReminderState.QUEUED)
    mine = select(Reminder.id).where(Reminder.task_id == task_id, Reminder.state.in_(live))
    withdraw(session, session.scalars(mine).all(), now)
    session.execute(delete(Note).where(Note.name == SIGNATURE))


def still_true(session: Session, message: int) -> bool:
    """Whether all that a claimed message reminds of still stands, to be asked before it is sent.

    Where it does not, what still stands is planned again, for the next tick to say without the
    rest; the message itself is for the sender to cancel.
    """
    told = Reminder.outbox_id == message, Reminder.state == ReminderState.QUEUED
    changed = session.scalars(
        select(Reminder.id)
        .join(LedgerTask, LedgerTask.id == Reminder.task_id)
        .where(
            *told,
            or_(LedgerTask.state.not_in(REMINDED), LedgerTask.due_version != Reminder.due_version),
        )
    ).all()
    if not changed:
        return True
    _set(session, ReminderState.CANCELLED, Reminder.id.in_(changed))
    _set(session, ReminderState.PLANNED, *told)
    session.execute(delete(Note).where(Note.name == SIGNATURE))
    return False


def withdraw(session: Session, reminder_ids: Collection[int], now: datetime) -> None:
    """Cancel reminders that are planned, or whose message nobody has begun to send."""
    chosen = Reminder.id.in_(reminder_ids)
    messages = session.scalars(
        select(Reminder.outbox_id).where(
            chosen, Reminder.state == ReminderState.QUEUED, Reminder.outbox_id.is_not(None)
        )
    )
    stopped = stop(session, {message for message in messages if message}, now)
    gone = Reminder.state == ReminderState.QUEUED, Reminder.outbox_id.in_(stopped)
    _set(session, ReminderState.CANCELLED, chosen, *gone)
    _set(session, ReminderState.CANCELLED, chosen, Reminder.state == ReminderState.PLANNED)
    _set(session, ReminderState.PLANNED, *gone)


def stop(session: Session, messages: Collection[int], now: datetime) -> list[int]:
    """Cancel messages that nobody has begun to send; return which."""
    cancelled = (
        update(Outbox)
        .where(Outbox.id.in_(messages), Outbox.state == OutboxState.DUE)
        .values(state=OutboxState.CANCELLED, last_error=f"{now.isoformat()} 收回,另行安排")
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return list(session.scalars(cancelled)) if messages else []


def _set(session: Session, state: ReminderState, *where: object) -> None:
    values = {"state": state}
    if state is ReminderState.PLANNED:
        values["outbox_id"] = None  # type: ignore[assignment]
    session.execute(
        update(Reminder)
        .where(*where)  # type: ignore[arg-type]
        .values(values)
        .execution_options(synchronize_session=False)
    )

"""A copy of the ledger in memory, on which the planner may run and nothing comes of it."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import create_engine, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.records import OutboxState, ReminderState
from bot.reminding.cancelling import SIGNATURE
from bot.reminding.notes import note, noted
from bot.reminding.reconciling import DAY
from bot.reminding.rules import PlanRules
from bot.reminding.workdays import office_instant
from bot.state.tables import (
    Base,
    CalendarDay,
    Chat,
    LedgerTask,
    Membership,
    Note,
    Outbox,
    Person,
    Reminder,
    TaskEvent,
    TaskMilestone,
    TaskUnit,
    Unit,
)

# What the planner reads. Messages are needed for their keys and states; their texts are not.
_TABLES = (
    Unit,
    Person,
    Membership,
    Chat,
    LedgerTask,
    TaskUnit,
    TaskMilestone,
    TaskEvent,
    CalendarDay,
    Note,
    Reminder,
)
_MESSAGE = (
    Outbox.id,
    Outbox.key,
    Outbox.chat,
    Outbox.priority,
    Outbox.state,
    Outbox.not_before,
    Outbox.created_at,
)


def memory() -> Session:
    """Open an empty ledger in memory; close the session to be rid of it."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return Session(engine)


def copied(session: Session) -> Session:
    """Open a copy of a ledger in memory."""
    copy = memory()
    for model in _TABLES:
        rows = [dict(row) for row in session.execute(select(model.__table__)).mappings()]
        if rows:
            copy.execute(insert(model.__table__), rows)  # type: ignore[arg-type]
    linked = select(Reminder.outbox_id).where(Reminder.outbox_id.is_not(None))
    messages = session.execute(select(*_MESSAGE).where(Outbox.id.in_(linked))).mappings()
    if rows := [dict(row) | {"payload": {}} for row in messages]:
        copy.execute(insert(Outbox.__table__), rows)  # type: ignore[arg-type]
    return copy


def set_to(copy: Session, day: date, today: date, rules: PlanRules) -> None:
    """Turn a copy into what it was, or will be, on the morning of a day.

    What was queued since that morning is planned again; for a day still to come, what is planned
    before it counts as said in time.
    """
    morning = office_instant(day, time(), rules.hours.zone)
    later = select(Outbox.id).where(Outbox.created_at >= morning)
    unsaid = or_(
        Reminder.outbox_id.in_(later),
        (Reminder.state == ReminderState.SUPERSEDED) & (Reminder.fire_at >= morning),
    )
    _state(copy, ReminderState.PLANNED, unsaid)
    copy.execute(delete(Outbox).where(Outbox.created_at >= morning))
    if day > today:
        _say_all_before(copy, morning)
    last = noted(copy, DAY)
    if day > today or (last and date.fromisoformat(last) > day):
        note(copy, DAY, day.isoformat())
    copy.execute(delete(Note).where(Note.name == SIGNATURE))


def deliver(copy: Session) -> None:
    """Let every message of a copy be sent."""
    copy.execute(update(Outbox).values(state=OutboxState.SENT))


def _say_all_before(copy: Session, morning: datetime) -> None:
    early = (Reminder.state == ReminderState.PLANNED) & (Reminder.fire_at < morning)
    deliver(copy)
    _state(copy, ReminderState.SUPERSEDED, early)


def _state(copy: Session, state: ReminderState, where: object) -> None:
    copy.execute(
        update(Reminder)
        .where(where)  # type: ignore[arg-type]
        .values(state=state, outbox_id=None)
        .execution_options(synchronize_session=False)
    )

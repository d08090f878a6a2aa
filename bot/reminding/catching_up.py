"""What is still worth saying when several stages of a date have come due: only the latest."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from bot.records import OutboxState, ReminderState
from bot.reminding.cancelling import stop
from bot.reminding.escalation import is_escalation
from bot.reminding.rules import PlanRules
from bot.reminding.stages import QUARTERLY, Occurrence, latest_missed, offset_of
from bot.state.tables import Outbox, Reminder


class Row(NamedTuple):
    """A reminder as it stands in the table."""

    id: int
    task: int
    milestone: int
    due_version: int
    due: date
    stage: str
    chat: int
    fire_at: datetime
    calendar_known: bool
    state: str


ROW = (
    Reminder.id,
    Reminder.task_id,
    Reminder.milestone_id,
    Reminder.due_version,
    Reminder.due,
    Reminder.stage,
    Reminder.chat_id,
    Reminder.fire_at,
    Reminder.calendar_known,
    Reminder.state,
)
_Subject = tuple[int, int, int, bool]
_Date = tuple[_Subject, date | None]


def recall(session: Session, before: datetime, now: datetime) -> None:
    """Plan again what was queued before a time and never sent: the messenger was out of reach.

    It is then said once, in today's words, together with what is new. What is to be sent
    again because it may have arrived is a message of its own and keeps its mark.
    """
    waiting = (
        select(Outbox.id)
        .join(Reminder, Reminder.outbox_id == Outbox.id)
        .where(
            Reminder.state == ReminderState.QUEUED,
            Outbox.state == OutboxState.DUE,
            Outbox.created_at < before,
        )
        .distinct()
    )
    if stopped := stop(session, session.scalars(waiting).all(), now):
        session.execute(
            update(Reminder)
            .where(Reminder.state == ReminderState.QUEUED, Reminder.outbox_id.in_(stopped))
            .values(state=ReminderState.PLANNED, outbox_id=None)
            .execution_options(synchronize_session=False)
        )


def latest(
    session: Session, rows: Collection[Row], today: date, rules: PlanRules
) -> tuple[list[Row], list[Row]]:
    """Divide what has come due into what is to be said, and what that makes superfluous."""
    said = _already_said(session, rows)
    dates: dict[_Date, list[Row]] = {}
    for row in rows:
        dates.setdefault(_date(row), []).append(row)
    chosen: dict[_Date, Row] = {}
    for key, of_one_date in dates.items():
        both = [*of_one_date, *said.get(key, ())]
        by_occurrence = {_occurrence(row, rules): row for row in both}
        found, _ = latest_missed(by_occurrence, today)
        if found and by_occurrence[found].state == ReminderState.PLANNED:
            chosen[key] = by_occurrence[found]
    kept = _newest_dates(chosen, today)
    ids = {row.id for row in kept}
    return kept, [row for row in rows if row.id not in ids]


def _newest_dates(chosen: dict[_Date, Row], today: date) -> list[Row]:
    """Of the past dates of a recurring duty only the last: the earlier ones are history."""
    newest: dict[_Subject, date] = {}
    for (subject, due), _ in chosen.items():
        if due and due < today:
            newest[subject] = max(due, newest.get(subject, due))
    return [
        row
        for (subject, due), row in chosen.items()
        if not due or due >= today or due == newest[subject]
    ]


def _already_said(session: Session, rows: Iterable[Row]) -> dict[_Date, list[Row]]:
    """What was queued of the same dates: after the clock went back it may be later."""
    wanted = {(row.task, row.chat) for row in rows}
    dues = {row.due for row in rows}
    if not wanted:
        return {}
    query = select(*ROW).where(
        Reminder.state == ReminderState.QUEUED,
        Reminder.due.in_(dues),
        tuple_(Reminder.task_id, Reminder.chat_id).in_(wanted),
    )
    found: dict[_Date, list[Row]] = {}
    for row in map(Row._make, session.execute(query)):
        found.setdefault(_date(row), []).append(row)
    return found


def _date(row: Row) -> _Date:
    """What a row is about; the quarterly checks of a task are all about the same."""
    subject = (row.task, row.milestone, row.chat, is_escalation(row.stage))
    return subject, None if row.stage == QUARTERLY else row.due


def _occurrence(row: Row, rules: PlanRules) -> Occurrence:
    day = rules.day_of(row.fire_at)
    if row.stage == QUARTERLY:
        return Occurrence(None, row.stage, day, row.due, row.calendar_known)
    nominal = day if is_escalation(row.stage) else row.due + timedelta(offset_of(row.stage))
    return Occurrence(row.due, row.stage, day, nominal, row.calendar_known)

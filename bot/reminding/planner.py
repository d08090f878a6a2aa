"""One tick of the planner: what ought to be reminded of is planned, what has come due is queued.

The plan is made anew whenever something it rests on has changed, and compared with the table.
Every reminder is there once, by its unique key, and moves to `queued` in the transaction that
queues its message; so a tick may be cut off, repeated, or run by two processes at once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session

from bot.records import REMINDED, OutboxState, ReminderState
from bot.reminding.cancelling import cancel_reminders, withdraw
from bot.reminding.escalation import UNSIGNED, UNSIGNED_LONG
from bot.reminding.firing import Fired, fire
from bot.reminding.notes import alone
from bot.reminding.reconciling import reconcile
from bot.reminding.rules import PlanRules, office_calendar
from bot.reminding.stages import QUARTERLY
from bot.state.tables import LedgerTask, Outbox, Reminder, TaskMilestone

__all__ = ["PlanRules", "cancel_reminders", "plan", "tick"]


def plan(session: Session, now: datetime, rules: PlanRules | None = None) -> int:
    """Plan the coming days and queue what has come due; return the number of messages queued."""
    return tick(session, now, rules or PlanRules()).messages


def tick(session: Session, now: datetime, rules: PlanRules) -> Fired:
    """Do what `plan` does, and return what was said to whom."""
    alone(session)
    calendar = office_calendar(session)
    reconcile(session, now, rules, calendar)
    if outdated := _outdated(session):
        withdraw(session, outdated, now)
    return fire(session, now, rules, calendar)


def _of_issue() -> ColumnElement[bool]:
    """What `of_issue` tells of a reminder."""
    stages = (UNSIGNED, UNSIGNED_LONG)
    return and_(Reminder.stage.in_(stages), Reminder.milestone_id == 0, LedgerTask.due.is_(None))


def _outdated(session: Session) -> list[int]:
    """The reminders queued and not yet sent whose date was moved, met, or closed meanwhile."""
    task, step = LedgerTask, TaskMilestone
    met = or_(
        and_(Reminder.milestone_id == 0, task.done_through >= Reminder.due),
        step.done_through >= Reminder.due,
    )
    query = (
        select(Reminder.id)
        .join(Outbox, Outbox.id == Reminder.outbox_id)
        .join(task, task.id == Reminder.task_id)
        .outerjoin(step, step.id == Reminder.milestone_id)
        .where(
            Reminder.state == ReminderState.QUEUED,
            Outbox.state == OutboxState.DUE,
            or_(
                task.state.not_in(REMINDED),
                task.due_version != Reminder.due_version,
                and_(Reminder.stage != QUARTERLY, not_(_of_issue()), met),
            ),
        )
    )
    return list(session.scalars(query))

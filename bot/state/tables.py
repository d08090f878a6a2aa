"""Every table, from one place."""

from __future__ import annotations

from bot.state.base import Base, Instant
from bot.state.messages import Blob, Dialog, Inbox, Outbox, Reminder, StoredAnswer
from bot.state.rooms import (
    AccessEvent,
    BindToken,
    CalendarDay,
    Chat,
    Heartbeat,
    Membership,
    Note,
    Person,
    Unit,
)
from bot.state.work import Evidence, Extension, LedgerTask, TaskEvent, TaskMilestone, TaskUnit

__all__ = [
    "AccessEvent",
    "Base",
    "BindToken",
    "Blob",
    "CalendarDay",
    "Chat",
    "Dialog",
    "Evidence",
    "Extension",
    "Heartbeat",
    "Inbox",
    "Instant",
    "LedgerTask",
    "Membership",
    "Note",
    "Outbox",
    "Person",
    "Reminder",
    "StoredAnswer",
    "TaskEvent",
    "TaskMilestone",
    "TaskUnit",
    "Unit",
]

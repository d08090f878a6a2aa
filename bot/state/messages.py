"""Tables of messages in and out, reminders, dialogs, answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.state.base import Base, Id


class Reminder(Base):
    """One stage of one date of a task, to one chat: planned once, by the unique key."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("task_id", "milestone_id", "due_version", "due", "stage", "chat_id"),
        Index("ix_reminder_due", "state", "fire_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    milestone_id: Mapped[int] = mapped_column(default=0)  # 0: the task's own date
    due_version: Mapped[int]
    due: Mapped[date]  # of an ongoing task's check: the first day of the quarter
    stage: Mapped[str] = mapped_column(String(16))
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat.id"), index=True)
    fire_at: Mapped[datetime]
    calendar_known: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(16))
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    created_at: Mapped[datetime]


class Blob(Base):
    """A picture or paper made for a message."""

    __tablename__ = "blob"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # picture | document
    name: Mapped[str]
    content: Mapped[bytes]
    created_at: Mapped[datetime]


class Outbox(Base):
    """One message: sent once, or said to be uncertain."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "not_before", "priority"),
        Index("ix_outbox_queue", "state", "priority", "id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    chat: Mapped[int] = mapped_column(index=True)
    thread: Mapped[int] = mapped_column(default=0)
    payload: Mapped[dict[str, Any]]  # text, buttons, silent, reply_to, edits
    blob_id: Mapped[int | None] = mapped_column(ForeignKey("blob.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    task_version: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    resend: Mapped[bool] = mapped_column(default=False)  # may be sent again, marked
    resent: Mapped[bool] = mapped_column(default=False)  # this sending is that one
    not_before: Mapped[datetime]
    lease_by: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    message: Mapped[int | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class Inbox(Base):
    """One update as it came; its number may return after a quiet week, hence the week."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_new", "state", "received_at"),)
    update_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    week: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    raw: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Dialog(Base):
    """What the bot waits for from a person in a chat (a report's text, a reason, a date)."""

    __tablename__ = "dialog"
    chat: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


class StoredAnswer(Base):
    """An answer given, for its buttons, and what the cadre thought of it."""

    __tablename__ = "answer"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat: Mapped[int]
    user: Mapped[int]
    question: Mapped[str]
    data: Mapped[dict[str, Any]]
    verdict: Mapped[str] = mapped_column(String(16), default="")  # useful | wrong
    created_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]

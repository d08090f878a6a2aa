"""The tables. Instants are UTC; due dates are days of the office's own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

# Constraints are named, so that a migration can speak of them on either database.
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
# SQLite numbers rows by itself only where the key is exactly INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time that does not say its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """SQLite gives the time back without its zone."""
        if value is None:
            return None
        known: datetime = value
        return known.replace(tzinfo=UTC) if known.tzinfo is None else known.astimezone(UTC)


class Base(DeclarativeBase):
    """The root of the tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - declared so by SQLAlchemy
        datetime: Instant,
        date: Date,
        str: Text,
        int: BigInteger,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


class Unit(Base):
    """A responsible unit (责任单位)."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]


class Person(Base):
    """Somebody who was let in."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    user: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    admin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Membership(Base):
    """What a person is, and since when; ended ones stay as a record."""

    __tablename__ = "membership"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class Chat(Base):
    """A chat that was let in: a person's own, or a group of a unit or of the office."""

    __tablename__ = "chat"
    __table_args__ = (UniqueConstraint("chat", "thread"),)
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    chat: Mapped[int]
    thread: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    office: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default="active")
    thread_broken: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class BindToken(Base):
    """A one-time link; only the hash of its secret is kept."""

    __tablename__ = "bind_token"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))  # person | chat
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_by: Mapped[int | None]
    used_at: Mapped[datetime | None]


class AccessEvent(Base):
    """Who was let in, refused or put out: append only."""

    __tablename__ = "access_event"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    user: Mapped[int]
    chat: Mapped[int]
    text: Mapped[str] = mapped_column(default="")


class LedgerTask(Base):
    """A task of the ledger (台账) as living work.

    `source_key` names the item of the document it was taken from; `version` grows with every
    change; `due_version` with every change of its dates.
    """

    __tablename__ = "task"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    source_key: Mapped[str] = mapped_column(String(200), unique=True)
    number: Mapped[int]
    section: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    target: Mapped[str] = mapped_column(default="")
    measures: Mapped[list[str]]
    leaders: Mapped[list[str]]
    document_id: Mapped[str] = mapped_column(String(200))
    plan: Mapped[str]  # the document's title
    document_number: Mapped[str] = mapped_column(default="")
    heading: Mapped[list[str]]
    quote: Mapped[str] = mapped_column(default="")  # the passage that sets the deadline
    kind: Mapped[str] = mapped_column(String(16))
    deadline_text: Mapped[str] = mapped_column(default="")
    due: Mapped[date | None]
    recurrence: Mapped[str | None]
    done_through: Mapped[date | None]
    stages: Mapped[str] = mapped_column(default="")  # an override of the stages; empty: the usual
    inferred: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(16), index=True)
    before_suspension: Mapped[str] = mapped_column(String(16), default="")
    version: Mapped[int] = mapped_column(default=1)
    due_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    units: Mapped[list[TaskUnit]] = relationship(order_by="TaskUnit.id", lazy="selectin")
    milestones: Mapped[list[TaskMilestone]] = relationship(
        order_by="TaskMilestone.id", lazy="selectin"
    )


class TaskUnit(Base):
    """A unit's part in a task, and when it acknowledged it."""

    __tablename__ = "task_unit"
    __table_args__ = (UniqueConstraint("task_id", "unit_id"),)
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit: Mapped[Unit] = relationship(lazy="joined")


class TaskMilestone(Base):
    """A date inside a task (阶段目标); `done_through`: reached, for occurrences up to that day."""

    __tablename__ = "task_milestone"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    due: Mapped[date | None]
    recurrence: Mapped[str | None]
    done_through: Mapped[date | None]


class TaskEvent(Base):
    """One thing that happened to a task: append only, the database itself refuses more."""

    __tablename__ = "task_event"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    action: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    who: Mapped[str]
    user: Mapped[int]
    chat: Mapped[int]
    text: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]]


class Evidence(Base):
    """What a unit sent to show that a task is done: text, or a file kept by the messenger."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("task_event.id"))
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(default="")
    file_id: Mapped[str] = mapped_column(default="")
    file_unique_id: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Extension(Base):
    """A request for a later date, and what became of it."""

    __tablename__ = "extension"
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    new_due: Mapped[date]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))  # asked | granted | refused | withdrawn
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Reminder(Base):
    """One stage of one date of a task, to one chat: planned once, by the unique key."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("task_id", "milestone_id", "due_version", "due", "stage", "chat_id"),
        Index("ix_reminder_due", "state", "fire_at"),
    )
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # picture | document
    name: Mapped[str]
    content: Mapped[bytes]
    created_at: Mapped[datetime]


class Outbox(Base):
    """One message: sent once, or said to be uncertain."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "state", "not_before", "priority"),)
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
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


class CalendarDay(Base):
    """A day whose kind the office has set, with the notice that says so."""

    __tablename__ = "calendar_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    source: Mapped[str] = mapped_column(default="")


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
    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    chat: Mapped[int]
    user: Mapped[int]
    question: Mapped[str]
    data: Mapped[dict[str, Any]]
    verdict: Mapped[str] = mapped_column(String(16), default="")  # useful | wrong
    created_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]


class Heartbeat(Base):
    """When a loop of the service was last seen alive."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(default="")


class Note(Base):
    """A single fact of the installation: when it last ran, whether it is in restore mode."""

    __tablename__ = "note"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str]

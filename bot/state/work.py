"""Tables of the ledger: tasks, their units and milestones, what happened to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.state.base import Base, Id
from bot.state.rooms import Unit


class LedgerTask(Base):
    """A task of the ledger (台账) as living work.

    `source_key` names the item of the document it was taken from; `version` grows with every
    change; `due_version` with every change of its dates.
    """

    __tablename__ = "task"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
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
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit: Mapped[Unit] = relationship(lazy="joined")


class TaskMilestone(Base):
    """A date inside a task (阶段目标); `done_through`: reached, for occurrences up to that day."""

    __tablename__ = "task_milestone"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    due: Mapped[date | None]
    recurrence: Mapped[str | None]
    done_through: Mapped[date | None]


class TaskEvent(Base):
    """One thing that happened to a task: append only, the database itself refuses more."""

    __tablename__ = "task_event"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
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
    id: Mapped[int] = mapped_column(Id, primary_key=True)
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
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    new_due: Mapped[date]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))  # asked | granted | refused | withdrawn
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

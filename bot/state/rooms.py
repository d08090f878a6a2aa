"""Tables of units, people, chats, the links that let them in, and the installation itself."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.state.base import Base, Id


class Unit(Base):
    """A responsible unit (责任单位)."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]


class Person(Base):
    """Somebody who was let in."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    admin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Membership(Base):
    """What a person is, and since when; ended ones stay as a record."""

    __tablename__ = "membership"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class Chat(Base):
    """A chat that was let in: a person's own, or a group of a unit or of the office."""

    __tablename__ = "chat"
    __table_args__ = (UniqueConstraint("chat", "thread"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
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
    id: Mapped[int] = mapped_column(Id, primary_key=True)
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
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    user: Mapped[int]
    chat: Mapped[int]
    text: Mapped[str] = mapped_column(default="")


class CalendarDay(Base):
    """A day whose kind the office has set, with the notice that says so."""

    __tablename__ = "calendar_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    source: Mapped[str] = mapped_column(default="")


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

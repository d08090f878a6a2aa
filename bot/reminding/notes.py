"""Single facts that the planner keeps between its ticks."""

from __future__ import annotations

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from bot.state.database import insert_once
from bot.state.tables import Note

# The advisory lock under which PostgreSQL lets one planner work at a time.
_LOCK = 0x676F6E67
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(:lock)")


def alone(session: Session) -> None:
    """Wait until no other planner is in a transaction; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ONE_AT_A_TIME, {"lock": _LOCK})


def noted(session: Session, name: str) -> str:
    """Return what was noted under a name; empty where nothing was."""
    row = session.get(Note, name, populate_existing=True)
    return row.value if row else ""


def note(session: Session, name: str, value: str) -> None:
    """Note a fact in the place of the last one of its name."""
    if not insert_once(session, Note, {"name": name, "value": value}):
        session.execute(
            update(Note)
            .where(Note.name == name)
            .values(value=value)
            .execution_options(synchronize_session=False)
        )

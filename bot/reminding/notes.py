"""Single facts that the planner keeps between its ticks."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.state.database import insert_once
from bot.state.tables import Note


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

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from bot.state.database import Database
from tests.bot.handling.play import Play, add_task, furnish
from tests.bot.handling.town import settled


@pytest.fixture
def town(database: Database):
    """The town within one transaction, which is taken back."""
    with Session(database.writer, expire_on_commit=False) as session:
        yield settled(session)
        session.rollback()


@pytest.fixture
def small_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "play.db"
    shutil.copy(sqlite_template, path)
    opened = Database(f"sqlite:///{path}")
    # A play outlives no power cut.
    event.listen(opened.writer, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def play(small_database: Database) -> Play:
    """Everybody in their private chats, and a draft: task 1, number 17."""
    small_database.write(furnish)
    small_database.write(add_task)
    return Play(small_database)

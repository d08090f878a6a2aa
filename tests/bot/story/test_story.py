import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.state.database import Database
from bot.state.tables import LedgerTask, TaskEvent
from tests.bot.story.tale import DOCUMENT, tale


@pytest.mark.slow
def test_the_story_in_the_docs_is_what_happens(tmp_path: Path, shipped_home: Path):
    url = f"sqlite:///{tmp_path / 'story.db'}"
    told = asyncio.run(tale(shipped_home, url))
    assert told == DOCUMENT.read_text("utf-8")
    database = Database(url)
    states = database.read(lambda session: session.scalars(select(LedgerTask.state)).all())
    actions = database.read(
        lambda session: session.scalars(select(TaskEvent.action).order_by(TaskEvent.id)).all()
    )
    database.close()
    assert states == ["closed"]
    assert actions == [
        "import",
        "set_due",
        "issue",
        "acknowledge",
        "ask_extension",
        "grant_extension",
        "report",
        "return",
        "report",
        "approve",
    ]

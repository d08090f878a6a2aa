from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from bot.state import migrating
from bot.state.database import Database
from bot.state.migrating import HEAD
from bot.state.tables import Base, Unit
from corpus.errors import StateError

FOLDER = Path(migrating.__file__).parent / "migrations"


def script() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def steps() -> list[str]:
    found = ScriptDirectory.from_config(script()).walk_revisions()
    return [step.revision for step in reversed(list(found))]


def upgrade(url: str, revision: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        config = script()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def test_the_head_that_the_program_knows_is_the_last_step():
    assert steps()[-1] == HEAD


def test_a_migrated_database_is_what_the_tables_say(database: Database):
    with database.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("stands", steps()[:-1])
def test_a_database_of_every_earlier_step_is_brought_up_with_its_rows(tmp_path: Path, stands: str):
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, stands)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("insert into unit (name, created_at) values ('市公安局', '2026-01-01 00:00:00')")
        )
    engine.dispose()
    database = Database.open(url)
    assert database.read(lambda session: session.get(Unit, 1).name) == "市公安局"
    with database.writer.connect() as connection:
        assert migrating.revision(connection) == HEAD
    database.close()


def test_a_database_newer_than_the_program_is_refused(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    Database.open(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StateError, match="比本程序新"):
        Database.open(url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    file = tmp_path / "a.db"
    file.write_text("not a database at all, but long enough to be read as one" * 20)
    with pytest.raises(StateError, match="数据库打不开"):
        Database.open(f"sqlite:///{file}")

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from bot.state.database import Database
from bot.state.tables import Base

# The address of a server on which the tests may create databases of their own, such as
# postgresql:///postgres?host=/var/run/postgresql
_POSTGRES = "GONGJIAN_TEST_POSTGRES"
_CUT_OFF = text(
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = :name and pid <> pg_backend_pid() and application_name <> 'inside'"
)
_TABLES = ", ".join(f'"{table}"' for table in Base.metadata.tables)
# A working Thursday, 10:00 in China.
_START = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves only when told to; `monotonic` never goes back, even when it does."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._elapsed = 0.0

    def __call__(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, seconds: float = 0, **parts: float) -> datetime:
        """Let time pass."""
        step = timedelta(seconds=seconds, **parts)
        self._now += step
        self._elapsed += step.total_seconds()
        return self._now

    def set(self, now: datetime) -> datetime:
        """Put the hands somewhere else, as an administrator or NTP would."""
        self._now = now
        return now


@pytest.fixture
def now() -> datetime:
    return _START


@pytest.fixture
def clock(now: datetime) -> FakeClock:
    return FakeClock(now)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "gongjian.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def _postgres() -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of a migrated database for all tests, and what empties it after each."""
    server = os.environ.get(_POSTGRES)
    if not server:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{_POSTGRES} must be set where the tests are the judge")
        pytest.skip(f"{_POSTGRES} is not set")
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"gongjian_test_{uuid.uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as administrator:
        administrator.execute(text(f"CREATE DATABASE {name}"))
        address = url.set(database=name).render_as_string(hide_password=False)
        Database.open(address).close()
        named = {"application_name": "inside"}
        inside = create_engine(address, isolation_level="AUTOCOMMIT", connect_args=named)

        def empty() -> None:
            # Whatever a test has left connected would hold the tables.
            administrator.execute(_CUT_OFF, {"name": name})
            with inside.connect() as connection:
                connection.execute(text(f"TRUNCATE {_TABLES} RESTART IDENTITY CASCADE"))

        try:
            yield address, empty
        finally:
            inside.dispose()
            administrator.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database of this test's own, on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "gongjian.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    address, empty = request.getfixturevalue("_postgres")
    yield address
    empty()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database, on each kind."""
    opened = Database(database_url)
    try:
        yield opened
    finally:
        opened.close()

"""The database: short transactions, written one after the other, read beside each other.

SQLite gets one writer thread that commits many pieces of work at once (done again one by one
where one fails, so that it takes no other with it): with `synchronous=FULL` a commit waits for
the disk, and waiting once for fifty updates is what lets them be answered in time.
PostgreSQL groups commits by itself; there a few writers work side by side.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Engine, Table, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session

from bot.state.base import table_of
from bot.state.crew import Crew, Job
from bot.state.errors import foreign_errors
from bot.state.reading import Glances, readers
from corpus.errors import MissingExtra, StateError

T = TypeVar("T")

_BUSY_MS = 10_000
_GROUP = 64
_WRITERS = 4
_TRIES = 3
# PostgreSQL gives these up for another transaction's sake; doing them again is right.
_AGAIN = frozenset({"40001", "40P01"})


class Database:
    """One open database; safe from any thread."""

    def __init__(self, url: str) -> None:
        """Connect lazily; see `open` for what checks and migrates.

        :raises StateError: the address is not one of a database.
        :raises MissingExtra: the driver is not installed.
        """
        self.url = url
        self._reader = _engine(url, immediate=False)
        self._writer = _engine(url, immediate=True)
        self.sqlite = self._writer.dialect.name == "sqlite"
        self._readers, self._glances = readers(self._reader), Glances(self._reader)
        count, group = (1, _GROUP) if self.sqlite else (_WRITERS, 1)
        self._writers = Crew("writer", count, group, self._commit)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open a database, creating or migrating it where it is older than the program.

        :raises StateError: it cannot be opened, or is newer than the program.
        """
        from bot.state.migrating import migrate

        database = cls(url)
        try:
            migrate(database.writer, url)
        except BaseException:
            database.close()
            raise
        return database

    @property
    def writer(self) -> Engine:
        """The engine whose transactions begin by taking the write lock."""
        return self._writer

    def write(self, work: Callable[[Session], T]) -> T:
        """Do work in a transaction of its own fate, and return once it is on disk.

        :raises StateError: the database failed; nothing of the work is kept.
        """
        return self._submit(work).result()

    async def awrite(self, work: Callable[[Session], T]) -> T:
        """The same from the event loop. Cancelled, the work may still be done.

        :raises StateError: the database failed; nothing of the work is kept.
        """
        return await asyncio.wrap_future(self._submit(work))

    def read(self, work: Callable[[Session], T]) -> T:
        """Look at one consistent state.

        :raises StateError: the database failed.
        """
        with foreign_errors(), Session(self._reader) as session:
            return work(session)

    async def aread(self, work: Callable[[Session], T]) -> T:
        """The same from the event loop.

        :raises StateError: the database failed.
        """
        return await asyncio.wrap_future(self._readers.submit(work))

    async def alook(self, work: Callable[[Session], T]) -> T:
        """Look at a few rows from the event loop: a file gives them sooner than a thread wakes.

        :raises StateError: the database failed.
        """
        return await (self._glances.look(work) if self.sqlite else self.aread(work))

    def close(self) -> None:
        """Finish what was submitted and let go."""
        self._writers.close()
        self._readers.close()
        self._reader.dispose()
        self._writer.dispose()

    def _submit(self, work: Callable[[Session], T]) -> Future[T]:
        return self._writers.submit(work)

    def _commit(self, jobs: Sequence[Job]) -> None:
        if len(jobs) == 1:
            self._alone(*jobs[0])
        else:
            self._together(jobs)

    def _alone(self, work: Callable[[Session], Any], future: Future[Any]) -> None:
        for attempt in range(_TRIES):
            try:
                with foreign_errors(), self._session() as session, session.begin():
                    result = work(session)
                future.set_result(result)
                return
            except StateError as exc:
                state = getattr(getattr(exc.__cause__, "orig", None), "sqlstate", None)
                if state not in _AGAIN or attempt == _TRIES - 1:
                    future.set_exception(exc)
                    return
            except BaseException as exc:
                future.set_exception(exc)
                return

    def _together(self, jobs: Sequence[Job]) -> None:
        """One commit for several; where one of them fails, each has a transaction of its own."""
        results: list[Any] = []
        try:
            with foreign_errors(), self._session() as session, session.begin():
                for work, _ in jobs:
                    results.append(work(session))
                    session.flush()
                    session.expunge_all()  # what one has loaded is not the next one's
        except BaseException:
            # Nothing is kept of any; that is rare, and a savepoint for each would cost every one.
            for work, future in jobs:
                self._alone(work, future)
            return
        for (_, future), result in zip(jobs, results, strict=True):
            future.set_result(result)

    def _session(self) -> Session:
        return Session(self._writer, expire_on_commit=False)


def insert_once(session: Session, table: Any, values: dict[str, Any]) -> bool:
    """Insert a row unless one with its unique key is there; whether it was inserted."""
    return bool(insert_new(session, table, values))


def insert_new(
    session: Session, table: Any, values: dict[str, Any] | list[dict[str, Any]]
) -> list[Any]:
    """Insert a row, or rows of the same columns, but for those whose unique key is there.

    Return the primary keys of the new ones, of one column each the number itself.
    """
    session.flush()  # the table is written to past the session
    # Asked for the keys, not for the count: not every driver counts.
    found = session.execute(_insert(session.get_bind().dialect.name, table_of(table)), values)
    return [key[0] if len(key) == 1 else tuple(key) for key in found.all()]


@cache
def _insert(dialect: str, table: Table) -> Any:
    """Made once: to make such a statement takes longer than to run it."""
    from sqlalchemy.dialects import postgresql, sqlite

    module = sqlite if dialect == "sqlite" else postgresql
    return module.insert(table).on_conflict_do_nothing().returning(*table.primary_key)


def _engine(url: str, *, immediate: bool) -> Engine:
    try:
        known = make_url(url)
        if known.get_backend_name() == "postgresql" and known.drivername == "postgresql":
            known = known.set(drivername="postgresql+psycopg")
        engine = create_engine(known, pool_pre_ping=known.get_backend_name() != "sqlite")
    except (ArgumentError, NoSuchModuleError) as exc:
        raise StateError(
            f"不认识的数据库地址 {_without_password(url)}:应当像 sqlite:////路径/gongjian.db 或 "
            "postgresql://用户:密码@主机/库名"
        ) from exc
    except ImportError as exc:
        raise MissingExtra(
            "PostgreSQL 的驱动没有安装:请运行 pip install 'gongjian[postgres]'"
        ) from exc
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, "BEGIN IMMEDIATE" if immediate else "BEGIN")
    return engine


def _prepare_sqlite(engine: Engine, begin: str) -> None:
    """Take the driver's own transaction handling away, and ask for safety over speed."""

    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    file = engine.url.database
    if file and file != ":memory:":
        with contextlib.suppress(OSError):
            Path(file).parent.mkdir(parents=True, exist_ok=True)


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(无法解析)"

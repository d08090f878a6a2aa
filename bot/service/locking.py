"""One bot, one process: two would take each other's messages and send everything twice."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from corpus.errors import GongjianError, StateError, os_reason

_LOCK, _OWNER = "bot.lock", "bot.owner"
# Advisory locks of PostgreSQL are numbers shared by all programs; this marks ours.
_MARK = 0x676A << 47
_NAME = "gongjian bot "


class AlreadyRunning(GongjianError):
    """The bot runs already."""


class InstanceLock:
    """Holds that this is the only instance; on PostgreSQL it can be lost with the connection."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection

    def check(self) -> None:
        """Make sure that the lock is still held.

        :raises StateError: it is lost; another instance may have begun.
        """
        if self._connection is None:
            return
        try:
            self._connection.execute(text("select 1"))
        except SQLAlchemyError as exc:
            raise StateError("与数据库的连接断开,不能再保证只有一个机器人在运行") from exc


@contextlib.contextmanager
def single_instance(home: Path, database_url: str, bot: int) -> Iterator[InstanceLock]:
    """Be the only instance of a bot on this home and, where it is a server, on this database.

    :raises AlreadyRunning: another one runs; the message says where.
    :raises StateError: the home or the database cannot be reached.
    """
    with _file_lock(home), _database_lock(database_url, bot) as connection:
        yield InstanceLock(connection)


@contextlib.contextmanager
def _file_lock(home: Path) -> Iterator[None]:
    lock = FileLock(home / _LOCK)
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as exc:
        raise AlreadyRunning(
            f"机器人已经在运行({_owner(home)}),同一时间只能运行一个;要重启,请先停掉那一个"
        ) from exc
    except OSError as exc:
        raise StateError(f"无法使用文件夹 {home}:{os_reason(exc)}") from exc
    owner = home / _OWNER
    try:
        owner.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}), "utf-8")
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def _owner(home: Path) -> str:
    try:
        owner = json.loads((home / _OWNER).read_text("utf-8"))
        return f"进程 {int(owner['pid'])},主机 {owner['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "进程不详"


@contextlib.contextmanager
def _database_lock(url: str, bot: int) -> Iterator[Connection | None]:
    known = make_url(url)
    if known.get_backend_name() != "postgresql":
        yield None
        return
    if known.drivername == "postgresql":
        known = known.set(drivername="postgresql+psycopg")
    engine = create_engine(known, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    connection = _connect(engine)
    try:
        _acquire(connection, bot)
        yield connection
    finally:
        with contextlib.suppress(SQLAlchemyError):
            connection.close()
        engine.dispose()


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except SQLAlchemyError as exc:
        reason = str(getattr(exc, "orig", None) or exc).strip().splitlines()[0]
        raise StateError(f"数据库连接不上:{reason}(见设置 GONGJIAN_DATABASE)") from exc


def _acquire(connection: Connection, bot: int) -> None:
    name = f"{_NAME}{os.getpid()}@{socket.gethostname()}"[:63]
    key = {"key": _MARK | bot}
    connection.execute(text("select set_config('application_name', :n, false)"), {"n": name})
    if connection.execute(text("select pg_try_advisory_lock(:key)"), key).scalar():
        return
    holder: Any = connection.execute(
        text(
            "select a.application_name from pg_locks l join pg_stat_activity a using (pid) "
            "where l.locktype = 'advisory' and l.granted and a.application_name like :like "
            "and a.pid <> pg_backend_pid() "
            "and ((l.classid::bigint << 32) | l.objid::bigint) = :key"
        ),
        {**key, "like": f"{_NAME}%"},
    ).scalar()
    pid, _, host = str(holder or "").removeprefix(_NAME).partition("@")
    where = f"进程 {pid},主机 {host}" if host else "进程不详"
    raise AlreadyRunning(
        f"机器人已经在运行({where}),同一个数据库只能供一个使用;要换到这里,请先停掉那一个"
    )

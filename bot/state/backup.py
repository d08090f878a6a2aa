"""A copy of the database while it is in use: whole transactions, checked before it counts."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL, make_url

from corpus.errors import StateError, os_reason

_PAGES = 1000


def backup(url: str, target: Path) -> Path:
    """Copy the database of an address to a file, which appears only when it is complete.

    :raises StateError: there is no database, or the copy could not be made or is not sound.
    """
    known = make_url(url)
    unfinished = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        unfinished.touch(0o600)  # it holds people's names
        if known.get_backend_name() == "sqlite":
            _copy(Path(known.database or ""), unfinished)
        else:
            _dump(known, unfinished)
        _flush(unfinished)
        unfinished.replace(target)
        _flush(target.parent)
    except OSError as exc:
        raise StateError(f"备份写不进 {target}:{os_reason(exc)}") from exc
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return target


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise StateError(f"还没有数据库 {source},没有可备份的")
    try:
        with (
            contextlib.closing(
                sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
            ) as live,
            contextlib.closing(sqlite3.connect(target)) as copied,
        ):
            live.backup(copied, pages=_PAGES)
            copied.execute("pragma journal_mode=delete")  # one file, without companions
            found = copied.execute("pragma integrity_check").fetchone()[0]
    except sqlite3.Error as exc:
        raise StateError(f"备份失败:{exc}") from exc
    if found != "ok":
        raise StateError(f"备份没有通过完整性检查:{found};请检查磁盘和数据库 {source}")


def _dump(url: URL, target: Path) -> None:
    """The password goes by the environment: command lines are seen by all users."""
    program = shutil.which("pg_dump")
    if program is None:
        raise StateError("备份 PostgreSQL 需要 pg_dump:请安装 postgresql-client")
    plain = URL.create(
        "postgresql",
        username=url.username,
        host=url.host,
        port=url.port,
        database=url.database,
        query=url.query,
    )
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(
        [
            program,
            "--format=custom",
            f"--file={target}",
            "--dbname",
            plain.render_as_string(hide_password=False),
        ],
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise StateError(f"pg_dump 失败:{lines[-1] if lines else done.returncode}")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

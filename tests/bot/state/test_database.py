import asyncio
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from bot.state import database as module
from bot.state.database import Database, insert_once
from bot.state.tables import AccessEvent, Note, Unit
from corpus.errors import StateError

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def count_up(session: Session) -> int:
    """Read, then write what was read plus one: what loses updates where isolation is weak."""
    note = session.get(Note, "count", with_for_update=True)
    assert note is not None
    value = int(note.value) + 1
    session.execute(update(Note).where(Note.name == "count").values(value=str(value)))
    return value


def test_no_update_is_lost_among_eight_writers(database: Database):
    database.write(lambda session: session.add(Note(name="count", value="0")))
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: database.write(count_up), range(160)))
    assert sorted(seen) == list(range(1, 161))
    assert database.read(lambda session: session.get(Note, "count").value) == "160"


def test_two_processes_worth_of_connections_lose_nothing(database: Database):
    other = Database(database.url)
    database.write(lambda session: session.add(Note(name="count", value="0")))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: (database, other)[n % 2].write(count_up), range(80)))
    other.close()
    assert database.read(lambda session: session.get(Note, "count").value) == "80"


def test_work_that_fails_takes_nothing_else_with_it(database: Database):
    started, gate = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        started.set()
        gate.wait(5)

    first = database._submit(hold)
    started.wait(5)

    def bad(session: Session) -> None:
        session.add(Unit(name="坏", created_at=NOW))
        session.flush()
        raise RuntimeError("no")

    def good(session: Session) -> None:
        session.add(Unit(name="好", created_at=NOW))

    waiting = [database._submit(work) for work in (good, bad, bad)]
    gate.set()
    first.result(5)
    assert waiting[0].result(5) is None
    for future in waiting[1:]:
        with pytest.raises(RuntimeError, match="no"):
            future.result(5)
    assert database.read(lambda session: list(session.scalars(select(Unit.name)))) == ["好"]


def test_work_waiting_together_is_committed_together(tmp_path: Path):
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    started, gate = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        started.set()
        gate.wait(5)

    first = database._submit(hold)
    started.wait(5)
    changes = [
        database._submit(lambda session: session.execute(text("select 1")).scalar())
        for _ in range(20)
    ]
    commits = 0

    def committed(_: object) -> None:
        nonlocal commits
        commits += 1

    module.event.listen(database.writer, "commit", committed)
    gate.set()
    first.result(5)
    assert [future.result(5) for future in changes] == [1] * 20
    assert commits == 1
    database.close()


def test_work_from_the_event_loop_is_done_and_read_back(database: Database):
    async def both() -> list[str]:
        await database.awrite(lambda session: session.add(Unit(name="市公安局", created_at=NOW)))
        return await database.aread(lambda session: list(session.scalars(select(Unit.name))))

    assert asyncio.run(both()) == ["市公安局"]


def test_a_key_is_inserted_once(database: Database):
    values = {"name": "x", "value": "1"}
    assert database.write(lambda session: insert_once(session, Note, values))
    assert not database.write(lambda session: insert_once(session, Note, values | {"value": "2"}))
    assert database.read(lambda session: session.get(Note, "x").value) == "1"


def test_instants_come_back_as_the_same_instants(database: Database):
    beijing = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    database.write(lambda session: session.add(Unit(name="一", created_at=beijing)))
    read = database.read(lambda session: session.scalars(select(Unit)).one().created_at)
    assert read == beijing
    assert read.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database):
    naive = datetime(2026, 3, 2, 9, 0)
    with pytest.raises(StateError, match="time zone"):
        database.write(lambda session: session.add(Unit(name="一", created_at=naive)))


@pytest.mark.parametrize("verb", ["update access_event set text = 'x'", "delete from access_event"])
def test_what_is_on_record_can_be_neither_changed_nor_deleted(database: Database, verb: str):
    database.write(lambda session: session.add(AccessEvent(at=NOW, kind="bound", user=1, chat=1)))
    with pytest.raises(StateError, match="append only"):
        database.write(lambda session: session.execute(text(verb)))
    assert database.read(lambda session: session.scalars(select(AccessEvent)).one().text) == ""


def test_failure_31_sqlite_is_asked_to_wait_for_the_disk(tmp_path: Path):
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")

    def pragmas(session: Session) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [session.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert database.write(pragmas) == ["wal", 2, 1, 10_000]
    assert database.read(pragmas) == ["wal", 2, 1, 10_000]
    database.close()


@pytest.mark.parametrize("how", ["alone", "together"])
def test_failure_31_what_was_said_to_be_kept_is_there_after_a_kill(database: Database, how: str):
    # The power itself cannot be cut here. This shows that nobody is told before the commit is
    # done; that a commit then waits for the disk is what `synchronous=FULL`, tested above, says.
    command = [sys.executable, "-m", "tests.bot.state.killed", database.url, how]
    ended = subprocess.run(command, cwd=ROOT, timeout=30, check=False, stdout=subprocess.PIPE)
    assert ended.returncode == -signal.SIGKILL
    told = set(ended.stdout.decode().split())
    assert told
    assert told <= set(database.read(lambda session: list(session.scalars(select(Note.name)))))


def test_failure_30_a_full_disk_keeps_nothing_and_says_so(tmp_path: Path):
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")

    def fill(session: Session) -> None:
        pages = session.execute(text("PRAGMA page_count")).scalar()
        session.execute(text(f"PRAGMA max_page_count={pages}"))
        session.add(Note(name="big", value="x" * 100_000))
        session.flush()

    with pytest.raises(StateError, match="full"):
        database.write(fill)
    assert database.read(lambda session: session.get(Note, "big")) is None
    database.close()


def test_failure_30_a_full_disk_undoes_nothing_that_others_were_told_is_kept(tmp_path: Path):
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    started, gate = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        started.set()
        gate.wait(5)

    def small(session: Session) -> None:
        session.add(Note(name="small", value="kept"))

    def fill(session: Session) -> None:
        pages = session.execute(text("PRAGMA page_count")).scalar()
        session.execute(text(f"PRAGMA max_page_count={pages}"))
        session.add(Note(name="big", value="x" * 100_000))

    first = database._submit(hold)
    started.wait(5)
    kept, full = database._submit(small), database._submit(fill)
    gate.set()
    first.result(5)
    kept.result(5)
    with pytest.raises(StateError, match="full"):
        full.result(5)
    assert database.read(lambda session: session.get(Note, "small").value) == "kept"
    database.close()


def test_failure_30_a_locked_database_is_an_error_not_a_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_BUSY_MS", 100)
    file = tmp_path / "a.db"
    database = Database.open(f"sqlite:///{file}")
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StateError, match="locked"):
        database.write(lambda session: session.add(Note(name="a", value="b")))
    holder.execute("ROLLBACK")
    holder.close()
    database.write(lambda session: session.add(Note(name="a", value="b")))
    database.close()


@pytest.mark.parametrize("url", ["nonsense", "oracledb2://x/y", "://"])
def test_an_address_of_no_database_is_said(url: str):
    with pytest.raises(StateError, match="不认识的数据库地址"):
        Database.open(url)


def test_a_password_is_not_repeated_in_an_error():
    with pytest.raises(StateError) as caught:
        Database.open("nosuch://user:secret@host/name")
    assert "secret" not in str(caught.value)


def test_a_folder_that_cannot_be_had_is_said():
    with pytest.raises(StateError, match="数据库打不开"):
        Database.open("sqlite:////proc/nowhere/a.db")


def test_a_closed_database_takes_nothing(tmp_path: Path):
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    database.close()
    database.close()
    with pytest.raises(StateError, match="已关闭"):
        database.write(lambda session: None)


def test_what_was_submitted_before_closing_is_done(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    database = Database.open(url)
    futures = [
        database._submit(lambda session, n=n: session.add(Note(name=str(n), value="")))
        for n in range(200)
    ]
    database.close()
    assert all(future.done() for future in futures)
    again = Database.open(url)
    assert again.read(lambda session: len(list(session.scalars(select(Note.name))))) == 200
    again.close()

import shutil
import sqlite3
import stat
import threading

import pytest

from bot.state.backup import backup
from bot.state.database import Database
from bot.state.tables import Note
from corpus.errors import StateError


def test_a_copy_made_while_it_is_written_holds_whole_transactions(database, tmp_path):
    if not database.sqlite:
        pytest.skip("PostgreSQL has its own")
    over = threading.Event()

    def write():
        number = 0
        while not over.is_set():
            number += 1
            database.write(
                lambda s, n=number: [s.merge(Note(name=name, value=str(n))) for name in "ab"]
            )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [backup(database.url, tmp_path / "copies" / f"{n}.db") for n in range(3)]
    finally:
        over.set()
        writer.join()
    for copy in copies:
        with sqlite3.connect(copy) as opened:
            rows = opened.execute("select value from note order by name").fetchall()
            assert opened.execute("pragma integrity_check").fetchone() == ("ok",)
        opened.close()
        assert len({value for (value,) in rows}) <= 1
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "copies").iterdir()) == ["0.db", "1.db", "2.db"]


def test_a_copy_can_be_opened_in_its_place(database, tmp_path):
    database.write(lambda s: s.add(Note(name="a", value="1")))
    copy = backup(database.url, tmp_path / "copy")
    if not database.sqlite:
        assert copy.read_bytes().startswith(b"PGDMP")
        return
    restored = Database.open(f"sqlite:///{copy}")
    try:
        assert restored.read(lambda s: s.get(Note, "a").value) == "1"
    finally:
        restored.close()


def test_an_old_copy_is_replaced_only_by_a_complete_one(tmp_path):
    target = tmp_path / "copy.db"
    target.write_text("old")
    with pytest.raises(StateError, match="还没有数据库"):
        backup(f"sqlite:///{tmp_path / 'none.db'}", target)
    assert (target.read_text(), list(tmp_path.iterdir())) == ("old", [target])


def test_a_damaged_database_gives_no_copy(tmp_path):
    source = tmp_path / "gongjian.db"
    with sqlite3.connect(source) as made:
        made.execute("create table t (x)")
        made.executemany("insert into t values (?)", [("y" * 500,)] * 500)
    made.close()
    content = bytearray(source.read_bytes())
    content[8192:20480] = b"\xff" * 12288
    source.write_bytes(content)
    with pytest.raises(StateError, match="备份"):
        backup(f"sqlite:///{source}", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    Database.open(f"sqlite:///{tmp_path / 'a.db'}").close()
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="备份写不进"):
        backup(f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "file" / "copy.db")


def test_postgresql_without_its_program_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(StateError, match="pg_dump"):
        backup("postgresql://me:secret@127.0.0.1:1/x", tmp_path / "copy")


def test_the_password_is_not_on_the_command_line_and_errors_are_said(tmp_path, monkeypatch):
    program = tmp_path / "pg_dump"
    program.write_text(
        '#!/bin/sh\necho "$@" > "$(dirname "$0")/seen"\necho "fatal: $PGPASSWORD?" >&2\nexit 3\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    with pytest.raises(StateError, match="pg_dump 失败:fatal: geheim"):
        backup("postgresql+psycopg://me:geheim@h/x", tmp_path / "copy")
    seen = (tmp_path / "seen").read_text()
    assert "geheim" not in seen
    assert "postgresql://me@h/x" in seen

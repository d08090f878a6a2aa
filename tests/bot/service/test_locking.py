import socket
import subprocess
import sys

import pytest
from sqlalchemy import text

from bot.service.locking import AlreadyRunning, single_instance
from bot.state.database import Database
from corpus.errors import StateError

HOLD = """
import sys
from pathlib import Path
from bot.service.locking import single_instance
with single_instance(Path(sys.argv[1]), sys.argv[2], 110):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(home, url):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home), url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    return process


def release(process):
    process.stdin.close()
    process.stdout.close()
    process.wait(10)


def test_failure_10_a_second_instance_on_a_home_is_refused_and_told_who_runs(
    tmp_path, database_url
):
    first = holder(tmp_path, database_url)
    try:
        words = f"进程 {first.pid},主机 {socket.gethostname()}"
        with (
            pytest.raises(AlreadyRunning, match=words),
            single_instance(tmp_path, database_url, 110),
        ):
            pass
    finally:
        release(first)
    with single_instance(tmp_path, database_url, 110) as lock:
        lock.check()


def test_failure_10_a_second_instance_on_a_database_is_refused_whatever_its_home(
    tmp_path, database_url
):
    (tmp_path / "one").mkdir()
    first = holder(tmp_path / "one", database_url)
    try:
        if database_url.startswith("sqlite"):
            with single_instance(tmp_path / "two", database_url, 110):
                return
        words = f"进程 {first.pid},主机 {socket.gethostname()}.*同一个数据库"
        with (
            pytest.raises(AlreadyRunning, match=words),
            single_instance(tmp_path / "two", database_url, 110),
        ):
            pass
        with single_instance(tmp_path / "three", database_url, 111) as lock:
            lock.check()  # another bot is another matter
    finally:
        release(first)


def test_a_killed_instance_holds_nothing(tmp_path, database_url):
    first = holder(tmp_path, database_url)
    first.kill()
    release(first)
    with single_instance(tmp_path, database_url, 110) as lock:
        lock.check()


def test_a_lost_connection_is_a_lost_lock(tmp_path, database_url):
    if database_url.startswith("sqlite"):
        pytest.skip("a file cannot be lost")
    with single_instance(tmp_path, database_url, 110) as lock:
        database = Database(database_url)
        database.write(
            lambda s: s.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where application_name like 'gongjian bot %' and datname = current_database()"
                )
            )
        )
        database.close()
        with pytest.raises(StateError, match="不能再保证只有一个机器人在运行"):
            lock.check()


def test_a_home_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(StateError, match="无法使用文件夹"),
        single_instance(tmp_path / "file", "sqlite://", 110),
    ):
        pass


def test_a_database_that_is_not_there_is_said(tmp_path):
    url = f"postgresql:///x?host={tmp_path}"
    with pytest.raises(StateError, match="数据库连接不上"), single_instance(tmp_path, url, 110):
        pass

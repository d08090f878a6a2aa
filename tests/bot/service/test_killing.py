import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.service.fakes import Around, FakeHandler, events, put, raw, said, states, work

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("point", "before"),
    [("preparing", []), ("in_handler", ["?一"]), ("after_commit", ["?一"])],
)
def test_failure_01_killed_anywhere_an_update_is_done_once(database, point, before):
    put(database, raw(1, "?一"), raw(2, "?二"))
    dead = subprocess.run(
        [sys.executable, "-m", "tests.bot.service.killed", database.url, point],
        cwd=ROOT,
        timeout=30,
        check=False,
    )
    assert dead.returncode == -signal.SIGKILL
    assert (events(database), said(database)) == (before, before)
    work(database, FakeHandler(), Around())
    assert states(database) == {1: "done", 2: "done"}
    assert events(database) == said(database) == ["?一", "?二"]

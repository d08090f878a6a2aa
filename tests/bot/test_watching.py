import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.watching import follow
from corpus.errors import LoadError

_SOON = 10.0  # seconds: a change is heard of within one, unless the machine is busy


class Followed:
    """A folder that is followed in a thread, and how often it was updated."""

    def __init__(self, *paths: Path) -> None:
        self.updates, self.stop, self.fail = 0, threading.Event(), False
        self._thread = threading.Thread(target=follow, args=(paths, self._update, self.stop))
        self._thread.start()
        time.sleep(0.5)  # until it looks

    def _update(self) -> int:
        self.updates += 1
        if self.fail:
            raise LoadError("文件夹里没有可以读取的文件")
        return 0

    def heard(self, times: int) -> bool:
        end = time.monotonic() + _SOON
        while self.updates < times and time.monotonic() < end:
            time.sleep(0.05)
        return self.updates >= times

    def end(self) -> None:
        self.stop.set()
        self._thread.join(_SOON)
        assert not self._thread.is_alive()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("甲")
    return tmp_path / "docs"


@pytest.fixture
def followed(folder: Path) -> Iterator[Followed]:
    watching = Followed(folder)
    yield watching
    watching.end()


def test_what_comes_changes_or_goes_is_heard_of(folder: Path, followed: Followed):
    (folder / "b.txt").write_text("乙")
    assert followed.heard(1)
    seen = followed.updates
    (folder / "a.txt").unlink()
    assert followed.heard(seen + 1)


def test_an_update_that_fails_is_told_and_the_next_is_made(
    folder: Path, followed: Followed, capsys: pytest.CaptureFixture[str]
):
    followed.fail = True
    (folder / "b.txt").write_text("乙")
    assert followed.heard(1)
    followed.fail = False
    seen = followed.updates
    (folder / "c.txt").write_text("丙")
    assert followed.heard(seen + 1)
    assert "等待下一次变化" in capsys.readouterr().err


def test_a_single_file_is_followed_and_its_neighbours_are_not(folder: Path):
    watching = Followed(folder / "a.txt")
    try:
        (folder / "b.txt").write_text("乙")
        (folder / ".a.txt.swp").write_text("乙")
        time.sleep(1.0)
        assert watching.updates == 0
        (folder / "a.txt").write_text("改")
        assert watching.heard(1)
    finally:
        watching.end()

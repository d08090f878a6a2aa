"""A build that is killed, refused or crowded out leaves the old version answering."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import PublishError, os_reason
from index.local import LocalEngine, live_version
from index.publish import sole_builder
from index.records import SourceFile
from tests.index.support import NEEDLES, FakeEncoder, lay, make

ROOT = Path(__file__).parents[2]
CHANGED = {"plan.txt": "漯河市新方案\n1.烤烟用煤问题突出。"}


def names(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "versions").iterdir())


def answers(home: Path) -> bool:
    engine = LocalEngine.open(home, encoder=FakeEncoder())
    found = [engine.lexical(needle, 1) + engine.dense(needle, 1) for needle in NEEDLES.values()]
    return all(len(one) == 2 for one in found)


def refuses(home: Path, files: list[SourceFile], reason: str) -> bool:
    """Build; tell whether that failed, for this reason, in one line."""
    try:
        make(home, files)
    except PublishError as exc:
        said = str(exc)
    else:
        return False
    assert reason in said
    assert "\n" not in said
    return True


def test_two_versions_are_kept(home: Path, files: list[SourceFile]):
    seen = [live_version(home)]
    for turn in range(3):
        files[0].path.write_text(f"方案{turn}\n内容。", encoding="utf-8")
        make(home, files)
        seen.append(live_version(home))
    assert names(home) == sorted(seen[-2:])


def test_the_pointer_is_one_line(home: Path):
    assert (home / "CURRENT").read_text() == live_version(home) + "\n"


def test_a_second_builder_is_told_of_the_first(home: Path, files: list[SourceFile]):
    with sole_builder(home), pytest.raises(PublishError, match="另一个建索引的进程正在使用"):
        make(home, files)
    assert not make(home, files).published


def test_leftovers_of_a_killed_build_are_removed(home: Path, files: list[SourceFile]):
    (home / "versions" / ".building" / "lexical").mkdir(parents=True)
    (home / "versions" / ".leaving-0").mkdir()
    (home / "CURRENT.next").write_text("half")
    make(home, files)
    assert names(home) == [live_version(home)]
    assert not (home / "CURRENT.next").exists()


def test_a_version_that_is_there_already_is_made_live(home: Path, files: list[SourceFile]):
    version = live_version(home)
    (home / "CURRENT").unlink()
    assert make(home, files).version == version
    assert (names(home), answers(home)) == ([version], True)


def test_a_damaged_version_of_the_same_name_gives_way(home: Path, files: list[SourceFile]):
    version = live_version(home)
    [path] = (home / "segments").glob("*/lexical/keys.npy")
    path.write_bytes(path.read_bytes()[:-1])
    assert make(home, files).version == version
    assert (names(home), answers(home)) == ([version], True)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_disk_that_refuses_at_any_file_leaves_the_old_version(
    home: Path, files: list[SourceFile], monkeypatch: pytest.MonkeyPatch, number: int
):
    before = live_version(home)
    lay(files[0].path.parent, CHANGED)
    sync = os.fsync
    for refused in range(1000):
        calls = iter(range(1000))

        def fsync(handle: int, calls: object = calls, refused: int = refused) -> None:
            if next(calls) == refused:
                raise OSError(number, os.strerror(number))
            sync(handle)

        monkeypatch.setattr(os, "fsync", fsync)
        if refuses(home, files, os_reason(OSError(number, ""))):
            assert (live_version(home), names(home), answers(home)) == (before, [before], True)
        else:
            break
    assert refused > 20
    assert (live_version(home) != before, len(names(home)), answers(home)) == (True, 2, True)


@pytest.mark.parametrize(
    "step", ["read", "writing lexical/keys.npy", "merged", "written", "renamed"]
)
def test_an_interrupted_build_leaves_nothing_behind(home: Path, files: list[SourceFile], step: str):
    before = live_version(home)
    lay(files[0].path.parent, CHANGED)

    def interrupt(now: str) -> None:
        if now == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(home, files, checkpoint=interrupt)
    assert (live_version(home), names(home), answers(home)) == (before, [before], True)


def test_a_home_below_a_file_is_one_clear_line(tmp_path: Path, files: list[SourceFile]):
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match="无法写入索引") as caught:
        make(tmp_path / "file" / "home", files)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unwritable to root")
def test_an_unwritable_home_is_one_clear_line(tmp_path: Path, files: list[SourceFile]):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(PublishError, match="无法写入索引"):
        make(tmp_path / "locked" / "home", files)


def run(script: str, *arguments: object) -> list[dict[str, object]]:
    """Run a script in a process of its own; return the JSON lines it prints."""
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


# One process imports everything, then forks a builder for every way to die: starting an
# interpreter for each would take most of a minute.
KILLS = """
import json, os, shutil, signal, sys
from pathlib import Path
from index.local import LocalEngine, live_version
from tests.index.support import lay, make
from tests.index.test_publish import CHANGED, answers, names

folder = Path(sys.argv[1])

def start(home):
    files = lay(folder / "files")
    make(home, files)
    lay(folder / "files", CHANGED)
    return files

def die_at(wanted):
    def checkpoint(step):
        if step != wanted:
            return
        if step.startswith("writing"):  # half of it is on disk
            found = (home / "parts").rglob(step.partition(" ")[2])
            found = [*found, home / "versions" / ".building" / step.partition(" ")[2]]
            written = max((one for one in found if one.exists()), key=os.path.getmtime)
            os.truncate(written, written.stat().st_size // 2)
        os.kill(os.getpid(), signal.SIGKILL)
    return checkpoint

steps = []
files = start(folder / "first")
make(folder / "first", files, checkpoint=steps.append)
for number, step in enumerate(dict.fromkeys(steps)):
    home = folder / str(number)
    files = start(home)
    before = live_version(home)
    child = os.fork()
    if not child:
        make(home, files, checkpoint=die_at(step))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    after = live_version(home)
    kept = answers(home)
    again = make(home, files)
    print(json.dumps({
        "step": step, "killed": os.WTERMSIG(status) == signal.SIGKILL, "answers": kept,
        "moved": after != before, "then": LocalEngine.open(home).documents()[0].title,
        "versions": len(names(home)), "left": [n for n in names(home) if n[0] == "."],
    }))
    shutil.rmtree(home)
"""


def test_a_build_killed_at_any_step_leaves_the_old_version(tmp_path: Path):
    found = run(KILLS, tmp_path)
    steps = [str(one["step"]) for one in found]
    assert {"read", "written", "renamed", "published"} <= set(steps)
    assert sum(step.startswith("writing") for step in steps) > 20
    for one in found:
        assert one == {
            "step": one["step"],
            "killed": True,
            "answers": True,
            "moved": one["step"] == "published",
            "then": "漯河市新方案",
            "versions": 2,
            "left": [],
        }


FULL = """
import json, resource, sys
from pathlib import Path
from corpus.errors import PublishError, os_reason
from index.local import live_version
from tests.index.support import lay, make
from tests.index.test_publish import CHANGED, answers, names

home = Path(sys.argv[1]) / "home"
files = lay(Path(sys.argv[1]) / "files")
make(home, files)
before = live_version(home)
lay(Path(sys.argv[1]) / "files", CHANGED)
for limit in (0, 1, 100, 500, 1000, 2000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        make(home, files)
        said = ""
    except PublishError as exc:
        said = str(exc)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(json.dumps({"said": said, "stands": live_version(home) == before and answers(home),
                      "versions": names(home) == [before]}))
print(json.dumps({"published": make(home, files).published}))
"""


def test_a_disk_that_takes_no_more_leaves_the_old_version(tmp_path: Path):
    *limits, last = run(FULL, tmp_path)
    for one in limits:
        assert str(one["said"]).startswith("无法写入索引"), one
        assert (one["stands"], one["versions"]) == (True, True)
    assert last == {"published": True}

"""A version goes live in Milvus all at once or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pymilvus import MilvusClient
from pymilvus.exceptions import MilvusException

from corpus.errors import EngineError, IndexMissing, PublishError
from index.local import LocalEngine
from index.milvus.publishing import publish_version
from index.records import SourceFile
from tests.index.milvus.support import (
    CHANGED,
    answers,
    opened,
    publish,
    rebuild,
    server_of,
    versions,
)
from tests.index.support import FakeEncoder, lay, make

ROOT = Path(__file__).parents[3]


@pytest.fixture
def published(tmp_path: Path, home: Path) -> Path:
    """The folder of a home and a file that both answer with the same version."""
    publish(tmp_path)
    return tmp_path


def test_an_unchanged_version_is_not_uploaded_again(published: Path):
    assert publish(published).uploaded == 0


def test_a_new_version_answers_and_a_reader_keeps_the_old_one(
    published: Path, files: list[SourceFile]
):
    reader = opened(published)
    before = reader.version
    after = rebuild(published, files, CHANGED["plan.txt"])
    assert publish(published).version == after
    assert reader.passages([reader.dense("烤烟用煤", 1)[0].id])[0].text.startswith("17.")
    fresh = reader.newest()
    assert (reader.version, fresh.version) == (before, after)
    assert fresh.documents()[0].title == "漯河市新方案"
    assert fresh.newest() is fresh


def test_two_versions_are_kept_and_the_one_before_comes_back_without_an_upload(
    published: Path, files: list[SourceFile]
):
    seen = [opened(published).version]
    texts = [CHANGED["plan.txt"], "另一方案\n内容。"]
    for text in texts:
        seen.append(rebuild(published, files, text))
        publish(published)
    assert versions(published) == set(seen[-2:])
    (published / "home" / "CURRENT").write_text(seen[-2] + "\n")
    assert publish(published).uploaded == 0
    assert opened(published).documents()[0].title == "漯河市新方案"


def test_a_reader_of_a_removed_version_is_told_so(published: Path, files: list[SourceFile]):
    reader = opened(published)
    for text in (CHANGED["plan.txt"], "另一方案\n内容。"):
        rebuild(published, files, text)
        publish(published)
    with pytest.raises(EngineError, match="已被清理"):
        reader.lexical("散煤", 1)
    assert reader.newest().lexical("散煤", 1)


@pytest.mark.parametrize(
    "step", ["counted", "created", "inserted texts", "inserted passages", "written"]
)
def test_an_interrupted_copy_leaves_the_old_version_and_is_cleared_away(
    published: Path, files: list[SourceFile], step: str
):
    before = opened(published).version
    after = rebuild(published, files, CHANGED["plan.txt"])

    def interrupt(now: str) -> None:
        if now == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(published, interrupt)
    assert (opened(published).version, answers(published)) == (before, True)
    last = rebuild(published, files, "另一方案\n烤烟用煤内容。")
    assert publish(published).version == last
    assert versions(published) == {before, last}
    assert after not in versions(published)


def test_a_copy_interrupted_after_the_switch_is_live_and_whole(
    published: Path, files: list[SourceFile]
):
    after = rebuild(published, files, CHANGED["plan.txt"])

    def interrupt(now: str) -> None:
        if now == "switched":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(published, interrupt)
    assert (opened(published).version, answers(published)) == (after, True)
    assert publish(published).uploaded == 0


KILL = """
import os, signal, sys
from pathlib import Path
from tests.index.milvus.support import publish

def die(step):
    if step == "inserted passages":
        os.kill(os.getpid(), signal.SIGKILL)

publish(Path(sys.argv[1]))
publish(Path(sys.argv[2]), die)
"""


def test_a_killed_process_leaves_nothing_live_and_its_file_is_read_by_another(
    tmp_path: Path,
):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        make(folder / "home", lay(folder / "files"))
    done = subprocess.run(
        [sys.executable, "-c", KILL, str(first), str(second)],
        check=False,
        capture_output=True,
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert answers(first)
    with pytest.raises(IndexMissing, match="gongjian index --engine milvus"):
        opened(second)
    assert publish(second).uploaded == 10
    assert answers(second)


def test_a_batch_whose_answer_was_lost_is_sent_again_and_stored_once(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
):
    insert, lost = MilvusClient.insert, []

    def flaky(self: MilvusClient, name: str, *arguments: object, **options: object) -> object:
        found = insert(self, name, *arguments, **options)
        if name.endswith("_passages") and not lost:
            lost.append(name)
            raise MilvusException(message="answer lost", retriable=True)
        return found

    monkeypatch.setattr(MilvusClient, "insert", flaky)
    publish(tmp_path)
    assert len(lost) == 1
    engine, local = opened(tmp_path), LocalEngine.open(home, encoder=FakeEncoder())
    assert [one.id for one in engine.lexical("整改", 50)] == [
        one.id for one in local.lexical("整改", 50)
    ]


def test_a_batch_that_is_lost_in_silence_does_not_go_live(
    published: Path, files: list[SourceFile], monkeypatch: pytest.MonkeyPatch
):
    before = opened(published).version
    rebuild(published, files, CHANGED["plan.txt"])
    insert = MilvusClient.insert

    def losing(self: MilvusClient, name: str, rows: list, **options: object) -> object:
        return insert(self, name, rows[:-1] if name.endswith("_passages") else rows, **options)

    monkeypatch.setattr(MilvusClient, "insert", losing)
    with pytest.raises(PublishError, match="原有的版本未改动"):
        publish(published)
    assert (opened(published).version, answers(published)) == (before, True)


def test_what_milvus_refuses_is_a_publish_error_in_one_line(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object, **__: object) -> None:
        raise MilvusException(message="disk quota exceeded\nat node 3")

    monkeypatch.setattr(MilvusClient, "insert", refuse)
    with pytest.raises(PublishError, match="disk quota exceeded at node 3") as caught:
        publish(tmp_path)
    assert "\n" not in str(caught.value)


def test_texts_longer_than_a_field_come_back_whole(tmp_path: Path):
    texts = {
        "long.txt": "长方案\n" + "严防秸秆露天焚烧𠀀。" * 12_000,
        "ascii.txt": "ascii\n" + "straw " * 30_000,
        "marks.txt": "只有标点\n。。。",
    }
    make(tmp_path / "home", lay(tmp_path / "files", texts))
    publish(tmp_path)
    engine, local = opened(tmp_path), LocalEngine.open(tmp_path / "home", encoder=FakeEncoder())
    for one in local.documents():
        assert engine.document(one.id) == local.document(one.id)
        assert engine.passages_of(one.id) == local.passages_of(one.id)


def test_an_id_of_another_publisher_is_left_alone(tmp_path: Path, home: Path):
    other = MilvusClient(server_of(tmp_path).uri)
    other.create_collection("somebody_else", dimension=4)
    publish(tmp_path)
    assert "somebody_else" in other.list_collections()
    other.close()


def test_the_file_of_another_process_is_told_of(tmp_path: Path, home: Path):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys\n"
            "lock = open(sys.argv[1], 'w'); fcntl.flock(lock, fcntl.LOCK_EX)\n"
            "print('held', flush=True); sys.stdin.read()",
            str(_lock(tmp_path)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout.readline() == b"held\n"
    source = LocalEngine.open(home, encoder=FakeEncoder())
    with pytest.raises(EngineError, match=r"另一个进程正在使用.*同时只能由一个进程打开"):
        publish_version(source, server_of(tmp_path), encoder=FakeEncoder())
    holder.communicate()
    assert publish(tmp_path).uploaded == 10


def _lock(folder: Path) -> Path:
    (folder / "milvus.db").mkdir()
    return folder / "milvus.db" / "LOCK"

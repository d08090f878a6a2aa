"""An index that is added to: the same as one built anew, resumed after a kill, read all the while."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import LoadError
from index.build import Options, build
from index.local import LocalEngine
from index.parts import make_part
from index.reading import CorpusReader
from index.records import SourceFile
from tests.index.support import FakeEncoder, Reader, lay, make, read

WORDS = [
    "散煤",
    "治理",
    "秸秆",
    "焚烧",
    "油罐车",
    "餐饮",
    "油烟",
    "扬尘",
    "工地",
    "企业",
    "停产",
    "整改",
    "督查",
    "通报",
    "加油站",
    "食用菌",
]


def plan_text(draw: random.Random, number: int) -> str:
    lines = [f"第{number}号方案{draw.randrange(10**6)}"]
    lines += ["".join(draw.choices(WORDS, k=draw.randint(3, 9))) for _ in range(draw.randint(1, 5))]
    if draw.random() < 0.5:
        lines.append(f"{number}.{draw.choice(WORDS)}问题突出。")
    return "\n".join(lines)


def asked(home: Path) -> tuple[object, ...]:
    """Everything an index answers with, scores as far as floats agree."""
    engine = LocalEngine.open(home, encoder=FakeEncoder())
    documents = [engine.document(one.id) for one in engine.documents()]
    passages = [engine.passages_of(one.id) for one in documents]
    found = [
        [(one.id, round(one.score, 4)) for one in search(word, 1000)]
        for word in WORDS
        for search in (engine.lexical, engine.dense)
    ]
    weights = [round(engine.weight(word), 9) for word in WORDS]
    sources = engine.sources()
    return documents, passages, engine.tasks(), engine.clusters(), found, weights, sources


@pytest.mark.parametrize("seed", range(3))
def test_an_index_changed_step_by_step_equals_one_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
):
    monkeypatch.setattr("index.compacting._ALIKE", 3)
    draw = random.Random(seed)
    folder, home, files = tmp_path / "files", tmp_path / "home", []
    segments = set()
    for step in range(12):
        for number in range(draw.randint(1, 3)):
            files += lay(folder, {f"{step}-{number}.txt": plan_text(draw, step)})
        for file in draw.sample(files, k=len(files) // 4):
            file.path.write_text(plan_text(draw, step), encoding="utf-8")
        if len(files) > 2 and draw.random() < 0.6:
            files.pop(draw.randrange(len(files)))
        draw.shuffle(files)
        make(home, files)
        shutil.rmtree(tmp_path / "anew", ignore_errors=True)
        make(tmp_path / "anew", files)
        assert asked(home) == asked(tmp_path / "anew"), step
        segments.add(LocalEngine.open(home).manifest.counts.segments)
        on_disk = {path.name for path in (home / "segments").iterdir()}
        assert not any(name.startswith(".") for name in on_disk)
    assert max(segments) > 1  # else nothing was added, only built


@pytest.fixture
def records(tmp_path: Path) -> SourceFile:
    return write_records(tmp_path / "corpus.jsonl", range(30))


def write_records(path: Path, numbers: range | list[int], changed: dict[int, str] | None = None):
    texts = {number: f"第{number}条 {WORDS[number % len(WORDS)]}应当整改。" for number in numbers}
    lines = [
        json.dumps({"_id": f"a{number}", "title": f"办法{number}", "text": text})
        for number, text in (texts | (changed or {})).items()
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return SourceFile(path, path.name)


def index(home: Path, *files: SourceFile, **options: object) -> tuple[list[str], object]:
    """Build with the product's reader; return what was encoded, and the report."""
    encoder = FakeEncoder()
    report = build(list(files), home, created_at="x", options=Options(encoder=encoder, **options))
    return encoder.encoded, report


def test_of_a_file_of_records_only_what_changed_is_read(tmp_path: Path, records: SourceFile):
    home = tmp_path / "home"
    assert len(index(home, records)[0]) == 30
    order = [*range(15, 30), *range(14)]  # turned round, and number 14 gone
    write_records(records.path, order, {3: "全新的一条。"})
    encoded, report = index(home, records)
    assert encoded == ["办法3\n全新的一条。"]
    assert (report.counts.documents, report.counts.segments) == (29, 2)
    index(tmp_path / "anew", records)
    assert asked(home) == asked(tmp_path / "anew")


def test_records_that_share_an_id_are_refused_and_the_rest_stands(
    tmp_path: Path, records: SourceFile, files: list[SourceFile]
):
    text = records.path.read_text(encoding="utf-8")
    records.path.write_text(text + "\n" + text.splitlines()[4], encoding="utf-8")
    with pytest.raises(LoadError, match="编号都是 a4"):
        index(tmp_path / "home", records)
    _, report = index(tmp_path / "home", records, *files)
    assert [one.source for one in report.failures] == ["corpus.jsonl"]


def test_an_id_shared_by_records_of_different_parts_is_refused_too(
    tmp_path: Path, records: SourceFile, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("index.planning._CHARACTERS", 100)
    text = records.path.read_text(encoding="utf-8")
    records.path.write_text(text + "\n" + text.splitlines()[4], encoding="utf-8")
    with pytest.raises(LoadError, match="编号都是 a4"):
        index(tmp_path / "home", records)


def test_equal_ids_in_two_files_of_records_are_told_apart(tmp_path: Path, records: SourceFile):
    other = write_records(tmp_path / "other.jsonl", [3, 40])
    index(tmp_path / "home", records, other)
    names = [one.id for one in LocalEngine.open(tmp_path / "home").documents()]
    assert names[-2:] == ["a3-2", "a40"]
    index(tmp_path / "home", other)  # the first gone, the plain id is free again
    assert [one.id for one in LocalEngine.open(tmp_path / "home").documents()] == ["a3", "a40"]


def test_a_broken_record_fails_its_file_with_its_line(tmp_path: Path, records: SourceFile):
    records.path.write_text(records.path.read_text() + "\n{", encoding="utf-8")
    with pytest.raises(LoadError, match="第 31 行不是 JSON"):
        index(tmp_path / "home", records)


def test_processes_side_by_side_make_the_same_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: SourceFile
):
    monkeypatch.setattr("index.planning._CHARACTERS", 150)
    options = {"created_at": "x"}
    alone = build([records], tmp_path / "a", options=Options(processes=1), **options)
    monkeypatch.setattr("index.working._PARALLEL_FROM", 0)
    heard: list[tuple[str, int, int]] = []
    several = Options(processes=2, progress=lambda *now: heard.append(now))
    together = build([records], tmp_path / "b", options=several, **options)
    assert together.version == alone.version
    read = [(done, total) for step, done, total in heard if step == "read"]
    size = records.path.stat().st_size
    assert (read[0], read[-1]) == ((0, size), (size, size))
    assert read == sorted(read)


def test_what_a_killed_build_had_read_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[SourceFile]
):
    monkeypatch.setattr("index.planning._FILES", 1)
    made = []

    def killed(*given: object) -> object:
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(given)
        return make_part(*given)

    monkeypatch.setattr("index.working.make_part", killed)
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "home", files)
    monkeypatch.undo()
    monkeypatch.setattr("index.planning._FILES", 1)
    reader = Reader(read)
    make(tmp_path / "home", files, reader=reader)
    assert reader.seen == ["brief.txt"]
    make(tmp_path / "anew", files)
    assert asked(tmp_path / "home") == asked(tmp_path / "anew")
    assert not (tmp_path / "home" / "parts").exists()


def test_a_damaged_part_of_a_killed_build_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[SourceFile]
):
    def killed(step: str) -> None:
        if step == "read":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "home", files, checkpoint=killed)
    [path] = (tmp_path / "home" / "parts").glob("*/*/lexical/rows.npy")
    path.write_bytes(path.read_bytes()[:-1])
    reader = Reader(read)
    make(tmp_path / "home", files, reader=reader)
    assert len(reader.seen) == 3


def test_files_that_are_kept_unseen_are_neither_hashed_nor_missed(
    home: Path, files: list[SourceFile]
):
    more = lay(files[0].path.parent, {"more.txt": "补充通知\n各县区抓好落实。"})
    for file in files:
        file.path.unlink()
    reader = Reader(read)
    report = make(home, [*files, *more], reader=reader, unseen=frozenset(files))
    assert reader.seen == ["more.txt"]
    assert (report.counts.documents, report.failures) == (4, ())


def test_many_small_segments_become_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files: list[SourceFile] = []
    most = 0
    for number in range(40):
        files += lay(tmp_path / "files", {f"{number}.txt": f"文件{number}\n内容{number}。"})
        make(tmp_path / "home", files, unseen=frozenset(files[:-1]))
        most = max(most, LocalEngine.open(tmp_path / "home").manifest.counts.segments)
    assert 2 < most <= 8
    assert len(LocalEngine.open(tmp_path / "home").documents()) == 40


def test_what_is_mostly_gone_is_written_again(home: Path, files: list[SourceFile]):
    make(home, files[:2])
    counts = LocalEngine.open(home)._version
    assert [len(one.passages) for one in counts.segments] == [counts.manifest.counts.passages]


def test_copies_are_found_as_they_come_and_forgotten_as_they_go(tmp_path: Path):
    body = "".join(
        f"第{number}条 各县区要严格落实{WORDS[number % 16]}管控措施。" for number in range(40)
    )
    texts = {f"{number}.txt": f"通知{number}\n{number * 7919}" * 30 for number in range(8)}
    files = lay(tmp_path / "files", texts | {"a.txt": f"甲通知\n{body}"})
    home = tmp_path / "home"

    def members() -> list[set[str]]:
        engine = LocalEngine.open(home)
        title = {one.id: one.title for one in engine.documents()}
        return [
            {title[one.best], *(title[each.document_id] for each in one.members)}
            for one in engine.clusters()
            if "甲" in "".join(title[each.document_id] for each in one.members) + title[one.best]
        ]

    make(home, files)
    assert members() == []
    more = lay(tmp_path / "files", {"b.txt": f"乙通知\n{body}另行通知。"})
    make(home, [*files, *more], unseen=frozenset(files))
    assert members() == [{"甲通知", "乙通知"}]
    make(home, files)
    assert members() == []


def test_the_products_reader_reads_records_line_by_line(records: SourceFile):
    found = list(CorpusReader().records(records) or ())
    assert len(found) == 30
    assert found[-1][0] == records.path.stat().st_size
    assert found[4][1].endswith("第 5 行")
    assert CorpusReader().records(SourceFile(Path("a.txt"), "a.txt")) is None


def test_dense_ties_at_the_cut_are_decided_by_place(home: Path):
    engine = LocalEngine.open(home, encoder=FakeEncoder())
    whole = engine.dense("黑加油站", 100)
    for k in range(1, len(whole)):
        assert engine.dense("黑加油站", k) == whole[:k]
    assert np.all(np.diff([one.score for one in whole]) <= 0)

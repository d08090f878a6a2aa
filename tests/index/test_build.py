from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import EncoderError, LoadError
from corpus.records import Reading
from index.build import Options, build
from index.local import LocalEngine
from index.records import SourceFile
from tests.index.support import BROKEN, NEEDLES, TEXTS, FakeEncoder, Reader, lay, make, read


def content(home: Path) -> tuple[object, ...]:
    """Return everything an index answers with, but for when it was made."""
    engine = LocalEngine.open(home, encoder=FakeEncoder())
    documents = [engine.document(one.id) for one in engine.documents()]
    passages = [one for each in documents for one in engine.passages_of(each.id)]
    searched = [
        search(needle, 20)
        for needle in NEEDLES.values()
        for search in (engine.lexical, engine.dense)
    ]
    return documents, passages, engine.tasks(), searched, engine.sources()


def test_everything_read_comes_back(home: Path, files: list[SourceFile]):
    readings = [read(file) for file in files]
    documents, passages, tasks, _, sources = content(home)
    assert documents == [one for each in readings for one in each.documents]
    assert passages == [one for each in readings for one in each.passages]
    assert tasks == [one for each in readings for one in each.tasks]
    assert [one.source for one in sources] == list(TEXTS)


def test_the_report_and_the_manifest_count_alike(tmp_path: Path, files: list[SourceFile]):
    report = make(tmp_path / "home", files)
    engine = LocalEngine.open(tmp_path / "home")
    assert report.counts == engine.manifest.counts
    counts = report.counts
    assert (counts.documents, counts.passages, counts.tasks) == (3, 10, 1)
    assert (report.files_read, report.files_reused, report.published) == (3, 0, True)
    assert report.version == engine.version


def test_nothing_new_publishes_nothing(home: Path, files: list[SourceFile]):
    before = LocalEngine.open(home).version
    reader = Reader(read)
    report = make(home, files, reader=reader, created_at="2025-01-01")
    assert (report.version, report.published, report.files_reused) == (before, False, 3)
    assert reader.seen == []
    assert LocalEngine.open(home).manifest.created_at.startswith("2024")


def test_only_what_changed_is_read_and_encoded(home: Path, files: list[SourceFile]):
    files[1].path.write_text(TEXTS["notice.txt"] + "\n新增一条。", encoding="utf-8")
    reader, encoder = Reader(read), FakeEncoder()
    report = make(home, files, reader=reader, encoder=encoder)
    assert reader.seen == ["notice.txt"]
    assert encoder.encoded == ["关于秸秆禁烧的通知\n新增一条。"]
    assert (report.files_read, report.files_reused, report.vectors_reused) == (1, 2, 10)


@pytest.mark.parametrize("change", ["edit", "remove", "add", "reorder", "rename"])
def test_an_update_equals_a_new_build(
    home: Path, tmp_path: Path, files: list[SourceFile], change: str
):
    if change == "edit":
        files[0].path.write_text(TEXTS["plan.txt"] + "\n18.新的问题。", encoding="utf-8")
    elif change == "remove":
        del files[1]
    elif change == "add":
        files += lay(tmp_path / "files", {"more.txt": "补充通知\n各县区抓好落实。"})
    elif change == "reorder":
        files.reverse()
    else:
        files[0] = replace(files[0], source="renamed.txt")
    assert make(home, files).published
    make(tmp_path / "anew", files)
    assert content(home) == content(tmp_path / "anew")


def test_another_reader_reads_all_anew(home: Path, files: list[SourceFile]):
    reader = Reader(read, "2")
    report = make(home, files, reader=reader)
    assert reader.seen == list(TEXTS)
    assert report.published


def test_another_encoder_makes_all_anew(home: Path, files: list[SourceFile]):
    encoder = FakeEncoder("other")
    report = make(home, files, encoder=encoder)
    assert (report.files_reused, report.vectors_reused, len(encoder.encoded)) == (0, 0, 10)
    assert LocalEngine.open(home).manifest.encoder.name == "other"


def test_the_shipped_encoder_is_the_default_and_needs_no_name(
    tmp_path: Path, files: list[SourceFile]
):
    def run() -> bool:
        options = Options(reader=Reader(read))
        return build(files, tmp_path / "home", created_at="2024", options=options).published

    assert run()
    assert not run()
    engine = LocalEngine.open(tmp_path / "home")
    assert engine.manifest.encoder.name == "official"
    [best] = engine.passages([engine.dense("黑加油站查处", 1)[0].id])
    assert "黑加油站" in best.text


def test_building_twice_gives_the_same_version(tmp_path: Path, files: list[SourceFile]):
    names = {make(tmp_path / home, files, encoder=FakeEncoder()).version for home in "ab"}
    assert len(names) == 1


def test_a_bad_file_is_reported_and_the_rest_indexed(tmp_path: Path, files: list[SourceFile]):
    files[0].path.write_text(BROKEN, encoding="utf-8")
    files.append(SourceFile(tmp_path / "absent.txt", "absent.txt"))
    report = make(tmp_path / "home", files)
    assert [(one.source, one.reason) for one in report.failures] == [
        ("plan.txt", "文件 plan.txt 读不懂"),
        ("absent.txt", f"文件 {tmp_path / 'absent.txt'} 打不开:没有这个文件或文件夹"),
    ]
    assert report.counts.documents == 2
    again = make(tmp_path / "home", files)
    assert (again.published, again.failures) == (False, report.failures)


def test_a_file_gone_bad_leaves_the_index(home: Path, files: list[SourceFile]):
    files[0].path.write_text(BROKEN, encoding="utf-8")
    assert make(home, files).counts.documents == 2


@pytest.mark.parametrize("text", [BROKEN, ""])
def test_where_nothing_can_be_read_the_old_version_stands(
    home: Path, files: list[SourceFile], text: str
):
    before = LocalEngine.open(home).version
    for file in files:
        file.path.write_text(text, encoding="utf-8")
    with pytest.raises(LoadError):
        make(home, files)
    assert LocalEngine.open(home).version == before
    with pytest.raises(LoadError, match="没有给出文件"):
        make(home, [])


def test_an_encoder_that_fails_leaves_the_old_version(home: Path, files: list[SourceFile]):
    class Failing(FakeEncoder):
        def encode_passages(self, texts: object) -> object:
            raise EncoderError("坏了")

    before = LocalEngine.open(home).version
    with pytest.raises(EncoderError):
        make(home, files, encoder=Failing("failing"))
    assert LocalEngine.open(home).version == before
    assert [path.name for path in (home / "versions").iterdir()] == [before]


def test_an_encoder_with_unusable_vectors_is_refused(tmp_path: Path, files: list[SourceFile]):
    class Broken(FakeEncoder):
        def encode_queries(self, texts: object) -> object:
            return super().encode_queries(texts) * float("nan")

    with pytest.raises(EncoderError, match="无效数值"):
        make(tmp_path / "home", files, encoder=Broken())


def test_the_same_document_in_two_files_is_kept_twice(tmp_path: Path, files: list[SourceFile]):
    twin = lay(tmp_path / "twin", {"copy.txt": TEXTS["plan.txt"]})
    make(tmp_path / "home", [*files, *twin])
    engine = LocalEngine.open(tmp_path / "home")
    first, second = engine.documents()[0].id, engine.documents()[3].id
    assert second == f"{first}-2"
    passages = engine.passages_of(second)
    assert [one.id for one in passages] == [f"{second}#{row}" for row in range(4)]
    assert {one.span.document_id for one in passages} == {second}
    task = engine.tasks()[1]
    assert (task.id, task.document_id) == (f"{second}/task17", second)
    assert passages[1].task == task.id
    spans = {task.deadline.span, task.milestones[0].span, *task.spans.values()}
    assert {span.document_id for span in spans} == {second}
    assert len({one.id for one in engine.lexical("烤烟用煤", 10)}) == 2


def test_a_third_copy_gets_the_next_suffix(tmp_path: Path, files: list[SourceFile]):
    twins = lay(tmp_path / "twin", dict.fromkeys(["a.txt", "b.txt"], TEXTS["plan.txt"]))
    make(tmp_path / "home", [files[0], *twins])
    names = [one.id for one in LocalEngine.open(tmp_path / "home").documents()]
    assert names == [names[0], f"{names[0]}-2", f"{names[0]}-3"]


def test_a_copy_takes_the_plain_id_when_the_first_is_gone(tmp_path: Path, files: list[SourceFile]):
    twin = lay(tmp_path / "twin", {"copy.txt": TEXTS["plan.txt"]})
    make(tmp_path / "home", [*files, *twin])
    assert not make(tmp_path / "home", [*files, *twin]).published
    make(tmp_path / "home", [*files[1:], *twin])
    make(tmp_path / "anew", [*files[1:], *twin])
    assert content(tmp_path / "home") == content(tmp_path / "anew")


@pytest.mark.parametrize("noun", ["documents", "passages"])
def test_a_file_that_gives_an_id_twice_is_reported(
    tmp_path: Path, files: list[SourceFile], noun: str
):
    def double(file: SourceFile) -> Reading:
        reading = read(file)
        if file.source != "plan.txt":
            return reading
        return replace(reading, **{noun: getattr(reading, noun) * 2})

    report = make(tmp_path / "home", files, reader=double)
    assert [one.source for one in report.failures] == ["plan.txt"]


def test_progress_is_told_step_by_step(tmp_path: Path, files: list[SourceFile]):
    heard: list[tuple[str, int, int]] = []
    make(tmp_path / "home", files, progress=lambda *now: heard.append(now))
    assert list(dict.fromkeys(step for step, _, _ in heard)) == [
        "read",
        "vectors",
        "copies",
        "publish",
    ]
    assert all(0 <= done <= total for _, done, total in heard)

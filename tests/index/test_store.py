"""Damage of every file, every way: one clear error of ours, never another's traceback."""

import contextlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import GongjianError, IndexFormatError, IndexMissing
from index import store
from index.local import LocalEngine
from index.records import SourceFile
from index.segment import name_of
from tests.index.support import BROKEN, NEEDLES, FakeEncoder, Reader, lay, make, read


def drop(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def edit(path: Path) -> None:
    """Change one byte, in the middle, keeping the size."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(bytes(data))


def folder_in_its_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = [drop, truncate, empty, edit, folder_in_its_place]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shipped encoder."""
    from index.build import Options, build

    folder = tmp_path_factory.mktemp("sound")
    files = lay(folder / "files")
    options = Options(reader=Reader(read))
    build(files, folder / "home", created_at="2024", options=options)
    return folder / "home"


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "copy")
    return tmp_path / "copy"


def parts(home: Path) -> list[Path]:
    folders = (home / "versions", home / "segments")
    inside = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [home / "CURRENT", *inside]


def use(engine: LocalEngine) -> None:
    """Ask everything of an engine."""
    for needle in NEEDLES.values():
        found = engine.lexical(needle, 5) + engine.dense(needle, 5)
        engine.passages(one.id for one in found)
        engine.weight(needle)
    for one in engine.documents():
        engine.document(one.id)
        engine.passages_of(one.id)
    engine.tasks()


def test_a_version_is_made_of_these_files(sound: Path):
    [version] = (sound / "versions").iterdir()
    assert {path.name for path in version.iterdir()} == {
        "manifest.json",
        "order.npy",
        "sources.jsonl",
        "sources.offsets.npy",
        "clusters.jsonl",
        "clusters.offsets.npy",
    }
    [segment] = (sound / "segments").iterdir()
    assert {path.name for path in segment.iterdir()} == {
        "segment.json",
        "documents",
        "passages",
        "tasks.jsonl",
        "tasks.offsets.npy",
        "assigned.npy",
        "copies",
        "lexical",
        "dense",
    }


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
def test_damage_of_any_file_is_found_on_opening(copy: Path, damage: Callable[[Path], None]):
    for path in parts(copy):
        if damage in (truncate, edit, empty) and not path.stat().st_size:
            continue  # a corpus without copies
        saved = path.read_bytes()
        damage(path)
        with pytest.raises((IndexFormatError, IndexMissing), match="gongjian index"):
            LocalEngine.open(copy)
        if path.is_dir():
            path.rmdir()
        path.write_bytes(saved)
        use(LocalEngine.open(copy))


@pytest.mark.parametrize("damage", [drop, truncate, empty], ids=lambda one: one.__name__)
def test_a_checked_file_that_goes_bad_while_open_is_a_plain_error(
    copy: Path, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
):
    """Large files are not checked byte for byte: what checks miss, reading must bear."""
    monkeypatch.setattr(store, "check", lambda *_, **__: None)
    monkeypatch.setattr("index.segment.check", lambda *_, **__: None)
    for path in parts(copy):
        saved = path.read_bytes()
        damage(path)
        with contextlib.suppress(GongjianError):
            use(LocalEngine.open(copy))
        path.write_bytes(saved)


def test_bytes_changed_anywhere_never_raise_a_foreign_error(
    copy: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(store, "check", lambda *_, **__: None)
    monkeypatch.setattr("index.segment.check", lambda *_, **__: None)
    draw = random.Random(11)
    for path in parts(copy):
        saved = path.read_bytes()
        for _ in range(6 if saved else 0):
            data = bytearray(saved)
            for _ in range(draw.randint(1, 8)):
                data[draw.randrange(len(data))] = draw.randrange(256)
            path.write_bytes(bytes(data))
            with contextlib.suppress(GongjianError):
                use(LocalEngine.open(copy))
        path.write_bytes(saved)


@pytest.mark.parametrize(
    "name", ["", "x", "../..", "0" * 16, "..", "manifest.json", "é" * 8, "0" * 16 + "\n\n0"]
)
def test_a_pointer_to_no_version_is_refused(copy: Path, name: str):
    (copy / "CURRENT").write_text(name)
    with pytest.raises(IndexFormatError, match="CURRENT"):
        LocalEngine.open(copy)


def rewrite(home: Path, **values: object) -> None:
    """Write a manifest that is sound but for some values, under its right name."""
    [version] = (home / "versions").iterdir()
    manifest = json.loads((version / "manifest.json").read_bytes()) | values
    raw = json.dumps(manifest).encode()
    (version / "manifest.json").write_bytes(raw)
    version.rename(version.with_name(name_of(raw)))
    (home / "CURRENT").write_text(name_of(raw))


def test_another_format_is_named(copy: Path):
    rewrite(copy, format=99)
    with pytest.raises(IndexFormatError, match=r"格式是 99,本程序读格式 4.*gongjian index"):
        LocalEngine.open(copy)


def test_another_tokenizer_is_named(copy: Path):
    rewrite(copy, tokenizer="0-old")
    with pytest.raises(IndexFormatError, match=r"0-old.*gongjian index"):
        LocalEngine.open(copy)


@pytest.mark.parametrize("count", ["documents", "passages", "tasks"])
def test_counts_that_do_not_agree_are_refused(copy: Path, count: str):
    counts = LocalEngine.open(copy).manifest.counts
    values = {name: getattr(counts, name) for name in ("documents", "passages", "tasks")}
    rewrite(copy, counts=values | {count: values[count] + 1})
    with pytest.raises(IndexFormatError, match="gongjian index"):
        LocalEngine.open(copy)


def test_a_damaged_index_is_built_anew(copy: Path, tmp_path: Path):
    files = lay(tmp_path / "files")
    for path in parts(copy):
        if path.name == "records.jsonl":
            edit(path)
    assert make(copy, files).files_read == 3
    use(LocalEngine.open(copy, encoder=FakeEncoder()))


def test_large_files_are_checked_whole_before_they_are_taken_over(
    home: Path, files: list[SourceFile], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("index.files._CHECK_UP_TO", -1)
    [segment] = (home / "segments").iterdir()
    edit(segment / "documents" / "records.jsonl")
    LocalEngine.open(home)  # sizes agree, which is all that is looked at
    assert make(home, files).files_read == 3


def test_a_version_replaced_while_being_opened_is_no_error(
    home: Path, files: list[SourceFile], monkeypatch: pytest.MonkeyPatch
):
    opened = store.Version
    turns = []

    def replaced_first(folder: Path, *, whole: bool = False) -> store.Version:
        if not turns:
            turns.append(folder)
            monkeypatch.setattr(store, "Version", opened)
            for text in ("甲方案\n甲。", "乙方案\n乙。"):
                files[0].path.write_text(text, encoding="utf-8")
                make(home, files)
            assert not folder.exists()
        return opened(folder, whole=whole)

    monkeypatch.setattr(store, "Version", replaced_first)
    assert LocalEngine.open(home).documents()[0].title == "乙方案"


def test_a_file_gone_bad_is_not_taken_over(home: Path, files: list[SourceFile]):
    files[2].path.write_text(BROKEN, encoding="utf-8")
    assert make(home, files).failures[0].source == "brief.txt"

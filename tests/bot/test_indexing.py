import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import index.reading
from bot import indexing
from bot.cli import main
from bot.indexing import collect
from bot.render import answer_lines
from corpus.errors import LoadError
from retrieval.records import Answer, AnswerKind


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit_:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(exit_.value.code or 0), out, err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "文件"
    (place / "通报").mkdir(parents=True)
    (place / "a.txt").write_text("城市公园每日八时开放,周一闭园。", "utf-8")
    (place / "通报" / "b.md").write_text("# 通报\n秸秆禁烧巡查每周两次。", "utf-8")
    return place


def sources(out: str) -> list[str]:
    return sorted(json.loads(line)["source"] for line in out.splitlines())


def test_index_holds_exactly_what_is_named(folder: Path, capsys: pytest.CaptureFixture[str]):
    code, out, _ = call(capsys, "index", str(folder), "--json")
    report = json.loads(out)
    assert code == 0
    assert (report["documents"], report["failures"], report["skipped"]) == (2, [], [])
    assert sources(call(capsys, "documents", "--json")[1]) == ["a.txt", "通报/b.md"]
    call(capsys, "index", str(folder / "a.txt"))
    assert sources(call(capsys, "documents", "--json")[1]) == ["a.txt"]


def test_add_and_remove_change_the_index_that_is_there(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    call(capsys, "index", str(folder / "a.txt"))
    more = tmp_path / "c.txt"
    more.write_text("工地围挡高度不低于二米。", "utf-8")
    report = json.loads(call(capsys, "index", "--add", str(more), "--json")[1])
    assert (report["documents"], report["files_read"], report["files_reused"]) == (2, 1, 1)
    assert sources(call(capsys, "documents", "--json")[1]) == ["a.txt", "c.txt"]
    call(capsys, "index", "--remove", "a.txt")
    assert sources(call(capsys, "documents", "--json")[1]) == ["c.txt"]
    code, _, err = call(capsys, "index", "--remove", "c.txt")
    assert (code, "索引就空了" in err) == (1, True)
    code, _, err = call(capsys, "index", "--remove", "x.txt")
    assert (code, "索引里没有" in err) == (1, True)


def test_an_unchanged_file_is_not_read_again(folder: Path, capsys: pytest.CaptureFixture[str]):
    call(capsys, "index", str(folder))
    report = json.loads(call(capsys, "index", str(folder), "--json")[1])
    assert (report["published"], report["files_read"], report["files_reused"]) == (False, 0, 2)


def test_a_changed_note_on_the_sources_is_read_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    call(capsys, "index", str(folder))
    (folder / "sources.toml").write_text('["a.txt"]\ntitle = "公园开放时间"\n', "utf-8")
    call(capsys, "index", str(folder))
    titles = [
        json.loads(line)["title"] for line in call(capsys, "documents", "--json")[1].splitlines()
    ]
    assert "公园开放时间" in titles


def test_a_bad_file_is_reported_the_rest_indexed_and_the_exit_code_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    (folder / "坏.txt").write_bytes(bytes(range(128, 256)) * 40)
    (folder / "空.txt").write_bytes(b"")
    (folder / "图.png").write_bytes(b"\x89PNG")
    (folder / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 8)
    code, out, err = call(capsys, "index", str(folder))
    assert code == 1
    assert "2 份文件" in out
    assert "未能收入  坏.txt" in out
    assert "未能收入  空.txt" in out
    assert "未能收入  旧.doc" in out
    assert "另存为 docx" in out
    assert "跳过 1 个不支持的文件  图.png" in out
    assert "Traceback" not in err
    code, out, _ = call(capsys, "ask", "城市公园什么时候开放", "--json")
    assert "八时" in json.loads(out)["answer"]


@pytest.mark.parametrize(
    "content", [b"", b"\n \n", bytes(range(128, 256)) * 40, b"\x00\x01\x02" * 50]
)
def test_where_nothing_can_be_read_the_old_index_stands(
    folder: Path, capsys: pytest.CaptureFixture[str], content: bytes
):
    call(capsys, "index", str(folder))
    bad = folder.parent / "bad.txt"
    bad.write_bytes(content)
    code, _, err = call(capsys, "index", str(bad))
    assert code == 1
    assert "没有一个文件可以建索引" in err
    assert len(sources(call(capsys, "documents", "--json")[1])) == 2


def test_a_folder_without_documents_and_a_missing_path_are_refused(tmp_path: Path):
    (tmp_path / "x.bin").write_bytes(b"x")
    with pytest.raises(LoadError, match="没有可以读取的文件"):
        collect([tmp_path])
    with pytest.raises(LoadError, match="路径不存在"):
        collect([tmp_path / "no"])


def test_files_of_one_name_are_told_apart_and_one_named_twice_is_taken_once(tmp_path: Path):
    for name in ("甲", "乙"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"{name}文。", "utf-8")
    files, _ = collect(
        [tmp_path / "甲" / "a.txt", tmp_path / "乙" / "a.txt", tmp_path / "甲" / "a.txt"]
    )
    assert [file.source for file in files] == ["甲/a.txt", "乙/a.txt"]


@pytest.mark.parametrize("home", ["/proc/nothing", "file"])
def test_an_unwritable_home_is_one_line(
    tmp_path: Path, home: str, capsys: pytest.CaptureFixture[str], folder: Path
):
    (tmp_path / "file").write_text("a file, not a folder")
    place = home if home.startswith("/") else str(tmp_path / home / "below")
    code, _, err = call(capsys, "--home", place, "index", str(folder))
    assert code == 1
    assert "无法写入索引" in err.splitlines()[-1]
    assert "Traceback" not in err


def test_a_damaged_index_is_one_line_that_says_what_to_run(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    call(capsys, "index", str(folder))
    manifest = next((tmp_path / "home" / "versions").glob("*/manifest.json"))
    manifest.write_text(manifest.read_text("utf-8")[:100], "utf-8")
    code, _, err = call(capsys, "ask", "城市公园什么时候开放")
    assert code == 1
    assert "gongjian index" in err
    assert len(err.strip().splitlines()) == 1
    assert call(capsys, "index", str(folder))[0] == 0
    assert call(capsys, "ask", "城市公园什么时候开放")[0] == 0


def test_a_terminal_gets_colours_and_a_conversation(shipped_home: Path):
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "--home", str(shipped_home), "ask"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        close_fds=True,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "60"},
    )
    os.close(slave)
    os.write(master, "烤烟用煤整改时限\n责任领导呢\n退出\n".encode())
    seen = b""
    try:
        while chunk := os.read(master, 4096):
            seen += chunk
    except OSError:  # the other end of the terminal is closed
        pass
    assert process.wait(timeout=60) == 0
    text = seen.decode("utf-8", "replace")
    assert "\x1b[1;32m2022年年底" in text
    assert "余伟(市委常委" in text
    assert "问> " in text


def test_an_abstention_says_so_and_calls_the_nearest_nearest():
    lines = answer_lines(Answer("问", AnswerKind.NONE, "没有找到。", (), 0.0))
    assert lines == [[("yellow", "没有找到。")]]


def test_a_lost_pointer_never_replaces_the_index_by_the_shipped_corpus(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    call(capsys, "index", str(folder))
    (tmp_path / "home" / "CURRENT").unlink()
    code, _, err = call(capsys, "ask", "城市公园什么时候开放")
    assert code == 1
    assert "索引的版本还在" in err
    assert "先为自带的语料" not in err


def test_a_reader_that_breaks_on_one_file_does_not_stop_the_build(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    whole = index.reading.read_file

    def broken(path: Path, source: str):
        if source == "a.txt":
            raise RuntimeError("boom")
        return whole(path, source)

    monkeypatch.setattr(index.reading, "read_file", broken)
    code, out, _ = call(capsys, "index", str(folder))
    assert code == 1
    assert "a.txt" in out
    assert "1 份文件" in out


def test_progress_hears_of_batches_within_a_call():
    heard: list[tuple[str, int, int]] = []
    within = indexing._Within(lambda *now: heard.append(now))
    within.batches(1, 1)  # before anything is built: the model is tried with one text
    within("vectors", 2048, 3000)
    within.batches(32, 952)
    assert heard == [("vectors", 2048, 3000), ("vectors", 2080, 3000)]

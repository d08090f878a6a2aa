"""`gongjian index train` as a person runs it."""

import json
import sys
from pathlib import Path

import pytest

from bot import train_command
from bot.cli import main
from index.encoder import open_encoder
from index.piece_encoder import SHIPPED
from index.training.recipe import Trainer
from tests.index.training.test_adapting import passages, small  # noqa: F401 - a fixture
from tests.running import runner

pytest.importorskip("torch")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    return runner(main, capsys)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    lines = [
        {"_id": f"d{row}", "title": one.heading[0], "text": one.text}
        for row, one in enumerate(passages())
    ]
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), "utf-8")
    return path


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, small) -> None:  # noqa: F811
    """Begin with a small encoder: the shipped one has eighty thousand rows."""
    monkeypatch.setattr(train_command, "_shipped", lambda: small)


def test_an_encoder_is_written_told_and_used(run, corpus: Path, tmp_path: Path):
    into = tmp_path / "made" / "encoder"
    code, out, err = run("index", "train", corpus, "--into", into, "--epochs", 4)
    assert code == 0
    assert err.splitlines() == ["训练(留出一部分来测)…", "训练(全部段落)…"]
    assert "24 段,1 步" in out
    assert "摘出的句子找原段" in out
    assert out.splitlines()[-1] == f"用法:gongjian index --encoder {into}"
    assert {path.name for path in into.iterdir()} == {
        "README.md", "model.safetensors", "modules.json", "pieces.json", "vocabulary.txt",
    }  # fmt: skip
    assert list(into.parent.iterdir()) == [into]
    assert open_encoder(str(into)).dimensions == 16
    code, out, _ = run("index", corpus, "--encoder", into, "--json")
    assert (code, json.loads(out)["passages"]) == (0, 24)
    _, out, _ = run("search", "散煤谁管", "--mode", "dense", "-k", 3, "--json")
    assert len(out.splitlines()) == 3


def test_without_paths_the_live_index_is_learned_and_the_same_bytes_written(
    run, corpus: Path, tmp_path: Path
):
    run("index", corpus)
    told = [
        run("index", "train", "--epochs", 4, "--seed", 5, "--into", tmp_path / name, "--json")
        for name in ("one", "two")
    ]
    first = json.loads(told[0][1])
    assert (first["passages"], first["seed"], first["steps"]) == (24, 5, 1)
    assert {one["kind"] for one in first["figures"]} <= {"headings", "sentences"}
    for name in ("model.safetensors", "vocabulary.txt", "README.md"):
        one, two = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
        assert one == two
    assert run("index", "train", "--epochs", 4)[0] == 0
    home = Path(json.loads(run("index", "train", "--epochs", 4, "--json")[1])["folder"])
    assert (home.name, home.parent.name) == ("encoder", "home")


def test_bad_input_is_one_line_before_anything_is_trained(
    run, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Trainer, "learn_texts", lambda *_, **__: pytest.fail("trained"))
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "letter.txt").write_text("要紧的文件", "utf-8")
    for arguments, told in (
        ((tmp_path / "absent",), "路径不存在"),
        ((corpus, "--into", taken), "里已有别的文件"),
        ((corpus, "--into", taken / "letter.txt"), "里已有别的文件"),
        ((corpus, "--into", SHIPPED), "是随产品发布的编码器"),
        ((corpus, "--into", "/proc/x/y"), "无法写入"),
    ):
        code, out, err = run("index", "train", *arguments)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert told in err
    assert (taken / "letter.txt").read_text("utf-8") == "要紧的文件"
    few = tmp_path / "few.txt"
    few.write_text("只有一段。", "utf-8")
    code, _, err = run("index", "train", few, "--into", tmp_path / "x")
    assert (code, err.count("\n")) == (1, 1)
    assert "至少要有 20 段" in err
    assert run("index", "train", "--epochs", 0)[0] == 2


def test_what_lies_beside_an_older_encoder_is_not_lost(run, corpus: Path, tmp_path: Path):
    into = tmp_path / "encoder"
    assert run("index", "train", corpus, "--into", into, "--epochs", 1)[0] == 0
    before = (into / "model.safetensors").read_bytes()
    assert run("index", "train", corpus, "--into", into, "--epochs", 1, "--seed", 9)[0] == 0
    assert (into / "model.safetensors").read_bytes() != before
    (into / "notes.txt").write_text("要紧的文件", "utf-8")
    code, _, err = run("index", "train", corpus, "--into", into, "--epochs", 1)
    assert code == 1
    assert "里已有别的文件" in err
    assert (into / "notes.txt").read_text("utf-8") == "要紧的文件"


def test_an_interrupt_leaves_nothing(
    run, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "learn_texts", interrupted)
    into = tmp_path / "made" / "encoder"
    code, out, err = run("index", "train", corpus, "--into", into)
    assert (code, out) == (130, "")
    assert err.splitlines()[-1] == "已中断"
    assert list(into.parent.iterdir()) == []


def test_a_file_that_cannot_be_read_is_told_and_the_rest_learned(run, corpus: Path, tmp_path: Path):
    (corpus.parent / "broken.docx").write_bytes(b"no document")
    into = tmp_path.parent / f"{tmp_path.name}-encoder"
    code, out, err = run("index", "train", corpus.parent, "--into", into, "--epochs", 1, "--json")
    assert code == 1
    assert json.loads(out)["passages"] == 24
    assert "broken.docx" in err


def test_a_time_limit_shortens_the_course(run, corpus: Path, tmp_path: Path, monkeypatch):
    clock = iter([0.0, 60.0])  # two steps took a minute
    monkeypatch.setattr(train_command.time, "monotonic", lambda: next(clock))
    code, out, err = run(
        "index", "train", corpus, "--into", tmp_path / "e", "--minutes", 4, "--json"
    )
    assert code == 0
    assert json.loads(out)["steps"] == 4
    assert "4 分钟之内约能训练 4 步" in err


def test_without_the_extra_the_way_to_it_is_named(run, corpus: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    code, out, err = run("index", "train", corpus)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "pip install 'gongjian[models]'" in err


def test_a_folder_called_train_is_a_path_when_it_is_written_as_one(
    run, corpus: Path, tmp_path: Path, monkeypatch
):
    (tmp_path / "train").mkdir()
    corpus.rename(tmp_path / "train" / "corpus.jsonl")
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("index", "./train", "--json")
    assert (code, json.loads(out)["passages"]) == (0, 24)
    monkeypatch.setattr("bot.train_command.run_train", lambda *_, **__: 7)
    assert run("index", "train")[0] == 7
    assert run("index", "train", "train")[0] == 7

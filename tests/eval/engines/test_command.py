"""The comparison of engines, run for real over a small public set."""

import json
from pathlib import Path

import pytest

from corpus.errors import SettingsError
from eval.engines.asking import upload
from eval.engines.command import run_engines
from index.milvus.records import Server
from tests.index.support import lay, make


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    texts = {f"d{number}": f"第{number}条 严禁在第{number}区焚烧秸秆。" for number in range(40)}
    corpus = [{"_id": one, "title": "", "text": text} for one, text in texts.items()]
    asked = [{"_id": f"q{number}", "text": f"第{number}区能烧秸秆吗"} for number in range(3)]
    for name, rows in (("corpus", corpus), ("queries", asked)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    judged = [f"q{number}\td{number}\t1" for number in range(3)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *judged]))
    return folder


def test_hits_agree_and_costs_are_told(
    beir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    # Three new interpreters would take most of the time.
    monkeypatch.setattr("eval.engines.command.apart", lambda function, *given: function(*given))
    code = run_engines(beir, queries=2, uri=None, token=None, home=None, as_json=True)
    *modes, costs = map(json.loads, capsys.readouterr().out.splitlines())
    assert code == 0
    assert [(one["mode"], one["queries"], one["overlap"]) for one in modes] == [
        ("lexical", 2, 1.0),
        ("dense", 2, 1.0),
        ("hybrid", 2, 1.0),
    ]
    assert costs["passages"] == 40
    assert costs["disk_mb"] > 0


def test_another_version_that_is_live_is_not_replaced(tmp_path: Path):
    for name, text in (("one", "甲方案\n内容。"), ("two", "乙方案\n内容。")):
        make(tmp_path / name, lay(tmp_path / f"{name}-files", {"a.txt": text}), encoder="official")
    server = Server(str(tmp_path / "milvus.db"))
    assert upload(tmp_path / "one", server).passages == 2
    with pytest.raises(SettingsError, match="评测不覆盖它"):
        upload(tmp_path / "two", server)

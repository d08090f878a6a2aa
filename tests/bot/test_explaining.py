"""`--explain` on the command line: aligned, in 80 columns, in JSON, and on demand at the prompt."""

import json
import sys
from pathlib import Path

import pytest

from bot.asking import Manner, run_prompt
from bot.cli import main
from bot.explaining import explain_lines
from bot.settings import Settings
from bot.wrapping import columns, wrap
from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.explaining import explain
from retrieval.trail import Record


def run(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as exit_:
        main(["--home", str(home), *arguments])
    assert exit_.value.code in {0, None}
    return capsys.readouterr().out


def test_ask_explains_below_the_answer(shipped_home: Path, capsys: pytest.CaptureFixture[str]):
    plain = run(shipped_home, capsys, "ask", "烤烟用煤整改时限")
    out = run(shipped_home, capsys, "ask", "烤烟用煤整改时限", "--explain")
    assert out.startswith(plain)
    for words in ("答案的由来", "事项  烤烟用煤", "所问  整改时限", "候选任务", "结论", "依据 [1]"):
        assert words in out[len(plain) :]
    assert "答案的由来" not in plain


@pytest.mark.parametrize(
    "question", ["南京2018年空气质量优良率要达到多少", "火星移民的预算", "第17项"]
)
def test_an_explanation_fits_in_80_columns(engine: LocalEngine, question: str):
    record = Record()
    answer, _ = ask(engine, question, trail=record)
    for line in explain_lines(explain(engine, record, answer)):
        for row in wrap(line, 80):
            assert sum(columns(char) for _, words in row for char in words) <= 80


def test_json_has_the_explanation_only_when_asked(
    shipped_home: Path, capsys: pytest.CaptureFixture[str]
):
    data = json.loads(run(shipped_home, capsys, "ask", "烤烟用煤整改时限", "--json"))
    assert "explain" not in data
    data = json.loads(run(shipped_home, capsys, "ask", "烤烟用煤整改时限", "--json", "--explain"))
    assert data["explain"]["question"]["subject"] == "烤烟用煤"
    assert data["answer"] == "2022年年底"


def test_search_explains_each_hit(shipped_home: Path, capsys: pytest.CaptureFixture[str]):
    out = run(shipped_home, capsys, "search", "大货车", "-k", "2", "--explain")
    assert "检索  大货车 重型货车" in out
    assert out.count("  合分 1.000") == 1
    assert out.count("意思 0.") == 2
    rows = run(shipped_home, capsys, "search", "大货车", "-k", "2", "--json", "--explain")
    for row in map(json.loads, rows.splitlines()):
        assert row["explain"]["bm25"] > 0
        assert row["explain"]["bridged"][0]["word"] == "大货车"


def test_the_prompt_explains_the_last_answer(
    shipped_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    typed = iter(["/explain", "烤烟用煤整改时限", "责任领导呢", "/explain", "配合单位呢", "退出"])
    monkeypatch.setattr("builtins.input", lambda _: next(typed))
    monkeypatch.setitem(sys.modules, "readline", sys)
    run_prompt(Settings(home=str(shipped_home)), Manner())
    out, err = capsys.readouterr()
    assert "还没有回答过问题" in err
    assert out.count("答案的由来") == 1
    assert "沿用  上一问的第17项" in out
    assert out.rindex("市畜牧局") > out.index("答案的由来")

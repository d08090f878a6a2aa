"""The evaluation as a person runs it: what is printed, and the exit codes."""

import json
from pathlib import Path

import pytest

from bot.cli import main as gongjian
from eval import measuring
from eval.__main__ import cli, main
from eval.measures import MEASURES
from eval.measuring import measure
from tests.running import runner

QUESTIONS = [
    {"id": "a", "kind": "field", "file": "004_dbcf2c26876c712d.txt", "question": "烤烟用煤整改时限",
     "answers": ["2022年年底"], "evidence": ["整改时限:2022年年底"], "tasks": [17]},
    {"id": "b", "kind": "none", "near": "place", "question": "北京市烤烟用煤整改时限"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure here: a process for each system is tested where it is made."""
    monkeypatch.setattr(measuring, "measure_apart", measure)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    return runner(main, capsys)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.jsonl"
    path.write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in QUESTIONS), "utf-8"
    )
    return path


def rows(out: str) -> list[dict]:
    return [json.loads(line) for line in out.splitlines()]


def test_qa_measures_answers_and_searches(run, small, shipped_home):
    code, out, _ = run(
        "qa", small, "--home", shipped_home, "--system", "ask", "--system", "hybrid", "--json"
    )
    assert code == 0
    found = {(row["system"], row["group"]): row for row in rows(out)}
    assert found["ask", "all"]["accuracy"] == 1.0
    assert found["ask", "field"]["citation_exactness"] == 1.0
    assert found["ask", "all"]["abstention_precision"] == 1.0
    assert found["ask", "none"]["abstention_recall"] == 1.0
    assert set(MEASURES) <= set(found["hybrid", "all"])
    assert {row["set"] for row in rows(out)} == {"small"}


def test_qa_prints_tables(run, small, shipped_home):
    code, out, err = run(
        "qa", small, "--home", shipped_home, "--system", "ask", "--system", "lexical"
    )
    assert code == 0
    for words in (
        "small:问答(ask)",
        "台账字段",
        "没有答案",
        "small:检索,1 个问题",
        "lexical",
        "hit@1",
    ):
        assert words in out
    assert "small lexical" in err


def test_qa_builds_the_shipped_corpus_where_no_home_is_named(run, small):
    code, out, _ = run("qa", small, "--system", "lexical", "--json")
    assert code == 0
    assert rows(out)[0]["passages"] > 500
    assert rows(out)[0]["index_s"] > 0


def test_a_bad_line_is_named_the_rest_measured_and_the_code_is_1(run, small, shipped_home):
    small.write_text(
        small.read_text("utf-8")
        + "{\n"
        + json.dumps({**QUESTIONS[0], "id": "c", "evidence": ["没有这话"]}),
        "utf-8",
    )
    code, out, err = run("qa", small, "--home", shipped_home, "--system", "ask", "--json")
    assert code == 1
    assert rows(out)[0]["questions"] == 2
    assert f"{small} 第 3 行:不是 JSON" in err
    assert f"{small} 第 4 行" in err


def test_a_system_that_raises_is_named_and_the_code_is_1(run, small, shipped_home, monkeypatch):
    def broken(name, home, texts, index_s):
        if name == "dense":
            raise MemoryError
        return measure(name, home, texts, index_s)

    monkeypatch.setattr(measuring, "measure_apart", broken)
    code, out, err = run(
        "qa", small, "--home", shipped_home, "--system", "dense", "--system", "words", "--json"
    )
    assert code == 1
    assert {row["system"] for row in rows(out)} == {"words"}
    assert "small 系统 dense:出错,没有测得(MemoryError)" in err


def test_an_empty_set_is_an_error_in_one_line(run, tmp_path, shipped_home):
    path = tmp_path / "empty.jsonl"
    path.write_text("\n", "utf-8")
    code, out, err = run("qa", path, "--home", shipped_home)
    assert (code, out) == (1, "")
    assert err.startswith("错误: ")
    assert "empty.jsonl" in err


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    (folder / "qrels").mkdir(parents=True)
    texts = ["散煤销售点由市场监管部门取缔", "重型货车在预警期间停运", "工地落实六个百分之百"]
    corpus = [{"_id": f"d{n}", "title": "", "text": text} for n, text in enumerate(texts)]
    queries = [{"_id": "q1", "text": "散煤銷售點由誰取締"}, {"_id": "q2", "text": "重型货车"}]
    answers = [{"_id": "q1", "answers": ["市場監管部門"]}, {"_id": "q2", "answers": ["火星"]}]
    for name, records in (("corpus", corpus), ("queries", queries), ("answers", answers)):
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
        (folder / f"{name}.jsonl").write_text(lines, "utf-8")
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td0\t1\nq2\td1\t1\n", "utf-8"
    )
    return folder


def test_beir_prints_the_line_of_the_contract(run, beir, tmp_path):
    code, out, _ = run("beir", beir, "--system", "hybrid", "--system", "rank-bm25", "--answers", "--json",
                       "--runs", tmp_path / "runs", "--results", tmp_path / "results")  # fmt: skip
    assert code == 0
    hybrid, baseline = rows(out)
    assert set(hybrid) >= {
        "system", "queries", "passages", "hit@1", "mrr@10", "ndcg@10", "recall@10", "recall@100",
        "index_s", "p50_ms", "p99_ms", "rss_mb", "answer@60",
    }  # fmt: skip
    assert (hybrid["queries"], hybrid["passages"], hybrid["hit@1"]) == (2, 3, 1.0)
    assert hybrid["answer@60"] == 0.5
    assert "answer@60" not in baseline
    written = (tmp_path / "runs" / "tiny-hybrid.trec").read_text("utf-8").splitlines()
    assert written[0].split()[:4] == ["q1", "Q0", "d0", "1"]
    assert (tmp_path / "runs" / "tiny.qrels").read_text("utf-8") == "q1 0 d0 1\nq2 0 d1 1\n"
    assert len(list((tmp_path / "results").glob("tiny-*.json"))) == 2


def test_the_answers_go_with_the_system_asked_for(run, beir):
    _, out, _ = run("beir", beir, "--system", "lexical", "--answers", "--json")
    assert rows(out)[0]["answer@60"] == 0.5


def test_beir_without_answers_or_folder_is_an_error(run, beir, tmp_path):
    (beir / "answers.jsonl").unlink()
    code, _, err = run("beir", beir, "--answers")
    assert code == 1
    assert "answers.jsonl" in err
    code, _, err = run("beir", tmp_path / "absent")
    assert code == 1
    assert err.count("\n") == 1


def test_compare_and_report_read_what_qa_wrote(run, small, shipped_home, tmp_path):
    results = tmp_path / "results"
    run(
        "qa",
        small,
        "--home",
        shipped_home,
        "--system",
        "ask",
        "--system",
        "words",
        "--system",
        "hybrid",
        "--results",
        results,
    )
    ask, hybrid, words = sorted(results.glob("*.json"))
    code, out, _ = run("compare", words, hybrid, "--json")
    assert code == 0
    assert {row["measure"] for row in rows(out) if "measure" in row} == set(MEASURES)
    code, out, _ = run("compare", ask, ask)
    assert code == 0
    assert "成对比较" in out
    code, out, _ = run("report", results, "--out", tmp_path / "out")
    assert code == 0
    assert (tmp_path / "out" / "report.html").exists()
    code, _, err = run("report", tmp_path / "out", "--out", tmp_path / "other")
    assert code == 1
    assert "没有评测结果" in err
    code, _, err = run("report", results, "--against", tmp_path / "absent")
    assert code == 1
    assert "没有这个文件夹" in err


def test_add_writes_a_line_or_says_why_not(run, small, shipped_home):
    given = (
        "--kind",
        "fact",
        "--quote",
        "整改时限:2022年年底",
        "--into",
        small,
        "--home",
        shipped_home,
    )
    code, out, _ = run("add", "哪年完成电代煤", "--answer", "2022年", *given, "--json")
    assert code == 0
    assert rows(out) == [{"id": "004-added-01", "set": str(small)}]
    code, _, err = run("add", "哪年开始", "--answer", "2035年", *given)
    assert code == 1
    assert "没有答案“2035年”" in err
    assert len(small.read_text("utf-8").splitlines()) == 3


def test_the_gate_says_by_its_code_whether_it_held(run, monkeypatch, shipped_home, tmp_path):
    path = tmp_path / "gate.toml"
    path.write_text('[dev.lexical.all]\n"hit@1" = 0.1\n', "utf-8")
    code, out, _ = run("gate", "--thresholds", path)
    assert code == 0
    assert "门槛全部通过" in out
    path.write_text('[dev.lexical.all]\n"hit@1" = 1.0\n', "utf-8")
    code, out, _ = run("gate", "--thresholds", path)
    assert code == 1
    assert "跌破" in out
    code, out, _ = run("gate", "--thresholds", path, "--json")
    assert code == 1
    assert rows(out)[0]["held"] is False


def test_usage_errors_are_chinese_and_exit_2(run):
    code, _, err = run("qa", "--sistem", "x")
    assert code == 2
    assert "没有选项 --sistem" in err
    assert "python -m eval qa --help" in err
    code, out, _ = run()
    assert code == 2
    assert "用法: python -m eval" in out


def test_an_unknown_system_is_a_usage_error_with_those_there_are(run, small):
    code, _, err = run("qa", small, "--system", "bm52")
    assert code == 2
    assert "bm52 不在可选的值之中:ask、rank-bm25、" in err


def test_one_bad_set_does_not_stop_the_others(run, small, shipped_home, tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", "utf-8")
    code, out, err = run("qa", empty, small, "--home", shipped_home, "--system", "ask", "--json")
    assert code == 1
    assert {row["set"] for row in rows(out)} == {"small"}
    assert f"问题集 {empty}" in err


def test_two_sets_of_one_name_are_refused(run, small, tmp_path):
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / small.name
    twin.write_text(small.read_text("utf-8"), "utf-8")
    code, _, err = run("qa", small, twin)
    assert code == 1
    assert "都叫 small" in err


def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_measured(
    run, small, tmp_path
):
    (tmp_path / "file").write_text("", "utf-8")
    code, out, err = run("qa", small, "--results", tmp_path / "file" / "under")
    assert (code, out) == (1, "")
    assert "无法写入" in err
    assert "index" not in err


def test_a_set_of_ones_own_may_have_the_name_of_a_shipped_one(run, small, shipped_home, tmp_path):
    own = tmp_path / "test.jsonl"
    own.write_text(small.read_text("utf-8"), "utf-8")
    run("qa", own, "--home", shipped_home, "--system", "ask", "--results", tmp_path / "results")
    code, _, _ = run("report", tmp_path / "results", "--out", tmp_path / "out")
    assert code == 0
    assert "与提交的" not in (tmp_path / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize("name", list(cli.commands))
def test_every_command_explains_itself_in_chinese_with_examples(run, name):
    code, out, _ = run(name, "--help")
    assert code == 0
    assert f"用法: python -m eval {name}" in out
    assert "示例" in out


def test_gongjian_eval_is_the_same_door(capsys):
    with pytest.raises(SystemExit) as stopped:
        gongjian(["eval", "qa", "--help"])
    assert stopped.value.code in (0, None)
    assert "用法: gongjian eval qa" in capsys.readouterr().out


def test_a_home_that_is_not_there_is_an_error(run, small, tmp_path):
    code, _, err = run("qa", small, "--home", tmp_path / "absent")
    assert code == 1
    assert "没有这个文件夹" in err

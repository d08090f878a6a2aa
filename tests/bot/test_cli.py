import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import cli, main
from corpus.formats.decoding import read_text
from corpus.sources import SHIPPED
from tests.running import Run, runner


@pytest.fixture
def run(
    shipped_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command line over the shipped corpus: exit code, standard output, standard error."""
    monkeypatch.setenv("GONGJIAN_HOME", str(shipped_home))
    return runner(main, capsys)


def rows(out: str) -> list[dict]:
    return [json.loads(line) for line in out.splitlines()]


def test_ask_prints_the_answer_first_then_stages_units_and_evidence(run: Run):
    code, out, _ = run("ask", "烤烟用煤整改时限")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "2022年年底"
    for words in ("11个乡镇", "80%", "剩余20%", "市农业农村局", "市畜牧局"):
        assert words in out
    evidence = out[out.index("依据") :]
    for words in (
        "整改时限:2022年年底",
        "漯发〔2020〕13号",
        "附件 › 三、散煤治理领域还存在较多漏洞",
        " › 17",
        "004_dbcf2c26876c712d.txt",
    ):
        assert words in evidence
    assert "\x1b" not in out


def test_ask_json_is_the_contract(run: Run):
    code, out, _ = run("ask", "烤烟用煤整改时限", "--json")
    (data,) = rows(out)
    assert code == 0
    assert "2022年年底" in data["answer"]
    assert data["value"]["due"] == "2022-12-31"
    assert (data["tasks"], data["kind"], data["abstained"], data["total"]) == (
        [17],
        "field",
        False,
        1,
    )
    assert 0 <= data["confidence"] <= 1
    assert data["elapsed_ms"] > 0
    for citation in data["citations"]:
        file = read_text(SHIPPED / citation["source"])
        assert file[citation["raw_start"] : citation["raw_end"]] == citation["quote"]
    code, out, _ = run("documents", data["citations"][0]["document_id"], "--json")
    (document,) = rows(out)
    first = data["citations"][0]
    assert document["text"][first["start"] : first["end"]] == first["quote"]


def test_several_questions_are_one_conversation(run: Run):
    _, out, _ = run("ask", "烤烟用煤整改时限", "责任领导呢", "--json")
    assert [row["tasks"] for row in rows(out)] == [[17], [17]]
    assert "余伟" in rows(out)[1]["answer"]


def test_a_file_of_questions_gets_an_answer_a_line_each_on_its_own(run: Run, tmp_path: Path):
    file = tmp_path / "q.txt"
    file.write_bytes(
        "烤烟用煤整改时限\r\n责任领导呢\r\n\r\n第14项什么时候完成\r\n".encode("gb18030")
    )
    code, out, _ = run("ask", "--file", str(file), "--json")
    answers = rows(out)
    assert code == 0
    assert [row["question"] for row in answers] == [
        "烤烟用煤整改时限",
        "责任领导呢",
        "",
        "第14项什么时候完成",
    ]
    assert [row["abstained"] for row in answers] == [False, True, True, False]
    assert answers[3]["value"]["due"] == "2020-08-31"


def test_as_of_counts_the_days(run: Run):
    _, out, _ = run("ask", "烤烟用煤整改时限", "--as-of", "2022-12-01")
    assert "距 2022-12-31 还有 30 天" in out
    _, out, _ = run("ask", "烤烟用煤整改时限", "--as-of", "2023-01-02", "--json")
    assert "已超过 2022-12-31 期限 2 天" in rows(out)[0]["as_of"]["text"]


def test_tasks_json_is_the_ledger_complete(run: Run):
    code, out, _ = run("tasks", "--json")
    ledger = {row["number"]: row for row in rows(out)}
    assert code == 0
    assert sorted(ledger) == list(range(1, 32))
    due = {number: row["deadline"].get("due") for number, row in ledger.items()}
    assert {number: day for number, day in due.items() if day} == {
        4: "2020-12-31",
        14: "2020-08-31",
        17: "2022-12-31",
    }
    kinds = {number: row["deadline"]["kind"] for number, row in ledger.items()}
    assert [number for number, kind in kinds.items() if kind == "done"] == [22, 23]
    assert sum(kind == "ongoing" for kind in kinds.values()) == 26
    assert ledger[17]["milestones"][1] == {
        "kind": "fixed",
        "text": "2021年底前完成总改造任务的80%",
        "due": "2021-12-31",
        "quantity": "80%",
    }


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (["--unit", "市公安局", "--role", "lead"], [15, 28, 29, 30, 31]),
        (["--unit", "市市场监督管理局", "--role", "lead"], [16, 18]),
        (["--leader", "李军信"], [26]),
        (["--due-before", "2020-12-31"], [4, 14]),
        (["--due-after", "2020-12-31"], [4, 17]),
        (["--kind", "done"], [22, 23]),
        (["--unit", "市财政局"], []),
    ],
)
def test_tasks_filters(run: Run, filters: list[str], numbers: list[int]):
    _, out, _ = run("tasks", *filters, "--json")
    assert [row["number"] for row in rows(out)] == numbers
    _, out, _ = run("tasks", *filters)
    assert out.rstrip().endswith(f"共 {len(numbers)} 项")


def test_search_ranks_passages_with_their_places(run: Run):
    _, out, _ = run("search", "食用菌违规使用散煤", "-k", "3", "--json")
    hits = rows(out)
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert "食用菌" in hits[0]["text"]
    assert set(hits[0]["parts"]) == {"lexical", "dense"}


@pytest.mark.parametrize("mode", ["lexical", "dense", "rrf"])
def test_search_modes(run: Run, mode: str):
    code, out, _ = run("search", "散煤", "--mode", mode)
    assert code == 0
    assert out.startswith(" 1. ")


def test_documents_and_their_repairs(run: Run):
    _, out, _ = run("documents", "--json")
    summaries = rows(out)
    assert len(summaries) == 14
    spoiled = next(row for row in summaries if row["source"].startswith("001"))
    _, out, _ = run("documents", spoiled["id"][:8], "--edits", "--json")
    edits = rows(out)
    assert len(edits) == spoiled["edits"]
    file = read_text(SHIPPED / spoiled["source"])
    assert all(file[edit["raw_start"] : edit["raw_end"]] == edit["raw"] for edit in edits)
    _, out, _ = run("documents", spoiled["id"], "--edits")
    assert "混入的拼音" in out
    assert f"共 {len(edits)} 处修正" in out
    _, out, _ = run("documents", spoiled["id"])
    assert "登封市召开污染防治攻坚会议,传达学习省" in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ask", ""], 1, "问题是空的"),
        (["ask", "问" * 5000], 1, "问题太长"),
        (["ask"], 2, "没有问题"),
        (["ask", "--file", "/no/such/file"], 1, "无法读取文件"),
        (["ask", "a", "--file", "b"], 2, "不要再写问题"),
        (["search", " "], 1, "检索词是空的"),
        (["search", "散煤", "-k", "0"], 2, "1 到 1000"),
        (["search", "散煤", "--mode", "x"], 2, "hybrid、lexical"),
        (["search"], 2, "缺少参数 检索词"),
        (["tasks", "--due-before", "明天"], 2, "应写成 2020-12-31"),
        (["tasks", "--role", "lead"], 2, "--unit"),
        (["tasks", "多余"], 2, "多余的参数"),
        (["documents", "没有"], 1, "没有编号为"),
        (["documents", "--edits"], 2, "需要写明文件编号"),
        (["index", "/no/such/path"], 1, "路径不存在"),
        (["index", "--add"], 2, "需要写明路径"),
        (["askk", "问"], 2, "是不是要用 ask"),
        (["ask", "--jsno", "问"], 2, "没有选项 --jsno"),
        (["remind", "--as-of", "明天"], 2, "应写成 2020-12-31"),
        (["remind", "--unit", " "], 2, "--unit 的值是空的"),
        (["bot"], 1, "没有设置机器人的令牌"),
    ],
)
def test_a_mistake_is_one_clear_line_and_an_exit_code(
    run: Run, arguments: list[str], code: int, words: str
):
    found, out, err = run(*arguments)
    assert found == code
    assert words in err
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_help_is_chinese_for_every_command(run: Run):
    for name in ["", *cli.commands]:
        code, out, _ = run(*([name] if name else []), "--help")
        assert code == 0
        assert out.startswith("用法: gongjian")
        for english in ("Usage", "Options", "Commands", "Show this"):
            assert english not in out


def test_every_command_has_examples(run: Run):
    # The evaluation has commands of its own, and their pages have the examples.
    for name in cli.commands.keys() - {"eval"}:
        _, out, _ = run(name, "--help")
        assert "示例:" in out, name


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(run: Run, shell: str):
    code, out, _ = run("completion", shell)
    assert code == 0
    assert "_GONGJIAN_COMPLETE" in out


def test_completion_completes(tmp_path: Path):
    environment = {
        **os.environ,
        "_GONGJIAN_COMPLETE": "bash_complete",
        "COMP_WORDS": "gongjian ta",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main()"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "tasks" in done.stdout


def test_the_first_question_builds_the_index_of_the_shipped_corpus(tmp_path: Path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "bot",
            "--home",
            str(tmp_path / "new"),
            "ask",
            "烤烟用煤整改时限",
            "--json",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert json.loads(done.stdout)["answer"] == "2022年年底"
    assert "先为自带的语料建立一个" in done.stderr


def test_a_reader_that_stops_early_is_no_error(shipped_home: Path):
    command = f'"{sys.executable}" -m bot --home "{shipped_home}" tasks --json | head -n 1'
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout)["number"] == 1
    assert done.stderr == ""


def test_no_torch_is_imported_to_answer(shipped_home: Path):
    code = (
        "import sys\nfrom bot.cli import main\n"
        f"sys.argv = ['gongjian', '--home', {str(shipped_home)!r}, 'ask', '散煤整改时限']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'sentence_transformers', 'bm25s', 'scipy', 'pypinyin', 'rich'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "HEAVY []"


@pytest.mark.parametrize(
    ("redirect", "code"), [(">&-", 0), ("2>&-", 0), ("> /dev/full", 1), ("< /dev/null", 0)]
)
def test_closed_and_full_streams_are_no_internal_errors(
    shipped_home: Path, redirect: str, code: int
):
    command = f'"{sys.executable}" -m bot --home "{shipped_home}" ask 烤烟用煤整改时限 {redirect}'
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code
    assert "内部错误" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_that_knows_only_ascii_still_gets_an_answer(shipped_home: Path):
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--home", str(shipped_home), "ask", "烤烟用煤整改时限"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.decode().startswith("2022年年底")


def test_undecodable_arguments_are_answered_or_refused_in_one_line(shipped_home: Path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "bot",
            "--home",
            str(shipped_home),
            "ask",
            b"\xff\xfe\x00".rstrip(b"\0"),
        ],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in {0, 1}
    assert b"Traceback" not in done.stderr
    assert "内部错误".encode() not in done.stderr

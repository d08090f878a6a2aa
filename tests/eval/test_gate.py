"""The gate holds on what is shipped, and names what falls when retrieval is broken on purpose."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eval.legs
import index.local
import index.vectors
from corpus.errors import SettingsError
from eval.gate import GateReport, Threshold, check_gate, read_thresholds
from eval.question_set import shipped_sets
from eval.results import COMMITTED, Stamp, read_results
from eval.subjects import subject_of
from eval.tables import gate_tables, terminal
from retrieval.answering import ask
from retrieval.records import AnswerKind

NOW = Stamp("now", "2026-01-01")


def gate(
    home: Path, *, sets: tuple[str, ...] = ("dev",), thresholds=None, paths=None, **options
) -> GateReport:
    wanted = thresholds or [one for one in read_thresholds() if one.set in sets]
    paths = paths or {path.stem: path for path in shipped_sets() if path.stem in sets}
    with subject_of(home, NOW, lambda _: None) as subject:
        return check_gate(subject, paths, wanted, read_results(COMMITTED), **options)


def fallen(report: GateReport) -> set[tuple[str, str]]:
    assert not report.held
    return {(one.threshold.system, one.threshold.measure) for one in report.checked if not one.held}


def test_the_committed_thresholds_hold(shipped_home: Path):
    report = gate(shipped_home, sets=("dev", "test"))
    assert report.held, terminal(gate_tables(report)[0])
    assert report.fallen == ()
    assert "跌破" not in terminal(gate_tables(report)[0])


def test_every_set_and_kind_has_thresholds():
    guarded = {(one.set, one.system, one.group) for one in read_thresholds()}
    for name in ("dev", "test"):
        for kind in ("all", "field", "fact", "list", "conversation", "none"):
            assert (name, "ask", kind) in guarded
        for system in ("hybrid", "lexical", "dense"):
            assert (name, system, "all") in guarded


def test_there_is_a_committed_result_of_every_system_that_is_guarded():
    committed = {(result.set, result.system) for result in read_results(COMMITTED)}
    assert {(one.set, one.system) for one in read_thresholds()} <= committed
    assert not [one.commit for one in read_results(COMMITTED) if "changed" in one.commit]


def test_without_tokens_the_words_fall(shipped_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(index.local, "tokenize", lambda _: [])
    report = gate(shipped_home)
    assert {("lexical", "hit@1"), ("hybrid", "hit@1")} <= fallen(report)
    # The ledger and the encoder still answer most questions, but not as well.
    assert "ask" in {system for system, _ in fallen(report)}
    assert ("dense", "ndcg@10") not in fallen(report)
    told = terminal(gate_tables(report)[1])
    assert "dev lexical" in told
    where, change = next(one for one in report.fallen if one[1].id == "004-17-01")
    assert change.text == "烤烟用煤整改时限"
    assert (change.before != "", change.fell) == (True, True)
    assert where in ("dev lexical", "dev hybrid", "dev ask")


def test_with_shuffled_vectors_the_dense_leg_falls(
    shipped_home: Path, monkeypatch: pytest.MonkeyPatch
):
    whole = index.vectors.read_vectors

    def shuffled(*arguments, **options):
        return np.random.default_rng(1).permutation(whole(*arguments, **options))

    monkeypatch.setattr(index.vectors, "read_vectors", shuffled)
    report = gate(shipped_home)
    assert ("dense", "ndcg@10") in fallen(report)
    assert not {measure for system, measure in fallen(report) if system == "lexical"}
    assert "dev dense" in {where for where, _ in report.fallen}


def test_without_abstention_what_is_not_answered_falls(shipped_home: Path):
    def never_silent(engine, text, context=None):
        answer, after = ask(engine, text, context)
        if answer.abstained and answer.citations:
            said = replace(answer, kind=AnswerKind.FACT, text=answer.citations[0].quote)
            return said, after
        return answer, after

    report = gate(shipped_home, ask=never_silent)
    assert ("ask", "abstention_recall") in fallen(report)
    assert {system for system, _ in fallen(report)} == {"ask"}
    changes = [change for _, change in report.fallen]
    assert all(
        change.before.startswith(("现有文件", "原文此处已隐去"))
        for change in changes
        if change.id.startswith("none")
    )
    assert any(change.why == "应当说没有,却给了答案" for change in changes)


def test_a_question_that_raises_closes_the_gate(shipped_home: Path):
    def sometimes(engine, text, context=None):
        if text == "烤烟用煤整改时限":
            raise RuntimeError("out of order")
        return ask(engine, text, context)

    report = gate(
        shipped_home, thresholds=[Threshold("dev", "ask", "all", "accuracy", 0.0)], ask=sometimes
    )
    assert not report.held
    assert [problem.reason for problem in report.problems] == [
        "回答时出错(RuntimeError:out of order)"
    ]


def test_a_system_that_raises_closes_the_gate_and_the_rest_is_measured(
    shipped_home: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(eval.legs, "search", broken)
    wanted = [
        Threshold("dev", "lexical", "all", "hit@1", 0.0),
        Threshold("dev", "convex", "all", "hit@1", 0.0),
    ]
    report = gate(shipped_home, thresholds=wanted)
    assert [one.held for one in report.checked] == [False, True]
    assert "RuntimeError:out of order" in str(report.problems[0])


def test_questions_do_not_go_away_unseen(shipped_home: Path, tmp_path: Path):
    whole = next(path for path in shipped_sets() if path.stem == "dev")
    fewer = tmp_path / "dev.jsonl"
    lines = whole.read_text("utf-8").splitlines(keepends=True)
    fewer.write_text("".join(line for line in lines if '"004-17-01"' not in line), "utf-8")
    wanted = [Threshold("dev", "lexical", "all", "hit@1", 0.0)]
    report = gate(shipped_home, thresholds=wanted, paths={"dev": fewer})
    assert [str(one) for one in report.problems] == [
        "dev lexical:提交的结果里有、现在没有的问题 1 个:004-17-01"
    ]
    assert not report.held


def test_a_set_that_cannot_be_read_closes_the_gate(shipped_home: Path, tmp_path: Path):
    report = gate(shipped_home, paths={"dev": tmp_path / "absent.jsonl"})
    assert not report.held
    assert report.problems[0].place == "问题集 dev"


def damaged_citations(answer):
    return replace(
        answer,
        citations=tuple(replace(one, raw_start=one.raw_start + 1) for one in answer.citations),
    )


def another_lead(answer):
    return replace(answer, text=answer.text + "\n另外,市公安局、徐汇川也负责")


@pytest.mark.parametrize(
    ("damage", "measure"),
    [
        (damaged_citations, "citation_exactness"),
        (another_lead, "citation_exactness"),
        (lambda one: replace(one, citations=one.citations[-1:]), "citation_exactness"),
        (lambda one: replace(one, text="甲" * 60 + one.text), "answer@60"),
        (lambda one: replace(one, tasks=one.tasks[:-1], total=len(one.tasks[:-1])), "accuracy"),
    ],
    ids=["offsets", "names", "one citation", "late", "tasks"],
)
def test_every_fall_names_the_questions_that_fell(shipped_home: Path, damage, measure: str):
    def spoiled(engine, text, context=None):
        answer, after = ask(engine, text, context)
        return (answer if answer.abstained else damage(answer)), after

    wanted = [one for one in read_thresholds() if (one.set, one.system) == ("dev", "ask")]
    report = gate(shipped_home, thresholds=wanted, ask=spoiled)
    assert ("ask", measure) in fallen(report)
    assert len(report.fallen) > 5


def test_a_threshold_on_what_was_not_measured_is_not_met(shipped_home: Path):
    wanted = [
        Threshold("dev", "lexical", "all", "hit@1", 0.0),
        Threshold("dev", "lexical", "nobody", "hit@1", 0.0),
        Threshold("later", "lexical", "all", "hit@1", 0.0),
    ]
    report = gate(shipped_home, thresholds=wanted)
    assert [one.held for one in report.checked] == [True, False, False]
    assert not report.held


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[dev", "不是 TOML"),
        ("", "没有一个门槛"),
        ("[dev.ask]\naccuracy = 0.5", "应写成"),
        ("[dev.ask.all]\naccuracy = 'high'", "应是 0 到 1 之间的数"),
        ("[dev.ask.all]\naccuracy = true", "应是 0 到 1 之间的数"),
        ("[dev.ask.all]\naccuracy = 95", "应是 0 到 1 之间的数"),
        ("[dev.ask.all]\np50_ms = 0.5", "不能作门槛"),
        ("[dev.hybrid.all]\naccuracy = 0.5", "不能作门槛"),
        ('[dev.hybird.all]\n"hit@1" = 0.5', "没有叫 hybird 的系统"),
    ],
)
def test_a_bad_threshold_file_is_refused(tmp_path: Path, text: str, why: str):
    path = tmp_path / "gate.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=why):
        read_thresholds(path)
    with pytest.raises(SettingsError, match="无法读取"):
        read_thresholds(tmp_path / "absent.toml")

"""Answers judged: right ones pass, and each way of being wrong is told."""

from dataclasses import replace
from datetime import date

import pytest

from eval.judging import Judge, Judged, expectation, opens_with, says
from eval.records import QuestionKind, Turn
from eval.relevance import Evidence
from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.records import Answer, AnswerKind
from tests.eval.support import question, turn

PLAN = "004_dbcf2c26876c712d.txt"
DUE = turn(
    QuestionKind.FIELD,
    answers=["2022年年底"],
    due=date(2022, 12, 31),
    evidence=["整改时限:2022年年底"],
    tasks=[17],
)
LEAD = turn(
    QuestionKind.LIST, evidence=["市公安局"], tasks=[15, 28, 29, 30, 31], total=5
)  # fmt: skip


@pytest.fixture
def said(engine: LocalEngine) -> Answer:
    return ask(engine, "烤烟用煤整改时限")[0]


@pytest.fixture
def judged(engine: LocalEngine, evidence: Evidence):
    def call(expected: Turn, answer: Answer) -> Judged:
        relevant = {passage.id for passage in evidence.relevant(expected, PLAN)}
        return Judge(engine).judge(expected, relevant, answer)

    return call


def test_a_right_answer_is_right_exact_cited_and_brief(judged, said):
    assert judged(DUE, said) == Judged(
        right=True, why="", refused=False, exact=True, cited=True, brief=True
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"answers": ("2021年年底",)}, "没有说“2021年年底”"),
        ({"items": (("2022年",), ("2023年", "2024年"))}, "少了“2023年”"),
        ({"excludes": ("年底",)}, "不该说“年底”"),
        ({"tasks": (17, 18)}, "任务应为17、18,说的是17"),
        ({"tasks": (16,)}, "任务应为16,说的是17"),
        ({"total": 2}, "总数应为2,说的是1"),
        ({"due": date(2021, 12, 31)}, "日期应为2021-12-31,说的是2022-12-31"),
    ],
)
def test_each_way_of_being_wrong_is_told(judged, said, change, why):
    found = judged(replace(DUE, **change), said)
    assert not found.right
    assert found.why == why


def test_a_list_is_right_only_when_complete_and_nothing_else(judged, engine):
    answer = ask(engine, "市公安局牵头哪些任务")[0]
    assert judged(LEAD, answer).right
    fewer = replace(answer, tasks=answer.tasks[:3], total=3)
    found = judged(LEAD, fewer)
    assert not found.right
    assert found.complete == pytest.approx(0.6)
    assert not judged(replace(LEAD, tasks=(15, 28, 29, 30), total=4), answer).right


def test_silence_is_right_only_where_nothing_answers(judged, engine, said):
    refusal = ask(engine, "北京市烤烟用煤整改时限")[0]
    assert judged(turn(QuestionKind.NONE), refusal).right
    assert judged(turn(QuestionKind.NONE), said).why == "应当说没有,却给了答案"
    assert judged(DUE, refusal).why == "没有回答"
    assert judged(LEAD, refusal).complete == 0.0


def test_a_fact_is_about_the_task_it_is_quoted_from(judged, engine):
    answer = ask(engine, "南环路大修筹到了多少钱？")[0]
    assert answer.kind is AnswerKind.FACT
    expected = turn(QuestionKind.FIELD, answers=["6543万元"], evidence=["6543万元"], tasks=[20])
    assert judged(expected, answer).right
    assert not judged(replace(expected, tasks=(19,)), answer).right


def test_a_misplaced_citation_is_not_exact(judged, said):
    moved = replace(said.citations[0], start=said.citations[0].start + 1)
    found = judged(DUE, replace(said, citations=(moved, *said.citations[1:])))
    assert found.right
    assert found.exact is False


def test_a_right_answer_whose_quotes_do_not_hold_it_is_not_exact(judged, said):
    others = [one for one in said.citations if "2022年年底" not in one.quote]
    found = judged(DUE, replace(said, citations=tuple(others)))
    assert found.exact is False
    assert found.cited is False


def test_a_conversation_is_right_when_every_turn_is(engine, evidence, said):
    both = question(DUE, DUE, source=PLAN)
    relevant = [{passage.id for passage in evidence.relevant(DUE, PLAN)}] * 2
    judge = Judge(engine)
    assert judge.verdict(both, relevant, [said, said], [1.0, 2.0]).right
    wrong = replace(said, text="2021年年底")
    found = judge.verdict(both, relevant, [said, wrong], [1.0, 2.0])
    assert not found.right
    assert found.why.startswith("第2问:没有说")
    assert found.refused == found.unanswerable == (False, False)


def test_only_the_first_characters_count_where_asked():
    text = "甲" * 58 + "臺北市"
    assert not opens_with(text, ["台北市"])
    assert opens_with(text, ["台北"])


def test_numbers_are_said_whole():
    assert says("共取缔18家", ["18家"])
    assert not says("共取缔18家", ["8家"])
    assert not says("比例是0.5", ["5"])
    assert not says("2022年", ["202"])


def test_a_page_is_no_answer_to_a_fact(judged, engine):
    answer = ask(engine, "南环路大修筹到了多少钱？")[0]
    expected = turn(QuestionKind.FACT, answers=["6543万元"], evidence=["6543万元"])
    assert judged(expected, answer).right
    found = judged(expected, replace(answer, text=answer.text * 20))
    assert found.why.startswith("答得太长")


def test_a_list_must_write_out_what_it_counts(judged, engine):
    answer = ask(engine, "市公安局牵头哪些任务")[0]
    shorter = "\n".join(answer.text.splitlines()[:-1])
    assert "与任务不符" in judged(LEAD, replace(answer, text=shorter)).why
    assert "与任务不符" in judged(LEAD, replace(answer, text="共5项")).why


@pytest.mark.parametrize(
    "damage",
    [
        lambda one: replace(one, title="别的文件"),
        lambda one: replace(one, number="漯发〔2020〕14号"),
        lambda one: replace(one, source="005.txt"),
        lambda one: replace(one, heading=("没有这一节",)),
        lambda one: replace(one, raw_end=one.raw_end + 1),
        lambda one: replace(one, raw_start=one.raw_start - 1),
    ],
)
def test_a_citation_that_is_not_what_it_claims_is_not_exact(judged, said, damage):
    first, *rest = said.citations
    assert judged(DUE, replace(said, citations=(damage(first), *rest))).exact is False


def test_names_that_no_quote_holds_are_not_exact(judged, said):
    assert judged(DUE, replace(said, text=said.text + ",由市公安局负责")).exact is False
    assert judged(DUE, replace(said, text=said.text + ",徐汇川")).exact is False


def test_every_task_of_an_answer_must_be_cited(judged, engine):
    answer = ask(engine, "市公安局牵头哪些任务")[0]
    assert judged(LEAD, answer).exact is True
    assert judged(LEAD, replace(answer, citations=answer.citations[:2])).exact is False


def test_a_refusal_must_read_as_one_and_its_passages_stand(judged, engine):
    refusal = ask(engine, "北京市烤烟用煤整改时限")[0]
    none = turn(QuestionKind.NONE)
    assert not judged(none, replace(refusal, text="")).right
    assert not judged(none, replace(refusal, text=refusal.citations[0].quote)).right
    moved = replace(refusal.citations[0], start=refusal.citations[0].start + 1)
    assert judged(none, replace(refusal, citations=(moved,))).exact is False


def test_a_fact_need_not_come_to_a_day(judged, engine):
    answer = ask(engine, "立行立改的问题什么时候验收")[0]
    assert answer.kind is AnswerKind.FACT
    expected = turn(QuestionKind.FIELD, answers=["2020年6月底前"], due=date(2020, 6, 30))
    assert judged(expected, answer).right


def test_an_expectation_reads_as_words():
    assert expectation(DUE) == "2022年年底|第17项"
    assert expectation(turn(QuestionKind.NONE)) == "没有答案"

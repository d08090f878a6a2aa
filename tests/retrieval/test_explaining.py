"""How an answer came about: what was read, weighed, required, chosen and proven."""

import pytest

from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.explaining import explain, explain_search
from retrieval.folding import search_folded
from retrieval.records import Mode
from retrieval.trail import Record


def told(engine: LocalEngine, *questions: str) -> dict:
    """What is told of the last question of a conversation."""
    context = None
    for question in questions:
        record = Record()
        answer, context = ask(engine, question, context, trail=record)
    return explain(engine, record, answer)


def test_telling_changes_no_answer(engine: LocalEngine):
    for question in ("烤烟用煤整改时限", "市公安局牵头哪些任务", "火星移民的预算是多少"):
        assert ask(engine, question, trail=Record())[0] == ask(engine, question)[0]


def test_a_field_question_is_told_with_its_subject_task_and_proof(engine: LocalEngine):
    data = told(engine, "烤烟用煤整改时限")
    assert data["question"]["subject"] == "烤烟用煤"
    assert data["question"]["fields"] == ["deadline"]
    assert not data["question"]["list"]
    assert data["way"] == "台账,任务的字段"
    assert [(one["number"], one["chosen"]) for one in data["tasks"][:2]] == [
        (17, True),
        (16, False),
    ]
    assert data["proof"] == [
        {"words": "2022年年底", "citation": 1, "why": None},
        {"words": "2022-12-31", "citation": None, "why": "按原文日期换算"},
    ]


def test_the_figures_of_a_passage_add_up_to_its_rank(engine: LocalEngine):
    data = told(engine, "南京2018年空气质量优良率要达到多少")
    search, first = data["search"], data["search"]["candidates"][0]
    assert data["question"]["places"] == ["南京"]
    assert data["question"]["years"] == ["2018"]
    assert first["lexical"] == pytest.approx(first["bm25"] / search["ceiling"], abs=1e-3)
    weight = search["dense_weight"]
    sums = [
        (1 - weight) * one["lexical"] + weight * one["dense"]
        for one in search["candidates"]
        if one["fused"] is not None and one["bm25"] and one["cosine"]
    ]
    fused = [one["fused"] for one in search["candidates"] if one["bm25"] and one["cosine"]]
    assert sums[1] / sums[0] == pytest.approx(fused[1] / fused[0], abs=5e-3)
    assert [one["chosen"] for one in search["candidates"]].count(True) == 1
    assert all(check["met"] for check in data["checks"])


def test_who_is_refused_is_told_which_figure_was_too_low(engine: LocalEngine):
    data = told(engine, "火星移民的预算是多少")
    failed = [check for check in data["checks"] if not check["met"]]
    assert failed
    assert data["why"].startswith(f"拒答:{failed[0]['what']}")
    assert f"{failed[0]['least']:.2f}" in data["why"]
    assert not any(one["chosen"] for one in data["search"]["candidates"])


def test_a_list_is_told_with_its_conditions_and_what_it_took_over(engine: LocalEngine):
    data = told(engine, "市公安局牵头哪些任务", "那市商务局呢")
    assert data["question"]["list"]
    assert data["question"]["conditions"] == ["由 市商务局 牵头"]
    assert data["question"]["followed"] == ["上一问清单的条件"]


def test_a_question_without_a_subject_is_told_with_the_task_it_took_over(engine: LocalEngine):
    data = told(engine, "烤烟用煤整改时限", "责任领导呢")
    assert data["question"]["followed"] == ["上一问的第17项"]
    assert "沿用上一问的第17项" in data["why"]


def test_pinyin_and_the_words_of_people_are_told_with_what_was_read_for_them(engine: LocalEngine):
    data = told(engine, "heijiayouzhan由谁牵头")
    assert data["mended"] == [{"typed": "heijiayouzhan", "read": "黑加油站"}]
    assert data["question"]["read"] == "黑加油站由谁牵头"
    (bridge,) = told(engine, "大货车底数清不清楚")["bridged"]
    assert bridge["word"] == "大货车"
    assert set(bridge["used"]) < set(bridge["thesaurus"])
    assert "重型货车" in bridge["used"]


def test_a_mending_that_answered_nothing_is_not_told(engine: LocalEngine):
    data = told(engine, "heijiayouzhan的火星移民预算")
    assert data["mended"] == []
    assert data["question"]["read"] == "heijiayouzhan的火星移民预算"


def test_a_search_is_told_with_the_words_it_was_made_with(engine: LocalEngine):
    hits = search_folded(engine, "大货车", 3)
    data = explain_search(engine, "大货车", hits)
    assert data["query"].split() == ["大货车", "重型货车", "重型柴油货车"]
    assert [one["fused"] for one in data["hits"]] == [round(hit.score, 4) for hit in hits]
    assert 0 < data["dense_weight"] < 1
    lexical = search_folded(engine, "大货车", 3, mode=Mode.LEXICAL)
    plain = explain_search(engine, "大货车", lexical, Mode.LEXICAL)
    assert (plain["query"], plain["bridged"], plain["dense_weight"]) == ("大货车", [], None)


@pytest.mark.parametrize("question", ["?", "的", "1", "第99项的时限", "漯发〔1999〕9号是什么文件"])
def test_whatever_is_asked_can_be_explained(engine: LocalEngine, question: str):
    data = told(engine, question)
    assert data["why"]
    assert set(data) == {
        "question",
        "mended",
        "bridged",
        "way",
        "tasks",
        "search",
        "checks",
        "why",
        "proof",
    }

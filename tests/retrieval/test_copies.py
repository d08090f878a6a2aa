"""Copies in answers and lists: the best one is quoted, versions that differ are never folded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.copies import standing_words
from bot.indexing import collect, run_build
from bot.render import answer_lines, document_lines, hit_lines
from corpus.records import Relation, Span, Task
from corpus.sources import SHIPPED
from index.local import LocalEngine
from retrieval.answering import Context, ask
from retrieval.copies import best_telling, standings
from retrieval.folding import search_folded
from retrieval.records import Answer, Wording
from retrieval.search import search
from retrieval.task_copies import distinct_tasks
from retrieval.wire import answer_data, document_data, hit_data

CASES: dict[str, str] = json.loads(
    (Path(__file__).parent.parent / "cases" / "copies.json").read_text("utf-8")
)


def build(folder: Path, texts: dict[str, str]) -> LocalEngine:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    run_build(collect([folder])[0], folder / "home", None)
    return LocalEngine.open(folder / "home")


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    return build(tmp_path_factory.mktemp("plans"), CASES)


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    plan = next(SHIPPED.glob("004*.txt")).read_text("utf-8")
    draft = plan.replace("漯发〔2020〕13号", "").replace("2022年年底", "2021年年底")
    texts = {"plan": plan, "reprint": "来源:日报\n" + plan, "draft": draft}
    return build(tmp_path_factory.mktemp("ledgers"), texts)


def answer(engine: LocalEngine, text: str) -> Answer:
    return ask(engine, text, Context())[0]


def test_the_best_copy_is_quoted_and_the_draft_that_says_otherwise_is_seen(plans: LocalEngine):
    found = answer(plans, "视频监控安装什么时候完成")
    assert "2021年3月底前" in found.text
    assert [one.source for one in found.citations] == ["final.txt", "draft.txt"]
    assert "2020年9月底前" in found.citations[1].quote
    [remark] = [one.text for one in found.details if one.label == "异文"]
    assert "征求意见稿" in remark
    assert "2020年9月底前" in remark


def test_the_copies_are_named_with_how_they_put_it(plans: LocalEngine):
    named = {one.source: one.wording for one in answer(plans, "视频监控安装什么时候完成").also_in}
    assert named["reprint.txt"] is Wording.SAME
    assert named["excerpt.txt"] is Wording.SAME
    assert named["spun.txt"] is Wording.REWORDED
    assert named["masked.txt"] is Wording.MASKED
    assert "draft.txt" not in named


def test_a_masked_value_gives_way_to_the_copy_that_has_it(plans: LocalEngine):
    [masked] = [one for one in plans.documents() if one.source == "masked.txt"]
    text = plans.document(masked.id).text
    start = text.index("(二)加强道路")
    told = best_telling(plans, Span(masked.id, start, text.index("\n", start)))
    assert not told.masked
    words = plans.document(told.span.document_id).text[told.span.start : told.span.end]
    assert "新购置洗扫车20辆" in words


def test_a_value_that_every_copy_lacks_is_said_to_be_struck_out(tmp_path: Path):
    found = answer(build(tmp_path, {"masked": CASES["masked"]}), "新购置洗扫车多少辆")
    assert "已隐去" in found.text + "".join(one.text for one in found.details)
    assert found.abstained or "20辆" not in found.text


def test_a_list_of_hits_is_folded_but_the_search_is_complete(plans: LocalEngine):
    hits = search_folded(plans, "建筑工地视频监控安装", 3)
    sources = [plans.document(hit.passage.span.document_id).source for hit in hits]
    assert sources[0] == "final.txt"
    assert "draft.txt" in sources
    copies = {one.source for one in hits[0].copies}
    assert copies == {"reprint.txt", "spun.txt", "excerpt.txt", "masked.txt"}
    complete = search(plans, "建筑工地视频监控安装", 30)
    assert {plans.document(hit.passage.span.document_id).source for hit in complete} >= {
        "final.txt",
        *copies,
    }


def test_where_there_are_no_copies_folding_changes_nothing(tmp_path: Path):
    engine = build(tmp_path, {"plan": CASES["final"], "other": CASES["other plan"]})
    assert search_folded(engine, "治理", 5) == search(engine, "治理", 5)


def test_a_reprints_tasks_are_told_once_and_a_drafts_other_deadline_stays(ledgers: LocalEngine):
    assert len(ledgers.tasks()) == 93
    distinct = distinct_tasks(ledgers, ledgers.tasks())
    assert len(distinct) == 31 + len(
        [one for one in distinct if _source(ledgers, one) == "draft.txt"]
    )
    found = answer(ledgers, "烤烟用煤整改时限")
    assert [str(task.deadline and task.deadline.due) for task in found.tasks] == [
        "2022-12-31",
        "2021-12-31",
    ]
    once = answer(ledgers, "第5项的责任单位")
    assert [task.number for task in once.tasks] == [5]
    assert {one.source for one in once.also_in} | {once.citations[0].source} == {
        "plan.txt",
        "reprint.txt",
        "draft.txt",
    }


def test_a_deadline_that_a_copy_struck_out_is_told_from_the_other(tmp_path: Path):
    plan = next(SHIPPED.glob("004*.txt")).read_text("utf-8")
    masked = plan.replace("2022年年底", "20**年年底")
    alone = answer(build(tmp_path, {"masked": masked}), "烤烟用煤整改时限")
    assert alone.text == "20**年年底(原文此处已隐去)"
    assert alone.value["due"] is None
    both = answer(build(tmp_path, {"masked": masked, "plan": plan}), "烤烟用煤整改时限")
    assert both.text == "2022年年底"
    assert [one.source for one in both.also_in] == ["masked.txt"]


PLAN = (
    "临办发〔2023〕27号\n临江市贯彻落实督察反馈意见整改方案\n"
    "一、思想认识不到位\n1.部分县区对生态环境保护工作重视不够,压力传导层层递减。\n"
    "整改目标:压实生态环境保护责任。\n"
    "整改措施:(1)组织专题学习。(2)修订考核办法,2023年9月底前印发实施。\n"
    "责任领导:张建国(市委副书记)、李明(副市长)\n责任单位:市委组织部\n整改时限:长期坚持\n"
    "二、水污染防治工作滞后\n2.清水河断面水质长期不达标,每日约1.2万吨污水直排。\n"
    "整改目标:2025年底前断面水质稳定达到Ⅳ类。\n"
    "整改措施:(1)开展排查。(2)2024年底前完成80%排污口整治。\n"
    "责任领导:陈立(副市长)\n责任单位:市水利局\n整改时限:2025年年底\n"
)
MASKED = (
    PLAN.replace("2023年9月底前", "20××年×月底前")
    .replace("张建国", "张XX")
    .replace("80%", "**%")
    .replace("1.2万", "×万")
)


def test_a_masked_copys_tasks_never_stand_beside_the_unmasked(tmp_path: Path):
    draft = PLAN.replace("临办发〔2023〕27号", "(征求意见稿)").replace("2025年年底", "2026年年底")
    engine = build(tmp_path, {"a masked": MASKED, "draft": draft, "plan": PLAN})
    distinct = distinct_tasks(engine, engine.tasks())
    assert sorted((_source(engine, one), one.number) for one in distinct) == [
        ("draft.txt", 2),
        ("plan.txt", 1),
        ("plan.txt", 2),
    ]
    found = answer(engine, "清水河断面水质整改时限")
    assert "每日约1.2万吨" in found.text
    assert "×" not in found.text


def test_what_a_masked_copy_says_otherwise_is_kept(tmp_path: Path):
    masked = MASKED.replace("市水利局", "市交通运输局")
    engine = build(tmp_path, {"masked": masked, "plan": PLAN})
    distinct = distinct_tasks(engine, engine.tasks())
    assert sorted((_source(engine, one), one.number) for one in distinct) == [
        ("masked.txt", 2),
        ("plan.txt", 1),
        ("plan.txt", 2),
    ]


def test_another_places_plan_with_the_same_words_is_no_copy_and_is_named_as_another(tmp_path: Path):
    other = CASES["final"].replace("青河市", "白水市").replace("青政办", "白政办")
    found = answer(build(tmp_path, {"a": CASES["final"], "b": other}), "视频监控安装什么时候完成")
    assert found.also_in == ()
    assert [one.label for one in found.details] == ["另见"]
    assert found.citations[0].source not in found.details[0].text


def _source(engine: LocalEngine, task: Task) -> str:
    return engine.document(task.document_id).source


def test_documents_say_what_they_are_to_others(plans: LocalEngine):
    among = standings(plans)
    known = {one.source: one for one in plans.documents()}
    data = {name: document_data(one, among.get(one.id)) for name, one in known.items()}
    best = known["final.txt"].id
    assert data["final.txt"]["relation"] == "best"
    assert data["final.txt"]["copy_of"] is None
    assert data["draft.txt"]["relation"] == Relation.REVISED.value
    assert {data[name]["copy_of"] for name in ("draft.txt", "spun.txt", "masked.txt")} == {best}
    assert data["other plan.txt"]["cluster"] is None
    words = standing_words(plans.documents(), among)
    assert words[known["draft.txt"].id].startswith(f"修订 {best}《")
    assert words[best].startswith("相近文件共 6 份,以本份为准:")
    lines = ["".join(part for _, part in line) for line in document_lines(plans.documents(), words)]
    assert sum(line.startswith("    副本  ") for line in lines) == 6


def test_answers_and_hits_name_the_copies_on_the_terminal_and_in_json(plans: LocalEngine):
    found = answer(plans, "视频监控安装什么时候完成")
    lines = ["".join(part for _, part in line) for line in answer_lines(found)]
    assert [line[:4].strip() for line in lines if line[:4].strip() in {"同文", "改写", "隐去"}] == [
        "同文",
        "改写",
        "隐去",
    ]
    assert {one["wording"] for one in answer_data(found)["also_in"]} == {
        "same",
        "reworded",
        "masked",
    }
    hit = search_folded(plans, "建筑工地视频监控安装", 1)[0]
    document = plans.document(hit.passage.span.document_id)
    assert len(hit_data(hit, document, 1)["copies"]) == 4
    assert len(hit_lines(1, hit, document)) == 6


def test_a_beir_collections_records_are_not_clustered(tmp_path: Path):
    record = {"title": "通知", "text": CASES["final"]}
    lines = [json.dumps(record | {"_id": name}, ensure_ascii=False) for name in "ab"]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    run_build(collect([tmp_path / "corpus.jsonl"])[0], tmp_path / "home", None)
    engine = LocalEngine.open(tmp_path / "home")
    assert len(engine.documents()) == 2
    assert engine.clusters() == []


def test_the_shipped_speech_with_its_values_is_quoted(engine: LocalEngine):
    found = answer(engine, "PM2.5年均浓度比2015年下降多少")
    assert "2015" in found.text
    assert "20%" in found.text
    assert [one.wording for one in found.also_in] == [Wording.MASKED]

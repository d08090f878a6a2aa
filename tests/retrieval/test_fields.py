"""Fields that only some plans have: who accepts a task, and how it stands."""

from pathlib import Path

import pytest

from bot.indexing import collect, run_build
from bot.render import task_lines
from corpus.records import DeadlineKind
from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.ledger import Selection, select
from retrieval.wire import task_data

LAYOUT = (
    Path(__file__).parents[1]
    / "cases"
    / "layouts"
    / "b_other_labels_with_acceptance_and_status.txt"
)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    home = tmp_path_factory.mktemp("county")
    files, _ = collect([LAYOUT])
    run_build(files, home, None)
    return LocalEngine.open(home)


@pytest.mark.parametrize(
    ("text", "answer", "number", "quote"),
    [
        ("污水处理厂提标改造验收单位是谁", "市住房和城乡建设局", 1, "验收单位：市住房和城乡建设局"),
        ("农村黑臭水体由谁验收", "市水利局", 3, "验收单位：市水利局"),
        ("木器加工企业整改状态", "已完成整改", 2, "整改状态：已完成整改"),
        ("第1项是否销号", "正在推进", 1, "整改状态：正在推进"),
        ("第3项销号了吗", "已销号", 3, "整改状态：已销号"),
    ],
)
def test_acceptance_and_status_are_answered_and_cited(
    county: LocalEngine, text: str, answer: str, number: int, quote: str
):
    found = ask(county, text)[0]
    assert found.text == answer
    assert [task.number for task in found.tasks] == [number]
    assert found.citations[0].quote == quote


def test_how_a_task_stands_is_told_beside_its_deadline(county: LocalEngine):
    found = ask(county, "木器加工企业整改时限")[0]
    assert found.text == "2022年5月底前"
    assert ("状态", "已完成整改") in [(detail.label, detail.text) for detail in found.details]


def test_a_plan_without_a_status_says_so_but_for_what_its_deadline_calls_done(engine: LocalEngine):
    assert ask(engine, "第17项整改状态")[0].text == "文中没有写明"
    assert ask(engine, "第22项整改状态")[0].text == "已整改到位"
    assert ask(engine, "第17项验收单位是谁")[0].text == "文中没有写明"


def test_the_ledger_shows_and_hands_out_acceptance_and_status(county: LocalEngine):
    first = county.tasks()[0]
    data = task_data(first)
    assert (data["acceptance_units"], data["status"]) == (["市住房和城乡建设局"], "正在推进")
    words = ["".join(part for _, part in line) for line in task_lines([first], {})]
    assert "     验收  市住房和城乡建设局" in words
    assert "     状态  正在推进" in words


@pytest.mark.parametrize(
    ("text", "numbers", "quote"),
    [
        ("哪些任务已完成", [2, 3], "整改状态：已完成整改"),
        ("还有哪些任务没完成", [1], "整改状态：正在推进"),
    ],
)
def test_what_is_done_is_listed_by_the_status_and_cited_from_it(
    county: LocalEngine, text: str, numbers: list[int], quote: str
):
    found = ask(county, text)[0]
    assert [task.number for task in found.tasks] == numbers
    assert quote in [citation.quote for citation in found.citations]


def test_the_ledger_selects_what_is_done_by_deadline_or_status(
    county: LocalEngine, engine: LocalEngine
):
    done = Selection(kind=DeadlineKind.DONE)
    assert [task.number for task in select(county.tasks(), done)] == [2, 3]
    assert [task.number for task in select(engine.tasks(), done)] == [22, 23]

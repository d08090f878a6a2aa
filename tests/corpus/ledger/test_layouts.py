"""Lists as different places write them: every field of every task, exactly."""

import json
from datetime import date
from pathlib import Path

import pytest

from corpus.ledger.reading import check_ledger, read_ledger
from corpus.ledger.status import is_done
from tests.corpus.ledger.support import LEFT, UP, as_data, assert_verbatim, document, with_tables

FOLDER = Path(__file__).parents[2] / "cases" / "layouts"
TABLES = json.loads((FOLDER / "tables.json").read_text("utf-8"))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
@pytest.mark.parametrize("change", ["as it is", "crlf", "indented", "half width"])
def test_a_list_of_lines_reads_as_by_hand(path: Path, change: str):
    case = json.loads(path.with_suffix(".json").read_text("utf-8"))
    text = path.read_text("utf-8")
    if change == "crlf":
        text = text.replace("\n", "\r\n")
    elif change == "indented":
        text = "".join(f"\u3000\u3000{line} \n" for line in text.split("\n"))
    elif change == "half width":
        text = text.translate(str.maketrans("：（），；", ":(),;"))
    issued = date.fromisoformat(case["issued_on"]) if case["issued_on"] else None
    whole = document(text, issued_on=issued)
    tasks = read_ledger(whole)
    assert_verbatim(whole, tasks)
    if change == "as it is":
        assert [as_data(task) for task in tasks] == case["tasks"]
    else:
        assert [outline(as_data(task)) for task in tasks] == [outline(t) for t in case["tasks"]]
    assert list(check_ledger(whole, tasks)) == case["issues"]


def outline(task: dict) -> list:
    """What no typography changes: numbers, days, and names in plain characters."""
    plain = str.maketrans("：（），；", ":(),;")
    names = [task["leaders"], task["lead_units"], task["cooperating_units"]]
    days = [one[:2] for one in (task["deadline"], *task["milestones"]) if one]
    return [task["number"], len(task["measures"]), str(names).translate(plain), days]


@pytest.mark.parametrize("name", TABLES)
def test_a_list_that_is_a_table_reads_as_by_hand(name: str):
    case = TABLES[name]
    whole = document(*with_tables(*case["pieces"]))
    tasks = read_ledger(whole)
    assert_verbatim(whole, tasks)
    assert [as_data(task) for task in tasks] == case["tasks"]
    assert list(check_ledger(whole, tasks)) == case["issues"]


def test_the_spans_of_a_row_are_its_cells():
    case = TABLES["one row a task, sections, the head again"]
    whole = document(*with_tables(*case["pieces"]))
    first = read_ledger(whole)[0]
    places = {name: whole.text[span.start : span.end] for name, span in first.spans.items()}
    assert places == {
        "problem": "学习贯彻不深入。",
        "target": "提高认识。",
        "measures": "（1）每月学习1次。\n（2）2022年6月底前轮训完毕。",
        "leaders": "余伟\n市委常委",
        "units": "市委组织部牵头，市委宣传部配合",
        "deadline": "2022年6月底前",
    }


def test_no_deadline_of_a_merged_problem_is_lost():
    case = TABLES["a problem merged over its measures"]
    first = read_ledger(document(*with_tables(*case["pieces"])))[0]
    assert first.deadline is not None
    assert first.deadline.due == date(2023, 6, 30)
    days = [one.text for one in first.milestones]
    assert days == ["每月巡检", "2022年5月底前", "2023年6月底前", "长期坚持"]


def test_lines_within_a_table_are_not_read_twice():
    head = ["序号", "问题", "整改措施", "责任单位", "整改时限"]
    row = ["1", "甲问题。", "整改措施：措施甲。", "责任单位：县水利局", "2022年6月底前"]
    text, tables = with_tables([head, row], "2.乙。\n整改措施：丙。\n责任单位：县民政局\n")
    tasks = read_ledger(document(text, tables))
    assert [(task.number, task.lead_units) for task in tasks][1:] == [(2, ("县民政局",))]
    assert len(tasks) == 2


def test_the_place_of_several_deadlines_is_that_of_the_one_that_holds():
    head = ["序号", "问题", "措施", "责任单位及责任人", "时限"]
    first = ["1", "甲。", "乙。", "市公安局 赵 亮", "2022年5月底前"]
    more = ["", "", "丙。", "镇水利站\n王五、李 四", "2022年9月底前"]
    last = ["", "", "丁。", "市民政局", "按上级\n要求"]
    whole = document(*with_tables([head, first, more, last]))
    (task,) = read_ledger(whole)
    span = task.spans["deadline"]
    assert whole.text[span.start : span.end] == "2022年9月底前"
    assert task.lead_units == ("市公安局", "镇水利站", "市民政局")
    assert [one.name for one in task.leaders] == ["赵亮", "王五", "李四"]
    assert task.inferred == (
        "deadline: 未能识别 (原文: 按上级 要求)",
        "deadline: 原文有2个时限(2022年5月底前、2022年9月底前), 整项取最晚的, 其余作为节点",
    )


def test_headings_above_some_forms_are_their_sections():
    def form(problem: str) -> list[list[str]]:
        return [["问题", problem], ["整改措施", "整治。"], ["责任单位", "县水利局"]]

    pieces = [
        "一、思想认识不到位（2项）",
        form("甲。"),
        form("乙。"),
        "二、推进不力（1项）",
        form("丙。"),
    ]
    tasks = read_ledger(document(*with_tables(*pieces)))
    assert [(task.number, task.section, task.problem) for task in tasks] == [
        (1, "一、思想认识不到位", "甲。"),
        (2, "一、思想认识不到位", "乙。"),
        (3, "二、推进不力", "丙。"),
    ]


def test_of_several_states_the_one_that_is_not_done_counts():
    head = ["序号", "问题", "措施", "责任单位", "时限", "完成情况"]
    first = ["1", "甲。", "1.乙。", "办公室", "2022年4月底前", "已完成"]
    more = [UP, UP, "2.丙。", "党建办", "长期坚持", "正在推进"]
    whole = document(*with_tables([head, first, more]))
    (task,) = read_ledger(whole)
    span = task.spans["status"]
    assert (task.status, whole.text[span.start : span.end]) == ("正在推进", "正在推进")
    assert not is_done(task)
    assert "status: 原文有2处(已完成; 正在推进), 取未完成的, 都完成了取第一处" in task.inferred


def test_short_labels_on_one_line_open_their_fields():
    text = (
        "1、问题：开办时间长。措施：一网通办。责任单位：市行政审批局。责任人：周婷。"
        "时限：2023年6月底。验收单位：市优化办。状态：整改中\n"
        "2、问题：收费不规范。措施：公布清单。责任单位：市发改委。责任人：吴 刚。"
        "时限：2023年9月底。验收单位：市优化办。状态：已销号\n"
    )
    first, second = read_ledger(document(text))
    assert first.problem == "开办时间长。"
    assert first.measures == ("一网通办。",)
    assert [one.name for one in first.leaders] == ["周婷"]
    assert first.deadline is not None
    assert first.deadline.due == date(2023, 6, 30)
    assert (first.acceptance_units, first.status) == (("市优化办",), "整改中")
    assert (second.acceptance_units, second.status) == (("市优化办",), "已销号")


def test_a_name_that_spam_runs_into_stays_and_one_that_is_lost_is_told():
    text = (
        "1.甲。\n整改措施：乙。\n责任领导：王海涛□□（副市长）、李 明□□\n责任单位：市水利局\n"
        "2.丙。\n整改措施：丁。\n责任领导：abc\n责任单位：市水利局\n"
        "3.戊。\n整改措施：己。\n责任领导：无\n责任单位：市水利局\n"
    )
    first, second, third = read_ledger(document(text))
    assert [(one.name, one.post) for one in first.leaders] == [("王海涛", "副市长"), ("李明", "")]
    assert first.inferred == (
        "leaders: 姓名后的广告文字已略去 (现文: 王海涛□□（副市长）、李 明□□)",
    )
    assert second.inferred == ("leaders: 未能识别 (原文: abc)",)
    assert third.inferred == ()


def test_a_role_before_a_label_belongs_to_the_units():
    text = (
        "1.甲。整改目标:乙。整改措施:丙。责任领导:陈 立(副市长)责任单位:市水利局牵头,市司法局配合整改时限:2023年底\n"
        "2.丁。整改目标:戊。整改措施:己。责任领导:陈 立(副市长)责任单位:市水利局牵头整改时限:长期坚持\n"
    )
    first, second = read_ledger(document(text))
    assert (first.lead_units, first.cooperating_units) == (("市水利局",), ("市司法局",))
    assert first.deadline is not None
    assert first.deadline.due == date(2023, 12, 31)
    assert (second.lead_units, second.cooperating_units) == (("市水利局",), ())
    assert second.deadline is not None
    assert second.deadline.text == "长期坚持"


def test_tasks_side_by_side_are_one_each():
    rows = [
        ["序号", "1", "2"],
        ["问题", "甲。", "乙。"],
        ["整改措施", "（1）丙。（2）丁。", "戊。"],
        ["责任单位", "市水利局", LEFT],
        ["整改时限", "2022年6月底前", "长期坚持"],
    ]
    tasks = read_ledger(document(*with_tables(rows)))
    assert [(task.number, task.problem, task.measures, task.lead_units) for task in tasks] == [
        (1, "甲。", ("丙。", "丁。"), ("市水利局",)),
        (2, "乙。", ("戊。",), ("市水利局",)),
    ]
    assert [task.deadline.text for task in tasks if task.deadline] == ["2022年6月底前", "长期坚持"]


def test_a_further_cell_in_a_form_makes_no_second_task():
    rows = [
        ["问题", "甲。", LEFT],
        ["整改措施", "丙。", LEFT],
        ["责任领导", "张建国", "副市长"],
        ["责任单位", "市水利局", LEFT],
    ]
    assert [task.problem for task in read_ledger(document(*with_tables(rows)))] == ["甲。"]

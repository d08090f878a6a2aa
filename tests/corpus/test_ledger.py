from __future__ import annotations

import json
import random
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from corpus.ledger.reading import check_ledger, read_ledger
from corpus.records import DeadlineKind, Document, Edit, Leader, Task

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "tests" / "cases" / "ledger.json").read_text("utf-8"))
FILE = ROOT / "corpus" / "documents" / CASES["source"]
SPAM = "36500365体育在线投注_手机365体育网站经常打不开_365cam浏览器下载APP"
ISSUED = date(2020, 7, 23)
NUMBERS = range(1, 32)
SEED = 20200723


def _clean(raw: str) -> tuple[str, tuple[Edit, ...]]:
    edits, start = [], raw.find(SPAM)
    while start >= 0:
        edits.append(Edit(start, start + len(SPAM), "□□", "spam"))
        start = raw.find(SPAM, start + 1)
    return raw.replace(SPAM, "□□"), tuple(edits)


def _document(text: str, issued_on: date | None = ISSUED) -> Document:
    return Document(id="d", title="t", text=text, raw=text, source="f", issued_on=issued_on)


@pytest.fixture(scope="module")
def plan() -> Document:
    raw = FILE.read_text("utf-8")
    text, edits = _clean(raw)
    assert len(edits) == 5
    return Document(
        id="d", title="t", text=text, raw=raw, source="f", edits=edits, issued_on=ISSUED
    )


@pytest.fixture(scope="module")
def tasks(plan) -> tuple[Task, ...]:
    return read_ledger(plan)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _assert_verbatim(document: Document, tasks: tuple[Task, ...]) -> None:
    """Every span lies in the text and holds its values, but for what `inferred` names."""
    for task in tasks:
        places = {name: document.text[span.start : span.end] for name, span in task.spans.items()}
        for name, span in task.spans.items():
            assert 0 <= span.start < span.end <= len(document.text), name
        concluded = " ".join(task.inferred)
        assert task.problem in places.get("problem", "")
        assert task.target in places.get("target", "")
        assert all(measure in places["measures"] for measure in task.measures)
        for unit in (*task.lead_units, *task.cooperating_units):
            assert unit in places["units"] or unit in concluded
        for leader in task.leaders:
            assert leader.name in _squeezed(places["leaders"])
            assert _squeezed(leader.post) in _squeezed(places["leaders"])
        for deadline in filter(None, (task.deadline, *task.milestones)):
            span = deadline.span
            assert document.text[span.start : span.end] == deadline.text
        if task.deadline:
            assert task.deadline.text in places["deadline"]


# --- the shipped plan, against a reading by hand ----------------------------------------


def test_all_31_tasks_come_out_in_order_and_nothing_is_amiss(plan, tasks):
    assert [task.number for task in tasks] == list(NUMBERS)
    assert [task.id for task in tasks] == [f"d#{number}" for number in NUMBERS]
    assert check_ledger(plan, tasks) == ()


@pytest.mark.parametrize("case", CASES["tasks"], ids=lambda case: str(case["number"]))
def test_a_task_reads_as_by_hand(case, tasks):
    task = tasks[case["number"] - 1]
    begin, end = case["target"]
    assert task.section == case["section"]
    assert task.problem.startswith(case["problem"])
    assert task.target.startswith(begin)
    assert task.target.endswith(end)
    assert len(task.measures) == case["measures"]
    assert [(one.name, one.post) for one in task.leaders] == [
        (name, CASES["posts"][name]) for name in case["leaders"]
    ]
    assert list(task.lead_units) == case["lead_units"]
    assert list(task.cooperating_units) == case["cooperating_units"]
    assert bool(task.inferred) == case["inferred"]


@pytest.mark.parametrize("case", CASES["tasks"], ids=lambda case: str(case["number"]))
def test_a_tasks_days_read_as_by_hand(case, tasks):
    task = tasks[case["number"] - 1]
    assert task.deadline is not None
    due = task.deadline.due.isoformat() if task.deadline.due else None
    assert case["deadline"] == {
        "kind": task.deadline.kind.value,
        "due": due,
        "text": task.deadline.text,
    }
    found = [
        {
            "text": one.text,
            "kind": one.kind.value,
            "due": one.due and one.due.isoformat(),
            "recurrence": one.recurrence,
            "quantity": one.quantity,
        }
        for one in task.milestones
    ]
    blank = {"due": None, "recurrence": None, "quantity": None}
    assert found == [blank | expected for expected in case["milestones"]]


def test_problems_measures_and_targets_are_the_files_own_lines(plan, tasks):
    """Read a second way: by the labels' lines alone, which this file keeps but once."""
    plain = plan.text.replace("长期坚持。杜绝企业", "长期坚持。\n3.杜绝企业")
    pattern = (
        r"^\d+\.(?P<problem>.*)\n整改目标:(?P<target>.*)\n整改措施:\n(?P<measures>[\s\S]*?)\n责任领导:"
        r"(?P<leaders>[\s\S]*?)\n责任单位:(?P<units>.*)\n整改时限:(?P<deadline>.*)"
    )
    blocks = list(re.finditer(pattern, plain, re.MULTILINE))
    assert len(blocks) == 31
    for block, task in zip(blocks, tasks, strict=True):
        places = {name: plan.text[span.start : span.end] for name, span in task.spans.items()}
        lines = block["measures"].split("\n")
        assert (task.problem, task.target) == (block["problem"], block["target"])
        assert task.measures == tuple(re.sub(r"^\(\d\)", "", line) for line in lines)
        assert places["measures"] == f"整改措施:\n{block['measures']}"
        assert places["target"] == f"整改目标:{block['target']}"
        assert places["leaders"] == f"责任领导:{block['leaders']}"
        assert places["units"] == f"责任单位:{block['units']}"
        assert places["deadline"] == f"整改时限:{block['deadline']}"
        assert len(task.leaders) == len(block["leaders"].split("\n"))


def test_every_value_stands_in_its_span(plan, tasks):
    assert all(len(task.spans) == 6 for task in tasks)
    _assert_verbatim(plan, tasks)


def test_spans_hold_label_and_number(plan, tasks):
    def place(number: int, name: str) -> str:
        span = tasks[number - 1].spans[name]
        return plan.text[span.start : span.end]

    assert place(17, "deadline") == "整改时限:2022年年底"
    assert place(17, "problem").startswith("17.农业生产中烤烟用煤")
    assert place(17, "leaders").startswith("责任领导:余 伟 市委常委")
    assert place(17, "measures").startswith("整改措施:\n(1)深入推进电代煤改造工作。")
    assert place(2, "deadline") == "整改时限:立行立改,长期坚持。"


def test_spans_of_fields_never_overlap(tasks):
    spans = sorted((span.start, span.end) for task in tasks for span in task.spans.values())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_the_item_that_lost_its_head_is_read_from_the_line_it_was_fused_into(plan, tasks):
    third = tasks[2]
    assert third.problem == (
        "杜绝企业的产业集群治理工作中等待观望、决心不大,缺乏长远整体规划,没有高质量治理提升方案。"
    )
    span = third.spans["problem"]
    assert plan.text[span.start : span.end] == third.problem
    assert third.inferred == (
        "number: 3 (原文缺少编号, 按前后顺序推定)",
        "problem: 原文接在第2项之后, 没有单独的标题",
    )


def test_the_unit_under_the_spam_is_named_with_the_raw_text_and_the_grounds(tasks):
    grounds = f"市商务局 (原文: 市{SPAM}; 依据: 第8、15、29、30、31项正文所列部门)"
    for number in (8, 15):
        assert tasks[number - 1].inferred == (f"lead_units: {grounds}",)
    for number in (29, 30, 31):
        assert tasks[number - 1].inferred == (f"cooperating_units: {grounds}",)


def test_a_unit_that_the_text_leaves_open_keeps_its_mark():
    text = _item(7, units="市□□牵头,市公安局配合。", measures="(1)加强教育、财政、公安等部门协作。")
    (task,) = read_ledger(_document(text))
    assert task.lead_units == ("市□□",)
    assert task.inferred == (
        "lead_units: 市□□ (原文: 市□□; 依据: 被广告文字覆盖, 据第7项正文无法确定单位)",
    )


@pytest.mark.parametrize("change", ["full width", "indented", "chinese numbers", "point", "crlf"])
def test_typography_does_not_change_the_reading(change, plan, tasks):
    document = _document(_changed(plan.text, change))
    found = read_ledger(document)
    _assert_verbatim(document, found)
    assert check_ledger(document, found) == ()
    assert [_outline(task) for task in found] == [_outline(task) for task in tasks]


def _outline(task: Task) -> tuple[object, ...]:
    units = [
        unit.replace("（", "(").replace("）", ")")
        for unit in (*task.lead_units, *task.cooperating_units)
    ]
    due = task.deadline.due if task.deadline else None
    rhythms = [(one.kind, one.due, one.recurrence) for one in task.milestones]
    names = [leader.name for leader in task.leaders]
    return task.number, len(task.measures), names, units, len(task.lead_units), due, rhythms


def _changed(text: str, change: str) -> str:
    if change == "full width":
        return text.translate(str.maketrans(",:()", "，：（）"))
    if change == "crlf":
        return text.replace("\n", " \r\n")
    lines = text.split("\n")
    if change == "indented":
        return "\n".join(f"\u3000\u3000{line} " for line in lines).replace("整改目标", "整改 目标")
    for index, line in enumerate(lines):
        number, dot, words = line.partition(".")
        if dot and number.isdigit():
            head = f"({_chinese(int(number))})" if change == "chinese numbers" else f"{number}．"
            lines[index] = head + words
    return "\n".join(lines)


def _chinese(number: int) -> str:
    digits = " 一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return f"{digits[tens] if tens > 1 else ''}{'十' if tens else ''}{digits[ones]}".replace(
        " ", ""
    )


# --- damage -----------------------------------------------------------------------------


def test_a_file_cut_anywhere_is_read_as_far_as_it_goes(plan):
    rng = random.Random(SEED)
    for _ in range(50):
        document = _document(plan.text[: rng.randrange(len(plan.text))])
        found = read_ledger(document)
        assert [task.number for task in found] == list(range(1, len(found) + 1))
        _assert_verbatim(document, found)
        check_ledger(document, found)


def test_a_file_that_begins_anywhere_is_read_without_an_error(plan):
    rng = random.Random(SEED)
    for _ in range(50):
        document = _document(plan.text[rng.randrange(len(plan.text)) :])
        found = read_ledger(document)
        _assert_verbatim(document, found)
        assert [task.number for task in found] == list(range(32 - len(found), 32))


def test_a_file_that_lost_lines_is_read_without_an_error(plan):
    rng = random.Random(SEED)
    lines = plan.text.split("\n")
    for _ in range(50):
        kept = [line for line in lines if rng.random() > 0.1]
        document = _document("\n".join(kept))
        found = read_ledger(document)
        _assert_verbatim(document, found)
        assert len({task.id for task in found}) == len(found)
        assert len(found) == 31 or check_ledger(document, found)


# --- small lists ------------------------------------------------------------------------


def _item(number: int, **fields: str) -> str:
    values = {
        "target": "消除隐患。",
        "measures": "\n(1)排查。\n(2)整改。",
        "leaders": "余 伟 市委常委",
        "units": "市公安局牵头,市城管局配合。",
        "deadline": "2021年底前",
    } | fields
    labels = {
        "target": "整改目标",
        "measures": "整改措施",
        "leaders": "责任领导",
        "units": "责任单位",
        "deadline": "整改时限",
    }
    lines = [f"{number}.问题{number}。"]
    lines += [f"{labels[name]}:{value}" for name, value in values.items() if value]
    return "\n".join(lines) + "\n"


def test_a_document_without_labels_has_no_ledger():
    assert (
        read_ledger(_document("一、总体要求\n1.坚持问题导向。\n2.压实责任。\n整改时限要实事求是"))
        == ()
    )
    assert read_ledger(_document("")) == ()


@pytest.mark.parametrize("name", ["000", "001", "002", "003"])
def test_the_other_shipped_files_have_no_ledger(name):
    (path,) = FILE.parent.glob(f"{name}_*.txt")
    assert read_ledger(_document(path.read_text("utf-8"))) == ()


def test_labels_without_a_numbered_head_are_no_ledger():
    assert read_ledger(_document("整改目标:消除隐患。\n整改措施:排查。\n")) == ()


def test_two_sections_keep_their_items_and_their_counts():
    text = f"一、思想认识(1项)\n{_item(1)}二、工作落实(2项)\n{_item(2)}{_item(3)}"
    document = _document(text)
    found = read_ledger(document)
    assert [(task.number, task.section) for task in found] == [
        (1, "一、思想认识"),
        (2, "二、工作落实"),
        (3, "二、工作落实"),
    ]
    assert check_ledger(document, found) == ()


def test_a_count_that_is_not_met_is_told_on_the_task_and_in_the_check():
    document = _document(f"共分解整改任务3项。\n一、思想认识(3项)\n{_item(1)}{_item(2)}")
    found = read_ledger(document)
    assert [task.inferred for task in found] == [(), ("section: 标题写明3项, 读出2项",)]
    assert check_ledger(document, found) == (
        "一、思想认识: 标题写明3项, 读出2项",
        "正文写明共3项, 读出2项",
    )


def test_numbers_that_jump_and_fields_that_lack_are_told():
    document = _document(_item(1, leaders="") + _item(3))
    found = read_ledger(document)
    assert [task.number for task in found] == [1, 3]
    assert check_ledger(document, found) == ("第1项之后是第3项, 编号不连续", "第1项缺少: 责任领导")


@pytest.mark.parametrize("name", ["target", "measures", "leaders", "units", "deadline"])
def test_a_missing_field_is_empty_and_leaves_its_neighbours_alone(name):
    document = _document(_item(1) + _item(2, **{name: ""}) + _item(3))
    found = read_ledger(document)
    assert [task.number for task in found] == [1, 2, 3]
    assert name not in found[1].spans
    assert set(found[1].spans) == set(found[0].spans) - {name}
    assert found[2].spans.keys() == found[0].spans.keys()
    assert found[2].problem == "问题3。"


def test_a_number_given_twice_keeps_both_tasks_apart():
    found = read_ledger(_document(_item(1) + _item(1)))
    assert [task.id for task in found] == ["d#1", "d#1-2"]
    assert found[1].inferred == ("number: 1 (原文编号重复, 第2次出现)",)


def test_a_deadline_that_cannot_be_read_is_told():
    (task,) = read_ledger(_document(_item(1, deadline="按上级要求")))
    assert task.deadline is None
    assert task.inferred == ("deadline: 未能识别 (原文: 按上级要求)",)


def test_a_head_lost_after_a_whole_deadline_line_takes_the_loose_line():
    lost = _item(2).replace("2.问题2。", "问题2。")
    found = read_ledger(_document(_item(1) + lost + _item(3)))
    assert [(task.number, task.problem) for task in found] == [
        (1, "问题1。"),
        (2, "问题2。"),
        (3, "问题3。"),
    ]
    assert found[0].deadline is not None
    assert found[0].deadline.text == "2021年底前"


def test_a_head_lost_without_a_trace_leaves_an_empty_problem_and_says_so():
    lost = _item(2).replace("2.问题2。\n", "")
    found = read_ledger(_document(_item(1) + lost + _item(3)))
    assert [task.number for task in found] == [1, 2, 3]
    assert found[1].problem == ""
    assert "problem" not in found[1].spans
    assert found[1].inferred[1] == "problem: 原文缺失, 没有单独的标题"


def test_labels_inside_prose_are_not_labels():
    text = _item(1, target="明确责任单位:市公安局,整改时限:2030年底前。")
    (task,) = read_ledger(_document(text))
    assert task.target == "明确责任单位:市公安局,整改时限:2030年底前。"
    assert task.lead_units == ("市公安局",)
    assert task.deadline is not None
    assert task.deadline.due == date(2021, 12, 31)


def test_other_labels_and_separate_unit_lines_are_read():
    text = (
        "1、渣土车未密闭。\n工作目标：全部密闭。\n工作措施：加强检查。\n责任人：余伟（市长）\n"
        "牵头单位：市公安局\n配合单位：市城管局、市交通局\n完成时限：2021年6月底前\n"
    )
    (task,) = read_ledger(_document(text))
    assert task.measures == ("加强检查。",)
    assert task.leaders == (Leader("余伟", "市长"),)
    assert task.lead_units == ("市公安局",)
    assert task.cooperating_units == ("市城管局", "市交通局")
    assert task.deadline is not None
    assert task.deadline.due == date(2021, 6, 30)
    span = task.spans["units"]
    assert text[span.start : span.end] == "牵头单位：市公安局\n配合单位：市城管局、市交通局"


@pytest.mark.parametrize(
    ("value", "leaders"),
    [
        ("余 伟 市委常委", [("余伟", "市委常委")]),
        (
            "蒿慧杰 市委书记\n吕 娜 市委常委、组织部部长",
            [("蒿慧杰", "市委书记"), ("吕娜", "市委常委、组织部部长")],
        ),
        ("欧阳 修 市长", [("欧阳修", "市长")]),
        ("市委书记 蒿慧杰", [("蒿慧杰", "市委书记")]),
        ("余伟、乔彦强", [("余伟", ""), ("乔彦强", "")]),
        ("副市长 余伟、乔彦强", [("余伟", "副市长"), ("乔彦强", "副市长")]),
        ("余伟（市委常委）、乔彦强（副市长）", [("余伟", "市委常委"), ("乔彦强", "副市长")]),
        ("余 伟（市委常委、统战部部长）", [("余伟", "市委常委、统战部部长")]),
        ("余伟 乔彦强", [("余伟", ""), ("乔彦强", "")]),
        ("余 伟 乔彦强", [("余伟", ""), ("乔彦强", "")]),
        ("市长余伟", [("余伟", "市长")]),
        ("余伟副市长", [("余伟", "副市长")]),
        ("张书民县长", [("张书民", "县长")]),
        ("局长：余伟", [("余伟", "局长")]),
        ("市长（余伟）", [("余伟", "市长")]),
        ("余伟同志", [("余伟", "")]),
        ("市公安局局长李军信", [("李军信", "市公安局局长")]),
        ("市委常委、副市长 余伟", [("余伟", "市委常委、副市长")]),
        ("市长 余伟 副市长 乔彦强", [("余伟", "市长"), ("乔彦强", "副市长")]),
        ("余伟 市长 乔彦强 副市长", [("余伟", "市长"), ("乔彦强", "副市长")]),
        ("余 伟 市委常委、工商联党组书记", [("余伟", "市委常委、工商联党组书记")]),
        ("吕 娜 市委常委、\n组织部部长", [("吕娜", "市委常委、组织部部长")]),
        ("李长春 市长", [("李长春", "市长")]),
        ("买买提·依明 副市长", [("买买提·依明", "副市长")]),
        ("1.余伟 2.乔彦强", [("余伟", ""), ("乔彦强", "")]),
    ],
)
def test_leaders_are_names_and_posts(value, leaders):
    (task,) = read_ledger(_document(_item(1, leaders=value)))
    assert [(one.name, one.post) for one in task.leaders] == leaders


@pytest.mark.parametrize(
    "post",
    ["市政府分管副市长", "主要领导", "临颍县人民政府县长", "余市长", "组织部部长", "常务副市长"],
)
def test_a_post_without_a_name_is_nobody_and_is_told(post):
    (task,) = read_ledger(_document(_item(1, leaders=f"{post}\n余 伟 市委常委")))
    assert [(one.name, one.post) for one in task.leaders] == [("余伟", "市委常委")]
    assert task.inferred == (f"leaders: 原文只写职务“{post}”",)


def test_units_that_are_not_as_written_are_told():
    (task,) = read_ledger(
        _document(_item(1, units="市财政局等12个部门牵头,源汇区、召陵区人民政府配合"))
    )
    assert task.lead_units == ("市财政局",)
    assert task.cooperating_units == ("源汇区人民政府", "召陵区人民政府")
    assert task.inferred == (
        "lead_units: 市财政局 (原文: 市财政局等12个部门)",
        "cooperating_units: 源汇区人民政府 (原文: 源汇区)",
    )


@pytest.mark.parametrize(
    "heads", ["一、{}\n", "第{}项 ", "第{}项：", "第{}项\n存在问题：", "问题{}：", "任务{} "]
)
@pytest.mark.parametrize("digits", ["chinese", "arabic"])
def test_lists_with_other_heads_are_read(heads, digits):
    names = "一二三" if digits == "chinese" else "123"
    if heads.startswith("一"):
        heads, names = "{}、", "一二三"
    items = [
        _item(index).replace(f"{index}.", heads.format(name), 1)
        for index, name in enumerate(names, start=1)
    ]
    document = _document("关于整改的通知\n" + "".join(items))
    found = read_ledger(document)
    assert [(task.number, task.problem) for task in found] == [
        (1, "问题1。"),
        (2, "问题2。"),
        (3, "问题3。"),
    ]
    _assert_verbatim(document, found)
    assert check_ledger(document, found) == ()


def test_a_list_whose_heads_are_not_known_is_told():
    document = _document("甲:问题。\n整改目标:消除隐患。\n责任单位:市公安局\n整改时限:2021年底前\n")
    assert check_ledger(document, read_ledger(document)) == (
        "有整改目标、责任单位、整改时限等标签, 但没有读出任务: 未见第1项、一、1.等编号",
    )


def test_the_labels_of_other_places_are_read_and_an_acceptance_is_nobodys_unit():
    text = (
        "1.渣土车未密闭。\n整改目标:全部密闭。\n整改措施:加强检查。\n责任人:余伟\n"
        "牵头责任单位:市公安局\n配合责任单位:市城管局\n办理时限:2021年6月底前\n"
        "验收单位:市生态环境局\n"
    )
    (task,) = read_ledger(_document(text))
    assert (task.lead_units, task.cooperating_units) == (("市公安局",), ("市城管局",))
    assert task.deadline is not None
    assert task.deadline.due == date(2021, 6, 30)
    assert "other" not in task.spans


def test_several_labels_on_one_line_are_several_fields():
    line = "责任领导:余伟　责任单位:市公安局 整改时限:2021年6月底前\n"
    text = f"1.渣土车未密闭。\n整改目标:全部密闭。\n整改措施:加强检查。\n{line}"
    (task,) = read_ledger(_document(text))
    assert task.leaders == (Leader("余伟", ""),)
    assert task.lead_units == ("市公安局",)
    assert task.deadline is not None
    assert task.deadline.due == date(2021, 6, 30)


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ("2021年9月\n底前", date(2021, 9, 30)),
        ("2021年\n12月底前", date(2021, 12, 31)),
        ("立行立改\n2021年6月底前完成整改", date(2021, 6, 30)),
        ("第一阶段:2021年6月底前;\n第二阶段:2021年9月底前", date(2021, 9, 30)),
    ],
)
def test_a_deadline_that_runs_over_lines_is_read_whole(value, due):
    document = _document(_item(1, deadline=value) + _item(2))
    found = read_ledger(document)
    assert len(found) == 2
    assert found[0].deadline is not None
    assert (found[0].deadline.text, found[0].deadline.due) == (value, due)
    _assert_verbatim(document, found)


def test_a_day_before_a_longer_term_is_a_milestone():
    (task,) = read_ledger(_document(_item(1, deadline="2020年10月底前开工,6个月内完成")))
    assert task.deadline is not None
    assert (task.deadline.kind, task.deadline.due) == (DeadlineKind.RELATIVE, None)
    assert [(one.text, one.due) for one in task.milestones] == [
        ("2020年10月底前开工", date(2020, 10, 31)),
        ("6个月内完成", None),
    ]


def test_measures_are_cut_at_numbers_in_sequence_only():
    value = "\n(1)按照第(2)款执行。\n(2)见附件(3)。\n(5)不连续。"
    (task,) = read_ledger(_document(_item(1, measures=value)))
    assert task.measures == ("按照第(2)款执行。", "见附件(3)。\n(5)不连续。")


def test_measures_on_one_line_and_words_before_them_are_kept():
    (task,) = read_ledger(_document(_item(1, measures="总体部署。(1)排查;(2)整改。")))
    assert task.measures == ("总体部署。", "排查;", "整改。")


def test_measures_numbered_like_items_are_not_items():
    found = read_ledger(_document(_item(1, measures="\n1.排查。\n2.整改。") + _item(2)))
    assert [task.number for task in found] == [1, 2]
    assert found[0].measures == ("排查。", "整改。")


def test_what_follows_the_last_deadline_belongs_to_no_task():
    document = _document(_item(1) + "抄送:市委办公室\n漯河市人民政府办公室 2020年7月23日印发\n")
    (task,) = read_ledger(document)
    assert task.deadline is not None
    assert task.deadline.text == "2021年底前"
    assert max(span.end for span in task.spans.values()) == document.text.index("\n抄送")


def test_a_deadline_with_stages_gives_them_as_milestones():
    value = "2021年6月底前完成排查,2022年底前完成整改"
    (task,) = read_ledger(_document(_item(1, deadline=value)))
    assert task.deadline is not None
    assert (task.deadline.kind, task.deadline.due) == (DeadlineKind.FIXED, date(2022, 12, 31))
    assert [(one.text, one.due) for one in task.milestones] == [
        ("2021年6月底前完成排查", date(2021, 6, 30)),
        ("2022年底前完成整改", date(2022, 12, 31)),
    ]


def test_labels_that_follow_sentences_on_one_line_are_read():
    text = (
        "整改任务清单\n"
        "1、重型货车管控不到位，底数不清。整改目标：完成底数排查。完成时限：2022年9月30日。"
        "牵头单位：市公安局。配合单位：市交通运输局。责任人：孙涛。\n"
        "2．散煤复燃。整改目标：清零。完成时限：2022年底；牵头单位：市生态环境局；责任人：王军。\n"
    )
    document = Document("d", "t", text, text, "f", issued_on=date(2022, 3, 1))
    tasks = read_ledger(document)
    assert [task.number for task in tasks] == [1, 2]
    assert [str(task.deadline.due) for task in tasks] == ["2022-09-30", "2022-12-31"]
    assert [task.lead_units for task in tasks] == [("市公安局",), ("市生态环境局",)]

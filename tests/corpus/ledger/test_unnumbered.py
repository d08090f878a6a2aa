import pytest

from corpus.ledger.reading import read_ledger
from corpus.records import Task
from tests.corpus.ledger.support import document

FIELDS = "整改措施：整改。\n责任单位：县水利局\n整改时限：2022年6月底前\n"


def _read(text: str) -> tuple[Task, ...]:
    return read_ledger(document(text))


def test_items_begin_where_the_first_field_comes_again():
    tasks = _read(f"问题：甲。\n{FIELDS}\n问题：乙。\n{FIELDS}")
    assert [(task.number, task.problem) for task in tasks] == [(1, "甲。"), (2, "乙。")]
    assert tasks[1].inferred == ("number: 2 (原文没有编号, 按顺序编定)",)


def test_the_line_above_the_first_field_is_the_title_of_its_item():
    tasks = _read(f"整改台账\n河道不清\n{FIELDS}堤防失修\n{FIELDS}")
    assert [(task.number, task.problem) for task in tasks] == [(1, "河道不清"), (2, "堤防失修")]
    assert [task.lead_units for task in tasks] == [("县水利局",), ("县水利局",)]


def test_a_number_alone_on_the_line_above_is_read():
    tasks = _read(f"1\n存在问题：甲。\n{FIELDS}2\n存在问题：乙。\n{FIELDS}")
    assert [(task.number, task.problem, task.inferred) for task in tasks] == [
        (1, "甲。", ()),
        (2, "乙。", ()),
    ]


def test_a_single_task_must_lack_nothing():
    assert [task.problem for task in _read(f"存在问题：甲。\n{FIELDS}")] == ["甲。"]
    assert _read("存在问题：甲。\n整改措施：整改。\n责任单位：县水利局\n") == ()
    assert _read(FIELDS) == ()


@pytest.mark.parametrize(
    ("foot", "units"),
    [
        ("2022年3月1日", ("县水利局",)),
        ("二〇二二年三月一日", ("县水利局",)),
        ("县政府办公室\n2022年3月1日", ("县水利局",)),
        ("县政府办公室", ("县水利局", "县政府办公室")),
    ],
)
def test_the_foot_of_a_paper_is_no_unit(foot, units):
    text = f"1.甲。\n整改措施：整改。\n整改时限：2022年6月底前\n责任单位：县水利局\n{foot}\n"
    assert _read(text)[0].lead_units == units


def test_a_day_that_a_measure_is_broken_at_is_its_own():
    text = "1.甲。\n责任单位：县水利局\n整改时限：2022年底\n整改措施：务于\n2022年9月18日\n前完成。"
    assert _read(text)[0].measures == ("务于\n2022年9月18日\n前完成。",)


@pytest.mark.parametrize(
    ("value", "leaders", "units"),
    [
        (
            "区委常委、副区长高翔，区水利局",
            [("高翔", "区委常委、副区长")],
            ("区水利局",),
        ),
        ("市公安局局长张伟", [("张伟", "市公安局局长")], ("市公安局",)),
        ("市公安局 张伟", [("张伟", "")], ("市公安局",)),
    ],
)
def test_a_field_of_units_and_leaders_holds_both(value, leaders, units):
    text = f"1.甲。\n整改措施：整改。\n牵头领导及单位：{value}\n整改时限：2022年6月底前\n"
    (task,) = _read(text)
    assert [(one.name, one.post) for one in task.leaders] == leaders
    assert task.lead_units == units


def test_who_answers_beside_those_who_lead_cooperates_unless_others_do():
    head = "1.甲。\n整改措施：整改。\n牵头单位：县水利局\n责任单位：各乡镇\n"
    (task,) = _read(f"{head}整改时限：2022年底\n")
    assert (task.lead_units, task.cooperating_units) == (("县水利局",), ("各乡镇",))
    (task,) = _read(f"{head}配合单位：县财政局\n整改时限：2022年底\n")
    assert (task.lead_units, task.cooperating_units) == (("县水利局", "各乡镇"), ("县财政局",))

import pytest

from corpus.ledger.reading import check_ledger, read_ledger
from tests.corpus.ledger.support import document


def _item(number: int, *, leaders: bool = True) -> str:
    people = "责任领导：余伟\n" if leaders else ""
    return f"{number}.问题{number}。\n整改措施：整改。\n{people}责任单位：市公安局\n整改时限：2022年底前\n"


def _issues(text: str) -> tuple[str, ...]:
    whole = document(text)
    return check_ledger(whole, read_ledger(whole))


def _items(*numbers: int) -> str:
    return "".join(_item(number) for number in numbers)


@pytest.mark.parametrize(
    "head",
    ["共3项", "共计3项", "（共3项）", "分解整改任务三项", "反馈5个问题,分解任务3项", "(共3个问题)"],
)
def test_a_total_that_is_met_says_nothing(head):
    assert _issues(f"整改任务清单{head}\n{_items(1, 2, 3)}") == ()


@pytest.mark.parametrize("head", ["共4项", "共计四项", "共分解整改任务2个方面4项"])
def test_a_total_that_is_not_met_is_told(head):
    assert _issues(f"整改任务清单{head}\n{_items(1, 2, 3)}") == ("正文写明共4项, 读出3项",)


def test_a_count_over_counted_sections_is_that_of_them_all():
    text = (
        f"一、思想方面(3项)\n（一）学习(2项)\n{_items(1, 2)}（二）作风(1项)\n{_items(3)}"
        f"二、工作方面(2项)\n（一）落实(1项)\n{_items(4)}"
    )
    assert _issues(text) == ("二、工作方面: 标题写明2项, 读出1项",)


def test_numbers_may_begin_anew_with_a_section_only():
    anew = f"一、思想方面\n{_items(1, 2)}二、工作方面\n{_items(1)}"
    assert _issues(anew) == ()
    tasks = read_ledger(document(anew))
    assert [task.id for task in tasks] == ["d#1", "d#2", "d#1-2"]
    assert [task.inferred for task in tasks] == [(), (), ()]
    assert _issues(_items(1, 2, 1)) == ("第2项之后是第1项, 编号不连续",)


def test_a_field_that_hardly_any_task_has_is_not_missed():
    text = _item(1) + "".join(_item(number, leaders=False) for number in (2, 3, 4))
    assert _issues(text) == ()
    text = _items(1, 2, 3) + _item(4, leaders=False)
    assert _issues(text) == ("第4项缺少: 责任领导",)


def test_a_count_may_be_that_of_the_headings_below():
    text = f"一、责任方面（2个）\n（一）监测\n{_items(1, 2)}（二）帮扶\n{_items(3)}"
    assert _issues(text) == ()


def test_a_table_whose_cells_were_lost_is_told():
    text = (
        "整改清单\n序号 问题    整改措施    责任单位    整改时限\n"
        "1   散煤治理不  双替代。    市农业农    2022年\n到位。    村局    底前\n"
    )
    told = (
        "有表头“序号 问题 整改措施 责任单位 整改时限”, 但没有读出任务: 表格没有框线, 或格式已丢失"
    )
    assert _issues(text) == (told,)
    assert _issues("整改措施要落实，责任单位要明确，整改时限要具体，整改目标要清楚。\n") == ()

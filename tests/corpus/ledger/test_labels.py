import pytest

from corpus.ledger.cutting import cut_line
from corpus.ledger.labels import Field, label_of, match_label, may_hold_list


def cut(words: str) -> list[str]:
    return [words[start:end] for start, end in cut_line(words)]


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        ("责任领导:余伟 责任单位:市公安局", ["责任领导:余伟 ", "责任单位:市公安局"]),
        ("整改目标：清零。责任单位：市公安局", ["整改目标：清零。", "责任单位：市公安局"]),
        ("1.甲。整改目标：乙。", ["1.甲。", "整改目标：乙。"]),
        (
            "整改目标:甲整改措施:乙责任单位:丙整改时限:丁",
            ["整改目标:甲", "整改措施:乙", "责任单位:丙", "整改时限:丁"],
        ),
        ("【整改目标】甲。【责任单位】乙", ["【整改目标】甲。", "【责任单位】乙"]),
        ("整改目标:明确责任单位:甲,整改时限:乙。", ["整改目标:明确责任单位:甲,整改时限:乙。"]),
        ("要逐项明确整改目标、整改措施、责任单位：", ["要逐项明确整改目标、整改措施、责任单位："]),
        ("具体要求是。整改目标：要高。", ["具体要求是。整改目标：要高。"]),
        ("没有标签的一行。", ["没有标签的一行。"]),
        (
            "1.修路。（牵头单位：县交通局（公路段）；完成时限：6月底前）。",
            ["1.修路。", "牵头单位：县交通局（公路段）", "完成时限：6月底前"],
        ),
        ("1.修路（见附件：图）。", ["1.修路（见附件：图）。"]),
        (
            "①修路；（牵头单位：县交通局）②架桥。（牵头单位：县水利局；完成时限：6月底）",
            ["①修路；", "牵头单位：县交通局", "②架桥。", "牵头单位：县水利局", "完成时限：6月底"],
        ),
        ("推进（责任单位：县局）的工作。", ["推进（责任单位：县局）的工作。"]),
        (
            "整改要求：停工。责任单位：甲公司；监管单位：乙局；整改期限：5月底。",
            ["整改要求：停工。", "责任单位：甲公司；", "监管单位：乙局；", "整改期限：5月底。"],
        ),
        ("", [""]),
    ],
)
def test_a_line_is_cut_before_the_labels_it_holds(words, pieces):
    assert cut(words) == pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("整改目标:甲\n责任单位:乙", True),
        ("整 改 目 标:甲\n责任\u3000单位:乙", True),
        ("措施:甲\n时限:乙", True),
        ("采取措施解决问题,明确目标和时限。", False),
        ("整改目标:甲", False),
        ("责任人应当采取措施。", False),
        ("", False),
    ],
)
def test_a_text_without_the_words_of_a_list_is_told_at_once(text, expected):
    assert may_hold_list(text) is expected


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("整改时限：甲", Field.DEADLINE),
        ("（三）整 改 时 限：甲", Field.DEADLINE),
        ("【责任单位】甲", Field.UNITS),
        ("市级牵头领导：甲", Field.LEADERS),
        ("牵头单位主要负责人：甲", Field.LEADERS),
        ("县级责任单位：甲", Field.UNITS),
        ("计划完成日期：甲", Field.DEADLINE),
        ("验收完成时间：甲", Field.OTHER),
        ("责任校领导：甲", Field.LEADERS),
        ("包抓领导：甲", Field.LEADERS),
        ("责任科室：甲", Field.UNITS),
        ("协同部门：甲", Field.COOPERATING_UNITS),
        ("牵头领导及单位：甲", Field.PARTIES),
        ("责任领导及责任科室：甲", Field.PARTIES),
        ("办理措施：甲", Field.MEASURES),
        ("整改内容及措施：甲", Field.MEASURES),
        ("行业监管部门：甲", Field.OTHER),
        ("督办责任人：甲", Field.OTHER),
        ("整改结果：甲", Field.STATUS),
        ("加强组织领导：甲", None),
        ("各责任单位：", None),
        ("整改时限甲", None),
    ],
)
def test_a_label_is_one_that_is_known_or_put_together_of_such_words(words, field):
    match = match_label(words)
    assert (label_of(match) if match else None) is field


def test_a_long_line_of_labels_takes_linear_time():
    line = "1.甲。整改目标：乙整改措施：丙，责任单位：丁整改时限：戊" * 4000
    assert len(cut_line(line)) > 4000

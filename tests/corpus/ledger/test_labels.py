from itertools import pairwise

import pytest

from corpus.ledger.labels import cut_labels, may_hold_list


def cut(words: str) -> list[str]:
    places = [0, *cut_labels(words), len(words)]
    return [words[a:b] for a, b in pairwise(places)]


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

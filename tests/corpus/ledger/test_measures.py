import pytest

from corpus.ledger.measures import cut_measures


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        ("(1)甲。(2)乙。", ["甲。", "乙。"]),
        ("（1） 甲。\n（2） 乙。", ["甲。", "乙。"]),
        ("1.甲。\n2.2022年8月底前乙。", ["甲。", "2022年8月底前乙。"]),
        ("1、3家企业停产；2、5家企业搬迁。", ["3家企业停产；", "5家企业搬迁。"]),
        ("1.投资2.5亿元。", ["投资2.5亿元。"]),
        ("①甲；②乙；③丙。", ["甲；", "乙；", "丙。"]),
        ("1)甲;2)乙。", ["甲;", "乙。"]),
        ("（一）甲。（二）乙。", ["甲。", "乙。"]),
        ("一是甲；二是乙；三是丙。", ["甲；", "乙；", "丙。"]),
        ("一是一次规范，稳步推进。", ["一是一次规范，稳步推进。"]),
        ("第一，甲。第二，乙。", ["甲。", "乙。"]),
        ("总体部署：一是甲，二是乙。", ["总体部署：", "甲，", "乙。"]),
        ("1.甲：(1)子；(2)丑。\n2.乙。", ["甲：(1)子；(2)丑。", "乙。"]),
        ("(1)甲。一是子。二是丑。\n(2)乙。", ["甲。一是子。二是丑。", "乙。"]),
        ("(1)甲。\n— 12 —\n(2)乙。", ["甲。", "乙。"]),
        ("按照第(1)项办理。", ["按照第(1)项办理。"]),
        ("加强巡查。", ["加强巡查。"]),
        ("", []),
    ],
)
def test_measures_are_cut_at_their_own_numbering(text, measures):
    assert [text[start:end] for start, end in cut_measures(text, 0, len(text))] == measures


def test_numbers_go_on_in_a_second_part():
    text = "(3)丙。(4)丁。"
    assert [text[a:b] for a, b in cut_measures(text, 0, len(text), after=2)] == ["丙。", "丁。"]
    assert cut_measures(text, 0, len(text), after=5) == [(0, len(text))]

"""A letter's end heads nothing; the plan it prints stands under its own title."""

from corpus.reading import read_documents
from corpus.structure.letters import read_letter

LETTER = """关于印发重污染天气应急预案的通知
各县区人民政府：
现将预案印发给你们，请认真执行。
附件：1.成员单位职责
2.减排措施清单
漯河市人民政府
2021年11月10日
（此件公开发布）
漯河市重污染天气
应急预案
一、总则
为有效应对重污染天气，制定本预案。
附件1
成员单位职责
二、监测
"""


def headings(text: str) -> dict[str, tuple[str, ...]]:
    return {one.text.split("\n")[-1]: one.heading for one in read_documents(text, "a").passages}


def test_the_end_of_a_letter_reaches_from_the_list_of_attachments_to_the_day() -> None:
    letter = read_letter(LETTER)
    assert letter is not None
    assert LETTER[letter.start : letter.end].startswith("附件：1.")
    assert LETTER[letter.start : letter.end].endswith("2021年11月10日")
    assert letter.title == "漯河市重污染天气应急预案"
    assert LETTER[letter.title_start : letter.title_end] == "漯河市重污染天气\n应急预案"


def test_the_list_of_attachments_heads_nothing_and_the_plan_all_that_is_its_own() -> None:
    found = headings(LETTER)
    assert found["（此件公开发布）"] == ()
    plan = "漯河市重污染天气应急预案"
    assert found["为有效应对重污染天气，制定本预案。"] == (plan, "一、总则")
    assert found["二、监测"] == ("附件1", "二、监测")


def test_a_text_without_a_signature_is_no_letter() -> None:
    assert read_letter("扬尘治理方案\n一、总体要求\n请认真执行。\n") is None


def test_a_letter_that_prints_nothing_has_no_title_below() -> None:
    letter = read_letter("关于值班的通知\n各单位：\n请值班。\n某某市应急局\n2021年1月2日\n")
    assert letter is not None
    assert letter.title == ""

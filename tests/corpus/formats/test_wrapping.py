"""Plain text broken at a fixed width is put together; what only looks like it stays."""

import unicodedata

import pytest

from corpus.edits import Revision, revise
from corpus.formats.plain import read_plain
from corpus.formats.wrapping import find_wraps

PARAGRAPHS = (
    "为切实做好省生态环境保护督察反馈问题整改工作,推动生态环境质量持续改善,结合我市实际,制定本方案。",
    "一、总体要求",
    "坚持问题导向,对照督察反馈的5个方面23项问题逐条细化整改措施,2024年6月底前完成80%排污口整治,2025年底前全部完成。",
    "1.城东污水处理厂超负荷运行,每日约1.2万吨污水直排清水河,群众反映强烈。",
    "整改措施:(1)2023年10月底前完成可研批复。(2)加快施工进度,2024年6月底前建成投运,新增处理能力3万吨。",
    "责任单位:市水利局、市生态环境局牵头,市农业农村局、各县(市、区)人民政府配合。",
    "整改时限:2024年6月底",
    "各级各部门要提高政治站位,压实工作责任,加强协调联动,形成工作合力,确保各项任务按期完成,并定期报告进展情况。",
)


def columns(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in words)


def broken(paragraph: str, width: int, measure) -> str:
    lines = [""]
    for letter in paragraph:
        if measure(lines[-1] + letter) > width:
            lines.append("")
        lines[-1] += letter
    return "\n".join(lines)


def joined(text: str) -> str:
    return revise(Revision(text, text), find_wraps(text)).text


@pytest.mark.parametrize("indent", ["　　", "    "])
@pytest.mark.parametrize(("width", "measure"), [(30, len), (34, len), (60, columns), (50, columns)])
def test_paragraphs_set_in_are_put_together(indent: str, width: int, measure):
    text = "\n".join(broken(indent + words, width, measure) for words in PARAGRAPHS)
    assert joined(text) == "\n".join(indent + words for words in PARAGRAPHS)


def test_without_indents_a_stop_or_a_mark_begins_a_paragraph():
    text = "\r\n".join(broken(words, 28, len).replace("\n", "\r\n") for words in PARAGRAPHS)
    assert joined(text) == "\r\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(PARAGRAPHS),
        "\n".join(["床前明月光疑是地上霜举头望明月低头思故乡今夜无人入眠"] * 3 + ["短"] * 9),
        "\n".join(f"第{n}项 整改工作进展情况报告及有关材料目录汇总……………{n}" for n in range(10, 30)),
        "\n".join(f"{n}.市水利局牵头,市农业农村局、市财政局按职责配合实施" for n in range(10, 30)),
        "\n".join("责任单位:市水利局牵头市农业农村局与市财政局等配合" for _ in range(20)),
        "姓名\t单位\t电话\n" + "张三\t市水利局农村水利科负责同志办公室\t0797-1234567\n" * 20,
    ],
)
def test_lines_that_are_whole_stay(text: str):
    assert read_plain(text).edits == ()


def test_latin_words_are_parted_by_a_blank():
    line = "根据有关要求,各单位都应当使用统一的 Office"
    text = "\n".join([line, "Word 软件编制整改材料,并按时报送市整改办汇总审核"] * 6)
    assert "统一的 Office Word 软件" in joined(text)

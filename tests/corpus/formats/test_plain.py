import pytest

from corpus.edits import apply_edits
from corpus.formats.plain import read_markdown, read_plain
from corpus.formats.records import RawText


def cells(raw: RawText, table: int = 0) -> list[list[str]]:
    return [
        [raw.text[cell.start : cell.end] for cell in row.cells] for row in raw.tables[table].rows
    ]


def clean(text: str) -> str:
    raw = read_markdown(text)
    assert raw.text == text
    return apply_edits(raw.text, raw.edits)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_rows_of_tabs_are_a_table(newline: str):
    text = newline.join(
        ["方案", "序号\t任务\t时限", "1\t甲\t2020年底", "2\t\t2021年底", "", "正文"]
    )
    raw = read_plain(text)
    assert cells(raw) == [["序号", "任务", "时限"], ["1", "甲", "2020年底"], ["2", "", "2021年底"]]
    assert (raw.text, raw.edits) == (text, ())


def test_a_quoted_cell_holds_line_ends():
    raw = read_plain('序号\t措施\n1\t"1.甲\n2.乙"\n2\t"丙"\n')
    assert cells(raw) == [["序号", "措施"], ["1", "1.甲\n2.乙"], ["2", '"丙"']]


def test_tables_of_other_widths_are_others():
    raw = read_plain("甲\t乙\n1\t2\n3\t4\n丙\t丁\t戊\n1\t2\t3\n4\t5\t6")
    assert [cells(raw, 0)[0], cells(raw, 1)[0]] == [["甲", "乙"], ["丙", "丁", "戊"]]


@pytest.mark.parametrize(
    "text",
    [
        "序号\t任务\n1\t甲",  # a head and one row may be anything
        "\t第一段\n\t第二段\n\t第三段",
        "一、总体要求\t1\n二、重点任务\t3\n三、保障措施\t9",
        "没有制表符\n的几行\n文字",
        "2020年\t10\t20\n2021年\t30\t40\n2022年\t50\t60",
    ],
)
def test_tabs_that_only_indent_or_lead_to_page_numbers_are_no_table(text: str):
    assert read_plain(text).tables == ()


PIPES = "| 序号 | 任务 | 单位|\n|---|:-:|--:|\n| 1 | 甲<br>乙 | 市局 |\n| 2 || 市委 |\n|3|丙\n"


def test_a_pipe_table_is_one_without_its_rule():
    raw = read_markdown(PIPES)
    assert cells(raw) == [
        ["序号", "任务", "单位"],
        ["1", "甲<br>乙", "市局"],
        ["2", "", "市委"],
        ["3", "丙", ""],
    ]
    assert clean(PIPES) == "序号\t任务\t单位\n1\t甲\n乙\t市局\n2\t\t市委\n3\t丙\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# 整改方案\n", "整改方案\n"),
        ("## 一、总体要求 ##\n", "一、总体要求\n"),
        ("#没有空格不是标题\n", "#没有空格不是标题\n"),
        ("- 甲\n* 乙\n+ 丙\n  - 丁\n", "甲\n乙\n丙\n  丁\n"),
        ("1. 甲\n2. 乙\n", "1. 甲\n2. 乙\n"),
        ("> 引文\n>> 再引\n", "引文\n再引\n"),
        ('见[通知](https://a.cn/b "题")和![图](a.png)\n', "见通知和图\n"),
        ("漯发[2020](13)号\n", "漯发[2020](13)号\n"),
        ("甲\n\n---\n\n乙\n", "甲\n\n\n\n乙\n"),
        ("-5℃以下\n", "-5℃以下\n"),
        ("达到**%,- 不是列表\n", "达到**%,- 不是列表\n"),
        ("```\n# 码 | a\n|---|\n- x\n```\n# 后\n", "```\n# 码 | a\n|---|\n- x\n```\n后\n"),
        ("a | b\n普通一行\n", "a | b\n普通一行\n"),
        ("> ## 引中标题\n", "引中标题\n"),
        ("1\\.每日约1\\.2万吨\n", "1.每日约1.2万吨\n"),
        ("<b>整改目标:</b>完成。<br>下一行\n", "整改目标:完成。\n下一行\n"),
        ('<span style="color:red">整改时限</span>:2023年底\n', "整改时限:2023年底\n"),
        ("__整改目标__:完成。\n", "整改目标:完成。\n"),
        ("____年__月__日,于__月__前\n", "____年__月__日,于__月__前\n"),
        ("当a<b且c>d时,C:\\文件不变\n", "当a<b且c>d时,C:\\文件不变\n"),
        (
            "| 序号 | 措<b>施</b> |\n|---|---|\n| 1 | 甲\\.乙<br>丙 |\n",
            "序号\t措施\n1\t甲.乙\n丙\n",
        ),
    ],
)
def test_marks_are_edits_and_words_stay(text: str, words: str):
    assert clean(text) == words


def test_front_matter_is_no_text_and_names_the_document():
    text = '---\ntitle: "整改方案"\ntags: [a]\n---\n# 标题\n'
    assert clean(text) == "标题\n"
    assert read_markdown(text).title == "整改方案"

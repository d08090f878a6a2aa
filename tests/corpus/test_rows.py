from corpus.formats.plain import read_plain
from corpus.passages import cut_passages
from corpus.records import Document, Passage
from corpus.rows import row_ranges


def passages(text: str) -> list[Passage]:
    tables = read_plain(text).tables
    return list(cut_passages(Document("d", "名单", text, text, "f", tables=tables), ()))


PEOPLE = "攻坚办联系人\n姓名\t单位\t电话\n张三\t市环保局\t3131313\n李四\t市住建局\t3131314\n会后\n"


def test_each_row_is_a_passage_that_knows_its_heading_row():
    found = passages(PEOPLE)
    assert [passage.text for passage in found] == [
        "攻坚办联系人",
        "姓名\t单位\t电话",
        "张三\t市环保局\t3131313",
        "李四\t市住建局\t3131314",
        "会后",
    ]
    assert [passage.context for passage in found] == [
        "名单",
        "名单",
        "名单 姓名 单位 电话",
        "名单 姓名 单位 电话",
        "名单",
    ]


def test_a_long_row_is_cut_between_cells_and_a_long_cell_between_sentences():
    short, long = "甲" * 200, "一二三四五六七八九。" * 50
    found = passages(f"序号\t任务\t措施\n{short}\t{short}\t乙\n1\t{long}\t丙\n")
    texts = [passage.text for passage in found]
    assert texts[1:3] == [short, f"{short}\t乙"]
    assert texts[3] == "1"
    assert "".join(texts[4:-1]) == long
    assert all(text.endswith("。") for text in texts[4:-1])
    assert texts[-1] == "丙"


def test_a_cell_over_rows_is_told_in_each_and_begins_in_the_first():
    from corpus.formats.docx import read_docx
    from tests.corpus.formats.words import docx, tbl, tc

    raw = read_docx(
        docx(
            tbl(
                ["类别", "任务"],
                [tc("大气", merge="restart"), "散煤"],
                [tc("", merge="continue"), "扬尘"],
                [tc("水", span=2)],
            )
        ),
        "f",
    )
    rows = row_ranges(raw.text, raw.tables)
    assert [(raw.text[row.start : row.end], row.words, row.is_heading) for row in rows] == [
        ("类别\t任务", "", False),
        ("大气\t散煤", "类别 任务", False),
        ("扬尘", "类别 任务 大气", False),
        ("水", "类别 任务", True),
    ]

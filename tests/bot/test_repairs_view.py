"""What `gongjian documents ID --edits` shows."""

import re

import pytest

from bot.repairs_view import edit_lines, reason_words
from corpus.edits import Revision, revise
from corpus.reading import read_documents
from corpus.records import Document, Edit, Page


def plain(document: Document) -> list[str]:
    return ["".join(words for _, words in line) for line in edit_lines(document)]


def mended(raw: str, *edits: Edit, raw_start: int = 0, pages: tuple[Page, ...] = ()) -> Document:
    revision = revise(Revision(raw, raw), edits)
    return Document(
        id="d",
        title="通知",
        text=revision.text,
        raw=raw,
        source="a.txt",
        raw_start=raw_start,
        edits=revision.edits,
        pages=pages,
    )


def test_edits_side_by_side_are_one_change_and_near_ones_share_a_line():
    document = mended(
        "召開會(hui)議,研究工作",
        Edit(1, 2, "开", "traditional"),
        Edit(2, 3, "会", "traditional"),
        Edit(3, 8, "", "pinyin"),
        Edit(8, 9, "议", "traditional"),
        raw_start=100,
    )
    *summary, empty, change = plain(document)
    assert summary[0] == "通知  (a.txt)"
    assert summary[1] == "共 4 处修正,原文 14 字,改后 9 字;每一处都记录在案,可以还原。"
    assert summary[2] == "  繁体字　　　    3 处  開→开、會→会、議→议"
    assert summary[3] == "  混入的拼音　    1 处  删去“(hui)”"
    assert empty == ""
    assert change == "    101  繁体字、混入的拼音  召[開會(hui)議→开会议],研究工作"


def test_changes_far_apart_and_those_of_other_lines_stand_by_themselves():
    far = "一" * 30
    document = mended(
        f"癿{far}癿\n癿",
        Edit(0, 1, "的", "glyph"),
        Edit(31, 32, "的", "glyph"),
        Edit(33, 34, "的", "glyph"),
    )
    assert plain(document)[-3:] == [
        f"      0  字体错字  [癿→的]{'一' * 10}",
        f"     31  字体错字  {'一' * 10}[癿→的]",
        "     33  字体错字  [癿→的]",
    ]


def test_a_long_deletion_is_shown_by_its_ends():
    document = mended("首页" * 100 + "正文", Edit(0, 200, "", "page furniture"))
    last = plain(document)[-1]
    assert last == f"      0  页面外围  [{'首页' * 15}…(共200字)…{'首页' * 15}→]正文"


def test_the_page_is_named_where_it_is_known():
    document = mended(
        "第一页。癿\n第二页。癿",
        Edit(4, 5, "的", "glyph"),
        Edit(10, 11, "的", "glyph"),
        pages=(Page(1, 0), Page(2, 6)),
    )
    assert [line[:13] for line in plain(document)[-2:]] == ["第1页       4  ", "第2页      10  "]


def test_where_lines_end_is_counted_and_listed_only_beside_other_changes():
    document = mended(
        f"第一行\r\n{'一' * 30}\r\n癿",
        Edit(3, 5, "\n", "newline"),
        Edit(35, 37, "\n", "newline"),
        Edit(37, 38, "的", "glyph"),
    )
    *summary, change = plain(document)
    assert summary[2].endswith("␍⏎→⏎ 2次(只是排版,下面不逐处列出;--json 列出全部)")
    assert change.endswith("[␍⏎癿→⏎的]")


def test_a_document_without_repairs_says_so():
    assert plain(mended("正文"))[1] == "没有修正:正文与原文一字不差。"


@pytest.mark.parametrize("copies", [1, 3])
def test_what_is_shown_leads_from_the_raw_words_to_the_clean_ones(copies: int):
    raw = "\n".join(["市政府召開會(hui)議(yi)強(qiang)調污染防治工作。"] * copies)
    document = read_documents(raw, "a.txt").documents[0]
    shown = [line.split("  ")[-1] for line in plain(document) if "→" in line and "[" in line]
    assert len(shown) == copies
    for line in shown:
        assert re.sub(r"\[(.*?)→.*?\]", r"\1", line) in raw
        assert re.sub(r"\[.*?→(.*?)\]", r"\1", line) in document.text


def test_every_reason_has_words_and_joined_ones_have_each():
    assert reason_words("pinyin+traditional") == "混入的拼音、繁体字"

import io
import zipfile

import pytest

from corpus.edits import apply_edits
from corpus.errors import LoadError
from corpus.formats.docx import read_docx
from corpus.formats.files import raw_text
from corpus.formats.numbering import number_words
from corpus.formats.records import RawText
from tests.corpus.formats.words import docx, levels, num, p, tbl, tc

PLAN = levels(("chineseCounting", "%1、"), ("chineseCounting", "(%2)"), ("decimal", "%3."))


def read(body: str, **parts: str) -> RawText:
    return read_docx(docx(body, **parts), "方案.docx")


def clean(raw: RawText) -> str:
    return apply_edits(raw.text, raw.edits)


def cells(raw: RawText, table: int = 0) -> list[list[str]]:
    return [
        [raw.text[cell.start : cell.end] for cell in row.cells] for row in raw.tables[table].rows
    ]


def test_automatic_numbers_are_read_as_word_shows_them():
    body = "".join(
        p(text, numbered=(1, depth))
        for text, depth in [
            ("总体要求", 0), ("工作目标", 1), ("压减燃煤", 2), ("压减散煤", 2), ("基本原则", 1), ("完善机制", 2),
            ("主要任务", 0), ("严控扬尘", 1),
        ]
    )  # fmt: skip
    assert read(body, numbering=PLAN + num(1)).text.splitlines() == [
        "一、总体要求", "(一)工作目标", "1. 压减燃煤", "2. 压减散煤", "(二)基本原则", "1. 完善机制",
        "二、主要任务", "(一)严控扬尘",
    ]  # fmt: skip


def test_lists_of_one_kind_count_on_and_a_start_of_their_own_begins_again():
    body = (
        p("甲", numbered=(1, 0))
        + p("乙", numbered=(2, 0))
        + p("丙", numbered=(3, 0))
        + p("丁", numbered=(3, 0))
    )
    lists = PLAN + num(1) + num(2) + num(3, start={0: 1})
    assert read(body, numbering=lists).text.splitlines() == ["一、甲", "二、乙", "一、丙", "二、丁"]


def test_numbers_come_by_style_and_0_takes_them_away():
    styles = (
        '<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="Mine"><w:basedOn w:val="H1"/></w:style>'
    )
    body = (
        p("甲", style="H1")
        + p("乙", style="Mine")
        + p("丙", style="H1", numbered=(0, 0))
        + p("丁", style="H1")
    )
    assert read(body, numbering=PLAN + num(1), styles=styles).text.splitlines() == [
        "一、甲",
        "二、乙",
        "丙",
        "三、丁",
    ]


def test_a_chapter_stands_where_the_level_text_puts_it():
    lists = levels(
        ("chineseCountingThousand", "第%1章"), ("decimal", "%1.%2"), extra="<w:isLgl/>"
    ) + num(1)
    body = p("总则", numbered=(1, 0)) + p("目的", numbered=(1, 1))
    assert read(body, numbering=lists).text.splitlines() == ["第1章总则", "1.1 目的"]


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (10, "chineseCounting", "十"), (11, "chineseCountingThousand", "十一"), (20, "japaneseCounting", "二十"),
        (105, "chineseCountingThousand", "一百零五"), (110, "chineseCountingThousand", "一百一十"),
        (10, "ideographDigital", "一〇"), (12, "chineseLegalSimplified", "壹拾贰"), (3, "ideographTraditional", "丙"),
        (2, "ideographZodiac", "丑"), (20, "decimalEnclosedCircle", "⑳"), (21, "decimalEnclosedCircle", "21"),
        (4, "decimalEnclosedParen", "⑷"), (12, "decimalFullWidth", "１２"), (7, "decimalZero", "07"),
        (19, "upperRoman", "XIX"), (27, "lowerLetter", "aa"), (5, "none", ""), (5, "ordinal", "5"),
    ],
)  # fmt: skip
def test_every_kind_of_number_is_written_as_word_does(number: int, kind: str, words: str):
    assert number_words(number, kind) == words


def test_a_bullet_is_a_mark_and_no_word():
    raw = read(p("散煤治理", numbered=(1, 0)), numbering=levels(("bullet", "\uf06c")) + num(1))
    assert (raw.text, clean(raw)) == ("• 散煤治理\n", "散煤治理\n")


def test_an_automatic_number_in_a_cell_is_the_cells_text():
    table = tbl(["序号", "任务"], [tc(p(numbered=(1, 0))), "甲"], [tc(p(numbered=(1, 0))), "乙"])
    raw = read(table, numbering=levels(("decimal", "%1")) + num(1))
    assert cells(raw) == [["序号", "任务"], ["1", "甲"], ["2", "乙"]]


def test_tables_stand_among_the_paragraphs_and_merged_cells_in_every_place():
    table = tbl(
        ["序号", tc("责任分工", span=2)],
        [tc("1", merge="restart"), "市公安局", "2020年底"],
        [tc("", merge="continue"), tc("市城管局", "市住建局"), ""],
    )
    raw = read(p("前") + table + p("后"))
    assert raw.text == "前\n序号\t责任分工\n1\t市公安局\t2020年底\n市城管局\n市住建局\t\n后\n"
    assert cells(raw) == [
        ["序号", "责任分工", "责任分工"],
        ["1", "市公安局", "2020年底"],
        ["1", "市城管局\n市住建局", ""],
    ]


def test_a_nested_table_is_text_of_its_cell_and_a_frame_is_no_table():
    raw = read(tbl([tc(p("框内"), tbl(["甲", tc(tbl(["乙", "丙"]), p("丁"))]))]))
    assert cells(raw) == [["甲", "乙\t丙\n丁"]]
    assert raw.text == "框内\n甲\t乙\t丙\n丁\n"


def test_tracked_insertions_stay_and_deletions_go():
    inside = (
        "<w:ins><w:r><w:t>2022年</w:t></w:r></w:ins><w:del><w:r><w:delText>2021年</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>底前</w:t></w:r></w:moveTo>"
    )
    assert read(p("于", inside=inside)).text == "于2022年底前\n"


def test_a_deleted_row_is_no_row():
    gone = (
        tbl(["乙"])
        .replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>")
        .removeprefix("<w:tbl>")
        .removesuffix("</w:tbl>")
    )
    table = tbl(["甲", "一"], ["丙", "二"]).replace("<w:tr>", gone + "<w:tr>", 1)
    assert cells(read(table)) == [["甲", "一"], ["丙", "二"]]


def test_breaks_tabs_fields_links_and_controls_are_words():
    inside = (
        "<w:r><w:br/><w:t>第二行</w:t><w:tab/><w:t>后</w:t><w:noBreakHyphen/><w:softHyphen/></w:r>"
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7月</w:t></w:r>'
        '<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:r><w:sym w:char="F0FE"/></w:r>'
        "<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:ruby><w:rt><w:r><w:t>luo</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漯</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    )
    assert read(p("第一行", inside=inside)).text == "第一行\n第二行\t后-7月链接☑控件漯\n"


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{p('漯河市文件')}</w:txbxContent>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert read(p("正文", inside=drawing)).text == "正文\n漯河市文件\n"


def test_notes_stand_after_the_text_and_only_those_referred_to():
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    notes = f'<w:footnote w:id="0">{p("分隔")}</w:footnote><w:footnote w:id="2">{p("指散煤、散污、散尘。")}</w:footnote>'
    assert (
        read(p("三散", inside=reference), footnotes=notes).text
        == "三散[注2]\n[注2]指散煤、散污、散尘。\n"
    )


def test_running_heads_hidden_words_and_contents_are_on_record_but_not_in_the_text():
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r>"
    styles = '<w:style w:styleId="T1"><w:name w:val="TOC 1"/></w:style>'
    raw = read(
        p("一、总体要求\t1", style="T1") + p("明", inside=hidden), styles=styles, header1=p("内部资料"), header2=p("内部资料"),
        footer1=p("- 1 -"),
    )  # fmt: skip
    assert clean(raw) == "明\n"
    assert [(raw.text[edit.start : edit.end], edit.reason) for edit in raw.edits] == [
        ("内部资料\n", "page furniture"),
        ("一、总体要求\t1\n", "table of contents"),
        ("暗", "hidden text"),
        ("- 1 -\n", "page furniture"),
    ]


def zipped(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return stream.getvalue()


def test_a_zip_bomb_is_refused_before_it_fills_the_memory():
    with pytest.raises(LoadError, match="解压后太大"):
        raw_text(zipped(word__document_xml=b" " * (151 * 1024 * 1024)), ".docx", "f.docx")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zipped(word__document_xml=b"<w:document"), "已损坏"),
        (zipped(word__document_xml=b"<a/>"), "没有正文"),
        (zipped(xl__workbook_xml=b""), "Excel"),
        (zipped(ppt__presentation_xml=b""), "演示文稿"),
        (zipped(content_xml=b""), "ODF"),
        (zipped(a=b"b"), "压缩包"),
        (docx(p("文字"))[:-40], "已损坏"),
        (docx(p("")), "空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"doc 或 wps.*另存为 docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("不是文档".encode(), "不是 docx"),
    ],
)
def test_what_is_no_document_is_refused_with_what_to_do(data: bytes, words: str):
    with pytest.raises(LoadError, match=words):
        raw_text(data, ".docx", "f.docx")

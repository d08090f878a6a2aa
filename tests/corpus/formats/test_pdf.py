import io

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import HRFlowable, Table

from corpus.edits import apply_edits
from corpus.errors import LoadError
from corpus.formats.files import raw_text
from corpus.formats.pdf import read_pdf
from corpus.formats.records import RawText
from corpus.placing import page_at
from tests.corpus.formats.paper import (
    BLOCK,
    CELL,
    FONT,
    TITLE,
    PageBreak,
    Paragraph,
    body,
    drawn,
    embedded,
    pdf,
    table,
)

TEXT = [
    "为深入贯彻落实省委、省政府关于打赢污染防治攻坚战的决策部署,切实解决我市散煤、散污、散尘治理中存在的突出问题,制定本方案。",
    "一、总体要求",
    "坚持源头严防、过程严管、后果严惩,到2022年12月31日前,全市PM2.5平均浓度下降至45微克/立方米以下。",
    "(一)工作目标。按照统一部署、分级负责、条块结合的原则,持续推进散煤治理工作,确保按时完成省定各项目标任务。",
    "1.强化散煤治理。",
    "整改目标:完成全市散煤双替代任务,基本实现平原地区散煤取暖清零,严防散煤复烧,建立长效监管机制和网格化管理体系。",
    "整改时限:2020年12月底前",
]


def read(data: bytes) -> RawText:
    return read_pdf(data, "方案.pdf")


def clean(raw: RawText) -> list[str]:
    return apply_edits(raw.text, raw.edits).removesuffix("\n").split("\n")


def away(raw: RawText, reason: str = "page furniture") -> list[str]:
    return [raw.text[edit.start : edit.end].strip() for edit in raw.edits if edit.reason == reason]


def cells(raw: RawText, number: int = 0) -> list[list[str]]:
    """The cells of a table as the clean text has them."""
    wraps = [edit.start for edit in raw.edits if edit.reason == "line wrap"]
    text = "".join("" if index in wraps else char for index, char in enumerate(raw.text))

    def place(offset: int) -> int:
        return offset - sum(wrap < offset for wrap in wraps)

    return [
        [text[place(cell.start) : place(cell.end)] for cell in row.cells]
        for row in raw.tables[number].rows
    ]


def test_paragraphs_are_whole_though_lines_end_within_them():
    raw = read(pdf(*body(*TEXT)))
    assert clean(raw) == TEXT
    assert raw.text.count("\n") > len(TEXT)


def test_paragraphs_without_an_indent_are_parted_by_short_lines_and_gaps():
    assert clean(read(pdf(*(Paragraph(text, BLOCK) for text in TEXT)))) == TEXT


def test_a_numbered_paragraph_whose_lines_hang_is_whole():
    hanging = BLOCK.clone("hanging", leftIndent=28, firstLineIndent=-28, spaceAfter=0)
    texts = [f"{number}. {text}" for number, text in enumerate((TEXT[0], TEXT[2], TEXT[3]), 1)]
    assert clean(read(pdf(*(Paragraph(text, hanging) for text in texts)))) == texts


def test_pages_are_kept_and_a_paragraph_goes_on_over_them():
    raw = read(pdf(*body(*TEXT * 6), head="漯河市人民政府文件", foot="— %d —"))
    assert clean(raw) == TEXT * 6
    assert [page.number for page in raw.pages] == [1, 2, 3]
    assert set(away(raw)) == {"漯河市人民政府文件", "— 1 —", "— 2 —", "— 3 —"}
    for page in raw.pages[1:]:
        assert raw.text.startswith("漯河市人民政府文件", page.start)
    assert page_at(raw.pages, raw.text.rindex("整改时限")) == 3


@pytest.mark.parametrize(
    "foot", ["- %d -", "第%d页", "第 %d 页 共 3 页", "%d", "%d/3", "Page %d of 3"]
)
def test_page_numbers_of_every_kind_are_furniture(foot: str):
    raw = read(pdf(*body(*TEXT * 6), foot=foot))
    assert clean(raw) == TEXT * 6
    assert away(raw) == [foot.replace("%d", str(number)) for number in (1, 2, 3)]


def test_a_title_that_is_the_running_head_too_stays_where_it_is_the_title():
    raw = read(pdf(Paragraph("漯河市整改方案", TITLE), *body(*TEXT * 4), head="漯河市整改方案"))
    assert clean(raw)[0] == "漯河市整改方案"
    assert away(raw) == ["漯河市整改方案"] * len(raw.pages)


def test_a_number_that_is_text_is_no_page_number():
    raw = read(drawn([(72, 600, "附件"), (72, 570, "2020"), (72, 540, "合计")]))
    assert clean(raw) == ["附件", "2020", "合计"]


def test_latin_words_keep_the_space_that_the_line_end_was():
    words = "The municipal bureau of ecology and environment shall complete the installation of monitoring devices soon"
    assert clean(read(pdf(Paragraph(words, BLOCK.clone("latin", wordWrap=None))))) == [words]


def test_two_columns_are_read_one_after_the_other():
    raw = read(pdf(*body(*TEXT * 3), columns=2))
    assert clean(raw) == TEXT * 3


def test_names_and_posts_side_by_side_are_no_columns_of_text():
    names = [(f"余  伟{n}", "市委常委、副市长") for n in range(9)]
    lines = [
        part
        for n, (name, post) in enumerate(names)
        for part in ((72, 700 - 24 * n, name), (320, 700 - 24 * n, post))
    ]
    assert [line.split() for line in clean(read(drawn(lines)))] == [
        ["余", f"伟{n}", "市委常委、副市长"] for n in range(9)
    ]


def test_short_lines_stand_alone():
    units = ["牵头单位:市生态环境局", "市公安局", "市城管局", "市农业农村局"]
    assert clean(read(pdf(*body(*TEXT[:1], *units)))) == [TEXT[0], *units]


def test_a_ruled_table_keeps_its_cells_their_wraps_and_what_is_merged():
    rows = [
        ["序号", "责任分工", ""],
        ["1", "市发展改革委、市生态环境局、市农业农村局、市场监管局", "2020年12月底前"],
        ["", "市公安局\n市城管局", "立行立改"],
    ]
    raw = read(
        pdf(
            *body(TEXT[0]),
            table(rows, [40, 120, 90], spans=[((1, 0), (2, 0)), ((0, 1), (0, 2))]),
            *body(TEXT[6]),
        )
    )
    assert cells(raw) == [
        ["序号", "责任分工", "责任分工"],
        ["1", rows[1][1], "2020年12月底前"],
        ["1", "市公安局\n市城管局", "立行立改"],
    ]
    assert clean(raw)[0] == TEXT[0]
    assert clean(raw)[-1] == TEXT[6]


def ledger(count: int) -> list[list[str]]:
    tasks = "加快推进散煤双替代工作,确保取暖季前完成全部任务并做好设备安装调试。"
    return [
        ["序号", "任务", "时限"],
        *([str(n), tasks * (1 + n % 3), f"{2020 + n % 3}年底前"] for n in range(1, count)),
    ]


@pytest.mark.parametrize("heads", [0, 1])
def test_a_table_over_pages_is_one_with_one_head(heads: int):
    rows = ledger(50)
    raw = read(pdf(table(rows, [40, 260, 90], heads=heads), *body(TEXT[0]), foot="- %d -"))
    assert len(raw.tables) == 1
    assert cells(raw) == rows
    assert clean(raw)[-1] == TEXT[0]
    pages = [page_at(raw.pages, row.cells[0].start) for row in raw.tables[0].rows]
    assert sorted(pages) == pages
    assert set(pages) == set(range(1, pages[-1] + 1)) > {1, 2, 3}
    assert away(raw).count("序号\t任务\t时限") == (pages[-1] - 1) * heads


def test_two_tables_of_other_columns_stay_two():
    raw = read(
        pdf(
            table(ledger(3), [40, 260, 90]),
            PageBreak(),
            table([["甲", "乙"], ["1", "2"]], [200, 100]),
        )
    )
    assert [len(found.rows) for found in raw.tables] == [3, 2]


def test_a_row_that_a_page_break_has_parted_is_joined():
    top = [
        ["序号", "任务", "时限"],
        ["1", "加快推进散煤双替代工作,确保取暖季前完成全部任务并做好设", "2020年底前"],
    ]
    rest = [["序号", "任务", "时限"], ["", "备安装调试。", ""], ["2", "严防复烧。", "2021年底前"]]
    widths = [40, 260, 90]
    raw = read(pdf(table(top, widths), PageBreak(), table(rest, widths)))
    assert cells(raw) == [
        ["序号", "任务", "时限"],
        ["1", "加快推进散煤双替代工作,确保取暖季前完成全部任务并做好设备安装调试。", "2020年底前"],
        ["2", "严防复烧。", "2021年底前"],
    ]


def test_a_file_of_pictures_is_refused_with_what_to_do():
    with pytest.raises(
        LoadError, match=r"没有文字层:请先做文字识别\(OCR\);no text layer: run OCR first"
    ):
        raw_text(drawn([], [], scans=(0, 1)), ".pdf", "扫描.pdf")


def test_mostly_pictures_are_refused_with_their_count():
    with pytest.raises(LoadError, match=r"3 页中有 2 页没有文字层.*no text layer: run OCR first"):
        raw_text(
            drawn([(72, 700, "关于印发整改方案的通知")], [], [], scans=(1, 2)), ".pdf", "扫描.pdf"
        )


def test_a_picture_among_pages_of_text_is_on_record():
    raw = read(
        drawn([(72, 700, "关于印发整改方案的通知")], [], [(72, 700, "各县区人民政府:")], scans=(1,))
    )
    assert clean(raw) == ["关于印发整改方案的通知", "各县区人民政府:"]
    assert away(raw, "no text layer") == ["[第2页没有文字层,未读]"]


def test_an_encrypted_file_is_refused():
    from reportlab.lib.pdfencrypt import StandardEncryption

    data = drawn(
        [(72, 700, "关于印发整改方案的通知")], encrypt=StandardEncryption("secret", strength=128)
    )
    with pytest.raises(LoadError, match="密码"):
        raw_text(data, ".pdf", "密.pdf")


def test_a_file_that_ends_too_soon_is_refused_not_read_in_part():
    data = pdf(*body(*TEXT * 6))
    with pytest.raises(LoadError, match="文件不完整"):
        raw_text(data[: len(data) * 3 // 4], ".pdf", "半.pdf")
    assert clean(read(data + b"\n" + b"\0" * 4096)) == TEXT * 6


def test_a_damaged_file_is_refused():
    with pytest.raises(LoadError):
        raw_text(b"%PDF-1.7\n" + b"garbage" * 50, ".pdf", "坏.pdf")


def test_what_is_written_across_a_page_is_furniture():
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    canvas.setFont(FONT, 14)
    canvas.drawString(72, 700, "关于印发整改方案的通知")
    canvas.translate(200, 300)
    canvas.rotate(45)
    canvas.drawString(0, 0, "内部资料")
    canvas.save()
    raw = read(stream.getvalue())
    assert (clean(raw), away(raw)) == (["关于印发整改方案的通知"], ["内部资料"])


@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("told", [False, True])
def test_a_page_that_lies_on_its_side_is_read_upright(turn: int, told: bool):
    """Wide tables are printed along the page, whether the file says so or not."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    if told:
        canvas.setPageRotation(turn)
    origin = {90: (595, 0), 180: (595, 842), 270: (0, 842)}[turn]
    canvas.translate(*origin)
    canvas.rotate(turn)
    canvas.setFont(FONT, 14)
    for row, words in enumerate((("序号", "任务"), ("1", "散煤治理"))):
        for column, word in enumerate(words):
            canvas.rect(100 + 100 * column, 300 - 30 * row, 100, 30)
            canvas.drawString(110 + 100 * column, 310 - 30 * row, word)
    canvas.drawString(100, 350, "附件")
    canvas.save()
    raw = read(stream.getvalue())
    assert clean(raw) == ["附件", "序号\t任务", "1\t散煤治理"]
    assert cells(raw) == [["序号", "任务"], ["1", "散煤治理"]]


def test_bold_that_is_printed_twice_is_read_once():
    assert clean(read(drawn([(72, 700, "一、总体要求"), (72.3, 700, "一、总体要求")]))) == [
        "一、总体要求"
    ]


def test_a_font_with_codes_of_its_own_is_read():
    assert clean(read(embedded(*TEXT[:4]))) == TEXT[:4]


def test_a_table_without_sides_has_its_outer_columns():
    rows = [
        ["序号", "任务", "时限"],
        ["1", "散煤治理", "2020年底前"],
        ["2", "扬尘治理", "2021年底前"],
    ]
    lines = [
        ("LINEABOVE", (0, 0), (-1, -1), 0.5, colors.black),
        ("LINEBELOW", (0, -1), (-1, -1), 0.5, colors.black),
    ]
    inner = [("LINEAFTER", (0, 0), (1, -1), 0.5, colors.black)]
    raw = read(
        pdf(
            *body(TEXT[0]),
            Table(
                [[Paragraph(cell, CELL) for cell in row] for row in rows],
                [60, 150, 90],
                style=[*lines, *inner],
            ),
        )
    )
    assert cells(raw) == rows


def test_words_broken_in_narrow_columns_are_whole_and_lines_of_names_apart():
    rows = [
        ["序号", "完成时限", "责任单位", "责任领导"],
        ["1", "2020年12月底前", "市发展改革委、市生态环境局", "张三\n李四"],
        ["2", "立行立改,长期坚持", "市公安局\n市城管局", "王五"],
    ]
    assert cells(read(pdf(table(rows, [34, 54, 66, 60])))) == rows


def test_rules_under_titles_and_words_are_no_table():
    pages = pdf(
        Paragraph("<u>漯河市人民政府文件</u>", TITLE),
        HRFlowable("100%"),
        *body(TEXT[0]),
        HRFlowable("100%"),
        *body(TEXT[1]),
        HRFlowable("100%"),
    )
    raw = read(pages)
    assert (clean(raw), raw.tables) == (["漯河市人民政府文件", *TEXT[:2]], ())


def test_a_number_in_the_margin_that_does_not_count_pages_is_text():
    raw = read(drawn([(72, 700, "附件"), (290, 60, "2020")], [(72, 700, "合计"), (290, 60, "2")]))
    assert (clean(raw), away(raw)) == (["附件", "2020", "合计"], ["2"])


def test_a_title_that_each_page_bears_is_no_running_head():
    pages = [[Paragraph("整改任务交办单", TITLE), *body(text), PageBreak()] for text in TEXT[:3]]
    raw = read(pdf(*(item for page in pages for item in page)))
    assert clean(raw) == [line for text in TEXT[:3] for line in ("整改任务交办单", text)]


def test_words_of_one_character_are_read_whatever_the_font():
    raw = read(pdf(table([["县区", "是", "否"], ["甲", "√", ""], ["乙", "", "有"]], [60, 60, 60])))
    assert cells(raw) == [["县区", "是", "否"], ["甲", "√", ""], ["乙", "", "有"]]


def test_a_row_that_is_parted_without_a_rule_is_joined_too():
    head = ["序号", "问题", "整改措施", "整改时限"]
    rows = [
        ["1", "部分县区对工作重视不够,压力传导层层递减。" * 9, "学习。", "立行立改"],
        ["2", "污水直排清水河。" * 20, "整治。", "2023年12月底"],
    ]
    grid = table([head, *rows], [40, 150, 100, 100], heads=1)
    grid.splitInRow = 1  # which leaves out the rules where it cuts
    space = Paragraph("<br/>" * 24, BLOCK)
    raw = read(pdf(space, grid))
    found = [row for row in cells(raw) if row != head]
    assert len(raw.pages) > 1
    assert found == rows


def test_a_signature_and_an_addressee_below_a_full_line_stand_alone():
    lines = [
        "云山市人民政府办公室关于印发秋冬季大气污染攻坚方案的通知",
        "各县(市、区)人民政府,市直各部门:",
        "现将秋冬季大气污染攻坚方案印发给你们,请结合实际贯彻落实。",
        "云山市人民政府办公室",
        "2023年5月18日",
    ]
    raw = read(drawn([(72, 780 - 24 * at, line) for at, line in enumerate(lines)]))
    assert clean(raw) == lines

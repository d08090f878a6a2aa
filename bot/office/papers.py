"""The 调度通报 as a Word document, in the shape of an official paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from bot.office.records import BoardTask, Bulletin, UnitProgress, ranked
from bot.office.texts import leads, shortened, writable

# Sizes and margins are those of GB/T 9704: 二号 title, 三号 text, 28 points from line to line.
_TITLE, _TEXT, _CELL = Pt(22), Pt(16), Pt(10.5)
_LINE = Pt(28)
_SONG, _FANGSONG, _HEI = "宋体", "仿宋", "黑体"
_LATIN = "Times New Roman"
_RANKING = ("排名", "单位", "任务", "签收", "报告", "销号", "销号率", "超期", "超期办理")
_RANKING_WIDTHS = (13, 46, 13, 13, 13, 13, 17, 13, 15)
_OVERDUE = ("序号", "任务", "牵头单位", "截止日期", "超期天数")
_NEXT = ("序号", "任务", "牵头单位", "截止日期", "当前状态")
_TASK_WIDTHS = (13, 63, 36, 27, 17)
_NUMERALS = "一二三四五六"


def bulletin_docx(bulletin: Bulletin, picture: bytes | None) -> bytes:
    """The bulletin as a docx file, with a picture of the ranking where there is one."""
    paper = Document()
    _set_up(paper, bulletin)
    _line(paper, bulletin.name, _SONG, _TITLE, bold=True, middle=True)
    period = f"({_day(bulletin.start)}至{_day(bulletin.end)})"
    _line(paper, period, _FANGSONG, _TEXT, middle=True)
    _line(paper, "", _FANGSONG, _TEXT)
    _body(paper, _summary(bulletin))
    parts = iter(_NUMERALS)
    _head(paper, f"{next(parts)}、单位排名")
    _ranking(paper, bulletin)
    if picture is not None:
        _picture(paper, picture)
    _head(paper, f"{next(parts)}、签收、报告和超期办理情况")
    for words in _progress(bulletin.units):
        _body(paper, words)
    _head(paper, f"{next(parts)}、超期任务")
    late = [(task, str(task.days_overdue(bulletin.as_of))) for task in bulletin.overdue]
    _tasks(paper, _OVERDUE, late, f"截至{_day(bulletin.as_of)},没有超期的任务。")
    _head(paper, f"{next(parts)}、下期到期任务")
    due = [(task, task.state_name) for task in bulletin.due_next]
    _tasks(paper, _NEXT, due, "下期没有到期的任务。")
    _line(paper, "", _FANGSONG, _TEXT)
    last = _line(paper, _day(bulletin.issued_on), _FANGSONG, _TEXT)
    last.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    last.paragraph_format.right_indent = _TEXT * 4
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def _summary(bulletin: Bulletin) -> str:
    tasks = bulletin.tasks
    closed = sum(task.state == "closed" for task in tasks)
    return (
        f"本期共调度任务{len(tasks)}项,涉及单位{len(bulletin.units)}个。截至{_day(bulletin.as_of)},"
        f"已销号{closed}项,超期{len(bulletin.overdue)}项,下期到期{len(bulletin.due_next)}项。"
        "现将有关情况通报如下:"
    )


def _progress(units: Sequence[UnitProgress]) -> list[str]:
    """Who acknowledged everything, who not, who reported, and who acted late."""
    busy = [unit for unit in units if unit.tasks]
    every = [unit.unit for unit in busy if unit.acknowledged >= unit.tasks]
    open_ = [
        f"{unit.unit}({unit.tasks - unit.acknowledged}项)"
        for unit in busy
        if unit.acknowledged < unit.tasks
    ]
    reported = [f"{unit.unit}({unit.reported}项)" for unit in busy if unit.reported]
    late = [f"{unit.unit}({unit.late}项)" for unit in busy if unit.late]
    return [
        "已全部签收的单位: " + _named(every),
        "尚有任务未签收的单位: " + _named(open_),
        "已报告完成情况的单位: " + _named(reported),
        "超过期限才办理的单位: " + _named(late),
    ]


def _named(names: Sequence[str]) -> str:
    return ("、".join(names) or "无") + "。"


def _ranking(paper: Paper, bulletin: Bulletin) -> None:
    rows = [
        (
            str(rank),
            unit.unit,
            *map(str, (unit.tasks, unit.acknowledged, unit.reported, unit.closed)),
            f"{unit.closing_percent}%" if unit.tasks else "—",
            str(unit.overdue),
            str(unit.late),
        )
        for rank, unit in ranked(bulletin.units)
    ]
    if rows:
        _table(paper, _RANKING, rows, _RANKING_WIDTHS, left=(1,))
    else:
        _body(paper, "没有单位参加排名。")


def _tasks(
    paper: Paper, header: Sequence[str], tasks: Sequence[tuple[BoardTask, str]], none: str
) -> None:
    if not tasks:
        _body(paper, none)
        return
    rows = [
        (str(task.number), shortened(task.title), leads(task), str(task.due), last)
        for task, last in tasks
    ]
    _table(paper, header, rows, _TASK_WIDTHS, left=(1, 2))


def _set_up(paper: Paper, bulletin: Bulletin) -> None:
    """A4 with the margins of an official paper, its fonts, and the number of the page."""
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    style = paper.styles["Normal"]
    assert isinstance(style, ParagraphStyle)
    style.font.name, style.font.size = _LATIN, _TEXT
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FANGSONG)
    paper.core_properties.title = f"{bulletin.name} {bulletin.start} 至 {bulletin.end}"
    paper.core_properties.author = "攻坚办"
    paper.core_properties.comments = ""
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(foot, "— ", _SONG, Pt(14))
    _page_number(_write(foot, "", _SONG, Pt(14)))
    _write(foot, " —", _SONG, Pt(14))


def _page_number(run: Run) -> None:
    """A field that the word processor fills with the number of the page."""
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = "PAGE"
        run._r.append(mark)


def _write(paragraph: Paragraph, text: str, font: str, size: Pt, *, bold: bool = False) -> Run:
    run = paragraph.add_run(writable(text))
    run.font.name, run.font.size, run.font.bold = _LATIN, size, bold
    # Chinese characters take the east-asian font; the name alone is for Latin letters.
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _line(
    paper: Paper, text: str, font: str, size: Pt, *, bold: bool = False, middle: bool = False
) -> Paragraph:
    paragraph = paper.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(paragraph, text, font, size, bold=bold)
    return paragraph


def _body(paper: Paper, text: str) -> None:
    _line(paper, text, _FANGSONG, _TEXT).paragraph_format.first_line_indent = _TEXT * 2


def _head(paper: Paper, text: str) -> None:
    form = _line(paper, text, _HEI, _TEXT).paragraph_format
    form.first_line_indent = _TEXT * 2
    form.keep_with_next = True


def _picture(paper: Paper, picture: bytes) -> None:
    paragraph = paper.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before = Pt(12)
    shape = paragraph.add_run().add_picture(BytesIO(picture))
    # As wide as the text, unless it would then be higher than a page.
    scale = min(Mm(150) / shape.width, Mm(200) / shape.height)
    shape.width, shape.height = Emu(shape.width * scale), Emu(shape.height * scale)


def _table(
    paper: Paper,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    left: Sequence[int],
) -> None:
    table = paper.add_table(rows=len(rows) + 1, cols=len(header), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    # Cells are asked for once: each asking walks the whole table.
    cells = [row.cells for row in table.rows]
    _row(cells[0], header, widths, bold=True)
    for row, words in zip(cells[1:], rows, strict=True):
        _row(row, words, widths, left=left)
    _repeated(table)


def _row(
    cells: Sequence[_Cell],
    words: Sequence[str],
    widths: Sequence[int],
    *,
    left: Sequence[int] = (),
    bold: bool = False,
) -> None:
    for at, (cell, text, width) in enumerate(zip(cells, words, widths, strict=True)):
        cell.width = Mm(width)
        _fill(cell, text, middle=at not in left, bold=bold)


def _fill(cell: _Cell, text: str, *, middle: bool, bold: bool) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(3)
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(paragraph, text, _SONG, _CELL, bold=bold)


def _repeated(table: Table) -> None:
    """The first row stands at the top of every page, and no row is torn in two."""
    for at, row in enumerate(table.rows):
        about = row._tr.get_or_add_trPr()
        about.append(OxmlElement("w:cantSplit"))
        if at == 0:
            about.append(OxmlElement("w:tblHeader"))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

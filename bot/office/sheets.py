"""The ledger as a workbook: every task, the units, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import ceil
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bot.office.records import Board, BoardTask, LedgerEvent
from bot.office.texts import writable
from bot.records import STATE_WORDS, TaskState

_ZONE = ZoneInfo("Asia/Shanghai")
# What a cell can hold; the rest of a longer text is cut off, and said to be.
_CELL_LENGTH = 32_767
_CUT = "……(过长,已截断)"
# With one of these at its start, a spreadsheet may take a text for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# In points; a program takes no row higher than this.
_LINE, _HIGHEST = 14.5, 409
_DATE = "yyyy-mm-dd"
_INSTANT = "yyyy-mm-dd hh:mm"
_STATE_FILLS = {
    TaskState.CLOSED: "C6E9D2",
    TaskState.REPORTED: "CFE2F8",
    TaskState.ACKNOWLEDGED: "FBEBC0",
    TaskState.RETURNED: "FAD7BF",
    TaskState.ISSUED: "E3E7EB",
}
_OVERDUE_FILL = "FBD5D2"
_THIN = Side(style="thin", color="C9D0D8")
_EDGE = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)

Value = str | int | date | datetime | None


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: float
    middle: bool = False


_TASKS = (
    _Column("序号", 7, middle=True),
    _Column("类别", 20),
    _Column("任务", 52),
    _Column("文件", 30),
    _Column("发文字号", 18),
    _Column("状态", 10, middle=True),
    _Column("牵头单位", 24),
    _Column("配合单位", 30),
    _Column("责任领导", 18),
    _Column("时限要求", 18),
    _Column("时限类型", 12, middle=True),
    _Column("截止日期", 13, middle=True),
    _Column("超期天数", 10, middle=True),
    _Column("时间节点", 36),
    _Column("已签收单位", 24),
    _Column("报告日期", 13, middle=True),
    _Column("销号日期", 13, middle=True),
    _Column("佐证份数", 10, middle=True),
    _Column("最近动态", 36),
)
_UNITS = (
    _Column("单位", 36),
    _Column("牵头任务", 11, middle=True),
    _Column("配合任务", 11, middle=True),
    *(_Column(f"牵头{name}", 13, middle=True) for name in STATE_WORDS.values()),
    _Column("牵头超期", 11, middle=True),
)
_EVENTS = (
    _Column("时间", 18, middle=True),
    _Column("任务序号", 10, middle=True),
    _Column("动作", 14, middle=True),
    _Column("人员", 14),
    _Column("单位", 28),
    _Column("内容", 70),
)


def export(board: Board, events: Sequence[LedgerEvent]) -> bytes:
    """The workbook: 台账, 单位 and 过程, as an xlsx file."""
    book = Workbook()
    sheet = book.active
    sheet.title = "台账"
    _fill(sheet, _TASKS, [_task_row(task, board.as_of) for task in board.tasks])
    _colour(sheet)
    _fill(book.create_sheet("单位"), _UNITS, _unit_rows(board))
    rows = [_event_row(event) for event in sorted(events, key=lambda event: event.at)]
    _fill(book.create_sheet("过程"), _EVENTS, rows)
    sheet.oddFooter.left.text = f"截至 {board.as_of}"
    sheet.oddFooter.right.text = "第 &P 页 共 &N 页"
    book.properties.creator = "攻坚办"
    book.properties.title = f"任务台账 截至 {board.as_of}"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _task_row(task: BoardTask, day: date) -> list[Value]:
    steps = "\n".join(
        f"{'√' if step.reached else '□'} {step.due or ''} {step.text}".replace("  ", " ")
        for step in task.milestones
    )
    return [
        task.number,
        task.section,
        task.title,
        task.plan,
        task.document_number,
        task.state_name,
        "、".join(task.lead_units),
        "、".join(task.cooperating_units),
        "、".join(task.leaders),
        task.deadline_text,
        task.kind_name,
        task.due,
        task.days_overdue(day) or None,
        steps,
        "、".join(task.acknowledged_units),
        task.reported_on,
        task.closed_on,
        task.evidence,
        task.last_event,
    ]


def _unit_rows(board: Board) -> list[list[Value]]:
    names = {name for task in board.tasks for name in (*task.lead_units, *task.cooperating_units)}
    rows: list[list[Value]] = []
    for name in sorted(names):
        led = [task for task in board.tasks if name in task.lead_units]
        helped = sum(name in task.cooperating_units for task in board.tasks)
        states = [sum(task.state == state for task in led) for state in STATE_WORDS]
        late = sum(task.overdue(board.as_of) for task in led)
        rows.append([name, len(led), helped, *states, late])
    return rows


def _event_row(event: LedgerEvent) -> list[Value]:
    # A workbook knows no time zones: it shows the office's clock.
    at = event.at.astimezone(_ZONE).replace(tzinfo=None, microsecond=0)
    return [at, event.task, event.kind, event.who, event.unit, event.text]


def _fill(sheet: Worksheet, columns: Sequence[_Column], rows: Sequence[Sequence[Value]]) -> None:
    """Write a header and rows; the header stays in sight and can be filtered by."""
    _head(sheet, columns)
    for line, row in enumerate(rows, start=2):
        for at, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            cell = sheet.cell(line, at)
            _write(cell, value)
            side = "center" if column.middle else "left"
            cell.font = Font(name="宋体")
            cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
            cell.border = _EDGE
        sheet.row_dimensions[line].height = _height(columns, row)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    # The title of a task stays in sight with its number.
    sheet.freeze_panes = "D2" if columns is _TASKS else "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _head(sheet: Worksheet, columns: Sequence[_Column]) -> None:
    for at, column in enumerate(columns, start=1):
        head = sheet.cell(1, at, column.title)
        head.font = Font(name="宋体", bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor="1F4E79")
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        head.border = _EDGE
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    sheet.row_dimensions[1].height = 24


def _height(columns: Sequence[_Column], row: Sequence[Value]) -> float:
    """The height that a row's longest cell needs; not every program finds it by itself."""
    lines = 1
    for column, value in zip(columns, row, strict=True):
        if isinstance(value, str):
            # A Chinese character is as wide as two of the digits that widths are counted in.
            sizes = [sum(2 if ord(c) > 0xFF else 1 for c in part) for part in value.split("\n")]
            lines = max(lines, sum(max(1, ceil(size / (column.width - 2))) for size in sizes))
    return min(_HIGHEST, 6 + _LINE * lines)


def _write(cell: Cell, value: Value) -> None:
    if isinstance(value, str):
        text = writable(value)
        if len(text) > _CELL_LENGTH:
            text = text[: _CELL_LENGTH - len(_CUT)] + _CUT
        cell.value = text or None
        if text:
            # Said after the value is set: the library guesses a formula or an error from it.
            cell.data_type = "s"
            cell.quotePrefix = text.startswith(_FORMULA_STARTS)
        return
    cell.value = value
    if isinstance(value, datetime):
        cell.number_format = _INSTANT
    elif isinstance(value, date):
        cell.number_format = _DATE


def _colour(sheet: Worksheet) -> None:
    """Colours that follow the cells: a state's own, and red for a row that is overdue."""
    last = max(2, sheet.max_row)
    titles = [column.title for column in _TASKS]
    state = get_column_letter(titles.index("状态") + 1)
    late = get_column_letter(titles.index("超期天数") + 1)
    for name, fill in _STATE_FILLS.items():
        rule = FormulaRule([f'${state}2="{STATE_WORDS[name]}"'], fill=_solid(fill))
        sheet.conditional_formatting.add(f"{state}2:{state}{last}", rule)
    rule = FormulaRule([f"${late}2>0"], fill=_solid(_OVERDUE_FILL))
    sheet.conditional_formatting.add(f"A2:{get_column_letter(len(titles))}{last}", rule)


def _solid(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)

"""Pictures for a phone's screen: deadlines by unit, and units by how far they got."""

from __future__ import annotations

from collections import Counter
from datetime import date

from bot.office import canvas
from bot.office.blocks import GAP, HEAD, Block, Layout, laid_out, sums
from bot.office.canvas import (
    HEADER,
    LEGEND_LINE,
    MARGIN,
    MAX_HEIGHT,
    NAME,
    WIDTH,
    Canvas,
    Ruler,
    header,
    legend_lines,
    on,
)
from bot.office.fonts import Font
from bot.office.rankings import ranking
from bot.office.records import Board, BoardTask, Milestone
from bot.office.timelines import PILL, TEXT, Lane, Mark, Scale

__all__ = ["ranking", "timeline"]

_OVERDUE = "超期"
_COLOURS = {
    _OVERDUE: canvas.RED,
    "已退回": canvas.ORANGE,
    "已下达": canvas.STONE,
    "已签收": canvas.AMBER,
    "已报告": canvas.BLUE,
    "已销号": canvas.GREEN,
    "草稿": canvas.PALE,
    "已中止": canvas.PALE,
    "已取消": canvas.PALE,
}
_FOOT = 56
_AXIS = 106


def timeline(board: Board, *, font: Font) -> bytes:
    """Draw the deadlines of all tasks by lead unit, as a PNG.

    Where there are too many for one picture, it says how many are left out.
    """
    ruler = Ruler(font)
    counts = Counter(_status(task, board.as_of) for task in board.tasks)
    chips = [(f"{name} {counts[name]}", fill) for name, fill in _COLOURS.items() if counts[name]]
    legend = legend_lines(chips, ruler)
    top = HEADER + LEGEND_LINE * len(legend) + 14
    layout = laid_out(board, ruler, MAX_HEIGHT - top - _AXIS - _FOOT)
    top += _AXIS if layout.dated else 0
    sheet = Canvas(top + max(layout.height, 80) + _FOOT, font)
    header(sheet, f"任务时限图 共 {len(board.tasks)} 项", f"截至 {board.as_of}", legend)
    if not layout.blocks:
        sheet.words(WIDTH / 2, top + 20, "还没有任务", NAME, canvas.GREY, side="center")
    _draw_blocks(sheet, ruler, layout, board.as_of, top)
    hidden = len({task.id for task in board.tasks} - layout.drawn)
    sheet.words(MARGIN, sheet.height - 32, _note(layout, hidden), TEXT, canvas.GREY)
    return sheet.png()


def _status(task: BoardTask, day: date) -> str:
    return _OVERDUE if task.overdue(day) else task.state_name


def _note(layout: Layout, hidden: int) -> str:
    diamonds = "菱形为时间节点(绿色已完成)。" if layout.dated else ""
    if hidden:
        parts = [layout.word, f"另有 {hidden} 项没有画出,见台账"]
        return diamonds + ",".join(part for part in parts if part)
    return diamonds + ("联合牵头的任务在各牵头单位下都列出" if layout.blocks else "")


def _draw_blocks(sheet: Canvas, ruler: Ruler, layout: Layout, today: date, top: float) -> None:
    y = top
    for block in layout.blocks:
        sheet.pill(MARGIN / 2, y, WIDTH - MARGIN, block.height, canvas.CARD, radius=14)
        y += block.height + GAP
    if layout.dated:
        _draw_axis(sheet, layout.scale, today, top, y - GAP)
    y = top
    for block in layout.blocks:
        _draw_head(sheet, ruler, block, today, y + 33)
        inner = y + HEAD
        for lane in block.lanes:
            _draw_lane(sheet, lane, layout.scale, today, inner)
            inner += lane.height
        y += block.height + GAP


def _draw_axis(sheet: Canvas, scale: Scale, today: date, top: float, bottom: float) -> None:
    for day, word, year in scale.ticks():
        x = scale.at(day)
        sheet.line((x, top - 52), (x, bottom), canvas.RULE, 1.5)
        sheet.words(x, top - 66, word, TEXT, canvas.GREY, side="center")
        sheet.words(x, top - 92, year, TEXT, canvas.GREY, side="center")
    x = scale.at(today)
    sheet.line((x, top - 20), (x, bottom), canvas.INK, 2.5, dashed=True)
    word = f"今天 {today.month}-{today.day}"
    middle = min(max(x, 92), WIDTH - 92)
    sheet.pill(middle - 74, top - 46, 148, 36, canvas.INK)
    sheet.words(middle, top - 28, word, TEXT, canvas.CARD, side="center")


def _draw_head(sheet: Canvas, ruler: Ruler, block: Block, today: date, y: float) -> None:
    counts = sums(block, today)
    x = float(WIDTH - MARGIN - 4)
    for word, colour in counts:
        sheet.words(x, y, word, TEXT, colour, side="right", ground=canvas.CARD)
        x -= ruler.width(word, TEXT) + 20
    name = ruler.fitted(block.unit, NAME, x - 10 - MARGIN)
    late = any(colour == canvas.RED for _, colour in counts)
    sheet.box(MARGIN - 4, y - 15, 6, 30, canvas.RED if late else canvas.BLUE)
    sheet.words(MARGIN + 14, y, name, NAME, ground=canvas.CARD)
    if block.beside:
        _draw_chips(sheet, block.beside, today, y)


def _draw_lane(sheet: Canvas, lane: Lane, scale: Scale, today: date, top: float) -> None:
    y = top + 25
    for mark in lane.marks:
        if mark.task.open:
            _draw_bar(sheet, mark, scale, today, y)
    for mark in lane.marks:
        _draw_mark(sheet, mark, today, y)
    sheet.words(MARGIN + 16, y + 40, lane.title, TEXT, canvas.GREY, ground=canvas.CARD)
    sheet.words(MARGIN + 16, y, lane.word, TEXT, canvas.GREY, ground=canvas.CARD)
    _draw_chips(sheet, lane, today, y)


def _draw_chips(sheet: Canvas, lane: Lane, today: date, y: float) -> None:
    for task, x, width in lane.chips:
        fill = _COLOURS[_status(task, today)]
        sheet.pill(x, y - PILL / 2, width, PILL, canvas.CARD, edge=fill)
        sheet.words(x + width / 2, y, str(task.number), TEXT, canvas.INK, side="center")


def _draw_bar(sheet: Canvas, mark: Mark, scale: Scale, today: date, y: float) -> None:
    fill = _COLOURS[_status(mark.task, today)]
    sheet.line((scale.at(today), y), (mark.x, y), fill, 7, dashed=bool(mark.outside))
    for milestone in mark.task.milestones:
        if milestone.due and scale.holds(milestone.due):
            _draw_milestone(sheet, milestone, scale.at(milestone.due), y)


def _draw_mark(sheet: Canvas, mark: Mark, today: date, y: float) -> None:
    fill = _COLOURS[_status(mark.task, today)]
    if mark.outside:
        tip = mark.x + mark.outside * (mark.width / 2 + 11)
        base = tip - mark.outside * 14
        sheet.polygon([(tip, y), (base, y - 12), (base, y + 12)], fill, fill)
    sheet.pill(mark.x - mark.width / 2, y - PILL / 2, mark.width, PILL, fill, edge=canvas.CARD)
    sheet.words(mark.x, y, str(mark.task.number), TEXT, on(fill), side="center")
    if mark.label:
        colour = canvas.RED if mark.task.overdue(today) else canvas.INK
        sheet.words(mark.label_x, y, mark.label, TEXT, colour, ground=canvas.CARD)


def _draw_milestone(sheet: Canvas, milestone: Milestone, x: float, y: float) -> None:
    points = [(x, y - 10), (x + 8, y), (x, y + 10), (x - 8, y)]
    sheet.polygon(points, canvas.GREEN if milestone.reached else canvas.CARD, canvas.GREY)

"""A picture of the units by rank, with a bar for each of how far its tasks got."""

from __future__ import annotations

from bot.office import canvas
from bot.office.canvas import (
    HEADER,
    LEGEND_LINE,
    MARGIN,
    MAX_HEIGHT,
    NAME,
    SMALL,
    WIDTH,
    Canvas,
    Ruler,
    header,
    legend_lines,
    on,
)
from bot.office.fonts import Font
from bot.office.records import Bulletin, UnitProgress, ranked

_TEXT = 24
_FOOT = 56
_STAGES = (
    ("已销号", canvas.GREEN),
    ("已报告", canvas.BLUE),
    ("已签收", canvas.AMBER),
    ("未签收", canvas.PALE),
)
_ROW = 104


def ranking(bulletin: Bulletin, *, font: Font) -> bytes:
    """Draw the units by rank, with bars of how far their tasks got, as a PNG."""
    ruler = Ruler(font)
    legend = legend_lines([*_STAGES, ("超期(细线)", canvas.RED)], ruler)
    top = HEADER + LEGEND_LINE * len(legend) + 14
    room = int((MAX_HEIGHT - top - _FOOT) // _ROW)
    rows = ranked(bulletin.units)
    shown = rows[:room]
    sheet = Canvas(top + _ROW * max(1, len(shown)) + _FOOT, font)
    header(sheet, bulletin.name, f"{bulletin.start} 至 {bulletin.end}", legend)
    for at, (rank, unit) in enumerate(shown):
        _draw_unit(sheet, ruler, rank, unit, top + at * _ROW)
    if not rows:
        sheet.words(WIDTH / 2, top + 40, "还没有单位", NAME, canvas.GREY, side="center")
    note = "按销号率排名,相同的依次比较报告率、签收率、超期项数"
    if len(rows) > len(shown):
        note = f"另有 {len(rows) - len(shown)} 个单位没有画出,请看通报全文"
    sheet.words(MARGIN, sheet.height - 32, note, _TEXT, canvas.GREY)
    return sheet.png()


def _draw_unit(sheet: Canvas, ruler: Ruler, rank: int, unit: UnitProgress, top: float) -> None:
    sheet.pill(MARGIN / 2, top, WIDTH - MARGIN, _ROW - 10, canvas.CARD, radius=14)
    medal = canvas.INK if rank <= 3 else canvas.STONE
    sheet.disc(MARGIN + 26, top + 46, 24, medal)
    sheet.words(MARGIN + 26, top + 46, str(rank), SMALL, canvas.CARD, side="center")
    left, right, y = MARGIN + 70, WIDTH - MARGIN - 4, top + 28
    x = float(right)
    for word, colour in _words(unit):
        sheet.words(x, y, word, _TEXT, colour, side="right")
        x -= ruler.width(word, _TEXT) + 18
    sheet.words(left, y, ruler.fitted(unit.unit, NAME, x - left - 10), NAME)
    _draw_bar(sheet, ruler, unit, left, right - left, top + 50)


def _words(unit: UnitProgress) -> list[tuple[str, str]]:
    """What stands on the right of a unit's name, the rightmost first."""
    if not unit.tasks:
        return [("没有任务", canvas.GREY)]
    words = [(f"{unit.closed}/{unit.tasks} 销号率{unit.closing_percent}%", canvas.INK)]
    if unit.overdue:
        words.append((f"超期{unit.overdue}", canvas.RED))
    if unit.late:
        words.append((f"超期办理{unit.late}", canvas.ORANGE))
    return words


def _draw_bar(
    sheet: Canvas, ruler: Ruler, unit: UnitProgress, x: float, width: float, y: float
) -> None:
    sheet.box(x, y, width, 28, canvas.PAGE)
    tasks = max(1, unit.tasks)
    at = float(x)
    for (_, fill), count in zip(_STAGES, unit.stages, strict=True):
        size = width * count / tasks
        if count:
            sheet.box(at, y, size, 28, fill, edge=canvas.CARD)
        if count and ruler.width(str(count), _TEXT) + 4 <= size:
            sheet.words(at + size / 2, y + 14, str(count), _TEXT - 2, on(fill), side="center")
        at += size
    if unit.overdue:
        # From the right: what is closed stands on the left, and is not overdue.
        size = width * min(unit.overdue, tasks) / tasks
        sheet.box(x + width - size, y + 31, size, 6, canvas.RED)

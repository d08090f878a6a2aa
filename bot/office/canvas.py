"""A sheet to draw on in pixels, from the top left: rectangles, lines, discs and measured words."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, FancyBboxPatch, Polygon, Rectangle

from bot.office.fonts import Font

# As wide as a phone shows it without scaling; messengers shrink what is much taller than this.
WIDTH = 1080
MAX_HEIGHT = 2160
MARGIN = 36

TITLE = 46
SMALL = 26
NAME = 30
HEADER = 108
LEGEND_LINE = 44

INK = "#1F2A37"
GREY = "#6B7785"
RULE = "#DDE2E8"
PAGE = "#F2F4F7"
CARD = "#FFFFFF"
RED = "#D43D36"
GREEN = "#2B9A5A"
BLUE = "#2E7BD0"
AMBER = "#E3A71B"
ORANGE = "#E2762B"
STONE = "#8B95A1"
PALE = "#C9D0D8"

_DARK_ON = frozenset({AMBER, PALE})
_DPI = 100
_POINTS = 72 / _DPI


def on(fill: str) -> str:
    """The colour of words that are read on a colour."""
    return INK if fill in _DARK_ON else CARD


class Ruler:
    """How wide words are in a font."""

    def __init__(self, font: Font) -> None:
        self.font = font
        self._face = get_font(FontPath(str(font.path), font.face))

    def width(self, text: str, size: float) -> float:
        """The width in pixels of a line in a size of pixels."""
        self._face.set_size(size * _POINTS, _DPI)
        self._face.set_text(self.font.shown(text))
        return self._face.get_width_height()[0] / 64

    def fitted(self, text: str, size: float, width: float) -> str:
        """The line, cut short with … where it is wider than a width."""
        line = self.font.shown(text)
        if self.width(line, size) <= width:
            return line
        short, long = 0, len(line)
        while short < long:
            middle = (short + long + 1) // 2
            if self.width(line[:middle] + "…", size) <= width:
                short = middle
            else:
                long = middle - 1
        return line[:short] + "…"


class Canvas:
    """One picture; what is drawn later lies above what was drawn before."""

    def __init__(self, height: float, font: Font) -> None:
        self.font = font
        self.height = round(height)
        self._figure = Figure(figsize=(WIDTH / _DPI, self.height / _DPI), dpi=_DPI, facecolor=PAGE)
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(self.height, 0)
        self._axes.axis("off")
        self._order = 0

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, *, edge: str = "none"
    ) -> None:
        """A rectangle."""
        shape = Rectangle((x, y), width, height, facecolor=fill, edgecolor=edge, linewidth=1)
        shape.set_zorder(self._above())
        self._axes.add_patch(shape)

    def pill(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        edge: str = "none",
        radius: float | None = None,
    ) -> None:
        """A rectangle with round corners, fully round where no radius is given."""
        size = min(width, height) / 2 if radius is None else radius
        style = f"round,pad=0,rounding_size={size}"
        shape = FancyBboxPatch(
            (x, y), width, height, boxstyle=style, facecolor=fill, edgecolor=edge, linewidth=1.5
        )
        shape.set_zorder(self._above())
        self._axes.add_patch(shape)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """A disc around a point."""
        shape = Ellipse((x, y), 2 * radius, 2 * radius, facecolor=fill, edgecolor="none")
        shape.set_zorder(self._above())
        self._axes.add_patch(shape)

    def polygon(self, points: Sequence[tuple[float, float]], fill: str, edge: str) -> None:
        """A closed shape."""
        shape = Polygon(list(points), closed=True, facecolor=fill, edgecolor=edge, linewidth=1.5)
        shape.set_zorder(self._above())
        self._axes.add_patch(shape)

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        colour: str,
        width: float = 1,
        *,
        dashed: bool = False,
    ) -> None:
        """A straight line, in pixels of width."""
        shape = Line2D(
            [start[0], end[0]],
            [start[1], end[1]],
            color=colour,
            linewidth=width * _POINTS,
            linestyle=(0, (4, 3)) if dashed else "-",
            solid_capstyle="butt",
        )
        shape.set_zorder(self._above())
        self._axes.add_line(shape)

    def words(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str = INK,
        *,
        side: Literal["left", "center", "right"] = "left",
        ground: str = "",
    ) -> None:
        """A line of words, their middle at a height, on a ground that hides what is behind."""
        if not (shown := self.font.shown(text)):
            return
        # Units and titles are not formulas: a $ in them must not start one.
        self._axes.text(
            x,
            y,
            shown,
            color=colour,
            ha=side,
            va="center_baseline",
            zorder=self._above(),
            fontproperties=self.font.properties(size * _POINTS),
            parse_math=False,
            bbox={"facecolor": ground, "edgecolor": "none", "pad": 2} if ground else None,
        )

    def png(self) -> bytes:
        """The picture as a PNG."""
        out = BytesIO()
        FigureCanvasAgg(self._figure)
        self._figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
        return out.getvalue()

    def _above(self) -> int:
        self._order += 1
        return self._order


def legend_lines(
    chips: Sequence[tuple[str, str]], ruler: Ruler
) -> list[list[tuple[float, str, str]]]:
    """Words with their colours in as many lines as they need, each with its place."""
    lines: list[list[tuple[float, str, str]]] = [[]]
    x = float(MARGIN)
    for word, fill in chips:
        width = 30 + ruler.width(word, SMALL)
        if lines[-1] and x + width > WIDTH - MARGIN:
            lines.append([])
            x = float(MARGIN)
        lines[-1].append((x, word, fill))
        x += width + 22
    return lines


def header(
    sheet: Canvas, title: str, note: str, legend: Sequence[Sequence[tuple[float, str, str]]]
) -> None:
    """The title, a remark on its right, and below them the colours with their words."""
    sheet.words(MARGIN, 60, title, TITLE)
    sheet.words(WIDTH - MARGIN, 64, note, SMALL, GREY, side="right")
    for line, chips in enumerate(legend):
        y = 122 + LEGEND_LINE * line
        for x, word, fill in chips:
            sheet.disc(x + 10, y, 10, fill)
            sheet.words(x + 30, y, word, SMALL)

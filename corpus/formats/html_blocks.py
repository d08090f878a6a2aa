"""A web page becomes blocks: the lines a browser shows, and the tables that hold data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus.formats.building import GridCell

if TYPE_CHECKING:
    from lxml.etree import _Element

# What a browser does not show, or shows only to choose from.
_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select",
     "option", "button", "textarea", "input", "canvas", "video", "audio", "map", "datalist",
     "noframes", "math"}
)  # fmt: skip
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd",
     "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
     "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li",
     "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
     "th", "thead", "tr", "ul"}
)  # fmt: skip
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile("[ \t\r\n\f]+")
_AROUND_BREAK = re.compile(" *\n *")
# A cell this long holds a page's layout, no datum, where it holds most of the table.
_LAYOUT_CELL, _LAYOUT_SHARE = 1500, 0.6
_MOST_SPAN = 500


@dataclass(frozen=True, slots=True)
class Block:
    """A line, or lines parted by breaks, or a table: its text, where it stands, its links.

    `linked` is how many characters stand in links, `links` how many links there are.
    """

    text: str
    element: Any
    linked: int
    links: int = 0
    grid: tuple[GridCell, ...] = ()


def page_blocks(root: _Element) -> list[Block]:
    """Return the blocks of a page that are shown, in order."""
    return _Walk(root).blocks


class _Walk:
    """One walk through a tree, without recursion: old pages nest hundreds of elements."""

    def __init__(self, root: _Element, *, tables: bool = True) -> None:
        from lxml import etree

        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._linked = self._count = self._links = self._kept = 0
        self._stack: list[_Element] = [root]
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                if self._enter(element, root, tables=tables):
                    walk.skip_subtree()
            else:
                if event == "end":
                    self._leave(element, root)
                if element is not root and element.tail:
                    self._add(element.tail)
        self._end_block()

    def _enter(self, element: _Element, root: _Element, *, tables: bool) -> bool:
        """Take an element up; true where what is in it is not to be walked."""
        name = element.tag
        if name in _UNSEEN or (element is not root and _is_hidden(element)):
            return True
        if name in _BLOCKS:
            self._end_block()
            self._stack.append(element)
        if name == "table" and element is not root and tables:
            grid = _data_grid(element)
            if grid:
                linked = sum(len(_squeezed(link)) for link in element.iter("a"))
                text = "\n".join(cell.text for cell in grid)
                self.blocks.append(Block(text, element, linked, grid=grid))
                return True
        if name == "br":
            self._pieces.append("\n")
        self._links += name == "a"
        self._count += name == "a"
        self._kept += name == "pre"
        if element.text:
            self._add(element.text)
        return False

    def _leave(self, element: _Element, root: _Element) -> None:
        name = element.tag
        if name in _UNSEEN or (element is not root and _is_hidden(element)):
            return
        if name in _BLOCKS:
            self._end_block()
            if len(self._stack) > 1:
                self._stack.pop()
        self._links -= name == "a" and self._links > 0
        self._kept -= name == "pre" and self._kept > 0

    def _add(self, text: str) -> None:
        if not self._kept:
            text = _SPACES.sub(" ", text)
        self._pieces.append(text)
        if self._links:
            self._linked += len("".join(text.split()))

    def _end_block(self) -> None:
        text = "".join(self._pieces)
        if not self._kept:
            text = _AROUND_BREAK.sub("\n", re.sub(" {2,}", " ", text)).strip(" ")
        text = text.strip("\n")
        if text.strip():
            self.blocks.append(Block(text, self._stack[-1], self._linked, self._count))
        self._pieces, self._linked, self._count = [], 0, 0


def _is_hidden(element: _Element) -> bool:
    return element.get("hidden") is not None or bool(
        _HIDDEN_STYLE.search(element.get("style") or "")
    )


def _squeezed(element: _Element) -> str:
    return "".join("".join(element.itertext()).split())


def _data_grid(table: _Element) -> tuple[GridCell, ...]:
    """The cells of a table that holds data; none for one that only lays out the page."""
    if next(table.iterdescendants("table", "form", "h1"), None) is not None:
        return ()
    cells = _grid(table)
    rows = {cell.row for cell in cells}
    columns = {cell.column for cell in cells}
    texts = [len(cell.text) for cell in cells if cell.text.strip()]
    if len(rows) < 2 or len(columns) < 2 or len(texts) < 3:
        return ()
    if max(texts) > _LAYOUT_CELL and max(texts) > _LAYOUT_SHARE * sum(texts):
        return ()
    return tuple(cells)


def _grid(table: _Element) -> list[GridCell]:
    taken: set[tuple[int, int]] = set()
    cells = []
    rows = [row for row in table.iter("tr") if not _is_hidden(row)]
    for number, row in enumerate(rows):
        column = 0
        for element in row.iterchildren("td", "th"):
            while (number, column) in taken:
                column += 1
            width = _span(element.get("colspan"), _MOST_SPAN) or 1
            left = len(rows) - number
            height = _span(element.get("rowspan"), left) or left  # 0 is to the end
            cells.append(GridCell(cell_text(element), number, column, height, width))
            taken |= {
                (number + down, column + right) for down in range(height) for right in range(width)
            }
            column += width
    return cells


def _span(text: str | None, most: int) -> int:
    number = int(text) if text and text.strip().isdecimal() and len(text) < 6 else 1
    return min(number, most)


def cell_text(element: _Element) -> str:
    """Return the lines of a cell."""
    return "\n".join(block.text for block in _Walk(element, tables=False).blocks).strip()

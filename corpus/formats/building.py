"""A text put together piece by piece, with the edits and tables that lie in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.formats.records import RawText
from corpus.records import Cell, Edit, Page, Row, Table

FURNITURE = "page furniture"
MARKUP = "markup"
WRAP = "line wrap"


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a table as a format holds it: its text, its corner, how far it reaches.

    `wraps` are the places of line ends that are none of the text's, and what stands for them.
    """

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    wraps: tuple[tuple[int, str], ...] = ()


class TextBuilder:
    """Writes a `RawText` from its beginning to its end."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._edits: list[Edit] = []
        self._tables: list[Table] = []
        self._pages: list[Page] = []
        self.position = 0

    def write(self, text: str) -> None:
        """Add text."""
        self._pieces.append(text)
        self.position += len(text)

    def change(self, text: str, replacement: str, reason: str) -> None:
        """Add text that an edit replaces."""
        if text:
            start = self.position
            self.write(text)
            self._edits.append(Edit(start, self.position, replacement, reason))

    def page(self, number: int) -> None:
        """Begin a page."""
        self._pages.append(Page(number, self.position))

    def table(
        self,
        grid: Sequence[GridCell],
        *,
        pages: Mapping[int, int] | None = None,
        dropped: Mapping[int, str] | None = None,
    ) -> None:
        """Add a table: cells joined by tabs, rows by line ends, a merged cell's text once.

        `pages` says at which rows pages begin, `dropped` what page furniture stands before rows.
        """
        grid = _whole_grid(grid)
        height = max((cell.row + cell.rows for cell in grid), default=0)
        width = max((cell.column + cell.columns for cell in grid), default=0)
        placed: dict[tuple[int, int], Cell] = {}
        for row in range(height):
            if pages and row in pages:
                self.page(pages[row])
            self.change((dropped or {}).get(row, ""), "", FURNITURE)
            self._row([cell for cell in grid if cell.row == row], placed)
        for row in (pages or {}).keys() - range(height):  # a page that holds no row's beginning
            self.page((pages or {})[row])
        rows = [Row(tuple(placed[row, column] for column in range(width))) for row in range(height)]
        if rows:
            self._tables.append(Table(tuple(rows)))

    def _row(self, cells: Sequence[GridCell], placed: dict[tuple[int, int], Cell]) -> None:
        """Write the cells that begin in a row, and note their place."""
        for index, cell in enumerate(sorted(cells, key=lambda cell: cell.column)):
            self.write("\t" if index else "")
            start, position = self.position, 0
            for at, replacement in cell.wraps:
                self.write(cell.text[position:at])
                self.change(cell.text[at : at + 1], replacement, WRAP)
                position = at + 1
            self.write(cell.text[position:])
            for down in range(cell.rows):
                for right in range(cell.columns):
                    place = Cell(start, self.position)
                    placed[cell.row + down, cell.column + right] = place
        self.write("\n" if cells else "")

    def finish(self, title: str = "") -> RawText:
        """Return what was written."""
        return RawText(
            "".join(self._pieces),
            tuple(self._edits),
            tuple(self._tables),
            tuple(self._pages),
            title,
        )


def _whole_grid(grid: Sequence[GridCell]) -> list[GridCell]:
    """Cells that do not overlap and leave no place empty; what comes first has the place."""
    taken: set[tuple[int, int]] = set()
    cells: list[GridCell] = []
    for cell in sorted(grid, key=lambda cell: (cell.row, cell.column)):
        places = {
            (cell.row + down, cell.column + right)
            for down in range(cell.rows)
            for right in range(cell.columns)
        }
        if places & taken:
            places = {(cell.row, cell.column)}
            if places & taken:
                continue
            cell = replace(cell, rows=1, columns=1)
        taken |= places
        cells.append(cell)
    height = max((row for row, _ in taken), default=-1) + 1
    width = max((column for _, column in taken), default=-1) + 1
    cells += [
        GridCell("", row, column)
        for row in range(height)
        for column in range(width)
        if (row, column) not in taken
    ]
    return cells

"""A text put together piece by piece, with the edits and tables that lie in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.formats.records import RawText
from corpus.records import Cell, Edit, Page, Row, Table

FURNITURE = "page furniture"
MARKUP = "markup"


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a table as a format holds it: its text, its corner, how far it reaches."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


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

    def table(self, grid: Sequence[GridCell]) -> None:
        """Add a table: cells joined by tabs, rows by line ends, a merged cell's text once."""
        rows = self._rows(_whole_grid(grid))
        if rows:
            self._tables.append(Table(rows))

    def extend_table(self, grid: Sequence[GridCell]) -> None:
        """Add rows to the table written last: what a page break has parted."""
        rows = self._rows(_whole_grid(grid))
        if rows:
            self._tables[-1] = Table(self._tables[-1].rows + rows)

    def _rows(self, grid: Sequence[GridCell]) -> tuple[Row, ...]:
        height = max((cell.row + cell.rows for cell in grid), default=0)
        width = max((cell.column + cell.columns for cell in grid), default=0)
        placed: dict[tuple[int, int], Cell] = {}
        for row in range(height):
            corners = sorted(
                (cell for cell in grid if cell.row == row), key=lambda cell: cell.column
            )
            for index, cell in enumerate(corners):
                self.write("\t" if index else "")
                place = Cell(self.position, self.position + len(cell.text))
                self.write(cell.text)
                for down in range(cell.rows):
                    for right in range(cell.columns):
                        placed[cell.row + down, cell.column + right] = place
            self.write("\n" if corners else "")
        return tuple(
            Row(tuple(placed[row, column] for column in range(width))) for row in range(height)
        )

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
            cell = GridCell(cell.text, cell.row, cell.column)
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

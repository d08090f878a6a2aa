"""The rows of tables as ranges of a document's text, each with the words that explain its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.records import Cell, Row, Table

# Enough of a heading row, or of a cell that spans rows, to know what a row is about.
_LONGEST_WORDS = 160


@dataclass(frozen=True, slots=True)
class RowRange:
    """A row's place in the text, the cells that begin in it, and the words it is told by.

    `words` are those of the table's heading row and of cells that span from rows above.
    `is_heading` where one cell fills the row.
    """

    start: int
    end: int
    cells: tuple[Cell, ...]
    words: str
    is_heading: bool


def row_ranges(text: str, tables: Sequence[Table]) -> list[RowRange]:
    """Return the rows that hold text, in the order of the text."""
    ranges = []
    for table in tables:
        reached = -1
        for number, row in enumerate(table.rows):
            own = [
                cell for cell in _distinct(row) if cell.start > reached and cell.end > cell.start
            ]
            if not own:
                continue
            start, end = own[0].start, max(cell.end for cell in own)
            above = [cell for cell in _distinct(row) if cell.start < start]
            told = [*(_distinct(table.rows[0]) if number else []), *above]
            words = " ".join(" ".join(text[cell.start : cell.end].split()) for cell in told)
            fills = len(row.cells) > 1 and len(set(row.cells)) == 1
            ranges.append(RowRange(start, end, tuple(own), words[:_LONGEST_WORDS], fills))
            reached = max(reached, end - 1)
    return sorted(ranges, key=lambda item: item.start)


def _distinct(row: Row) -> list[Cell]:
    return sorted(set(row.cells), key=lambda cell: (cell.start, cell.end))


def cut_row(row: RowRange, start: int, end: int, longest: int) -> list[tuple[int, int]]:
    """Cut a part of a row between cells, into pieces no longer than one cell or `longest`."""
    cells = [cell for cell in row.cells if start <= cell.start and cell.end <= end]
    if end - start <= longest or not cells:
        return [(start, end)]
    pieces: list[tuple[int, int]] = []
    first = start
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if following is None or following.end - first > longest:
            pieces.append((first, cell.end))
            first = following.start if following else end
    return pieces

"""Tables and pages of a file, placed in the clean text of each document cut from it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from corpus.edits import OffsetMap
from corpus.records import Cell, Edit, Page, Row, Table

_LEAST_COLUMNS = 3


def place_tables(
    tables: Sequence[Table], edits: Sequence[Edit], start: int, end: int
) -> tuple[Table, ...]:
    """Return the tables of the raw range, their cells in the text that `edits` make of it.

    A cell whose text was deleted is empty; a table that ends outside the range keeps the rows
    inside.
    """
    offsets = OffsetMap(edits)
    placed = []
    for table in tables:
        rows = [row for row in table.rows if all(start <= cell.start < end for cell in row.cells)]
        if rows:
            placed.append(Table(tuple(_place(row, offsets, start, end) for row in rows)))
    return tuple(placed)


def _place(row: Row, offsets: OffsetMap, start: int, end: int) -> Row:
    cells = []
    for cell in row.cells:
        left = offsets.clean_start(cell.start - start)
        right = offsets.clean_end(min(cell.end, end) - start)
        cells.append(Cell(left, max(left, right) if cell.end > cell.start else left))
    return Row(tuple(cells))


def place_pages(
    pages: Sequence[Page], edits: Sequence[Edit], start: int, end: int
) -> tuple[Page, ...]:
    """Return the pages the raw range lies on, each with where it begins in the edited text."""
    offsets = OffsetMap(edits)
    first = max(0, bisect_right([page.start for page in pages], start) - 1)
    return tuple(
        Page(page.number, offsets.clean_start(max(0, page.start - start)))
        for page in pages[first:]
        if page.start < end
    )


def columns_at(text: str, tables: Sequence[Table], start: int, end: int) -> tuple[str, ...]:
    """Return the heads of the columns that a span's cells stand in, none for a head itself.

    The head is a table's first row without merged cells; tables of two columns name things in
    their first column, not in a row.
    """
    for table in tables:
        head = next((row for row in table.rows if len(set(row.cells)) == len(row.cells)), None)
        if head is None or len(head.cells) < _LEAST_COLUMNS or start < head.cells[-1].end:
            continue
        inside = [
            words
            for row in table.rows
            for cell, named in zip(row.cells, head.cells, strict=True)
            if start <= cell.start < cell.end <= end
            and (words := "".join(text[named.start : named.end].split()))
        ]
        if inside:
            return tuple(dict.fromkeys(inside))
    return ()


def page_at(pages: Sequence[Page], offset: int) -> int | None:
    """Return the number of the page that holds an offset, None where no pages are known."""
    index = bisect_right([page.start for page in pages], offset) - 1
    return pages[index].number if index >= 0 else None

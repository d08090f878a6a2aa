"""Ruled tables of a PDF: grids of cells, and one table out of what pages have parted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from corpus.formats.building import GridCell
from corpus.formats.pdf_lines import cell_lines
from corpus.formats.pdf_paragraphs import cell_wraps, wrap_replacement
from corpus.formats.pdf_signs import Char
from corpus.formats.pdf_source import Rule

# Rules this close, in points, are one.
_SNAP, _RULE_SNAP = 4.0, 3.0
# Level rules of one length over each other that make a table.
_LEAST_RULES = 3
# A shorter upright rule is a dash of a broken line.
_LEAST_UPRIGHT = 8.0
_NUMBER_HEAD = re.compile(r"(?:序|编)\s*号|项目?\s*号")


@dataclass(slots=True)
class PdfTable:
    """A table with its place.

    `pages` says at which row a page begins, `dropped` what heads were repeated before a row.
    """

    top: float
    bottom: float
    edges: tuple[float, ...]
    cells: list[GridCell]
    pages: dict[int, int] = field(default_factory=dict)
    dropped: dict[int, str] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """How many rows it has."""
        return max(cell.row + cell.rows for cell in self.cells)

    def row(self, number: int) -> list[GridCell]:
        """The cells that begin in a row, by column."""
        return sorted(
            (cell for cell in self.cells if cell.row == number), key=lambda cell: cell.column
        )


def find_tables(rules: Sequence[Rule], chars: Sequence[Char]) -> tuple[list[PdfTable], list[Char]]:
    """Return the ruled tables of a page, and the characters that stand outside of them."""
    tables = []
    rest = list(chars)
    for found in _boxes(rules):
        boxes = [box for box in found if box[2] - box[0] > _SNAP and box[3] - box[1] > _SNAP]
        columns = _edges([box[0] for box in boxes] + [box[2] for box in boxes])
        rows = _edges([box[1] for box in boxes] + [box[3] for box in boxes])
        if len(columns) < 3 or len(rows) < 3:
            continue
        cells, outside = _cells(boxes, columns, rows, rest)
        if sum(bool(cell.text) for cell in cells) < 2:
            continue
        tables.append(PdfTable(rows[0], rows[-1], tuple(columns), cells))
        rest = outside
    return sorted(tables, key=lambda table: table.top), rest


def _boxes(rules: Sequence[Rule]) -> list[list[tuple[float, float, float, float]]]:
    """The cells that ruled lines enclose, table by table."""
    from pdfplumber import table

    edges = [_edge(rule.x0, rule.top, rule.x1, rule.bottom, level=rule.level) for rule in rules]
    edges += _closings(edges)
    merged = table.merge_edges(edges, _RULE_SNAP, _RULE_SNAP, _RULE_SNAP, _RULE_SNAP)
    closed = [*merged, *_sides([edge for edge in merged if edge["orientation"] == "h"])]
    merged = table.merge_edges(closed, _RULE_SNAP, _RULE_SNAP, _RULE_SNAP, _RULE_SNAP)
    crossings = table.edges_to_intersections(merged, _RULE_SNAP, _RULE_SNAP)
    return table.cells_to_tables(table.intersections_to_cells(crossings))


def _edge(x0: float, top: float, x1: float, bottom: float, *, level: bool) -> dict[str, Any]:
    return {
        "x0": x0,
        "x1": x1,
        "top": top,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
        "orientation": "h" if level else "v",
    }


def _sides(levels: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sides of tables that are drawn open: where several level rules begin, and end."""
    groups: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for edge in levels:
        place = (round(edge["x0"] / _SNAP), round(edge["x1"] / _SNAP))
        groups.setdefault(place, []).append(edge)
    sides = []
    for group in groups.values():
        if len(group) >= _LEAST_RULES:
            top, bottom = (pick(edge["top"] for edge in group) for pick in (min, max))
            for name in ("x0", "x1"):
                sides.append(_edge(group[0][name], top, group[0][name], bottom, level=False))
    return sides


def _closings(edges: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The level rules that a row which a page has parted lacks: its upright ones all end there."""
    uprights = [
        edge for edge in edges if edge["orientation"] == "v" and edge["height"] >= _LEAST_UPRIGHT
    ]
    levels = [edge["top"] for edge in edges if edge["orientation"] == "h"]
    closings = []
    for place in _edges([edge[end] for edge in uprights for end in ("top", "bottom")]):
        ending = {
            round(edge["x0"] / _SNAP): edge["x0"]
            for edge in uprights
            if min(abs(edge["top"] - place), abs(edge["bottom"] - place)) <= _SNAP
        }
        passing = any(edge["top"] + _SNAP < place < edge["bottom"] - _SNAP for edge in uprights)
        ruled = any(abs(level - place) <= _SNAP for level in levels)
        if levels and len(ending) >= _LEAST_RULES and not passing and not ruled:
            closings.append(
                _edge(min(ending.values()), place, max(ending.values()), place, level=True)
            )
    return closings


def _edges(places: list[float]) -> list[float]:
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > _SNAP:
            edges.append(place)
    return edges


def _nearest(edges: Sequence[float], place: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - place))


def _cells(
    boxes: list[tuple[float, float, float, float]],
    columns: list[float],
    rows: list[float],
    chars: list[Char],
) -> tuple[list[GridCell], list[Char]]:
    cells = []
    rest = chars
    for x0, top, x1, bottom in boxes:
        inside: list[Char] = []
        outside: list[Char] = []
        for char in rest:
            within = x0 <= char.middle_x <= x1 and top <= char.middle <= bottom
            (inside if within else outside).append(char)
        rest = outside
        column, row = _nearest(columns, x0), _nearest(rows, top)
        text, wraps = _cell_text(inside, x0, x1)
        cells.append(
            GridCell(
                text,
                row,
                column,
                max(1, _nearest(rows, bottom) - row),
                max(1, _nearest(columns, x1) - column),
                wraps,
            )
        )
    return cells, rest


def _cell_text(
    chars: list[Char], left: float, right: float
) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The lines of a cell, and where a line end is none of the text's."""
    lines = cell_lines(chars)
    goes_on = cell_wraps(lines, left, right)
    text = ""
    wraps = []
    for index, line in enumerate(lines):
        if index:
            if goes_on[index - 1]:
                wraps.append((len(text), wrap_replacement(lines[index - 1].text, line.text)))
            text += "\n"
        text += line.text
    return text, tuple(wraps)


def continues(table: PdfTable, following: PdfTable) -> bool:
    """Whether a table at the top of a page goes on from one at the end of the page before."""
    return len(table.edges) == len(following.edges) and all(
        abs(first - second) <= 2 * _SNAP
        for first, second in zip(table.edges, following.edges, strict=True)
    )


def join_tables(table: PdfTable, following: PdfTable, page: int) -> PdfTable:
    """Return one table of two: a repeated head is dropped, a row the page has parted is joined."""
    skipped = 0
    while (
        skipped < following.height - 1
        and skipped < table.height
        and _same_row(table.row(skipped), following.row(skipped))
    ):
        skipped += 1
    height = table.height
    pages, dropped = dict(table.pages), dict(table.dropped)
    cells = list(table.cells)
    parted = _is_parted(table, following.row(skipped), skipped)
    if parted:
        cells = [_with_rest(cell, following.row(skipped), height) for cell in cells]
    start = skipped + parted
    shift = height - start
    cells += [replace(cell, row=cell.row + shift) for cell in following.cells if cell.row >= start]
    pages[height] = page
    if skipped:
        rows = [following.row(number) for number in range(skipped)]
        dropped[height] = "\n".join("\t".join(cell.text for cell in row) for row in rows) + "\n"
    return PdfTable(table.top, following.bottom, table.edges, cells, pages, dropped)


def _same_row(first: list[GridCell], second: list[GridCell]) -> bool:
    texts = ["".join(cell.text.split()) for cell in first]
    return any(texts) and texts == ["".join(cell.text.split()) for cell in second]


def _is_parted(table: PdfTable, row: list[GridCell], skipped: int) -> bool:
    """Whether the first row of a page is only the rest of the last row of the page before."""
    last = table.row(table.height - 1)
    if [cell.column for cell in last] != [cell.column for cell in row] or not any(
        cell.text for cell in row
    ):
        return False
    if any(cell.rows > 1 for cell in row):
        return False
    heads = {cell.column: cell.text for cell in table.row(0)}
    for cell in row:
        if _NUMBER_HEAD.fullmatch("".join(heads.get(cell.column, "").split())):
            return not cell.text
    return 2 * sum(bool(cell.text) for cell in row) < len(row) and not row[0].text


def _with_rest(cell: GridCell, row: list[GridCell], height: int) -> GridCell:
    """A cell of the last row with what the next page holds of it."""
    if cell.row + cell.rows != height:
        return cell
    rest = next((item for item in row if item.column == cell.column and item.text), None)
    if rest is None:
        return cell
    if not cell.text:
        return replace(cell, text=rest.text, wraps=rest.wraps)
    at = len(cell.text)
    between = (at, wrap_replacement(cell.text, rest.text))
    wraps = (*cell.wraps, between, *((at + 1 + place, with_) for place, with_ in rest.wraps))
    return replace(cell, text=f"{cell.text}\n{rest.text}", wraps=wraps)

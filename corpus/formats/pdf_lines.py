"""The characters of a PDF page become lines, in the order they are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from corpus.formats.pdf_signs import Char

# Gaps, in heights of a character: between Latin words, between Chinese ones, between columns.
_WORD_GAP, _CHINESE_GAP, _WIDE_GAP = 0.25, 0.8, 1.8
_MOST_SPACES = 4
# Two columns of running text: enough lines, long enough, and next to none across the gutter.
_COLUMN_LINES, _COLUMN_LENGTH, _ACROSS = 6, 10, 0.15
_GUTTER_STEP, _GUTTER = 2.0, 6.0
_MIDDLE = (0.35, 0.65)
_FILLED_SHARE, _LONG_SHARE = 0.25, 0.3
_STOPS = frozenset("，。、；：！？,.;:!?)）”》 ")
_LATIN = re.compile(r"[!-~]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, white space at its ends left out; `gapped` where columns may be in it.

    `column` is 1 or 2 in one of two columns of running text, 0 elsewhere.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    gapped: bool = False
    column: int = 0


def cell_lines(chars: Sequence[Char]) -> list[Line]:
    """Return the lines of a cell, from top to bottom."""
    return _lines(chars)


def page_gutters(pages: Sequence[Sequence[Char]]) -> list[float | None]:
    """Return where the columns of each page part, None where a page has but one.

    Where most pages have two, so has a page of short lines that leaves the same place free.
    """
    gutters = [_gutter(chars) for chars in pages]
    told = [gutter for gutter in gutters if gutter is not None]
    if 2 * len(told) <= len(pages):
        return gutters
    usual = median(told)
    return [
        usual if gutter is None and _leaves_free(chars, usual) else gutter
        for gutter, chars in zip(gutters, pages, strict=True)
    ]


def _leaves_free(chars: Sequence[Char], place: float) -> bool:
    visible = [char for char in chars if char.text.strip()]
    left = _lines([char for char in visible if char.x1 <= place])
    right = _lines([char for char in visible if char.x0 >= place])
    crossing = sum(char.x0 < place < char.x1 for char in visible)
    return bool(left and right) and crossing <= _ACROSS * max(len(left), len(right))


def read_lines(chars: Sequence[Char], gutter: float | None) -> list[Line]:
    """Return the lines of a page, columns of running text one after the other."""
    if gutter is None:
        return _lines(chars)
    across: list[Char] = []
    for row in _rows(chars):
        # A stop may hang over the edge of a column.
        if any(char.x0 < gutter < char.x1 and char.text not in _STOPS for char in row):
            across += row
    wide = {id(char) for char in across}
    rest = [char for char in chars if id(char) not in wide]
    left = _lines([char for char in rest if char.middle_x <= gutter], column=1)
    right = _lines([char for char in rest if char.middle_x > gutter], column=2)
    ordered: list[Line] = []
    for line in _lines(across):  # what runs across both columns parts the page
        for column in (left, right):
            while column and column[0].top < line.top:
                ordered.append(column.pop(0))
        ordered.append(line)
    return [*ordered, *left, *right]


def _lines(chars: Sequence[Char], column: int = 0) -> list[Line]:
    return [line for row in _rows(chars) if (line := _line(row, column)) is not None]


def _rows(chars: Sequence[Char]) -> list[list[Char]]:
    """Characters of about the same height, from top to bottom, each row from left to right."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda char: (char.middle, char.x0)):
        if rows and abs(rows[-1][0].middle - char.middle) <= 0.45 * max(
            char.size, rows[-1][0].size, 1
        ):
            rows[-1].append(char)
        else:
            rows.append([char])
    return [sorted(row, key=lambda char: char.x0) for row in rows]


def _line(row: list[Char], column: int) -> Line | None:
    visible = [char for char in row if char.text.strip()]
    if not visible:
        return None
    first, last = row.index(visible[0]), len(row) - row[::-1].index(visible[-1])
    pieces = [row[first].text]
    previous = row[first]
    for char in row[first + 1 : last]:
        gap = (char.x0 - previous.x1) / max(char.size, 1)
        latin = _LATIN.match(previous.text) and _LATIN.match(char.text)
        spaced = previous.text.isspace() or char.text.isspace()
        if not spaced and gap > (_WORD_GAP if latin else _CHINESE_GAP):
            pieces.append(" " * min(max(1, round(gap)), _MOST_SPACES))
        pieces.append(char.text)
        previous = char
    solid = [char for char in row[first:last] if char.text.strip()]
    gaps = [(b.x0 - a.x1) / max(b.size, 1) for a, b in pairwise(solid)]
    gapped = max(gaps, default=0) >= _WIDE_GAP
    return Line(
        "".join(pieces).replace("\n", " "),
        visible[0].x0,
        visible[-1].x1,
        min(char.top for char in visible),
        max(char.bottom for char in visible),
        median(char.size for char in visible),
        gapped,
        column,
    )


def _gutter(chars: Sequence[Char]) -> float | None:
    """Where two columns of running text part, None on a page with one."""
    visible = [char for char in chars if char.text.strip()]
    if len(visible) < 2 * _COLUMN_LINES * _COLUMN_LENGTH:
        return None
    left, right = min(char.x0 for char in visible), max(char.x1 for char in visible)
    crossings: list[tuple[int, float]] = []
    place = left + (right - left) * _MIDDLE[0]
    while place < left + (right - left) * _MIDDLE[1]:
        half = _GUTTER / 2
        count = sum(char.x0 < place + half and char.x1 > place - half for char in visible)
        crossings.append((count, place))
        place += _GUTTER_STEP
    least = min((count for count, _ in crossings), default=0)
    runs = [
        [place for _, place in run]
        for count, run in groupby(crossings, key=lambda item: item[0])
        if count == least
    ]
    if not runs:
        return None
    widest = max(runs, key=len)
    middle = (widest[0] + widest[-1]) / 2
    return middle if _two_columns(visible, least, middle) else None


def _two_columns(chars: list[Char], crossing: int, place: float) -> bool:
    halves = [
        _lines([char for char in chars if char.x1 <= place]),
        _lines([char for char in chars if char.x0 >= place]),
    ]
    if min(map(len, halves)) < _COLUMN_LINES:
        return False
    if crossing > _ACROSS * max(map(len, halves)):
        return False
    for lines in halves:
        edge = max(line.x1 for line in lines)
        filled = sum(edge - line.x1 < 2 * line.size for line in lines)
        if filled < _FILLED_SHARE * len(lines):
            return False
        if sum(len(line.text) >= _COLUMN_LENGTH for line in lines) < _LONG_SHARE * len(lines):
            return False
    return True

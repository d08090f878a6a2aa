"""Forms: tables with the label in one cell and its value in the next, a table a task."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from corpus.ledger.columns import Column, Kind, column_named
from corpus.ledger.items import Item, Part
from corpus.ledger.labels import CHINESE, CLOSING_FIELDS, OPENING_FIELDS, Field
from corpus.ledger.measures import Range, trim
from corpus.numerals import number_value
from corpus.records import Cell, Row

_DIGITS = re.compile(rf"\d{{1,4}}|{CHINESE}{{1,5}}")
_HEADING = re.compile(
    rf"(?:^|\n)[ \t\u3000]*(?:(?:问题|任务|事项|表|清单)(?P<a>\d{{1,3}}|{CHINESE}{{1,3}})"
    rf"|第(?P<b>\d{{1,3}}|{CHINESE}{{1,3}})[项个条]|(?P<c>\d{{1,3}})[.．、]|[(（](?P<d>{CHINESE}{{1,3}})[)）]"
    rf"|(?P<e>{CHINESE}{{1,3}})、)[^\n]*\s*$"
)
_LOOK_BACK = 80  # characters above a form that can hold its number
_FEWEST_PAIRS = 3
_HEADS = (Column.NUMBER, Field.PROBLEM)  # each task has its own
_LEAST_WIDTH = 3  # labels, and two tasks
_CLOSING = CLOSING_FIELDS - {Field.OTHER, Field.STATUS}

Pair = tuple[Kind, Range]


def read_form(text: str, rows: Sequence[Row], number: int, *, since: int = 0) -> list[Item]:
    """Read the tasks of a form; none where the table is no form.

    :param number: what the first task is called where neither the form nor the line above says.
    :param since: where the words begin that may number the first task.
    """
    items: list[Item] = []
    for grid in _side_by_side(text, rows) or (rows,):
        pairs = [pair for row in grid for pair in _pairs(text, row.cells)]
        fields = {kind for kind, _ in pairs if isinstance(kind, Field)}
        if len(pairs) < _FEWEST_PAIRS or not (fields & OPENING_FIELDS and fields & _CLOSING):
            continue
        for group in _groups(pairs):
            expected = items[-1].number + 1 if items else number
            items.append(_item(text, group, expected, since=None if items else since))
    return items


def _side_by_side(text: str, rows: Sequence[Row]) -> Sequence[Sequence[Row]]:
    """Return the form of each task where several stand side by side, their labels on the left."""
    width = min(len(row.cells) for row in rows)
    if width != max(len(row.cells) for row in rows):
        return []
    named = [[column_named(text[one.start : one.end]) for one in row.cells] for row in rows]
    labelled = all(first is not None for first, *_ in named)
    if not labelled or any(kind is not None for _, *others in named for kind in others):
        return []  # label, value, label, value
    heads = [row.cells[1:] for row, (kind, *_) in zip(rows, named, strict=True) if kind in _HEADS]
    if width < _LEAST_WIDTH or not any(len({*cells}) == len(cells) for cells in heads):
        return []
    return [[Row((row.cells[0], row.cells[at])) for row in rows] for at in range(1, width)]


def begin_of(rows: Sequence[Row]) -> int:
    """Return where a table begins."""
    return min(cell.start for cell in rows[0].cells)


def is_headed(text: str, rows: Sequence[Row]) -> bool:
    """Tell whether a numbered heading stands right above a table."""
    begin = begin_of(rows)
    lead = text[max(0, begin - _LOOK_BACK) : begin].rstrip()
    return _HEADING.match(lead[lead.rfind("\n") + 1 :]) is not None


def _pairs(text: str, cells: Sequence[Cell]) -> list[Pair]:
    """Return the labels of a row, each with the range of the value beside it."""
    distinct = list(dict.fromkeys(cells))
    found: list[Pair] = []
    taken = False
    for label, value in pairwise(distinct):
        kind = None if taken else column_named(text[label.start : label.end])
        taken = kind is not None
        if kind is None:
            continue
        place = trim(text, value.start, value.end)
        if place[0] < place[1]:
            found.append((kind, place))
    return found


def _groups(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Cut the pairs before the one that begins the next task: the first kind, met again."""
    groups: list[list[Pair]] = []
    for pair in pairs:
        if not groups or pair[0] is pairs[0][0]:
            groups.append([])
        groups[-1].append(pair)
    return groups


def _item(text: str, pairs: Sequence[Pair], expected: int, *, since: int | None) -> Item:
    """Make an item of one task's labels and values; from `since` on its number may stand above."""
    places = dict(reversed(pairs))
    problem = places.get(Field.PROBLEM)
    start, end = problem or (pairs[0][1][0], pairs[0][1][0])
    number = _written(text, places.get(Column.NUMBER))
    if number is None and since is not None:
        number = _above(text, start, since)
    notes = () if number is not None else (f"number: {expected} (原表没有序号, 按顺序编定)",)
    parts = [
        Part(kind, place[0], *place)
        for kind, place in pairs
        if isinstance(kind, Field) and not (kind is Field.PROBLEM and place == problem)
    ]
    item = Item(expected if number is None else number, start, start, end, None, tuple(parts))
    return replace(item, notes=notes)


def _written(text: str, place: Range | None) -> int | None:
    """Return the number that a cell holds."""
    match = _DIGITS.search(text, *place) if place else None
    return number_value(match.group()) if match else None


def _above(text: str, start: int, since: int) -> int | None:
    """Return the number of the line above a form: 问题3, 第3项 or 3. (with words behind it)."""
    lead = text[max(since, start - _LOOK_BACK) : start].rstrip()
    lines = [line for line in lead.split("\n") if line.strip()]
    for line in reversed(lines[-2:]):
        if match := _HEADING.match(line):
            return number_value(next(value for value in match.groups() if value))
    return None

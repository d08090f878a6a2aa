"""The cells of a list that is a table: an item's number, and the fields that share one cell."""

from __future__ import annotations

import re

from corpus.deadlines.reading import read_deadline
from corpus.ledger.columns import Column, Kind
from corpus.ledger.items import Part
from corpus.ledger.labels import CHINESE, Field
from corpus.numerals import number_value

_PAIR = re.compile(r"\s*[/／\n；;]\s*")
_ROLE_WORD = re.compile(r"牵头|配合|协办|参与")
_ENTRY = re.compile(r"[^\s，,；;、][^\n，,；;\u3000 ]*")  # a date or units, with their 、
_NUMBER = re.compile(
    rf"(?:第|问题|任务|事项|序号)?[(（【]?(?P<n>\d{{1,4}}|{CHINESE}{{1,5}})[)）】]?(?:项|条|号)?[.．、]?(?:\.0)?"
)


def cell_parts(text: str, kind: Kind, start: int, end: int) -> list[Part]:
    """Return the parts of one cell: two where 牵头单位/配合单位 share it."""
    if isinstance(kind, Field):
        return [Part(kind, start, start, end)]
    if kind is Column.DATED:
        return _dated(text, start, end)
    cut = _PAIR.search(text, start, end)
    if cut is None or _ROLE_WORD.search(text, start, end):
        return [Part(Field.UNITS, start, start, end)]
    return [
        Part(Field.LEAD_UNITS, start, start, cut.start()),
        Part(Field.COOPERATING_UNITS, cut.end(), cut.end(), end),
    ]


def _dated(text: str, start: int, end: int) -> list[Part]:
    """Return the parts of 责任单位及完成时限: what can be kept to is the deadline."""
    found = []
    for match in _ENTRY.finditer(text, start, end):
        deadline = read_deadline(match.group(), 0, "", base=None)
        field = Field.DEADLINE if deadline else Field.UNITS
        found.append(Part(field, match.start(), match.start(), match.end()))
    return found


def row_number(words: str) -> int | None:
    """Read an item's number (1, 一, 第1项); None for anything else."""
    match = _NUMBER.fullmatch("".join(words.split()))
    return number_value(match["n"]) if match else None

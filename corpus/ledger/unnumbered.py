"""Lists whose items have no numbers: where the first field comes again, the next item begins.

A word processor that numbers by itself leaves none behind in the text; 1 alone on the line above
is read as the number.
"""

from __future__ import annotations

from dataclasses import replace

from corpus.ledger.continuing import continues
from corpus.ledger.items import Item
from corpus.ledger.labels import CLOSING_FIELDS, OPENING_FIELDS, UNIT_FIELDS, Field, holds_list
from corpus.ledger.marks import Line, Style

_LONGEST_TITLE = 100
_DONE_AND_DUE = (UNIT_FIELDS | {Field.LEADERS}, {Field.DEADLINE})


def with_heads(text: str, lines: list[Line]) -> list[Line]:
    """Return the lines with a head of PLAIN style before each field that begins an item."""
    first = next((line.label for line in lines if line.label in OPENING_FIELDS), None)
    if first is None:
        return lines
    found: list[Line] = []
    count, closed = 0, True
    for line in lines:
        if line.label is first and closed:
            count, closed = count + 1, False
            title = _title(text, found, first)
            if title:
                found.pop()
            place = title or Line(line.start, line.start, line.start)
            value = place.end if _written(text, place) == str(count) else place.start
            found.append(replace(place, value=value, number=count, style=Style.PLAIN, section=None))
        closed = closed or (line.label in CLOSING_FIELDS and line.label is not Field.OTHER)
        found.append(line)
    return found


def are_tasks(items: list[Item]) -> bool:
    """Tell whether all that was read without numbers are tasks; a single one must lack nothing."""
    fields = [{part.field for part in item.parts} for item in items]
    if len(items) == 1:
        whole = Field.PROBLEM in fields[0] and len(fields[0] & OPENING_FIELDS) > 1
        return whole and all(fields[0] & needed for needed in _DONE_AND_DUE)
    return bool(items) and all(holds_list(one) for one in fields)


def noted(text: str, items: list[Item]) -> list[Item]:
    """Return the items with a note where the number is by order only."""
    found = []
    for item in items:
        written = text[item.start : item.end].strip() == str(item.number)
        notes = () if written else (f"number: {item.number} (原文没有编号, 按顺序编定)",)
        found.append(replace(item, notes=notes))
    return found


def _title(text: str, before: list[Line], first: Field) -> Line | None:
    """Return the line above a field that is the item's title, or its number alone."""
    line = before[-1] if before else None
    if line is None or line.label or line.style:
        return None
    words = _written(text, line)
    if words.isdecimal():
        return line
    if first is Field.PROBLEM or len(words) > _LONGEST_TITLE:
        return None
    above = before[-2] if len(before) > 1 else None
    if above and above.label:
        value = text[above.value : above.end].strip()
        return None if continues(above.label, value, words) else line
    return line


def _written(text: str, line: Line) -> str:
    return text[line.start : line.end].strip()

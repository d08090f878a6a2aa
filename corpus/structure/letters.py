"""The end of a letter, where no headings stand, and the title of what it prints along.

A notice that prints a plan ends with its list of attachments, signature and day; 2.… in that list
heads nothing. The plan's own title stands below and heads all of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.structure.elements import is_furniture
from corpus.structure.issuing import signature_line
from corpus.structure.titles import Title, find_title

_LINE = re.compile(r"\S[^\n]*")
_LIST = re.compile(r"附\s*件?\s*(?:\d{1,2}\s*)?[:：]")
# How far above the day the list of attachments may begin.
_LIST_LINES = 40
# A remark and the print line may stand between the day and what is printed.
_BETWEEN, _TITLE_LINES = 3, 6
_REMARK = re.compile(r"[(（].*[)）]$")


@dataclass(frozen=True, slots=True)
class Letter:
    """Ranges of a text: the letter's end, and the title of what follows, if there is one."""

    start: int
    end: int
    title: str = ""
    title_start: int = 0
    title_end: int = 0


def read_letter(text: str) -> Letter | None:
    """Return where a document's letter ends; None where it holds no signed letter."""
    places = [(match.start(), match.group().rstrip()) for match in _LINE.finditer(text)]
    lines = [line for _, line in places]
    day = signature_line(lines)
    if day is None:
        return None
    first = next(
        (at for at in range(max(0, day - _LIST_LINES), day) if _LIST.match(lines[at])), day
    )
    start, end = places[first][0], places[day][0] + len(lines[day])
    printed = _printed(lines, day + 1)
    if printed is None:
        return Letter(start, end)
    last, line = places[printed.end - 1]
    return Letter(start, end, printed.words, places[printed.first][0], last + len(line))


def _printed(lines: Sequence[str], after: int) -> Title | None:
    """The title that stands below the day, with more below itself."""
    for at in range(after, min(after + _BETWEEN, len(lines))):
        found = find_title(lines[at : at + _TITLE_LINES])
        if found and found.first == 0 and found.kind and at + found.end < len(lines):
            return Title(at, at + found.end, found.words, found.kind)
        if not (_REMARK.match(lines[at]) or is_furniture(lines[at])):
            return None
    return None

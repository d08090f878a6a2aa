"""Lines broken to a terminal's width as Chinese is set: anywhere but inside a number or word.

A label (  任务  ) or a number ([1]) at the start of a line hangs out to the left of what follows.
"""

from __future__ import annotations

import unicodedata

from bot.render import Line

# No line begins with these.
_NOT_FIRST = frozenset("，。、；：！？”’）〕》」』】,.;:!?)]}%％…")
_WIDEST_LABEL = 14
_NARROWEST = 20
_LONGEST_WORD = 24

_Cell = tuple[str, str]


def wrap(line: Line, width: int) -> list[Line]:
    """Return a styled line as lines of at most `width` columns, the later ones indented."""
    cells = [(style, char) for style, words in line for char in words]
    if sum(columns(char) for _, char in cells) <= width:
        return [line]
    indent = _indent(line, width)
    rows: list[Line] = []
    while cells:
        room = width if not rows else width - indent
        end = _break(cells, room)
        rows.append(_row(cells[:end], indent if rows else 0))
        cells = cells[end:]
        while cells and cells[0][1] == " ":
            cells = cells[1:]
    return rows


def columns(char: str) -> int:
    """How many columns a character takes."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _indent(line: Line, width: int) -> int:
    first = line[0][1]
    label = sum(map(columns, first))
    if len(line) > 1 and label <= _WIDEST_LABEL and label + _NARROWEST <= width:
        return label
    blank = len(first) - len(first.lstrip(" "))
    return blank if blank + _NARROWEST <= width else 0


def _break(cells: list[_Cell], room: int) -> int:
    """How many cells go on this row: at least one, no word or number torn if it can be helped."""
    used = end = 0
    for _, char in cells:
        if used + columns(char) > room:
            break
        used += columns(char)
        end += 1
    if end >= len(cells):
        return len(cells)
    best = end
    while best > 1 and (cells[best][1] in _NOT_FIRST or _inside_word(cells, best)):
        best -= 1
        if end - best > _LONGEST_WORD:
            return max(1, end)
    return max(1, best)


def _inside_word(cells: list[_Cell], index: int) -> bool:
    before, after = cells[index - 1][1], cells[index][1]
    return _in_word(before) and _in_word(after)


def _in_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in "._-/%")


def _row(cells: list[_Cell], indent: int) -> Line:
    row: Line = [("", " " * indent)] if indent else []
    for style, char in cells:
        if row and row[-1][0] == style:
            row[-1] = (style, row[-1][1] + char)
        else:
            row.append((style, char))
    return row

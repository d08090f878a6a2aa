"""Pinyin injected after characters, 會(hui)議, goes; genuine parentheses stay.

An injection is one or more equal groups of Latin letters in parentheses, each a reading of
the character before them (over a space or a mark of punctuation), or, in a text that is full of
them, of the one after; (库) or (PM2.5) never is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from corpus.records import Edit
from corpus.repairs.chinese import to_simplified

# Letters with their tone marks, as one code point or as two, and the two that phonetic fonts write
# otherwise.
_LETTER = "[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿɡɑ\u0300\u0301\u0304\u0308\u030c]"
_GROUP = re.compile(rf"[(（][ \u3000]?({_LETTER}{{1,8}})[ \u3000]?[)）]")
_GROUPS = re.compile(rf"(?:{_GROUP.pattern.replace('(' + _LETTER, '(?:' + _LETTER)}[ ]?)+")
_HAN = "[\u3400-\u9fff]"
_BEFORE = re.compile(rf"({_HAN})[ \u3000]?([，。、；：！？,.;:!?”’》」]?)[ \u3000]?$")
_AFTER = re.compile(rf"[“‘《「 ]?({_HAN})")
# One reading alone may be meant: 锂(li)电池; so may many, of characters that few can read.
_LEAST = 3
_COMMON = 1e-4
# (a) and (e) number a list.
_SHORTEST_APART = 2
_OTHER_LETTERS = str.maketrans({"ɡ": "g", "ɑ": "a", "v": "u"})


def find_pinyin(text: str) -> list[Edit]:
    """Find injected readings, if there are as many as only an injection leaves."""
    matches = list(_GROUPS.finditer(text)) if "(" in text or "（" in text else []
    if len(matches) < _LEAST:
        return []
    after = [match for match in matches if _reads_before(text, match)]
    if sum(_is_common(text, match) for match in after) < _LEAST:
        return []
    ahead = [match for match in matches if match not in after and _reads_ahead(text, match)]
    found = sorted([*after, *ahead], key=lambda match: match.start())
    return [_edit(text, match) for match in found]


def _edit(text: str, match: re.Match[str]) -> Edit:
    """Take the groups out, and one of the spaces that stood around them."""
    start, end = match.start(), match.end()
    if match.group().endswith(" ") and text[start - 1 : start] != " ":
        end -= 1
    return Edit(start, end, "", "pinyin")


def _reads_before(text: str, match: re.Match[str]) -> bool:
    before = _BEFORE.search(text, max(0, match.start() - 4), match.start())
    read = _read(match)
    if not before or (before[2] and min(map(len, read)) < _SHORTEST_APART):
        return False
    return read <= _readings(before[1])


def _reads_ahead(text: str, match: re.Match[str]) -> bool:
    after = _AFTER.match(text, match.end())
    read = _read(match)
    if not after or min(map(len, read)) < _SHORTEST_APART:
        return False
    return read <= _readings(after[1])


def _is_common(text: str, match: re.Match[str]) -> bool:
    """Whether the character before, read by everybody, needs no gloss."""
    from corpus.repairs.language import load_language

    before = _BEFORE.search(text, max(0, match.start() - 4), match.start())
    return before is not None and load_language().share(to_simplified(before[1])) >= _COMMON


def _read(match: re.Match[str]) -> set[str]:
    return {_plain(reading) for reading in _GROUP.findall(match.group())}


@cache
def _readings(char: str) -> frozenset[str]:
    from pypinyin import Style, pinyin

    readings = pinyin(char, style=Style.NORMAL, heteronym=True)[0]
    return frozenset(_plain(reading) for reading in readings)


def _plain(reading: str) -> str:
    """Return a reading without tone marks, ü as v is written (lv, nv) and as u."""
    decomposed = unicodedata.normalize("NFD", reading.lower())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return letters.translate(_OTHER_LETTERS)

"""Pinyin injected after characters, 會(hui)議, goes; genuine parentheses stay.

An injection is one or more equal groups of Latin letters in parentheses, each a reading of
the character before them; (库) or (PM2.5) never is.
"""

from __future__ import annotations

import re
import unicodedata

from corpus.records import Edit

_GROUPS = re.compile(r"(?<=[\u3400-\u9fff])(?:[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,6}[)）])+")
# One reading alone may be meant: 锂(li)电池, a character glossed.
_LEAST = 3
_GROUP = re.compile(r"[(（](\w+)[)）]")


def find_pinyin(text: str) -> list[Edit]:
    """Find injected readings, if there are as many as only an injection leaves."""
    edits = []
    for match in _GROUPS.finditer(text):
        readings = {_plain(reading) for reading in _GROUP.findall(match.group())}
        if readings <= _readings(text[match.start() - 1]):
            edits.append(Edit(match.start(), match.end(), "", "pinyin"))
    return edits if len(edits) >= _LEAST else []


def _readings(char: str) -> set[str]:
    from pypinyin import Style, pinyin

    return {_plain(reading) for reading in pinyin(char, style=Style.NORMAL, heteronym=True)[0]}


def _plain(reading: str) -> str:
    """Return a reading without tone marks, ü as v is written (lv, nv) and as u."""
    decomposed = unicodedata.normalize("NFD", reading.lower())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return letters.replace("v", "u")

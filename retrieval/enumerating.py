"""Enumerations whole: 一是…二是…三是…, 第一…第二…, told by the beginning of each of their parts.

A sentence that announces parts (要实现“三个转变”) does not say which they are: that stands after
it, and may go on over several passages.
"""

from __future__ import annotations

import re

from corpus.numerals import number_value
from corpus.records import Document, Span

_NUMERALS = "一二三四五六七八九十"
# The ways in which parts are counted; each is followed from its first to its last.
_SERIES = ("{n}是", "{n}要", "第{n}[,，、]", "第{n}", "[(（]{n}[)）]", "{n}、")
# What says that parts follow, and perhaps how many.
_ANNOUNCED = re.compile(
    "([一二三四五六七八九十两]|\\d)\\s*(?:个|大|项|种|方面|点|条|级|步|场)|几(?:个|项|种|方面|点)|以下(?=[一二三四五六七八九十几])|如下|找(?:差距|原因)"
)
_HEAD = re.compile(r"[^。；;！!？?\n]*")
_SOON = re.compile(r"[,，:：]")
# A part's first clause is enough where it says something; 一是加强领导.
_CLAUSE = 8
# Further from one part to the next than this, and it belongs to something else.
_APART = 900
_LEAST = 2


def announced_parts(document: Document, sentence: Span) -> list[Span]:
    """Return the beginnings of the parts that a sentence announces; none where it announces none.

    Where the sentence says how many there are, it is just so many or none.
    """
    announcement = _ANNOUNCED.search(document.text, sentence.start, sentence.end)
    if announcement is None:
        return []
    count = number_value(announcement[1]) if announcement[1] else None
    followed = [_follow(document.text, series, sentence.start, count) for series in _SERIES]
    best = max(followed, key=lambda heads: (len(heads), -heads[0][0] if heads else 0))
    if len(best) < _LEAST or (count is not None and len(best) != count):
        return []
    return [Span(document.id, begin, end) for begin, end in best]


def _follow(text: str, series: str, start: int, count: int | None) -> list[tuple[int, int]]:
    """The heads of the parts of one series, in order and without a gap."""
    heads: list[tuple[int, int]] = []
    place = start
    for numeral in _NUMERALS[:count]:
        pattern = re.compile(rf"(?<![{_NUMERALS}第]){series.format(n=numeral)}")
        match = pattern.search(text, place, place + _APART)
        if match is None:
            break
        heads.append((match.start(), _head_end(text, match.end())))
        place = match.end()
    return heads


def _head_end(text: str, start: int) -> int:
    """Where the beginning of a part ends: its first clause that says something."""
    sentence = _HEAD.match(text, start)
    end = sentence.end() if sentence else start
    for comma in _SOON.finditer(text, start, end):
        if comma.start() - start >= _CLAUSE:
            return comma.start()
    return end

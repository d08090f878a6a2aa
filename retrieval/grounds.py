"""Whether words stand in quotes: as they are written, or folded and without white space.

A number is found as a whole only: 12 does not stand in 2012年 nor in 12.5, 80 not in 80%.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from retrieval.coverage import squeeze
from retrieval.records import Citation

_DIGITS = re.compile(r"[0-9]")
_MORE_DIGITS = re.compile(r"[0-9%‰]|\.[0-9]")
_NUMERALS = frozenset("零〇一二三四五六七八九十百千万亿两")


class Grounds:
    """The quotes of an answer, each folded only when words do not stand in it as they are."""

    def __init__(self, citations: Sequence[Citation]) -> None:
        """Take citations, which are counted from 1 in their order."""
        self._citations = citations
        self._squeezed: dict[int, str] = {}
        self._places: dict[str, list[tuple[int, int, int]]] = {}
        for number, one in enumerate(citations, start=1):
            self._places.setdefault(one.document_id, []).append((one.start, one.end, number))
        for places in self._places.values():
            places.sort()
        self._longest = max((one.end - one.start for one in citations), default=0)

    def within(self, start: int, end: int, document_id: str) -> frozenset[int]:
        """Return which citations touch a span of a document."""
        # A list of all tasks has dozens of each: only those that stand near are looked at.
        places = self._places.get(document_id, [])
        first = bisect_left(places, (start - self._longest,))
        last = bisect_left(places, (end,))
        return frozenset(number for _, stop, number in places[first:last] if start < stop)

    def named(self, name: str, among: frozenset[int] | None = None) -> frozenset[int]:
        """Return which citations are of a document that goes by a name: number, title, file."""
        found = []
        for number, one in enumerate(self._citations, start=1):
            names = (one.number or "", f"《{one.title}》")
            written = {*names, *(f"{own}({one.source})" for own in names)} - {""}
            if name in written and (among is None or number in among):
                found.append(number)
        return frozenset(found)

    def said_in(self, words: str, among: frozenset[int] | None = None) -> int:
        """Return the first citation that says the words, 0 where none does."""
        asked = range(1, len(self._citations) + 1) if among is None else sorted(among)
        if not words.strip():
            return 0
        for number in asked:
            if stands_in(words, self._citations[number - 1].quote):
                return number
        plain = squeeze(words)
        return next((number for number in asked if stands_in(plain, self._plain(number))), 0)

    def _plain(self, number: int) -> str:
        if number not in self._squeezed:
            self._squeezed[number] = squeeze(self._citations[number - 1].quote)
        return self._squeezed[number]


def stands_in(words: str, text: str) -> bool:
    """Whether words stand in a text, no number at their ends being part of a longer one."""
    start = text.find(words)
    while start >= 0:
        if not _torn_before(words, text, start) and not _torn_after(words, text, start):
            return True
        start = text.find(words, start + 1)
    return False


def _torn_before(words: str, text: str, start: int) -> bool:
    before = text[start - 1 : start]
    if words[0] in _NUMERALS:
        return before in _NUMERALS
    if not _DIGITS.match(words):
        return False
    return bool(_DIGITS.match(before)) or (before == "." and bool(_DIGITS.match(text, start - 2)))


def _torn_after(words: str, text: str, start: int) -> bool:
    end = start + len(words)
    if words[-1] in _NUMERALS:
        return text[end : end + 1] in _NUMERALS
    return bool(_DIGITS.match(words[-1]) and _MORE_DIGITS.match(text, end))

"""Measures: one field's value, cut at its own numbering."""

from __future__ import annotations

import re

from corpus.ledger.labels import COUNTED

_GAP = r"[ \t\u3000]*"
_CHINESE = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_WORDS = {
    **{char: place for place, char in enumerate(_CIRCLED, start=1)},
    **{char: place for place, char in enumerate(_CHINESE, start=1)},
    **{f"十{char}": place for place, char in enumerate(_CHINESE[:9], start=11)},
}
_STYLES = (
    re.compile(rf"[(（]{_GAP}(?P<n>\d{{1,2}}){_GAP}[)）]{_GAP}"),
    # 2.2022年8月 is a second measure that begins with a date; 2.5公里 is no measure.
    re.compile(
        rf"(?P<n>\d{{1,2}}){_GAP}(?:[.．](?:(?!\d)|(?=(?:19|20)\d\d{_GAP}年|\d{{1,2}}{_GAP}月|{COUNTED}))|、(?!\d+[、.]))"
        rf"{_GAP}"
    ),
    re.compile(rf"(?P<n>[{_CIRCLED}]){_GAP}"),
    re.compile(rf"(?P<n>\d{{1,2}}){_GAP}[)）]{_GAP}"),
    re.compile(rf"[(（]{_GAP}(?P<n>[{_CHINESE}]{{1,2}}){_GAP}[)）]{_GAP}"),
)
# Spoken numbers count two at least: 一是 may be any 一 and 是.
_SPOKEN = (
    re.compile(rf"(?P<n>[{_CHINESE}]{{1,2}})(?:是(?!否)|要)[:：,，]?"),
    re.compile(rf"第(?P<n>[{_CHINESE}]{{1,2}})[,，、]"),
    re.compile(rf"(?P<n>[{_CHINESE}]{{1,2}})、"),
)
_START = re.compile(r"(?:^|[。;；:：\n])[ \t\u3000]*$")
_SPOKEN_START = re.compile(r"(?:^|[。;；:：,，\n])[ \t\u3000]*$")
_PAGE_NUMBER = re.compile(r"\n[-—–－·\s]*\d{1,4}[-—–－·\s]*$")
_CLEAR = f"(（{_CIRCLED}"  # what begins a number that is nothing else
_LOOK_BACK = 40  # blanks before a number that begins a line
_FEWEST_SPOKEN = 2

Range = tuple[int, int]


def cut_measures(text: str, start: int, end: int, *, after: int = 0) -> list[Range]:
    """Cut measures at (1) (2) … or 一是 二是 …, numbers in sequence only, outermost style.

    :param after: how many measures stand in an earlier part of the field, whose numbers go on.
    """
    found = [_cuts(text, style, _START, (start, end), after) for style in _STYLES]
    spoken = (_cuts(text, style, _SPOKEN_START, (start, end), after) for style in _SPOKEN)
    found += [cuts for cuts in spoken if len(cuts) >= _FEWEST_SPOKEN]
    cuts = min((cuts for cuts in found if cuts), key=lambda cuts: cuts[0], default=[])
    starts = [start, *(stop for _, stop in cuts)]
    ends = [*(begin for begin, _ in cuts), end]
    trimmed = [_without_page_number(text, *pair) for pair in zip(starts, ends, strict=True)]
    return [(begin, stop) for begin, stop in trimmed if begin < stop]


def _cuts(
    text: str, style: re.Pattern[str], before: re.Pattern[str], within: Range, after: int
) -> list[Range]:
    """Find the numbers of one style that count up, each at a line's or a sentence's start."""
    start, end = within
    found: list[Range] = []
    expected = {1, after + 1}
    for match in style.finditer(text, start, end):
        number = int(match["n"]) if match["n"].isdecimal() else _WORDS.get(match["n"], 0)
        lead = text[max(start, match.start() - _LOOK_BACK) : match.start()]
        # (1)甲 (2)乙: behind a blank a number in brackets goes on with one that begins the value.
        goes_on = bool(found) and lead[-1:].isspace() and match.group()[0] in _CLEAR
        if number in expected and (before.search(lead) or goes_on):
            found.append(match.span())
            expected = {number + 1}
    return found


def _without_page_number(text: str, start: int, end: int) -> Range:
    """Return a range without the spaces around it, and without a page number on its last line."""
    start, end = trim(text, start, end)
    match = _PAGE_NUMBER.search(text, start, end)
    return trim(text, start, match.start()) if match and match.end() == end else (start, end)


def trim(text: str, start: int, end: int) -> Range:
    """Return a range without the spaces around its words."""
    words = text[start:end]
    stripped = words.strip()
    if not stripped:
        return (start, start)
    begin = start + len(words) - len(words.lstrip())
    return begin, begin + len(stripped)

"""Plain text broken at a fixed width, as terminals and mail were fed: where a paragraph goes on.

Only where the whole file shows it: most of its longer lines end at one and the same edge, hardly
any beyond it, and in the middle of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.formats.building import WRAP
from corpus.records import Edit

_LINE = re.compile(r"[^\n]*\S[^\n]*")
# Lines of verse and lists of names are shorter than the narrowest page.
_NARROWEST, _WIDEST = 20, 80
# Of the lines that are no short ones, so many end at the edge.
_FEWEST_FULL, _LONG, _FULL_SHARE = 5, 0.6, 0.3
# No stop begins a line, so that one ends a little before the edge.
_SLACK = 2
_BEYOND_SHARE = 0.02
# A paragraph seldom ends just at the edge, and what follows a broken line begins nothing.
_OPEN_SHARE = 0.5
_INDENT = re.compile(r"(?:\u3000|[ \u00a0]{2,}|\t)")
_INDENTED_SHARE = 0.08
_ENDED = re.compile("[。！？；：!?;:][”’」』)）]?$")
# Cells, set apart by blanks; entries of a table of contents.
_APART = re.compile(r"\t|\S[ \u3000]{3,}\S|[.…·．]{3,}")
_CHINESE = re.compile("[\u4e00-\u9fff，。、；：！？”）]")
_NUMERAL = "[一二三四五六七八九十百零〇]+"
_BEGINS = re.compile(
    rf"第(?:{_NUMERAL}|\d+)[章节编条项]|{_NUMERAL}(?:、|是|要)|[(（]\s*(?:{_NUMERAL}|\d{{1,2}})\s*[)）]"
    r"|\d{1,3}(?:[.．](?!\d)|、)|[①-⑳]|附\s*件|[【\[]?[\u4e00-\u9fff]{2,8}[】\]]?\s*[:：]"
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line's words, where they begin, and the white space they are set in by."""

    start: int
    words: str
    before: str

    @property
    def indented(self) -> bool:
        """Whether a paragraph begins here, as its indent shows."""
        return _INDENT.match(self.before) is not None

    @property
    def end(self) -> int:
        return self.start + len(self.words)


def find_wraps(text: str) -> list[Edit]:
    """Return the line ends within paragraphs; none where the text is not broken at an edge."""
    if _edge([len(line) for line in text.split("\n") if line]) > 2 * _WIDEST:
        return []  # lines as long are broken nowhere
    lines = [_line(match.start(), match.group()) for match in _LINE.finditer(text)]
    full = max((_full(lines, measure) for measure in (len, _columns)), key=len, default=set())
    if not full:
        return []
    share = sum(line.indented for line in lines) / len(lines)
    return [
        Edit(first.end, second.start, _between(first, second), WRAP)
        for index, (first, second) in enumerate(pairwise(lines))
        if index in full and _goes_on(text, first, second, indents=share >= _INDENTED_SHARE)
    ]


def _line(start: int, words: str) -> _Line:
    left = len(words) - len(words.lstrip())
    return _Line(start + left, words.strip(), words[:left])


def _full(lines: Sequence[_Line], measure: Callable[[str], int]) -> set[int]:
    """The lines that reach the edge; none where there is no edge."""
    unit = 1 if measure is len else 2
    widths = [measure(line.before + line.words) for line in lines]
    edge = _edge(widths)
    if not _NARROWEST * unit <= edge <= _WIDEST * unit:
        return set()
    full = {
        index for index, width in enumerate(widths) if edge - _SLACK * unit <= width <= edge + unit
    }
    beyond = sum(width > edge + unit for width in widths)
    long = sum(width >= _LONG * edge for width in widths)
    if len(full) < max(_FEWEST_FULL, _FULL_SHARE * long) or beyond > _BEYOND_SHARE * len(lines):
        return set()
    opened = sum(_is_open(lines[index], lines[index + 1 : index + 2]) for index in full)
    return full if opened >= _OPEN_SHARE * len(full) else set()


def _edge(widths: Sequence[int]) -> int:
    """The width that hardly any line is beyond."""
    return sorted(widths)[int((1 - _BEYOND_SHARE) * (len(widths) - 1))] if widths else 0


def _is_open(line: _Line, following: Sequence[_Line]) -> bool:
    """Whether a line breaks off, and the next begins nothing."""
    begun = any(one.indented or _BEGINS.match(one.words) for one in following)
    return bool(following) and not begun and not _ENDED.search(line.words)


def _columns(words: str) -> int:
    """How wide a fixed font sets words: a Chinese character (three bytes) takes two columns."""
    return (len(words) + len(words.encode("utf-8", "replace"))) // 2


def _goes_on(text: str, first: _Line, second: _Line, *, indents: bool) -> bool:
    """Whether a full line's paragraph goes on in the next line."""
    if second.indented or text.count("\n", first.end, second.start) > 1:
        return False
    both = (first.words, second.words)
    if any(_APART.search(words) or not _CHINESE.search(words) for words in both):
        return False
    return indents or not (_ENDED.search(first.words) or _BEGINS.match(second.words))


def _between(first: _Line, second: _Line) -> str:
    """A blank between Latin words, nothing between others."""
    left, right = first.words[-1], second.words[0]
    latin = left.isascii() and right.isascii() and left.isalpha() and right.isalpha()
    return " " if latin else ""

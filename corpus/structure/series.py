"""Collections that number their documents: 篇一, 第2篇, 讲话稿3."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

from corpus.numerals import number_value
from corpus.structure.titles import SERIES_MARK, find_title, title_kind

_NUMERAL = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
# 环保工作讲话稿1, 讲话稿(二), 讲话稿篇三: the same words before a number that counts up.
_COUNTED = re.compile(
    rf"(?P<stem>[^。，；：:]{{4,50}}?)\s*(?:范文|模板|样本)?[(（【]?\s*(?:篇\s*)?(?P<number>{_NUMERAL})\s*[)）】]?"
)
_WORDS = re.compile(rf"({_NUMERAL})")
_LENGTH = 70
# A document is longer; entries of a table of contents stand close together.
_LEAST_LENGTH = 200
_LEAST = 2
# 第一篇 may as well be a part of one long plan: then no documents' titles follow.
_PART = re.compile("[【〖\\[(（]?(?:第|.{0,2}材料)")
_AFTER = 4


def series_starts(text: str) -> list[int]:
    """Return where the documents of a numbered collection begin; nothing where it is none."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for match in re.finditer(r"(?m)^[^\S\n]*(\S[^\n]{0,90})$", text):
        line = match.group(1).rstrip()
        if len(line) <= _LENGTH and (counted := _counted(line)):
            found[counted[0]].append((counted[1], match.start()))
    best: list[int] = []
    for stem, entries in found.items():
        run = _run(entries, len(text))
        if len(run) > len(best) and (stem != _PART.pattern or _titled(text, run)):
            best = run
    return best if len(best) >= _LEAST else []


def _counted(line: str) -> tuple[str, int] | None:
    """Return what a line counts and how far it has counted."""
    if mark := SERIES_MARK.match(line):
        number = _WORDS.search(mark.group())
        stem = _PART.pattern if _PART.match(line) else "篇"
        return (stem, number_value(number.group(1))) if number else None
    match = _COUNTED.fullmatch(line) if line[-1] in _LAST else None
    if not match or not title_kind(match["stem"]):
        return None
    return match["stem"].strip(), number_value(match["number"])


_LAST = frozenset("0123456789一二三四五六七八九十)）】")


def _run(entries: list[tuple[int, int]], end: int) -> list[int]:
    """The last run that counts 1, 2, 3 … with a document's length between."""
    runs: list[list[int]] = []
    for number, start in entries:
        if number == 1:
            runs.append([start])
        elif runs and number == len(runs[-1]) + 1:
            runs[-1].append(start)
    for run in reversed(runs):
        if all(after - start >= _LEAST_LENGTH for start, after in pairwise([*run, end])):
            return run
    return []


def _titled(text: str, starts: list[int]) -> bool:
    """Whether a document's title follows each number, on its line or below."""
    for start in starts:
        lines = [line.strip() for line in text[start : start + 400].splitlines() if line.strip()]
        lines[0] = SERIES_MARK.sub("", lines[0], count=1)
        found = find_title([line for line in lines[:_AFTER] if line])
        if found is None or found.kind is None:
            return False
    return True

"""A line that holds several labels, cut into pieces that hold one each."""

from __future__ import annotations

import re
from itertools import pairwise

from corpus.ledger.labels import (
    CLOSING_FIELDS,
    COLON,
    GAP,
    LABELS,
    NUMBERING,
    OPENING_FIELDS,
    Field,
    alternatives,
    label_of,
    match_label,
)

_INLINE = re.compile(
    rf"[【\[]?(?P<label>{alternatives(LABELS)}){GAP}(?:[】\]]{GAP}{COLON}?|{COLON})"
)
_NUMBERED = re.compile(rf"{GAP}(?:{NUMBERING})")
_COLONS = re.compile(rf"{COLON}|[】\]]")
_SENTENCE_END = "。；;！!？?"
# 明确责任单位:…, 完善整改措施: words about a field, not the field.
_ABOUT = re.compile(
    r"(?:明确|落实|确定|注明|填写|写明|标明|列明|列出|细化|包括|包含|压实|制定|提出|完善|健全|严格|按照?"
    r"|公布|对照|规定|的|各|其|和|与|及|、|由|是|为|“|\"|《)$"
)
_LOOK_BACK = 4  # characters before a label that can say that it is only spoken of
_FEWEST_RUN_TOGETHER = 3
_PAIRS = {")": "(", "）": "（"}
_BETWEEN = " \t\u3000；;，,、。"

Range = tuple[int, int]


def cut_line(words: str) -> list[Range]:
    """Return the pieces of a line: cut before each further label, where it holds several."""
    if not _COLONS.search(words):
        return [(0, len(words))]
    if pieces := _bracketed(words):
        return pieces
    return list(pairwise([0, *_cuts(words), len(words)]))


def _cuts(words: str) -> list[int]:
    """Return where a line is to be cut.

    Behind a sentence's end or a blank two fields are enough, in an item's line one. Behind a
    comma or nothing it takes three, for prose names labels too: 明确责任单位:市公安局 is not cut.
    """
    own = match_label(words)
    firm: list[re.Match[str]] = []
    rest: list[re.Match[str]] = []
    for match in _INLINE.finditer(words, own.end() if own else 0):
        (firm if _stands_apart(words, match.start()) else rest).append(match)
    fields = {label_of(match) for match in (*firm, *([own] if own else []))}
    loose = [match for match in rest if label_of(match) not in fields and _opens(words, match)]
    together = fields | {label_of(match) for match in loose}
    if loose and len(together) >= _FEWEST_RUN_TOGETHER and together & OPENING_FIELDS:
        firm, fields = sorted([*firm, *loose], key=lambda match: match.start()), together
    if not _NUMBERED.match(words) and (len(fields) < 2 or not fields & CLOSING_FIELDS):
        return []
    return [match.start() for match in firm if match.start()]


def _stands_apart(words: str, place: int) -> bool:
    """Tell whether a sentence's end or a blank stands before a place."""
    return not place or words[place - 1] in _SENTENCE_END or words[place - 1].isspace()


def _opens(words: str, match: re.Match[str]) -> bool:
    """Tell whether a label is no part of what is said about it (明确责任单位:)."""
    return not _ABOUT.search(words[max(0, match.start() - _LOOK_BACK) : match.start()])


def _bracketed(words: str) -> list[Range]:
    """Cut 推进项目建设。(牵头单位:县发改委;完成时限:6月底前): the labels in its last brackets."""
    end = len(words.rstrip().rstrip("。；;"))
    start = _opening(words, end - 1)
    if start is None:
        return []
    found = list(_INLINE.finditer(words, start + 1, end - 1))
    if not found or words[start + 1 : found[0].start()].strip():
        return []
    if any(label_of(match) not in CLOSING_FIELDS - {Field.OTHER} for match in found[:1]):
        return []
    stops = [*(match.start() for match in found), end - 1]
    pieces = [(a, a + len(words[a:b].rstrip(_BETWEEN))) for a, b in pairwise(stops)]
    return [(0, start), *pieces]


def _opening(words: str, close: int) -> int | None:
    """Return where the bracket opens that closes at a place."""
    if close < 0 or words[close] not in _PAIRS:
        return None
    depth = 0
    for place in range(close, -1, -1):
        depth += (words[place] in _PAIRS) - (words[place] in _PAIRS.values())
        if not depth:
            return place
    return None

"""A line that holds several labels, cut into pieces that hold one each."""

from __future__ import annotations

import re
from itertools import pairwise

from corpus.ledger.labels import (
    CLOSING_FIELDS,
    COLON,
    COMPOSED,
    GAP,
    LABELS,
    NUMBERING,
    OPENING_FIELDS,
    SHORT_LABELS,
    UNIT_FIELDS,
    Field,
    alternatives,
    label_of,
    match_label,
)

# 市司法局配合整改时限: the role ends the units, the label follows.
_NO_ROLE_BEFORE = (
    r"(?!(?:牵头|配合|协同|协办|主办|承办|负责)"
    rf"(?:{alternatives([label for label, told in LABELS.items() if told not in UNIT_FIELDS])}))"
)
_INLINE = re.compile(
    rf"[【\[]?(?P<label>{alternatives(LABELS)}|{_NO_ROLE_BEFORE}{COMPOSED}){GAP}(?:[】\]]{GAP}{COLON}?|{COLON})"
)
_SHORT = re.compile(rf"(?<=[。；;！!？?\s])(?P<label>{alternatives(SHORT_LABELS)}){GAP}{COLON}")
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
    So it does for the short labels, that end other words as well.
    """
    own = match_label(words)
    firm: list[re.Match[str]] = []
    rest: list[re.Match[str]] = []
    for match in _INLINE.finditer(words, own.end() if own else 0):
        (firm if _stands_apart(words, match.start()) else rest).append(match)
    fields = {label_of(match) for match in (*firm, *([own] if own else []))}
    short = list(_SHORT.finditer(words, own.end() if own else 0))
    if short and len(fields | {label_of(match) for match in short}) >= _FEWEST_RUN_TOGETHER:
        firm = sorted([*firm, *short], key=lambda match: match.start())
        fields |= {label_of(match) for match in short}
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
    """Cut at brackets of labels: 推进项目建设。(牵头单位:县发改委;完成时限:6月底前)."""
    pieces: list[Range] = []
    begin = 0
    for start, end in _brackets(words):
        behind = words[end + 1 :].lstrip(_BETWEEN)
        apart = behind == words[end + 1 :] and behind and not _NUMBERED.match(behind)
        labels = [] if apart else _labels_within(words, start + 1, end)
        if labels:
            pieces += [*_outside(words, begin, start), *labels]
            begin = len(words) - len(behind)
    if not pieces or begin >= len(words):
        return pieces
    return [*pieces, *_outside(words, begin, len(words))]


def _labels_within(words: str, start: int, end: int) -> list[Range]:
    """Return the labelled fields that a bracket holds; none where other words begin it."""
    found = list(_INLINE.finditer(words, start, end))
    if not found or words[start : found[0].start()].strip():
        return []
    if label_of(found[0]) not in CLOSING_FIELDS - {Field.OTHER}:
        return []
    stops = [*(match.start() for match in found), end]
    return [(a, a + len(words[a:b].rstrip(_BETWEEN))) for a, b in pairwise(stops)]


def _outside(words: str, start: int, end: int) -> list[Range]:
    """Return the pieces of what stands outside such brackets."""
    return [(start + a, start + b) for a, b in pairwise([0, *_cuts(words[start:end]), end - start])]


def _brackets(words: str) -> list[Range]:
    """Return where each outermost bracket opens and closes."""
    found: list[Range] = []
    depth = opened = 0
    for place, char in enumerate(words):
        if char in "(（":
            opened = opened if depth else place
            depth += 1
        elif char in ")）" and depth:
            depth -= 1
            found += [] if depth else [(opened, place)]
    return found

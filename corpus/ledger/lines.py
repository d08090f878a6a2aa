"""The items of a list that is written line by line: heads, labelled fields, sections.

A text is walked once for each shape of numbering it holds; the reading with the most whole
items in order is the list's. A number is a head when what follows it says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corpus.ledger.items import Item, Section
from corpus.ledger.labels import (
    OPENING_FIELDS,
    Field,
    holds_list,
    label_of,
    match_label,
    may_hold_list,
)
from corpus.ledger.marks import Line, Style, read_lines
from corpus.ledger.unnumbered import are_tasks, noted, with_heads
from corpus.ledger.walk import Walk

_SEVERAL_MEASURES = 1.5  # measures for each target: a list with several of them to an item


def read_items(text: str, skip: Sequence[tuple[int, int]] = ()) -> tuple[list[Item], list[Section]]:
    """Read the items of a list, and the sections they stand in; none without numbered heads.

    :param skip: ranges that are read otherwise, as tables are.
    """
    if not may_hold_list(text):
        return [], []
    lines = read_lines(text, skip)
    labels = Counter(line.label for line in lines if line.label)
    if not holds_list(labels):
        return [], []
    styles = {line.style for line in lines}
    walks = [_walked(text, lines, style, labels) for style in Style if style in styles]
    best = max((walk for walk in walks if walk.found), key=lambda walk: walk.score, default=None)
    if best is None:
        return _unnumbered(text, lines, labels)
    if not (labels.keys() & OPENING_FIELDS or best.counts_up()):
        return [], []
    best.number_leading()
    return best.items, best.kept_sections()


def _unnumbered(
    text: str, lines: list[Line], labels: Counter[Field]
) -> tuple[list[Item], list[Section]]:
    """Read a list whose items have no numbers."""
    walk = _walked(text, with_heads(text, lines), Style.PLAIN, labels)
    if not walk.found or not are_tasks(walk.items):
        return [], []
    return noted(text, walk.items), walk.kept_sections()


def list_labels(text: str) -> list[str]:
    """Return the labels of a text that looks like a list; none where too few kinds stand there."""
    if not may_hold_list(text):
        return []
    lines = (match_label(m.group()) for m in re.finditer(r"[^\n]*\S", text))
    found = {label_of(match): match["label"] for match in lines if match}
    return [re.sub(r"\s", "", label) for label in found.values()] if holds_list(found) else []


def _walked(text: str, lines: list[Line], style: Style, labels: Counter[Field]) -> Walk:
    """Walk the lines of a text with the numbers of one style as heads."""
    targets = max(labels[Field.TARGET], labels[Field.PROBLEM])
    several = bool(targets) and labels[Field.MEASURES] >= _SEVERAL_MEASURES * targets
    walk = Walk(text, lines, style, _followers(lines, style), several)
    for index in range(len(lines)):
        walk.step(index)
    return walk


def _followers(lines: list[Line], style: Style) -> list[Line | None]:
    """Return for each line the next that opens a field, has the style's number or a count."""
    found: list[Line | None] = [None] * len(lines)
    following: Line | None = None
    for index in range(len(lines) - 1, -1, -1):
        found[index] = following
        line = lines[index]
        counted = line.section is not None and line.section.declared is not None
        if line.label or line.style is style or counted:
            following = line
    return found

"""Repairs as data: edits against the raw text, composed step after step.

A step finds edits in the text as it stands; `revise` rewrites them as edits of the raw
text, so that however many steps ran, one sorted list of disjoint edits leads from the
raw text to the clean one, and every span of the clean text leads back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.records import Document, Edit

REASON_SEPARATOR = "+"


@dataclass(frozen=True, slots=True)
class Revision:
    """A raw text, the edits found so far, and the text they lead to."""

    raw: str
    text: str
    edits: tuple[Edit, ...] = ()


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with sorted, disjoint `edits` carried out.

    :raises ValueError: the edits overlap, are out of order or out of range.
    """
    pieces: list[str] = []
    position = 0
    for edit in edits:
        if not position <= edit.start <= edit.end <= len(text):
            raise ValueError(f"edit {edit.start}-{edit.end} overlaps or is out of range")
        pieces += (text[position : edit.start], edit.replacement)
        position = edit.end
    pieces.append(text[position:])
    return "".join(pieces)


def revise(revision: Revision, found: Sequence[Edit]) -> Revision:
    """Carry out `found` (offsets in `revision.text`, none empty) and record it against the raw.

    :raises ValueError: an edit covers no character, or the edits overlap.
    """
    if not found:
        return revision
    if any(edit.end <= edit.start for edit in found):
        raise ValueError("an edit must cover at least one character")
    text = apply_edits(revision.text, found)
    if not revision.edits:
        return Revision(revision.raw, text, tuple(found))
    edits = _compose(revision, found)
    return Revision(revision.raw, text, tuple(edits))


def raw_span(document: Document, start: int, end: int) -> tuple[int, int]:
    """Map a span of the clean text to the source file it came from.

    The offsets are into the decoded file. A deletion at the border of the span is left
    outside; inside a replacement of equal length characters map one to one, else the whole
    replaced range is given.
    """
    offsets = OffsetMap(document.edits)
    raw_start, raw_end = offsets.raw_start(start), offsets.raw_end(end)
    return document.raw_start + raw_start, document.raw_start + max(raw_start, raw_end)


class OffsetMap:
    """Leads offsets of the edited text back to the raw text, and on, in O(log edits)."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits
        self.starts: list[int] = []
        self._raw_starts = [edit.start for edit in edits]
        shift = 0
        for edit in edits:
            self.starts.append(edit.start + shift)
            shift += len(edit.replacement) - (edit.end - edit.start)

    def raw_start(self, offset: int) -> int:
        """Where a span that begins at `offset` begins in the raw text."""
        index = bisect_right(self.starts, offset) - 1
        if index < 0:
            return offset
        edit, inside = self._edits[index], offset - self.starts[index]
        if inside >= len(edit.replacement):
            return edit.end + inside - len(edit.replacement)
        return edit.start + inside if _same_length(edit) else edit.start

    def raw_end(self, offset: int) -> int:
        """Where a span that ends at `offset` ends in the raw text."""
        # An edit that begins just where the span ends is no part of it.
        index = bisect_right(self.starts, offset - 1) - 1
        if index < 0:
            return offset
        edit, inside = self._edits[index], offset - self.starts[index]
        if inside > len(edit.replacement):
            return edit.end + inside - len(edit.replacement)
        return edit.start + inside if _same_length(edit) else edit.end

    def clean_start(self, offset: int) -> int:
        """Where a span that begins at `offset` of the raw text begins in the edited text."""
        return self._clean(offset, bisect_right(self._raw_starts, offset) - 1, at_end=False)

    def clean_end(self, offset: int) -> int:
        """Where a span that ends at `offset` of the raw text ends in the edited text."""
        # An edit that begins just where the span ends is no part of it.
        return self._clean(offset, bisect_right(self._raw_starts, offset - 1) - 1, at_end=True)

    def _clean(self, offset: int, index: int, *, at_end: bool) -> int:
        if index < 0:
            return offset
        edit, start = self._edits[index], self.starts[index]
        if offset >= edit.end:
            return start + len(edit.replacement) + offset - edit.end
        if _same_length(edit):
            return start + offset - edit.start
        return start + len(edit.replacement) if at_end else start


def _same_length(edit: Edit) -> bool:
    return len(edit.replacement) == edit.end - edit.start


def _compose(revision: Revision, found: Sequence[Edit]) -> list[Edit]:
    """Merge the edits on record with new ones; those that touch the same words become one."""
    offsets = OffsetMap(revision.edits)
    old = [
        (start, start + len(edit.replacement), False, edit)
        for start, edit in zip(offsets.starts, revision.edits, strict=True)
    ]
    new = [(edit.start, edit.end, True, edit) for edit in found]
    composed: list[Edit] = []
    group: list[tuple[int, int, bool, Edit]] = []
    group_end = -1
    for item in sorted([*old, *new], key=lambda item: (item[0], item[1], item[2])):
        if group and item[0] >= group_end:
            composed.append(_merge(revision.text, group, offsets))
            group = []
        group_end = max(item[1], group_end if group else item[1])
        group.append(item)
    composed.append(_merge(revision.text, group, offsets))
    return composed


def _merge(text: str, group: list[tuple[int, int, bool, Edit]], offsets: OffsetMap) -> Edit:
    if len(group) == 1 and not group[0][2]:
        return group[0][3]
    start, end = group[0][0], max(item[1] for item in group)
    new = [item[3] for item in group if item[2]]
    shifted = [replace(edit, start=edit.start - start, end=edit.end - start) for edit in new]
    reasons = dict.fromkeys(item[3].reason for item in group)
    return Edit(
        offsets.raw_start(start) if group[0][2] else group[0][3].start,
        max([offsets.raw_end(end), *(item[3].end for item in group if not item[2])]),
        apply_edits(text[start:end], shifted),
        REASON_SEPARATOR.join(reasons),
    )

"""A draft's segments put where they stay: those to merge merged, the rest as they are."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from index.compacting import to_merge
from index.content import kept_passages, searched
from index.files import Staging, sync_files
from index.folders import HIDDEN, move_in
from index.removed import Removed, Terms
from index.segment import Segment
from index.store import SEGMENTS
from index.tokens import tokenize
from index.writing import merge_segments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from index.drafting import Draft
    from index.store import Version

_MERGING = f"{HIDDEN}merging"


@dataclass(frozen=True, slots=True)
class Settled:
    """The segments of a version to be, and the rows of its documents in order.

    `tokens` are those of the passages that are there.
    """

    segments: tuple[str, ...]
    order: NDArray[np.int64]
    removed: Removed
    tokens: int


def settle(
    draft: Draft,
    live: Version | None,
    home: Path,
    tell: Callable[[int, int], None],
    checkpoint: Callable[[str], None],
) -> Settled:
    """Write what must be written of a draft's segments into their folder.

    :raises IndexFormatError: a segment to be merged is damaged.
    :raises OSError: it could not be written.
    """
    there = draft.there()
    sizes = [
        int(np.diff(one.first)[kept].sum()) for one, kept in zip(draft.segments, there, strict=True)
    ]
    held = [one.manifest.counts.passages for one in draft.segments]
    group = to_merge(sizes, held, draft.old)
    stay = [number for number, kept in enumerate(there) if kept.any() and number not in group]
    names = [draft.segments[number].name for number in stay]
    if group:
        names.append(_merged(draft, group, there, home, tell, checkpoint))
    tokens = sum(
        one.manifest.counts.tokens
        if kept.all()
        else int(one.postings.lengths[kept_passages(one, kept)].sum())
        for one, kept in zip(draft.segments, there, strict=True)
    )
    order = _moved(draft, [*stay, *group], len(stay), there)[draft.order]
    return Settled(tuple(names), order, _removed(draft, live, stay, there), tokens)


def _merged(
    draft: Draft,
    group: list[int],
    there: list[NDArray[np.bool_]],
    home: Path,
    tell: Callable[[int, int], None],
    checkpoint: Callable[[str], None],
) -> str:
    """Write a group of segments as one; a new one alone goes as it is. Return its name."""
    first = draft.segments[group[0]]
    folder = home / SEGMENTS / _MERGING
    shutil.rmtree(folder, ignore_errors=True)
    if len(group) == 1 and there[group[0]].all():
        sync_files(first.folder, checkpoint)
        shutil.move(first.folder, folder)
        name = first.name
    else:
        parts = [
            (draft.segments[number], None if there[number].all() else there[number])
            for number in group
        ]
        name = merge_segments(Staging(folder, checkpoint), parts, tell)
    checkpoint("merged")
    move_in(folder, home / SEGMENTS / name, partial(Segment, whole=True))
    return name


def _moved(
    draft: Draft, numbers: list[int], stay: int, there: list[NDArray[np.bool_]]
) -> NDArray[np.int64]:
    """For each row of a draft its row among the segments that are left; -1 for what is gone."""
    bases = draft.documents().bases
    moved = np.full(int(bases[-1]), -1, np.int64)
    base = 0
    for place, number in enumerate(numbers):
        rows = slice(int(bases[number]), int(bases[number + 1]))
        # Those that stay keep what is gone; what is merged does not.
        kept = np.ones_like(there[number]) if place < stay else there[number]
        moved[rows] = np.where(kept, base + np.cumsum(kept) - 1, -1)
        base += int(kept.sum())
    return moved


def _removed(
    draft: Draft, live: Version | None, stay: list[int], there: list[NDArray[np.bool_]]
) -> Removed:
    """The terms of what was removed from the segments that stay, now and before."""
    bases = draft.documents().bases
    was = np.zeros(int(bases[-1]), np.bool_)
    was[draft.was] = True
    before = live.removed.terms if live else {}
    terms = {}
    for number in stay:
        segment = draft.segments[number]
        old = before.get(segment.name)
        gone = was[int(bases[number]) : int(bases[number + 1])] & ~there[number]
        if gone.any():
            new = Terms.of(_tokens(segment, gone))
            terms[segment.name] = old.plus(new) if old else new
        elif old:
            terms[segment.name] = old
    return Removed(terms)


def _tokens(segment: Segment, gone: NDArray[np.bool_]) -> Iterator[list[str]]:
    for row in np.flatnonzero(np.repeat(gone, np.diff(segment.first))).tolist():
        yield tokenize(searched(segment.passages.get(row)))

"""Which pairs of many texts are worth comparing: those that share sampled runs of characters.

Of the hashed runs of every text the same share is kept, those with the least hashes (a MinHash
whose size grows with the text), and what keeps one of them meets in its row of an inverted
index. Plain MinHash LSH estimates the Jaccard index, which of an abridged copy is
as small as of two strangers; a share of the kept runs estimates the containment itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.duplicates.forms import Hashes, Places

# One run in eight is kept: of a page of 300 characters still some forty.
_KEPT_BITS = 3
_LEAST_SHARED = 3
# So much of the smaller sample must be in the other; the comparison that follows is exact.
_SHARED = 0.2
# In a row of an inverted index each text meets only so many that follow it: a hundred reprints
# find each other through their neighbours, and a phrase of every document costs little.
_NEIGHBOURS = 12
_PARTS_BITS = 5  # rows are gone through in so many parts, a power of two, to bound the memory
# Pairs that have met less than half as often as they should by then are given up.
_PATIENCE = 0.5


def sample(kinds: Hashes) -> Hashes:
    """Return the kept runs of a text; `kinds` are its distinct runs, sorted."""
    limit = np.uint64(1 << (64 - _KEPT_BITS))
    return kinds[: int(np.searchsorted(kinds, limit))].copy()


def likely_pairs(samples: Sequence[Hashes]) -> list[tuple[int, int]]:
    """Return the pairs of texts, lower number first, that share enough of their samples."""
    sizes = np.array([len(one) for one in samples], np.int64)
    if len(samples) < 2 or not sizes.any():
        return []
    owners = np.repeat(np.arange(len(samples), dtype=np.int32), sizes)
    pairs, counts = _meetings(np.concatenate(samples), owners, sizes)
    first, second = np.divmod(pairs, len(samples))
    kept = counts >= _needed(sizes, pairs)
    return list(zip(first[kept].tolist(), second[kept].tolist(), strict=True))


def _needed(sizes: Places, pairs: Places) -> NDArray[np.float64]:
    """How many kept runs the texts of each pair must share."""
    first, second = np.divmod(pairs, len(sizes))
    smaller = np.minimum(sizes[first], sizes[second])
    return np.minimum(smaller, np.maximum(_LEAST_SHARED, _SHARED * smaller))


def _meetings(hashes: Hashes, owners: NDArray[np.int32], sizes: Places) -> tuple[Places, Places]:
    """Count how often two texts meet, part by part of the rows.

    Pairs that have met far too seldom by then are forgotten on the way: of what all documents
    of a kind share there would be more pairs than memory.
    """
    parts = (hashes >> np.uint64(64 - _KEPT_BITS - _PARTS_BITS)).astype(np.uint8)
    pairs, counts = np.empty(0, np.int64), np.empty(0, np.int64)
    for part in range(1 << _PARTS_BITS):
        chosen = parts == part
        met = _met(hashes[chosen], owners[chosen].astype(np.int64), len(sizes))
        fresh, times = np.unique(met, return_counts=True)
        pairs, place = np.unique(np.concatenate([pairs, fresh]), return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, times]), len(pairs)).astype(np.int64)
        done = (part + 1) / (1 << _PARTS_BITS)
        kept = counts >= _PATIENCE * done * _needed(sizes, pairs) - 1
        pairs, counts = pairs[kept], counts[kept]
    return pairs, counts


def _met(rows: Hashes, texts: Places, total: int) -> Places:
    """The pairs of texts that stand near each other in a row, lower number first."""
    order = np.argsort(rows, kind="stable")
    rows, texts = rows[order], texts[order]
    met = [np.empty(0, np.int64)]
    for step in range(1, min(_NEIGHBOURS, len(rows) - 1) + 1):
        same = rows[:-step] == rows[step:]
        if not same.any():
            break
        met.append(texts[:-step][same] * total + texts[step:][same])
    return np.concatenate(met)


def enough_shared(shared: Places, sizes: Places, size: int) -> NDArray[np.bool_]:
    """Return which texts with samples of these sizes share enough with one of another size."""
    smaller = np.minimum(sizes, size)
    return shared >= np.minimum(smaller, np.maximum(_LEAST_SHARED, _SHARED * smaller))

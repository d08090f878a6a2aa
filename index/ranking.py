"""The best rows of an array of scores, in an order that never depends on chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Found = tuple[NDArray[np.int64], NDArray[np.floating]]  # rows and their scores


def top(scores: NDArray[np.floating], k: int) -> list[tuple[int, float]]:
    """Return up to k (row, score) with a score above 0, best first; ties by row."""
    rows = np.flatnonzero(scores > 0)
    return ranked([best(rows, scores[rows], k)], k)


def best(rows: NDArray[np.int64], scores: NDArray[np.floating], k: int) -> Found:
    """Return the k best of some rows, with all that equal the last of them, in no order."""
    if k < len(rows):
        kept = scores >= np.partition(scores, -k)[-k]
        return rows[kept], scores[kept]
    return rows, scores


def ranked(
    found: Sequence[Found], k: int, places: NDArray[np.int64] | None = None
) -> list[tuple[int, float]]:
    """Return the k best of several findings, best first; ties by place, which is else the row."""
    if not found:
        return []
    rows = np.concatenate([one for one, _ in found])
    scores = np.concatenate([one for _, one in found])
    order = np.lexsort((rows, rows if places is None else places[rows], -scores))[:k]
    return list(zip(rows[order].tolist(), scores[order].tolist(), strict=True))

"""The best rows of an array of scores, in an order that never depends on chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def top(scores: NDArray[np.floating], k: int) -> list[tuple[int, float]]:
    """Return up to k (row, score) with a score above 0, best first; ties by row."""
    rows = np.flatnonzero(scores > 0)
    if k < len(rows):
        # Everything at least as good as the k-th, so that a tie at the cut is decided by row.
        found = scores[rows]
        rows = rows[found >= np.partition(found, -k)[-k]]
    order = np.argsort(-scores[rows], kind="stable")[:k]
    return [(int(row), float(scores[row])) for row in rows[order]]

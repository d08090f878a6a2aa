"""Rows that go on into another table: a mask of them, or None where all do."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Kept = NDArray[np.bool_] | None
T = TypeVar("T", bound=np.generic)


def only(rows: NDArray[T], kept: Kept) -> NDArray[T]:
    """Return the rows that go on."""
    return rows[:] if kept is None else rows[kept]


def count(total: int, kept: Kept) -> int:
    """Return how many of so many rows go on."""
    return total if kept is None else int(kept.sum())

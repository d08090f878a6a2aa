"""Segments that become one: new ones together, small ones when there are many, hollow ones alone.

Segments whose sizes are alike are merged eight at a time, so that a document is written again
as often as its index grows eightfold, and a search meets a few segments of each size.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALIKE = 8  # times larger is another size; so many of one size are merged
_SMALLEST = 64  # passages; below, all are alike
_HOLLOW = 0.75  # of its passages must be there still, or a segment is written again


def to_merge(there: Sequence[int], held: Sequence[int], old: int) -> list[int]:
    """Return which segments become one, by number; the first `old` of them are published.

    :param there: how many passages of each are there, of how many `held`.
    """
    group = {
        number
        for number, (left, all_) in enumerate(zip(there, held, strict=True))
        if number >= old or 0 < left < _HOLLOW * all_
    }
    others = {number for number, left in enumerate(there) if left and number not in group}
    while group:
        size = sum(there[number] for number in group)
        # What is no larger than what is written anyway goes with it once there are many.
        alike = {number for number in others if _size(there[number]) <= _size(size)}
        if len(alike) + 1 < _ALIKE:
            break
        group |= alike
        others -= alike
    return sorted(group)


def _size(passages: int) -> int:
    return int(math.log(max(passages, _SMALLEST) / _SMALLEST, _ALIKE))

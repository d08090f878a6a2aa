"""Whether words hold a value or a name that was struck out (**%, 20XX年, 某某)."""

from __future__ import annotations

import re

# What every mask is made of. The reader's rules tell which of these are masks; most words hold
# none of them, and an answer need not wait for the reader to load.
_MARKS = re.compile("[*＊×✕╳ХXxＸｘ□○〇某]")


def is_masked(words: str) -> bool:
    """Whether something was struck out of the words."""
    return count_masks(words) > 0


def count_masks(words: str) -> int:
    """How many times something was struck out of the words: 20××年×月底 is struck out twice."""
    if not _MARKS.search(words):
        return 0
    from corpus.repairs.masks import find_masks

    return len(find_masks(words))

"""Whether a character stands in a word of the dictionary: what pairs of neighbours cannot tell.

忙于 is a word and so is 忠于, whichever is the more frequent; 祁违山 is none and 祁连山 is one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rjieba import Jieba


def word_at(text: str, place: int) -> int:
    """Return the length of the dictionary's word that covers a place; 1 where there is none."""
    start = 0
    for word in _cutter().cut(text, False):
        if place < start + len(word):
            return len(word)
        start += len(word)
    return 1


@cache
def _cutter() -> Jieba:
    import rjieba

    # One of its own: tokens add words to the shared one, and a repair must not depend on when.
    return rjieba.Jieba()

"""The dictionary of a version: in how many passages each token stands, by pages.

A page holds the tokens whose key begins alike, so that looking one up costs one page at most.
"""

from __future__ import annotations

import base64
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import IndexFormatError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

# 24 KB a page: large enough for few round trips, small enough to be had for one word.
_TERMS_A_PAGE = 2048
# Counted in a dict, which is fast, and put into arrays, which are small, whenever it is full.
_COUNTED = 2_000_000
_KEY = 64


class Frequencies:
    """Counts passages by token while they stream by."""

    def __init__(self) -> None:
        self._fresh: dict[int, int] = {}
        self._keys = np.zeros(0, np.uint64)
        self._counts = np.zeros(0, np.int64)

    def add(self, keys: Iterable[int]) -> None:
        """Count a passage, given the keys of its tokens, each once."""
        fresh = self._fresh
        for key in keys:
            fresh[key] = fresh.get(key, 0) + 1
        if len(fresh) > _COUNTED:
            self._settle()

    def pages(self) -> list[str]:
        """Return the dictionary, page by page; at least one."""
        self._settle()
        count = page_count(len(self._keys))
        places = np.searchsorted(page_of(self._keys, count), np.arange(count + 1, dtype=np.uint64))
        return [
            _page(self._keys[start:stop], self._counts[start:stop])
            for start, stop in pairwise(places)
        ]

    def __len__(self) -> int:
        self._settle()
        return len(self._keys)

    def _settle(self) -> None:
        keys = np.fromiter(self._fresh.keys(), np.uint64, len(self._fresh))
        counts = np.fromiter(self._fresh.values(), np.int64, len(self._fresh))
        self._fresh = {}
        self._keys, places = np.unique(np.concatenate([self._keys, keys]), return_inverse=True)
        added = np.zeros(len(self._keys), np.int64)
        np.add.at(added, places, np.concatenate([self._counts, counts]))
        self._counts = added


class Page:
    """A page, opened."""

    def __init__(self, text: str) -> None:
        """Open a page.

        :raises IndexFormatError: it is damaged.
        """
        try:
            raw = base64.b64decode(text, validate=True)
            self._keys = np.frombuffer(raw, "<u8", len(raw) // 12)
            self._counts = np.frombuffer(raw, "<u4", len(raw) // 12, 8 * (len(raw) // 12))
        except ValueError as exc:
            raise IndexFormatError(f"Milvus 里的词表已损坏:{exc};请重新发布") from exc

    def count(self, key: int) -> int:
        """Return in how many passages the token of a key stands."""
        place = int(np.searchsorted(self._keys, np.uint64(key)))
        if place == len(self._keys) or int(self._keys[place]) != key:
            return 0
        return int(self._counts[place])


def page_count(terms: int) -> int:
    """Return how many pages, a power of two, hold so many terms."""
    return 1 << max(0, (max(terms - 1, 0) // _TERMS_A_PAGE).bit_length())


def page_number(key: int, pages: int) -> int:
    """Return which of so many pages a key is on."""
    return key >> (_KEY - (pages.bit_length() - 1)) if pages > 1 else 0


def page_of(keys: NDArray[np.uint64], pages: int) -> NDArray[np.uint64]:
    """Return which of so many pages each key is on."""
    if pages == 1:
        return np.zeros(len(keys), np.uint64)
    return keys >> np.uint64(_KEY - (pages.bit_length() - 1))


def _page(keys: NDArray[np.uint64], counts: NDArray[np.int64]) -> str:
    raw = keys.astype("<u8").tobytes() + counts.astype("<u4").tobytes()
    return base64.b64encode(raw).decode("ascii")

"""A text as copies are compared: its letters and digits alone, and their runs of five."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.uint32]
    Hashes = NDArray[np.uint64]
    Places = NDArray[np.int64]

# Two unrelated speeches on one subject share 4 % of their runs of five; of shorter runs far more.
GRAM = 5
_PLANE = 0x10000
_DROPPED = 0
# Han and Hangul are folded to themselves; looking each up would take longer than an answer may.
_PLAIN = (range(0x4E00, 0x9FD0), range(0x3400, 0x4DB6), range(0xAC00, 0xD7A4))
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, eq=False)  # without slots: the order is kept once it is known
class Form:
    """The folded characters of a text, where each stands in it, and the hash of each run.

    `kinds` are the runs that stand in it, each once and sorted.
    """

    codes: Codes
    places: Places
    grams: Hashes
    kinds: Hashes

    @cached_property
    def order(self) -> Places:
        """The places of the runs, by their hashes."""
        return np.argsort(self.grams, kind="stable")

    def chars(self) -> str:
        """The folded characters."""
        return self.codes.tobytes().decode("utf-32-le", "surrogatepass")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a half-open range of the folded characters stands in the text."""
        if start >= len(self.places):
            after = int(self.places[-1]) + 1 if len(self.places) else 0
            return after, after
        begin = int(self.places[start])
        return begin, int(self.places[end - 1]) + 1 if end > start else begin

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The folded characters of a half-open range of the text."""
        first, last = np.searchsorted(self.places, (start, end))
        return int(first), int(last)


def form_of(text: str) -> Form:
    """Fold a text: no white space, no punctuation, no width, no case."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
    folded = np.where(codes < _PLANE, _folding()[np.minimum(codes, _PLANE - 1)], codes)
    places = np.flatnonzero(folded)
    codes = folded[places]
    grams = _hashes(codes)
    return Form(codes, places, grams, _distinct(grams))


def _distinct(grams: Hashes) -> Hashes:
    # Twice as fast as numpy's own way, which hashes once more.
    ordered = np.sort(grams)
    fresh = np.ones(len(ordered), np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]


def _hashes(codes: Codes) -> Hashes:
    """Hash each run of five characters to 64 well mixed bits."""
    count = max(0, len(codes) - GRAM + 1)
    wide = codes.astype(np.uint64)
    hashed = np.zeros(count, np.uint64)
    for offset in range(GRAM):
        hashed = hashed * _ODD + wide[offset : offset + count]
    for shift, factor in zip((30, 27), _MIX, strict=True):
        hashed ^= hashed >> np.uint64(shift)
        hashed *= factor
    return hashed ^ (hashed >> np.uint64(31))


@cache
def _folding() -> Codes:
    """What each character of the basic plane is folded to."""
    table = np.full(_PLANE, _DROPPED, np.uint32)
    for plain in _PLAIN:
        table[plain.start : plain.stop] = np.arange(plain.start, plain.stop)
    for code in range(_PLANE):
        if any(code in plain for plain in _PLAIN):
            continue
        char = chr(code)
        if char.isalnum():
            simple = unicodedata.normalize("NFKC", char).lower()
            table[code] = ord(simple) if len(simple) == 1 else code
    return table

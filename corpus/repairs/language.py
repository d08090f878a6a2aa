"""How likely one character is to follow another in clean official prose.

`bigrams.npz` holds counts from clean text, a byte each, made by `eval.text.train_glyphs`.
Digits count as one symbol, Latin letters as another, and what was hardly seen as a third.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODEL = Path(__file__).parent / "bigrams.npz"
# A count is stored as its logarithm to the base 2, times this, rounded.
LOG_STEPS = 8
# Gaps between neighbouring keys are a byte; a gap of at least this stands in a list of its own.
WIDE = 255
BASIC_PLANE = 0x10000
_DISCOUNT = 0.75
# What the unknown symbol stands for: about as many characters of the basic plane as are in no text.
_UNKNOWN_TYPES = 20_000
_LEAST_NOVELTY = 0.03

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Language:
    """Symbols by code point, how often each was seen, and which pairs how often.

    A stranger is a character of the basic plane that clean text, simplified or traditional, never
    holds.
    """

    symbol_of: Ints
    counts: NDArray[np.float64]
    is_stranger: NDArray[np.bool_]
    keys: Ints
    pair_counts: NDArray[np.float64]

    @property
    def unknown(self) -> int:
        """The symbol of every character that was hardly seen."""
        return len(self.counts) - 1

    def share(self, char: str) -> float:
        """The share of one character in clean text."""
        return float(self.shares()[self.symbol_of[min(ord(char), BASIC_PLANE - 1)]])

    def pair_count(self, first: str, second: str) -> float:
        """How often clean text had one character right after another, roughly; 0 where never."""
        row, column = self.symbol_of[code_points(first + second)]
        key = int(row) * len(self.counts) + int(column)
        place = int(np.searchsorted(self.keys, key))
        held = place < len(self.keys) and self.keys[place] == key
        return float(self.pair_counts[place]) if held else 0.0

    def shares(self) -> NDArray[np.float64]:
        """The share of each symbol in clean text; of the unknown, that of one character."""
        shares: NDArray[np.float64] = self.counts / self.counts.sum()
        shares[self.unknown] /= _UNKNOWN_TYPES
        return shares

    def following(self) -> Floats:
        """The probability of each symbol (column) after each (row)."""
        size = len(self.counts)
        left, right = self.keys // size, self.keys % size
        total = np.maximum(self.counts, np.bincount(left, self.pair_counts, size))
        seen = (self.pair_counts - _DISCOUNT) / total[left]
        novelty = np.clip(1 - np.bincount(left, seen, size), _LEAST_NOVELTY, 1)
        table = np.outer(novelty, self.shares()).astype(np.float32)
        table[left, right] += seen.astype(np.float32)
        return table


@cache
def load_language() -> Language:
    """Load the counts that ship with this package."""
    with np.load(MODEL) as stored:
        return read_counts(dict(stored))


def read_counts(stored: dict[str, NDArray[Any]]) -> Language:
    """Read counts as `eval.text.train_glyphs` makes them."""
    symbols = stored["symbols"].astype(np.int64)
    gaps = stored["gaps"].astype(np.int64)
    gaps[gaps == WIDE] = stored["wide_gaps"]
    symbol_of = np.full(BASIC_PLANE, len(symbols), np.int64)
    symbol_of[symbols] = np.arange(len(symbols))
    is_stranger = np.zeros(BASIC_PLANE, np.bool_)
    is_stranger[stored["strangers"]] = True
    return Language(
        symbol_of, _counts(stored["counts"]), is_stranger, np.cumsum(gaps), _counts(stored["pairs"])
    )


def code_points(text: str) -> Ints:
    """The code points of `text`, digits and letters folded, what is off the plane as one."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    codes[codes >= BASIC_PLANE] = 0xFFFD
    codes[(codes >= ord("0")) & (codes <= ord("9"))] = ord("0")
    lower = codes | 0x20
    codes[(lower >= ord("a")) & (lower <= ord("z"))] = ord("a")
    return codes


def _counts(logarithms: NDArray[Any]) -> NDArray[np.float64]:
    counts: NDArray[np.float64] = np.exp2(logarithms.astype(np.float64) / LOG_STEPS)
    return counts

"""Text becomes pieces: characters, overlapping pairs, and the words of a vocabulary.

Nothing is segmented: every run of up to four characters that the vocabulary holds is a piece, so
a text's pieces do not hang on one cut being right. A character, or a pair of them, that the
vocabulary lacks is told by two of a few thousand shared places, so that two texts with the same
rare name still meet. Runs are known by a 64-bit hash, in arrays: a batch costs microseconds a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LONGEST = 4  # characters of a piece
_PAIR = 2  # the longest run that has an id when the vocabulary lacks it
# Odd constants: the first chains characters, the second spreads a chain over all 64 bits.
_CHAIN, _SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_SHARED_SHIFTS = (np.uint64(11), np.uint64(37))
# Half of the buckets stay empty, so that few hold more than two pieces.
_BUCKETS_PER_PIECE = 2
_BETWEEN = "\n"  # stands between texts: no piece crosses it
_UNASSIGNED = 0x30000  # no Han character lies beyond
# Where the characters that make pieces lie; all else separates.
_LETTERS = (
    (0x30, 0x3A),
    (0x61, 0x7B),
    (0xDF, 0x250),
    (0x370, 0x530),
    (0x3007, 0x3008),
    (0x3041, 0x3097),
    (0x30A1, 0x30FB),
    (0x3400, 0x4DC0),
    (0x4E00, 0xA000),
    (0xAC00, 0xD7A4),
    (0xF900, 0xFB00),
    (0x20000, _UNASSIGNED),
)


@dataclass(frozen=True, slots=True)
class Bags:
    """The pieces of texts: those of text `i` are `ids[starts[i]:starts[i + 1]]`, in no order."""

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]


class Pieces:
    """A vocabulary: piece `i` is its line `i`; `shared` more ids stand for unknown pairs."""

    def __init__(self, vocabulary: str, shared: int) -> None:
        """Take a vocabulary, one piece a line, each of one to four characters.

        :raises ValueError: a piece is there twice, or none or too long.
        """
        codes = _codes(vocabulary)
        ends = np.flatnonzero(np.append(codes, 0) == 0)
        lengths = np.diff(ends, prepend=-1) - 1
        if not len(codes) or lengths.min() < 1 or lengths.max() > LONGEST:
            raise ValueError("a piece is empty or too long")
        chains = _chains(codes)
        keys = np.empty(len(ends), np.uint64)
        for length, chain in enumerate(chains, start=1):
            these = lengths == length
            keys[these] = chain[ends[these] - length]
        self.shared = shared
        self.size = len(keys) + shared
        self._known = len(keys)
        self._hold(keys)

    def _hold(self, keys: NDArray[np.uint64]) -> None:
        """Sort the keys; a bucket holds those that begin alike."""
        bits = int(np.ceil(np.log2(len(keys) * _BUCKETS_PER_PIECE)))
        self._shift = np.uint64(64 - bits)
        order = np.argsort(keys)
        ordered = keys[order]
        if (ordered[1:] == ordered[:-1]).any():
            raise ValueError("a piece is there twice")
        held = np.bincount((ordered >> self._shift).astype(np.int64), minlength=1 << bits)
        self._first = np.concatenate([[0], np.cumsum(held)]).astype(np.int32)
        self._most = int(held.max())
        self._keys = ordered
        self._ids = order.astype(np.int32)

    def bags(self, texts: Sequence[str]) -> Bags:
        """Return the pieces of each text."""
        # Each is folded by itself: what stands beside it in a batch must not tell.
        codes = _codes(_BETWEEN.join(map(fold, texts)))
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        firsts = np.cumsum(lengths + 1) - (lengths + 1)
        ids, places = [], []
        for length, chain in enumerate(_chains(codes), start=1):
            there = np.flatnonzero(chain)
            keys = chain[there]
            found = self._find(keys)
            if length <= _PAIR and self.shared:
                unknown = found < 0
                for shift in _SHARED_SHIFTS:
                    mixed = (keys[unknown] >> shift) % np.uint64(self.shared)
                    ids.append(mixed.astype(np.int32) + self._known)
                    places.append(there[unknown])
            ids.append(found[found >= 0])
            places.append(there[found >= 0])
        return _bags(np.concatenate(ids), np.concatenate(places), firsts)

    def _find(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the id of each key, -1 where the vocabulary lacks it."""
        place = (keys >> self._shift).astype(np.int64)
        first = self._first[place]
        held = self._first[place + 1] - first
        found = np.full(len(keys), -1, np.int32)
        open_rows = np.flatnonzero(held)
        for step in range(self._most):
            at = first[open_rows] + step
            hit = self._keys[at] == keys[open_rows]
            found[open_rows[hit]] = self._ids[at[hit]]
            open_rows = open_rows[~hit & (held[open_rows] > step + 1)]
            if not len(open_rows):
                break
        return found


def _letters() -> NDArray[np.bool_]:
    table = np.zeros(_UNASSIGNED + 1, np.bool_)
    for first, after in _LETTERS:
        table[first:after] = True
    return table


_IS_LETTER = _letters()


def is_piece(text: str) -> bool:
    """Tell whether a text can be a piece: one to four characters that make pieces."""
    return 0 < len(text) <= LONGEST and bool((_codes(text) > 0).all())


def _codes(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text, 0 for what separates."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    codes = np.minimum(codes, _UNASSIGNED)
    return np.where(_IS_LETTER[codes], codes, np.uint32(0))


def _chains(codes: NDArray[np.uint32]) -> list[NDArray[np.uint64]]:
    """Return for each length the hash of the run that starts at each place, 0 where none does."""
    single = codes.astype(np.uint64)
    chain = single
    chains = [_spread(single)]
    for length in range(2, LONGEST + 1):
        chain = chain[:-1] * _CHAIN + single[length - 1 :]
        chain[(single[length - 1 :] == 0) | (chains[-1][:-1] == 0)] = 0
        chains.append(_spread(chain))
        if not len(chain):
            break
    return chains


def _spread(chain: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (chain ^ (chain >> _HALF)) * _SPREAD
    return mixed ^ (mixed >> _HALF)


def _bags(ids: NDArray[np.int32], places: NDArray[np.int64], firsts: NDArray[np.int64]) -> Bags:
    """Sort pieces into the texts they stand in."""
    if len(firsts) == 1:
        return Bags(ids, np.array([0, len(ids)], np.int64))
    owner = np.searchsorted(firsts, places, side="right") - 1
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(firsts) + 1))
    return Bags(ids[order], starts.astype(np.int64))

"""The postings of a segment: for each term the rows that have it, and how often.

Terms are known by their keys alone. What a posting is worth depends on the whole version, so
counts are kept, not scores; beside each term stands the most that any of its postings can be
worth, by which a search passes over what cannot reach its best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from index.files import damaged, forget, read_array
from index.kept import count, only
from index.keys import keys_of, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from index.files import Staging
    from index.kept import Kept
    from index.keys import Keys

    Rows = NDArray[np.int32]
    Counts = NDArray[np.uint16]
    Places = NDArray[np.int64]

K1 = 1.5  # how soon a repeated term stops adding
B = 0.75  # how much a long passage is held against it
_MOST = np.iinfo(np.uint16).max
_BLOCK = 1 << 22  # postings merged at once: some 100 MB


class Postings:
    """Opened postings."""

    def __init__(self, folder: Path, *, terms: int, passages: int) -> None:
        """Open the postings in a folder.

        :raises IndexFormatError: the files are damaged or disagree.
        """
        self.path = folder
        self.keys = read_array(folder / "keys.npy", "uint64", (terms,))
        self.starts = read_array(folder / "starts.npy", "int64", (terms + 1,))
        self.rows = read_array(folder / "rows.npy", "int32", (None,))
        self.counts = read_array(folder / "counts.npy", "uint16", self.rows.shape)
        self.most = read_array(folder / "most.npy", "float32", (terms,))
        self.lengths = read_array(folder / "lengths.npy", "int32", (passages,))
        if int(self.starts[-1]) != len(self.rows):
            raise damaged(folder / "starts.npy", "长度与倒排表不符")

    def find(self, key: int) -> tuple[int, int, float]:
        """Return where a term's postings start and stop, and the most one can be worth.

        :raises IndexFormatError: the postings are damaged.
        """
        term = place_of(self.keys, key)
        if term is None:
            return 0, 0, 0.0
        start, stop = int(self.starts[term]), int(self.starts[term + 1])
        if not 0 <= start <= stop <= min(len(self.rows), start + len(self.lengths)):
            raise damaged(self.path / "starts.npy", "倒排表越界")
        return start, stop, float(self.most[term])


def norms(lengths: NDArray[np.int32], mean: float) -> NDArray[np.float32]:
    """Return what stands beside a term's count in the denominator, for each length."""
    return (K1 * (1 - B + B * lengths / max(mean, 1e-9))).astype(np.float32)


def write_postings(staging: Staging, folder: str, passages: Iterable[Sequence[str]]) -> int:
    """Write the postings of tokenised passages; return how many terms they have.

    :raises OSError: they could not be written.
    """
    codes: dict[str, int] = {}
    flat: list[int] = []
    lengths: list[int] = []
    for tokens in passages:
        flat += [codes.setdefault(token, len(codes)) for token in tokens]
        lengths.append(len(tokens))
    keys = keys_of(codes)
    order = np.argsort(keys, kind="stable")
    place = np.empty(len(keys), np.int64)
    place[order] = np.arange(len(keys))
    sizes = np.array(lengths, np.int32)
    rows = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    # One number for a term in a row: sorting it groups and counts them.
    pairs = place[np.array(flat, np.int64)] * max(len(sizes), 1) + rows
    pairs, counts = np.unique(pairs, return_counts=True)
    terms, rows = np.divmod(pairs, max(len(sizes), 1))
    starts = np.searchsorted(terms, np.arange(len(keys) + 1)).astype(np.int64)
    writer = _Writer(staging, folder, sizes)
    writer.write(keys[order], starts, [(rows.astype(np.int32), _counted(counts))])
    return len(keys)


def merge_postings(staging: Staging, folder: str, parts: Sequence[tuple[Postings, Kept]]) -> int:
    """Write the postings of several segments as one; return how many terms they have.

    :param parts: each with the passages that go on, None for all.
    :raises OSError: they could not be written.
    """
    sources = _sources(parts)
    keys, starts = _totals(sources)
    lengths = [only(one.lengths, kept) for one, kept in parts]
    writer = _Writer(staging, folder, np.concatenate(lengths).astype(np.int32))
    writer.write(keys, starts, _blocks(sources, keys, starts))
    return len(keys)


class _Source:
    """Postings on their way into others: each row has a new place, or none."""

    def __init__(self, postings: Postings, kept: Kept, base: int) -> None:
        self.postings, self.base = postings, base
        self._places: Rows | None = None
        if kept is not None:
            self._places = np.where(kept, base + np.cumsum(kept) - 1, -1).astype(np.int32)

    def terms(self) -> NDArray[np.int64]:
        """How many postings of each term go on."""
        if self._places is None:
            return np.diff(self.postings.starts)
        gone = np.zeros(len(self.postings.keys) + 1, np.int64)
        for start in range(0, len(self.postings.rows), _BLOCK):
            rows = self.postings.rows[start : start + _BLOCK]
            lost = start + np.flatnonzero(self._places[rows] < 0)
            terms = np.searchsorted(self.postings.starts, lost, side="right") - 1
            gone += np.bincount(terms, minlength=len(gone))
        return np.diff(self.postings.starts) - gone[:-1]

    def take(self, first: int, last: int) -> tuple[Places, Rows, Counts]:
        """The postings of a range of terms: how many of each, new rows, counts."""
        starts = self.postings.starts[first : last + 1]
        rows = self.postings.rows[starts[0] : starts[-1]]
        counts = self.postings.counts[starts[0] : starts[-1]]
        if self._places is None:
            return np.diff(starts), rows + np.int32(self.base), counts
        moved = self._places[rows]
        stay = moved >= 0
        running = np.concatenate([[0], np.cumsum(stay)])
        return np.diff(running[starts - starts[0]]), moved[stay], counts[stay]


def _sources(parts: Sequence[tuple[Postings, Kept]]) -> list[_Source]:
    sources, base = [], 0
    for postings, kept in parts:
        sources.append(_Source(postings, kept, base))
        base += count(len(postings.lengths), kept)
    return sources


def _totals(sources: Sequence[_Source]) -> tuple[Keys, Places]:
    """The keys that any source still has, sorted, and where their postings will start."""
    keys = np.unique(np.concatenate([one.postings.keys for one in sources]))
    totals = np.zeros(len(keys), np.int64)
    for one in sources:
        totals[np.searchsorted(keys, one.postings.keys)] += one.terms()
    there = totals > 0
    return keys[there], np.concatenate([[0], np.cumsum(totals[there])])


def _blocks(
    sources: Sequence[_Source], keys: Keys, starts: Places
) -> Iterator[tuple[Rows, Counts]]:
    """The merged postings, some millions at a time."""
    first = 0
    while first < len(keys):
        last = int(np.searchsorted(starts, starts[first] + _BLOCK, side="right")) - 1
        last = min(max(last, first + 1), len(keys))
        yield _block(sources, keys[first:last], starts[first : last + 1])
        first = last


def _block(sources: Sequence[_Source], keys: Keys, starts: Places) -> tuple[Rows, Counts]:
    free = starts[:-1] - starts[0]  # where each term's next posting goes
    rows = np.empty(int(starts[-1] - starts[0]), np.int32)
    counts = np.empty(len(rows), np.uint16)
    for one in sources:
        first = int(np.searchsorted(one.postings.keys, keys[0]))
        last = int(np.searchsorted(one.postings.keys, keys[-1], side="right"))
        if first == last:
            continue
        sizes, moved, counted = one.take(first, last)
        known = np.flatnonzero(sizes)  # a term of which nothing goes on may be in no block
        terms = np.searchsorted(keys, one.postings.keys[first:last][known])
        sizes = sizes[known]
        before = np.cumsum(sizes) - sizes
        places = np.repeat(free[terms] - before, sizes) + np.arange(len(moved))
        rows[places], counts[places] = moved, counted
        free[terms] += sizes
        forget(one.postings.rows)
        forget(one.postings.counts)
    return rows, counts


class _Writer:
    """Writes the arrays of a segment's postings, block by block."""

    def __init__(self, staging: Staging, folder: str, lengths: NDArray[np.int32]) -> None:
        self._staging, self._folder, self._lengths = staging, folder, lengths

    def write(self, keys: Keys, starts: Places, blocks: Iterable[tuple[Rows, Counts]]) -> None:
        name, total = f"{self._folder}/{{}}.npy", int(starts[-1])
        norm = norms(self._lengths, float(self._lengths.mean()) if len(self._lengths) else 0.0)
        most, done = np.zeros(len(keys), np.float32), 0
        with (
            self._staging.rows(name.format("rows"), np.int32, (total,)) as rows,
            self._staging.rows(name.format("counts"), np.uint16, (total,)) as counts,
        ):
            for some, counted in blocks:
                worth = counted / (counted + norm[some])
                first, last = np.searchsorted(starts, (done, done + len(some)))
                if len(some):
                    most[first:last] = np.maximum.reduceat(worth, starts[first:last] - done)
                rows.append(some)
                counts.append(counted)
                done += len(some)
        self._staging.write_array(name.format("keys"), keys)
        self._staging.write_array(name.format("starts"), starts)
        self._staging.write_array(name.format("most"), most)
        self._staging.write_array(name.format("lengths"), self._lengths)


def _counted(counts: Places) -> Counts:
    return np.minimum(counts, _MOST).astype(np.uint16)

"""Byte strings on disk, one after the other, with offsets: any row is one slice away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from index.files import damaged, forget, read_array, read_bytes
from index.kept import only

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from index.files import Staging
    from index.kept import Kept


_BLOCK = 1 << 22


class Blobs:
    """Byte strings by row."""

    def __init__(self, folder: Path, name: str, count: int) -> None:
        """Open a file of `count` byte strings; `name` has its suffix.

        :raises IndexFormatError: the files are damaged or disagree.
        """
        self.path = folder / name
        self._data = read_bytes(self.path)
        offsets = folder / f"{self.path.stem}.offsets.npy"
        self.offsets = read_array(offsets, "int64", (count + 1,))
        self._at = self.offsets.item  # for one value, ten times as quick as indexing
        if len(self._data) != int(self.offsets[-1]):
            raise damaged(self.path, "长度与偏移表不符")

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> bytes:
        return self._data[self._at(row) : self._at(row + 1)]

    def lengths(self, kept: Kept = None) -> NDArray[np.int64]:
        """Return the bytes of each kept row."""
        return only(np.diff(self.offsets), kept)

    def chunks(self, kept: Kept = None) -> Iterator[bytes]:
        """Yield the bytes of the kept rows, in order, in pieces of any size."""
        for start, stop in _runs(kept, len(self)):
            first, last = int(self.offsets[start]), int(self.offsets[stop])
            for place in range(first, last, _BLOCK):
                yield self._data[place : min(place + _BLOCK, last)]
        forget(self._data)


def write_blobs(staging: Staging, name: str, suffix: str, rows: Iterable[bytes]) -> None:
    """Write byte strings.

    :raises OSError: they could not be written.
    """
    rows = list(rows)
    staging.write(f"{name}{suffix}", [b"".join(rows)])
    _write_offsets(staging, name, np.fromiter(map(len, rows), np.int64, len(rows)))


def merge_blobs(
    staging: Staging, name: str, suffix: str, parts: Sequence[tuple[Blobs, Kept]]
) -> None:
    """Write the kept rows of several, one after the other.

    :raises OSError: they could not be written.
    """
    staging.write(f"{name}{suffix}", (one for blobs, kept in parts for one in blobs.chunks(kept)))
    _write_offsets(staging, name, np.concatenate([blobs.lengths(kept) for blobs, kept in parts]))


def _write_offsets(staging: Staging, name: str, lengths: NDArray[np.int64]) -> None:
    staging.write_array(f"{name}.offsets.npy", np.concatenate([[0], np.cumsum(lengths)]))


def _runs(kept: Kept, count: int) -> Iterator[tuple[int, int]]:
    """The half-open ranges of rows that are kept together."""
    if kept is None:
        yield 0, count
        return
    edges = np.flatnonzero(np.diff(np.concatenate([[0], kept.view(np.int8), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)

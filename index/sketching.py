"""The sketches of a segment's documents on disk, and which of its documents share with a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus.duplicates.candidates import enough_shared
from corpus.duplicates.sketches import Sketch
from index.files import damaged, read_array
from index.kept import only

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from index.files import Staging
    from index.kept import Kept
    from index.keys import Keys

_FOLDER = "copies"
# A run that so many texts have is a phrase of all documents: it tells no copy.
_CROWD = 256


class Sketches:
    """The sketches of documents by row, and rows by the runs that they share."""

    def __init__(self, folder: Path, documents: int) -> None:
        """Open the sketches in the folder of a segment.

        :raises IndexFormatError: the files are damaged or disagree.
        """
        inside = folder / _FOLDER
        self._starts = read_array(inside / "starts.npy", "int64", (documents + 1,))
        self._runs = read_array(inside / "runs.npy", "uint64", (None,))
        self._digests = read_array(inside / "digests.npy", "uint64", (documents, 2))
        self._sorted = read_array(inside / "sorted.npy", "uint64", self._runs.shape)
        self._owners = read_array(inside / "owners.npy", "int32", self._runs.shape)
        if int(self._starts[-1]) != len(self._runs):
            raise damaged(inside / "starts.npy", "长度与抽样表不符")

    def get(self, row: int) -> Sketch:
        """Return the sketch of a document."""
        start, stop = int(self._starts[row]), int(self._starts[row + 1])
        return Sketch(np.asarray(self._runs[start:stop]), self._digests[row].tobytes())

    def there(self) -> NDArray[np.bool_]:
        """Return which documents have a sketch."""
        return np.asarray(self._digests[:, 0] | self._digests[:, 1]) > 0

    def sharing(self, sketch: Sketch) -> NDArray[np.int64]:
        """Return the rows of the documents that share enough runs with a sketch."""
        first = np.searchsorted(self._sorted, sketch.runs)
        held = np.minimum(np.searchsorted(self._sorted, sketch.runs, side="right") - first, _CROWD)
        if not held.any():
            return np.empty(0, np.int64)
        before = np.cumsum(held) - held
        places = np.repeat(first - before, held) + np.arange(int(held.sum()))
        rows, shared = np.unique(self._owners[places], return_counts=True)
        enough = enough_shared(shared, np.diff(self._starts)[rows], len(sketch.runs))
        return rows[enough].astype(np.int64)

    def arrays(self, kept: Kept) -> tuple[NDArray[np.int64], Keys, Keys]:
        """Return how many runs each kept document has, the runs, and the digests."""
        sizes = np.diff(self._starts)
        runs = None if kept is None else np.repeat(kept, sizes)
        return only(sizes, kept), only(self._runs, runs), only(self._digests, kept)


def write_sketches(staging: Staging, sketches: Sequence[Sketch]) -> None:
    """Write the sketches of documents.

    :raises OSError: they could not be written.
    """
    sizes = np.array([len(one.runs) for one in sketches], np.int64)
    digests = np.frombuffer(b"".join(one.digest for one in sketches), np.uint64).reshape(-1, 2)
    runs = [np.asarray(one.runs, np.uint64) for one in sketches]
    _write(staging, sizes, np.concatenate([np.empty(0, np.uint64), *runs]), digests)


def merge_sketches(staging: Staging, parts: Sequence[tuple[Sketches, Kept]]) -> None:
    """Write the kept sketches of several segments, one after the other.

    :raises OSError: they could not be written.
    """
    arrays = [one.arrays(kept) for one, kept in parts]
    sizes, runs, digests = (np.concatenate(column) for column in zip(*arrays, strict=True))
    _write(staging, sizes, runs, digests)


def _write(staging: Staging, sizes: NDArray[np.int64], runs: Keys, digests: Keys) -> None:
    order = np.argsort(runs, kind="stable")
    owners = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    staging.write_array(f"{_FOLDER}/starts.npy", np.concatenate([[0], np.cumsum(sizes)]))
    staging.write_array(f"{_FOLDER}/runs.npy", runs)
    staging.write_array(f"{_FOLDER}/digests.npy", digests)
    staging.write_array(f"{_FOLDER}/sorted.npy", runs[order])
    staging.write_array(f"{_FOLDER}/owners.npy", owners[order])

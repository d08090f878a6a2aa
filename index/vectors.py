"""Exact nearest passages by inner product, with faiss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from index.files import read_array

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from index.files import Staging

_NAME = "vectors.npy"


class Vectors:
    """The vectors of the passages, one a row, searched exhaustively."""

    def __init__(self, folder: Path, *, passages: int, dimensions: int) -> None:
        """Open the vectors in a folder.

        :raises IndexFormatError: the file is damaged or of another shape.
        """
        vectors = read_vectors(folder, passages=passages, dimensions=dimensions)
        import faiss  # heavier than the rest of this package: only who searches vectors pays

        self._faiss: Any = faiss
        self._index = self._faiss.IndexFlatIP(dimensions)
        self._index.add(np.ascontiguousarray(vectors))

    def search(
        self, query: NDArray[np.float32], k: int, *, allowed: NDArray[np.bool_] | None = None
    ) -> list[tuple[int, float]]:
        """Return the k rows nearest to a query vector, best first; ties by row."""
        k = min(k, self._index.ntotal)
        if not k:
            return []
        scores, rows = self._index.search(query.reshape(1, -1), k, params=self._only(allowed))
        found = [
            (int(row), float(score))
            for row, score in zip(rows[0], scores[0], strict=True)
            if row >= 0  # faiss fills up with -1 when fewer are allowed
        ]
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def _only(self, allowed: NDArray[np.bool_] | None) -> Any:
        if allowed is None:
            return None
        bits = np.packbits(allowed, bitorder="little")
        selector = self._faiss.IDSelectorBitmap(bits)
        return self._faiss.SearchParameters(sel=selector)


def write_vectors(staging: Staging, folder: str, vectors: NDArray[np.float32]) -> None:
    """Write the vectors.

    :raises OSError: they could not be written.
    """
    staging.write_array(f"{folder}/{_NAME}", vectors)


def read_vectors(folder: Path, *, passages: int, dimensions: int) -> NDArray[np.float32]:
    """Return the vectors as they were written.

    :raises IndexFormatError: the file is damaged or of another shape.
    """
    return read_array(folder / _NAME, "float32", (passages, dimensions))

"""The vectors of a segment's passages, and the nearest among them, with faiss.

Up to some size every vector is compared. Beyond, vectors lie in cells around common centres, a
byte a value (IVF with SQ8): the cells nearest to a question are looked through, and what they
give is compared again by the vectors themselves, so that scores are exact, and only what lies
in a cell far away is missed. `python -m eval.cells` prints how much that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from index.files import damaged, forget, read_array, read_bytes
from index.kept import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from index.files import Staging
    from index.kept import Kept

    Vector = NDArray[np.float32]
    Half = NDArray[np.float16]

_VECTORS, _CELLS = "vectors.npy", "cells.faiss"
# Where an exhaustive search begins to cost more than reading the question: 3 ms on two cores.
CELLS_FROM = 32_768
# At 140,226 articles a sixth of 2,048 cells holds .99 of the ten nearest of all.
_PROBED = 320
_CELLS_PER_ROOT = 4.0
_ROUNDS, _TAUGHT = 6, 24  # of k-means, and vectors a centre: more finds no more
# Bytes misplace neighbours by a few ranks: so many more are compared again.
_AGAIN = 1.25
# Among few that are allowed, each is compared; cells would hardly hold one.
_FEW_ALLOWED = 8192
_BLOCK = 16_384


class Vectors:
    """The vectors of a segment, one a row, opened for searching."""

    def __init__(self, folder: Path, *, passages: int, dimensions: int) -> None:
        """Open the vectors in a folder.

        :raises IndexFormatError: a file is damaged or of another shape.
        """
        self._vectors = read_vectors(folder, passages=passages, dimensions=dimensions)
        import faiss  # heavier than the rest of this package: only who searches vectors pays

        self._faiss: Any = faiss
        self._cells = passages >= CELLS_FROM
        if self._cells:
            self._index = _read_cells(faiss, folder / _CELLS, passages, dimensions)
        else:
            self._index = faiss.IndexFlatIP(dimensions)
            self._index.add(np.asarray(self._vectors, np.float32))

    def search(
        self, query: Vector, k: int, *, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], Vector]:
        """Return the k rows nearest to a query vector and their cosines, best first."""
        if allowed is not None and int(allowed.sum()) <= _FEW_ALLOWED:
            return self._compared(query, np.flatnonzero(allowed), k)
        wanted = min(k, len(self._vectors))
        if not wanted:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        asked = min(int(wanted * _AGAIN), len(self._vectors)) if self._cells else wanted
        parameters = self._parameters(allowed)
        scores, rows = self._index.search(query.reshape(1, -1), asked, params=parameters)
        there = rows[0] >= 0  # faiss fills up with -1 when fewer are allowed
        if self._cells:
            return self._compared(query, rows[0][there], k)
        return rows[0][there], scores[0][there]

    def _compared(
        self, query: Vector, rows: NDArray[np.int64], k: int
    ) -> tuple[NDArray[np.int64], Vector]:
        rows = np.sort(rows)
        scores = np.asarray(self._vectors[rows], np.float32) @ query
        order = np.argsort(-scores, kind="stable")[:k]
        return rows[order], scores[order]

    def _parameters(self, allowed: NDArray[np.bool_] | None) -> Any:
        more: dict[str, Any] = {}
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            more["sel"] = self._faiss.IDSelectorBitmap(bits)
        if self._cells:
            return self._faiss.SearchParametersIVF(nprobe=_PROBED, **more)
        return self._faiss.SearchParameters(**more) if more else None


def write_vectors(staging: Staging, folder: str, vectors: NDArray[np.floating]) -> None:
    """Write vectors.

    :raises OSError: they could not be written.
    """
    _write(staging, folder, vectors.shape, [vectors])


def rounded(vectors: NDArray[np.floating]) -> Vector:
    """Return vectors as they come back from a segment: other engines must compare the same."""
    return vectors.astype(np.float16).astype(np.float32)


def merge_vectors(staging: Staging, folder: str, parts: Sequence[tuple[Half, Kept]]) -> None:
    """Write the kept vectors of several, one after the other.

    :raises OSError: they could not be written.
    """
    total = sum(count(len(one), kept) for one, kept in parts)
    _write(staging, folder, (total, parts[0][0].shape[1]), _blocks(parts))


def read_vectors(folder: Path, *, passages: int, dimensions: int) -> Half:
    """Return the vectors as they were written.

    :raises IndexFormatError: the file is damaged or of another shape.
    """
    return read_array(folder / _VECTORS, "float16", (passages, dimensions))


def _blocks(parts: Sequence[tuple[Half, Kept]]) -> Iterator[Half]:
    for vectors, kept in parts:
        for start in range(0, len(vectors), _BLOCK):
            block = vectors[start : start + _BLOCK]
            yield block if kept is None else block[kept[start : start + _BLOCK]]
        forget(vectors)


def _write(
    staging: Staging, folder: str, shape: tuple[int, ...], blocks: Iterable[NDArray[np.floating]]
) -> None:
    with staging.rows(f"{folder}/{_VECTORS}", np.float16, shape) as writer:
        for block in blocks:
            writer.append(block)
    if shape[0] >= CELLS_FROM:
        written = read_vectors(staging.folder / folder, passages=shape[0], dimensions=shape[1])
        _write_cells(staging, f"{folder}/{_CELLS}", written)


def _write_cells(staging: Staging, name: str, vectors: Half) -> None:
    """Lay vectors in cells; the same vectors, the same cells."""
    import faiss

    rows, dimensions = vectors.shape
    cells = 1 << round(np.log2(_CELLS_PER_ROOT * np.sqrt(rows)))
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimensions),
        dimensions,
        cells,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
        False,
    )
    index.cp.niter, index.cp.max_points_per_centroid = _ROUNDS, _TAUGHT
    taught = np.linspace(0, rows - 1, min(rows, _TAUGHT * cells)).astype(np.int64)
    index.train(np.asarray(vectors[taught], np.float32))
    for start in range(0, rows, _BLOCK):
        index.add(np.asarray(vectors[start : start + _BLOCK], np.float32))
        forget(vectors)
    with staging.file(name) as file:

        def write(chunk: bytes) -> int:
            file.write(chunk)
            return len(chunk)

        faiss.write_index(index, faiss.PyCallbackIOWriter(write))  # type: ignore[attr-defined]


def _read_cells(faiss: Any, path: Path, passages: int, dimensions: int) -> Any:
    try:
        index = faiss.deserialize_index(np.frombuffer(read_bytes(path), np.uint8))
    except (RuntimeError, ValueError) as exc:
        raise damaged(path, " ".join(str(exc).split())[:200]) from exc
    if (index.ntotal, index.d) != (passages, dimensions):
        raise damaged(path, "与向量数目不符")
    return index

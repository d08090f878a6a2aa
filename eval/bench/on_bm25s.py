"""bm25s, which several systems are made of: kept on disk, mapped from there, never changed."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.bench.cutting import cutter, read_cuts
from eval.bench.records import Cut, Material, Opened
from eval.records import Ranking
from index.records import Scored

if TYPE_CHECKING:
    from bm25s import BM25

_K1, _B = 1.5, 0.75  # the product's
_IDS = "ids.txt"


def library(backend: str) -> Any:
    """Return bm25s; without numba, unless it is asked for: else its import costs every backend."""
    if backend != "numba":
        sys.modules.setdefault("numba", None)  # type: ignore[arg-type]
    import bm25s

    return bm25s


def builder(backend: str) -> Callable[[Material], None]:
    """Return how to build over the product's tokens."""

    def build(material: Material) -> None:
        codes: dict[str, int] = {}
        ids: list[str] = []
        coded: list[array[int]] = []
        for identifier, tokens in read_cuts(material.cuts):
            ids.append(identifier)
            coded.append(array("i", [codes.setdefault(one, len(codes)) for one in tokens]))
        model = library(backend).BM25(k1=_K1, b=_B, method="lucene", backend=backend)
        model.index((coded, codes), show_progress=False)
        keep(model, ids, material.folder)

    return build


def opener(backend: str) -> Callable[[Material], Opened]:
    """Return how to open what was built over the product's tokens."""

    def open_built(material: Material) -> Opened:
        return Opened(searching(material.folder, cutter(Cut.OURS), backend))

    return open_built


def keep(model: BM25, ids: list[str], folder: Path) -> None:
    """Write an index and the ids of its rows."""
    model.save(str(folder), show_progress=False)
    (folder / _IDS).write_text("\n".join(ids), "utf-8")


def searching(
    folder: Path, tokens: Callable[[str], list[str]], backend: str
) -> Callable[[str, int], Ranking]:
    """Open an index, mapped from disk, and return its search."""
    model = library(backend).BM25.load(
        str(folder), mmap=True, override_params={"backend": backend}, show_progress=False
    )
    if backend == "numba":
        model.activate_numba_scorer()
    ids = (folder / _IDS).read_text("utf-8").split("\n")

    def search(query: str, k: int) -> Ranking:
        known = [token for token in tokens(query) if token in model.vocab_dict]
        if not known:
            return []
        rows, scores = model.retrieve([known], k=min(k, len(ids)), show_progress=False)
        found = zip(rows[0], scores[0], strict=True)
        return [Scored(ids[int(row)], float(score)) for row, score in found if score > 0]

    return search

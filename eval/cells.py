"""What cells miss of the nearest passages: the product's search of vectors beside all of them.

Run as `python -m eval.cells HOME QUERIES.jsonl`, over an index of at least 32,768 passages; prints
one JSON object: recall of the ten and of the two hundred nearest, and what each search takes.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import GongjianError
from corpus.formats.jsonl import json_value, numbered_lines
from index.dense import encoder_for
from index.store import open_version

if TYPE_CHECKING:
    from numpy.typing import NDArray

_QUESTIONS, _DEPTHS = 300, (10, 200)
_ARGUMENTS = 3


@dataclass(slots=True)
class _Side:
    """One way to search: what it found for each question, and how long that took."""

    rows: list[NDArray[np.int64]]
    seconds: list[float]


def measure(home: Path, queries: Path) -> dict[str, float | int]:
    """Return the recall of cells against every vector, and the median times in milliseconds.

    :raises GongjianError: there is no index, or the questions cannot be read.
    """
    version = open_version(home)
    encoder = encoder_for(version.manifest.encoder, None)
    asked = [json_value(line, place)["text"] for place, line in numbered_lines(queries)]
    wanted = encoder.encode_queries(asked[:_QUESTIONS])
    segment = max(version.segments, key=lambda one: len(one.passages))
    vectors, every = segment.vectors(), np.asarray(segment.raw_vectors(), np.float32)
    cells, exact = _Side([], []), _Side([], [])
    for query in wanted:
        started = time.perf_counter()
        cells.rows.append(vectors.search(query, max(_DEPTHS))[0])
        between = time.perf_counter()
        exact.rows.append(_nearest(every @ query))
        exact.seconds.append(time.perf_counter() - between)
        cells.seconds.append(between - started)
    return {
        "passages": len(every),
        "questions": len(wanted),
        **{f"recall@{depth}": _recall(cells, exact, depth) for depth in _DEPTHS},
        "cells_ms": round(float(np.median(cells.seconds)) * 1000, 3),
        "exact_ms": round(float(np.median(exact.seconds)) * 1000, 3),
    }


def _nearest(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    depth = min(max(_DEPTHS), len(scores))
    rows = np.argpartition(-scores, depth - 1)[:depth]
    return rows[np.argsort(-scores[rows], kind="stable")]


def _recall(cells: _Side, exact: _Side, depth: int) -> float:
    found = [
        len(set(one[:depth].tolist()) & set(other[:depth].tolist())) / min(depth, len(other))
        for one, other in zip(cells.rows, exact.rows, strict=True)
    ]
    return round(float(np.mean(found)), 4)


def main() -> None:
    """Measure and print."""
    if len(sys.argv) != _ARGUMENTS:
        sys.exit("python -m eval.cells HOME QUERIES.jsonl")
    try:
        figures = measure(Path(sys.argv[1]), Path(sys.argv[2]))
    except GongjianError as exc:
        sys.exit(str(exc))
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()

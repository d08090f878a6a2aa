"""BM25 by its written formula (`index/bm25.py`), in double precision: what engines are held to.

Only the tokens of the queries are counted, so that a corpus of any size passes by in one stream.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench.cutting import cutter, read_cuts
from eval.bench.records import Cut
from eval.records import Ranking
from index.ranking import top
from index.records import Scored

_K1, _B = 1.5, 0.75


def reference_run(cuts: Path, queries: Mapping[str, str], k: int) -> dict[str, Ranking]:
    """Rank a corpus, cut into the product's tokens, for each query."""
    tokens = cutter(Cut.OURS)
    asked = {query: tokens(text) for query, text in queries.items()}
    ids, lengths, postings = _count(cuts, {one for each in asked.values() for one in each})
    # How much a passage's length is held against it: the same for every term.
    held = _K1 * (1 - _B + _B * lengths / max(lengths.mean(), 1e-12)) if ids else lengths
    run: dict[str, Ranking] = {}
    for query, said in asked.items():
        total = np.zeros(len(ids))
        for token, times in Counter(said).items():
            rows, counts = postings[token]
            idf = math.log(1 + (len(ids) - len(rows) + 0.5) / (len(rows) + 0.5))
            total[rows] += times * idf * counts / (counts + held[rows])
        run[query] = [Scored(ids[row], score) for row, score in top(total, k)]
    return run


_Postings = dict[str, tuple[NDArray[np.int32], NDArray[np.int32]]]


def _count(cuts: Path, wanted: set[str]) -> tuple[list[str], NDArray[np.float64], _Postings]:
    """Return the ids, the length of each passage, and where and how often each token stands."""
    found = {token: (array("i"), array("i")) for token in wanted}
    ids: list[str] = []
    lengths = array("i")
    for row, (identifier, tokens) in enumerate(read_cuts(cuts)):
        ids.append(identifier)
        lengths.append(len(tokens))
        for token, times in Counter(one for one in tokens if one in wanted).items():
            rows, counts = found[token]
            rows.append(row)
            counts.append(times)
    postings = {
        token: (np.frombuffer(rows, np.int32), np.frombuffer(counts, np.int32))
        if rows
        else (np.zeros(0, np.int32), np.zeros(0, np.int32))
        for token, (rows, counts) in found.items()
    }
    return ids, np.array(lengths, np.float64), postings


def agreement(run: Mapping[str, Ranking], reference: Mapping[str, Ranking]) -> dict[str, float]:
    """Say how far a run is the reference's, over the queries that both have.

    `overlap@10`: the share of the reference's best that the run has; `same_order`: the share of
    queries with the same ids in the same order; `score_difference`: the largest difference of a
    score, as a share of the reference's, over what both found.
    """
    both = [query for query in reference if query in run]
    overlaps: list[float] = []
    same = 0
    difference = 0.0
    for query in both:
        wanted = {one.id: one.score for one in reference[query]}
        got = {one.id: one.score for one in run[query]}
        overlaps.append(len(wanted.keys() & got.keys()) / len(wanted) if wanted else 1.0)
        same += list(wanted) == list(got)
        shares = [abs(got[one] - wanted[one]) / wanted[one] for one in wanted.keys() & got.keys()]
        difference = max(difference, *shares) if shares else difference
    return {
        "compared": len(both),
        "overlap@10": sum(overlaps) / len(overlaps) if overlaps else 0.0,
        "same_order": same / len(both) if both else 0.0,
        "score_difference": difference,
    }

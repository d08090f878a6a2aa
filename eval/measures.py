"""Measures of one ranking against graded judgements, as trec_eval defines them.

Each takes the ranked ids (best first, each once) and the grades by id, and returns a number from
0 to 1. `tests/eval/test_measures.py` holds them to ir_measures on random runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import fmean

from eval.records import Qrels, Run

Measure = Callable[[Sequence[str], Mapping[str, int]], float]
Grades = Mapping[str, int]


def hit(ranked: Sequence[str], grades: Grades, *, k: int) -> float:
    """1 where any of the first k is relevant (Success@k)."""
    return float(any(grades.get(one, 0) > 0 for one in ranked[:k]))


def reciprocal_rank(ranked: Sequence[str], grades: Grades, *, k: int) -> float:
    """1 / rank of the first relevant one among the first k, else 0 (RR@k)."""
    for rank, one in enumerate(ranked[:k], start=1):
        if grades.get(one, 0) > 0:
            return 1 / rank
    return 0.0


def ndcg(ranked: Sequence[str], grades: Grades, *, k: int) -> float:
    """Discounted gain of the first k over that of the best order (Järvelin and Kekäläinen 2002)."""
    ideal = _gain(sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:k])
    return _gain([max(0, grades.get(one, 0)) for one in ranked[:k]]) / ideal if ideal else 0.0


def recall(ranked: Sequence[str], grades: Grades, *, k: int) -> float:
    """Share of the relevant that stand among the first k (R@k)."""
    relevant = sum(grade > 0 for grade in grades.values())
    found = sum(grades.get(one, 0) > 0 for one in ranked[:k])
    return found / relevant if relevant else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


MEASURES: Mapping[str, Measure] = {
    "hit@1": partial(hit, k=1),
    "hit@5": partial(hit, k=5),
    "mrr@10": partial(reciprocal_rank, k=10),
    "ndcg@10": partial(ndcg, k=10),
    "recall@10": partial(recall, k=10),
    "recall@100": partial(recall, k=100),
}
# How deep a run must be for all of them.
DEPTH = 100


def per_query(run: Run, qrels: Qrels) -> dict[str, dict[str, float]]:
    """Return every measure of every judged query; one that the run lacks found nothing."""
    ranked = {query: [one.id for one in run.get(query, ())] for query in qrels}
    return {
        name: {query: measure(ranked[query], grades) for query, grades in qrels.items()}
        for name, measure in MEASURES.items()
    }


def means(values: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each measure over its queries, 0 where there are none."""
    return {name: fmean(each.values()) if each else 0.0 for name, each in values.items()}

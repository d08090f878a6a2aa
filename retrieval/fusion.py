"""Two ranked lists become one.

The order comes from a convex combination of normalised scores (Bruch, Gai and Ingber 2023,
"An Analysis of Fusion Functions for Hybrid Retrieval"); reciprocal rank fusion (Cormack et
al. 2009) is there to be compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index.records import Scored

# The best of .1 to .5 on 800 questions of DRCD dev with the encoder trained on its corpus (hit@1
# .939; words alone .933, reciprocal rank .854); a better encoder will earn a larger share.
DENSE_WEIGHT = 0.2
RRF_K = 60

Fused = list[tuple[str, float, dict[str, float]]]


def convex(
    lexical: Sequence[Scored], dense: Sequence[Scored], *, dense_weight: float = DENSE_WEIGHT
) -> Fused:
    """Return ids with `(1 - w) * lexical + w * dense`, best first; each leg scaled to [0, 1].

    BM25 is scaled by its best score (its least is 0), the cosine by the range of its list;
    a passage that a leg did not return gets nothing from it.
    """
    parts = _parts(_by_best(lexical), _by_range(dense))
    return _ranked(
        parts, lambda part: (1 - dense_weight) * part["lexical"] + dense_weight * part["dense"]
    )


def reciprocal_rank(lexical: Sequence[Scored], dense: Sequence[Scored], *, k: int = RRF_K) -> Fused:
    """Return ids with the sum of `1 / (k + rank)`, best first; ranks count from 1."""
    parts = _parts(_by_rank(lexical, k), _by_rank(dense, k))
    return _ranked(parts, lambda part: part["lexical"] + part["dense"])


def _by_best(scored: Sequence[Scored]) -> dict[str, float]:
    best = max((item.score for item in scored), default=0.0)
    return {item.id: item.score / best for item in scored} if best > 0 else {}


def _by_range(scored: Sequence[Scored]) -> dict[str, float]:
    if not scored:
        return {}
    best = max(item.score for item in scored)
    least = min(item.score for item in scored)
    width = best - least
    return {item.id: (item.score - least) / width if width > 0 else 1.0 for item in scored}


def _by_rank(scored: Sequence[Scored], k: int) -> dict[str, float]:
    return {item.id: 1 / (k + rank) for rank, item in enumerate(scored, start=1)}


def _parts(lexical: dict[str, float], dense: dict[str, float]) -> dict[str, dict[str, float]]:
    return {
        identifier: {
            "lexical": lexical.get(identifier, 0.0),
            "dense": dense.get(identifier, 0.0),
        }
        for identifier in [*lexical, *(key for key in dense if key not in lexical)]
    }


def _ranked(
    parts: dict[str, dict[str, float]], score: Callable[[dict[str, float]], float]
) -> Fused:
    fused = [(identifier, score(part), part) for identifier, part in parts.items()]
    return sorted(fused, key=lambda item: -item[1])

"""Two ranked lists become one.

The order comes from a convex combination (Bruch, Gai and Ingber 2023, "An Analysis of Fusion
Functions for Hybrid Retrieval"): BM25 as a share of what the query could get at most, the cosine as
it is, so that both tell how sure they are; and where words tell one passage clearly from the rest,
they count for more. Reciprocal rank fusion (Cormack et al. 2009) is there to be compared with.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from index.records import Scored

# How much the cosine counts: a logistic curve over how far BM25's best stands out from its tenth,
# how many of the first ten both legs share, and how much there is in the question. Fitted on the
# folds of the lay questions, every eighth question of DRCD dev, and our own dev set, each set
# counting alike.
_EVEN, _STEEP, _SHARED, _FULL = -2.0, 9.0, 1.12, 0.56
_FIRST = 10
RRF_K = 60

Fused = list[tuple[str, float, dict[str, float]]]


def convex(
    lexical: Sequence[Scored],
    dense: Sequence[Scored],
    *,
    ceiling: float,
    depth: int,
    dense_weight: float | None = None,
) -> Fused:
    """Return ids with `(1 - w) * lexical / ceiling + w * dense` as a share of the best, best first.

    The cosine counts from the least of its list. What a leg did not return gets the least that it
    did, if its list was cut there.

    :param ceiling: what BM25 would give at most: the sum of the query's weights.
    :param depth: how many were asked of each leg: a list that long was cut.
    :param dense_weight: w; by default as the lexical leg deserves, see `dense_weight_for`.
    """
    share = _scaled(lexical, 0.0, ceiling)
    cosine = _scaled(dense, min((item.score for item in dense), default=0.0), 1.0)
    w = dense_weight_for(lexical, dense, ceiling) if dense_weight is None else dense_weight
    missing = min(share.values(), default=0.0) if len(lexical) >= depth else 0.0
    parts = _parts(share, cosine, missing)
    sums = {
        identifier: (1 - w) * part["lexical"] + w * part["dense"]
        for identifier, part in parts.items()
    }
    best = max(sums.values(), default=0.0) or 1.0
    return _ranked({key: (total / best, parts[key]) for key, total in sums.items()})


def dense_weight_for(lexical: Sequence[Scored], dense: Sequence[Scored], ceiling: float) -> float:
    """Return how much the cosine deserves: little where BM25's best stands out, else a lot.

    Where both legs find the same, words suffice; of a long question, each word is the less likely
    to be the one that the text has. Both lists are best first.
    """
    if not lexical or ceiling <= 0:
        return 1.0
    beside = lexical[_FIRST - 1].score if len(lexical) >= _FIRST else 0.0
    outstanding = (lexical[0].score - beside) / ceiling
    firsts = ({item.id for item in leg[:_FIRST]} for leg in (lexical, dense))
    shared = len(set.intersection(*firsts)) / _FIRST
    lean = _EVEN - _STEEP * outstanding - _SHARED * shared + _FULL * math.log(ceiling)
    return 1 / (1 + math.exp(-lean))


def reciprocal_rank(lexical: Sequence[Scored], dense: Sequence[Scored], *, k: int = RRF_K) -> Fused:
    """Return ids with the sum of `1 / (k + rank)`, best first; ranks count from 1."""
    parts = _parts(_by_rank(lexical, k), _by_rank(dense, k))
    return _ranked({key: (part["lexical"] + part["dense"], part) for key, part in parts.items()})


def _scaled(scored: Sequence[Scored], least: float, width: float) -> dict[str, float]:
    return {item.id: (item.score - least) / width for item in scored} if width > 0 else {}


def _by_rank(scored: Sequence[Scored], k: int) -> dict[str, float]:
    return {item.id: 1 / (k + rank) for rank, item in enumerate(scored, start=1)}


def _parts(
    lexical: dict[str, float], dense: dict[str, float], missing: float = 0.0
) -> dict[str, dict[str, float]]:
    return {
        identifier: {
            "lexical": lexical.get(identifier, missing),
            "dense": dense.get(identifier, 0.0),
        }
        for identifier in dict.fromkeys([*lexical, *dense])
    }


def _ranked(scored: dict[str, tuple[float, dict[str, float]]]) -> Fused:
    fused = [(identifier, score, part) for identifier, (score, part) in scored.items()]
    return sorted(fused, key=lambda item: -item[1])

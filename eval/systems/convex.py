"""The textbook's hybrid: a convex combination of both legs, each worth half, for any question."""

from pathlib import Path

from eval.records import Built, Ranking, System
from index.local import LocalEngine
from index.records import Scored
from retrieval.fusion import convex
from retrieval.search import CANDIDATES

_DENSE_WEIGHT = 0.5


def build(home: Path) -> Built:
    """Open the published index."""
    engine = LocalEngine.open(home)

    def search(query: str, k: int) -> Ranking:
        depth = max(k, CANDIDATES)
        lexical, dense = engine.lexical(query, depth), engine.dense(query, depth)
        fused = convex(lexical, dense, dense_weight=_DENSE_WEIGHT)
        return [Scored(identifier, score) for identifier, score, _ in fused[:k]]

    return Built(search)


SYSTEM = System("convex", "两路各占一半的凸组合", build)

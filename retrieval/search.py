"""A query becomes ranked passages."""

from __future__ import annotations

from index.engine import Engine
from index.records import Where
from retrieval.fusion import convex, reciprocal_rank
from retrieval.records import Hit, Mode

# Candidates taken from each leg: enough that what either ranks high can win.
CANDIDATES = 200


def search(
    engine: Engine, query: str, k: int = 10, *, mode: Mode = Mode.HYBRID, where: Where | None = None
) -> list[Hit]:
    """Return the `k` best passages for the query, best first.

    :raises ValueError: `k` is not positive.
    :raises EngineError: the engine failed.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    if not query.strip():
        return []
    depth = max(k, CANDIDATES)
    lexical = engine.lexical(query, depth, where) if mode is not Mode.DENSE else []
    dense = engine.dense(query, depth, where) if mode is not Mode.LEXICAL else []
    if mode is Mode.HYBRID:
        ranked = convex(lexical, dense)[:k]
    elif mode is Mode.RRF:
        ranked = reciprocal_rank(lexical, dense)[:k]
    else:
        ranked = [
            (item.id, item.score, {mode.value: item.score}) for item in (lexical or dense)[:k]
        ]
    passages = engine.passages([identifier for identifier, _, _ in ranked])
    return [
        Hit(passage, score, parts)
        for passage, (_, score, parts) in zip(passages, ranked, strict=True)
    ]

"""A query becomes ranked passages."""

from __future__ import annotations

from dataclasses import dataclass

from index.engine import Engine
from index.records import Scored, Where
from index.tokens import fold, tokenize
from retrieval.bridging import bridges
from retrieval.coverage import known_words
from retrieval.fusion import convex, reciprocal_rank
from retrieval.records import Hit, Mode

# Candidates taken from each leg: enough that what either ranks high can win.
CANDIDATES = 200
# As many official words for one of a question's: more would drown the rest.
_OFFICIAL = 2


@dataclass(frozen=True, slots=True)
class Legs:
    """What each leg found for a query, as it was put to them, and what BM25 could give at most."""

    query: str
    depth: int
    lexical: tuple[Scored, ...]
    dense: tuple[Scored, ...]
    ceiling: float


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
    found = legs(engine, query, max(k, CANDIDATES), mode=mode, where=where)
    lexical, dense = found.lexical, found.dense
    if mode is Mode.HYBRID:
        ranked = convex(lexical, dense, ceiling=found.ceiling, depth=found.depth)[:k]
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


def legs(
    engine: Engine, query: str, depth: int, *, mode: Mode = Mode.HYBRID, where: Where | None = None
) -> Legs:
    """Ask both legs, or the one that a mode has, for as many passages.

    :raises EngineError: the engine failed.
    """
    if mode is not Mode.LEXICAL:
        query = bridged(engine, query)
    lexical = engine.lexical(query, depth, where) if mode is not Mode.DENSE else []
    dense = engine.dense(query, depth, where) if mode is not Mode.LEXICAL else []
    most = ceiling(engine, query) if mode is Mode.HYBRID else 0.0
    return Legs(query, depth, tuple(lexical), tuple(dense), most)


def ceiling(engine: Engine, query: str) -> float:
    """What BM25 gives a passage at most: every token of the query there, as often as can count."""
    return sum(map(engine.weight, tokenize(query)))


def bridged(engine: Engine, query: str) -> str:
    """The query with what the corpus writes for the words of people that it does not know."""
    official = [
        words
        for bridge in bridges(fold(query))
        if not engine.weight(bridge.word)
        for words, _ in known_words(engine, bridge)[:_OFFICIAL]
    ]
    return " ".join([query, *dict.fromkeys(official)])

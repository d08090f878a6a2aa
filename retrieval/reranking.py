"""The first hits read again, each together with the question, by a slower and better reader.

The reader decides the order and nothing else. Its scores lie on no scale that anything here knows,
so the hit that it puts first gets the score that stood first, and so on: a score still tells what
share of the best is deserved at that place, hits behind those looked at need not move, and what an
answer's confidence is reckoned from means what it meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from index.content import searched

if TYPE_CHECKING:
    from index.engine import Engine
    from retrieval.records import Hit

# So many are read: what lies deeper is rarely the answer, and each costs as much as the first.
LOOKED_AT = 30


class Reranker(Protocol):
    """Tells how well passages answer a question."""

    @property
    def name(self) -> str:
        """What it is called: a model's name, or its folder."""

    def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        """Return a score for each passage, higher for better, comparable within one call.

        :raises GongjianError: it cannot be had, or failed.
        """


class _Reranking:
    """An engine, and beside it who reads again what it finds; all else is the engine's own."""

    def __init__(self, engine: Engine, reranker: Reranker) -> None:
        self.engine, self.reranker = engine, reranker

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


def with_reranker(engine: Engine, reranker: Reranker) -> Engine:
    """Return the engine such that lists of hits and answers are read again by a reranker."""
    return cast("Engine", _Reranking(engine, reranker))


def depth_for(engine: Engine, k: int) -> int:
    """Return how many hits must be found so that the first `k` can be told."""
    return max(k, LOOKED_AT) if isinstance(engine, _Reranking) else k


def read_again(engine: Engine, query: str, hits: Sequence[Hit]) -> list[Hit]:
    """Return hits in the order of the engine's reranker; as they are where it has none.

    :raises GongjianError: the reranker cannot be had, or failed.
    """
    return rerank(engine.reranker, query, hits) if isinstance(engine, _Reranking) else list(hits)


def rerank(reranker: Reranker, query: str, hits: Sequence[Hit]) -> list[Hit]:
    """Return hits with the first in a reranker's order, the scores where they stood.

    What a reranker does not tell apart stays in order.

    :raises GongjianError: the reranker cannot be had, or failed.
    """
    first, rest = list(hits[:LOOKED_AT]), hits[LOOKED_AT:]
    if len(first) < 2:
        return list(hits)
    said = reranker.scores(query, [searched(hit.passage) for hit in first])
    order = sorted(range(len(first)), key=lambda place: -said[place])
    moved = [
        replace(first[place], score=stood.score, parts=first[place].parts | {"rerank": said[place]})
        for place, stood in zip(order, first, strict=True)
    ]
    return [*moved, *rest]

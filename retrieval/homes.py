"""Where the documents of an engine are at home: each of them, several together, the plans."""

from __future__ import annotations

from collections.abc import Iterable

from index.engine import Engine
from retrieval.anchors import Whereabouts, whereabouts


def whereabouts_of(engine: Engine, documents: Iterable[str]) -> dict[str, Whereabouts]:
    """Where and when documents are, by document id; each is read once."""
    return {identifier: whereabouts(engine.document(identifier)) for identifier in set(documents)}


def home_of(engine: Engine, documents: Iterable[str]) -> frozenset[str]:
    """The places that documents are at home in."""
    homes = [where.home for where in whereabouts_of(engine, documents).values()]
    return frozenset().union(*homes)


def home_of_plans(engine: Engine) -> frozenset[str]:
    """The places that the documents with tasks are at home in."""
    return home_of(engine, (task.document_id for task in engine.tasks()))

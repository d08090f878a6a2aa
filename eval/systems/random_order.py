"""Chance: passages in an order drawn from the query itself, the same in every run."""

import random
from pathlib import Path

from eval.records import Built, Ranking, System
from index.local import LocalEngine
from index.records import Scored


def build(home: Path) -> Built:
    """List the passages."""
    engine = LocalEngine.open(home)
    ids = [one.id for document in engine.documents() for one in engine.passages_of(document.id)]

    def search(query: str, k: int) -> Ranking:
        drawn = random.Random(query).sample(ids, min(k, len(ids)))
        return [Scored(one, 1 / rank) for rank, one in enumerate(drawn, start=1)]

    return Built(search)


SYSTEM = System("random", "随机次序", build)

"""Nearest vectors: the product's dense leg."""

from pathlib import Path

from eval.legs import searching
from eval.records import Built, System
from index.local import LocalEngine
from retrieval.records import Mode


def build(home: Path) -> Built:
    """Open the published index."""
    return searching(LocalEngine.open(home), Mode.DENSE)


SYSTEM = System("dense", "向量", build)

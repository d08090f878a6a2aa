"""The product without its dense leg."""

from pathlib import Path

from eval.legs import NoDense, searching
from eval.records import Built, System
from retrieval.records import Mode


def build(home: Path) -> Built:
    """Open the published index."""
    return searching(NoDense.open(home), Mode.HYBRID)


SYSTEM = System("hybrid-no-dense", "混合检索,去掉向量", build)

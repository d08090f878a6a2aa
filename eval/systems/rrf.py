"""Both legs by reciprocal rank."""

from pathlib import Path

from eval.legs import searching
from eval.records import Built, System
from index.local import LocalEngine
from retrieval.records import Mode


def build(home: Path) -> Built:
    """Open the published index."""
    return searching(LocalEngine.open(home), Mode.RRF)


SYSTEM = System("rrf", "两路按倒数排名融合", build)

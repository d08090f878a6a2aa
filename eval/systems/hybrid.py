"""What `gongjian search` does."""

from pathlib import Path

from eval.legs import searching
from eval.records import Built, System
from index.local import LocalEngine
from retrieval.records import Mode


def build(home: Path) -> Built:
    """Open the published index."""
    return searching(LocalEngine.open(home), Mode.HYBRID)


SYSTEM = System("hybrid", "混合检索(产品)", build)

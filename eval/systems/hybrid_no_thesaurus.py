"""The product without its thesaurus: both legs are asked in the question's own words."""

from pathlib import Path

from eval.legs import fusing
from eval.records import Built, System
from index.local import LocalEngine
from retrieval.fusion import DENSE_WEIGHT


def build(home: Path) -> Built:
    """Open the published index."""
    return fusing(LocalEngine.open(home), DENSE_WEIGHT)


SYSTEM = System("hybrid-no-thesaurus", "混合检索,不用词库", build)

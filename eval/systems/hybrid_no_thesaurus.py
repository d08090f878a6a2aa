"""The product without its thesaurus: both legs are asked in the question's own words."""

from pathlib import Path

from eval.legs import fusing
from eval.records import Built, System
from index.local import LocalEngine


def build(home: Path) -> Built:
    """Open the published index."""
    return fusing(LocalEngine.open(home), None)


SYSTEM = System("hybrid-no-thesaurus", "混合检索,不用词库", build)

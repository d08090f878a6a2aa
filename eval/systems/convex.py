"""The textbook's hybrid: a convex combination of both legs, each worth half, for any question."""

from pathlib import Path

from eval.legs import fusing
from eval.records import Built, System
from index.local import LocalEngine

_DENSE_WEIGHT = 0.5


def build(home: Path) -> Built:
    """Open the published index."""
    return fusing(LocalEngine.open(home), _DENSE_WEIGHT)


SYSTEM = System("convex", "两路各占一半的凸组合", build)

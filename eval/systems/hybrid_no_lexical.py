"""The product without its lexical leg."""

from pathlib import Path

from eval.legs import NoLexical, searching
from eval.records import Built, System
from retrieval.records import Mode


def build(home: Path) -> Built:
    """Open the published index."""
    return searching(NoLexical.open(home), Mode.HYBRID)


SYSTEM = System("hybrid-no-lexical", "混合检索,去掉词语检索", build)

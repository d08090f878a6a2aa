"""BM25 over words, character bigrams and marks: the product's lexical leg."""

from pathlib import Path

from eval.legs import searching
from eval.records import Built, System
from index.local import LocalEngine
from retrieval.records import Mode


def build(home: Path) -> Built:
    """Open the published index."""
    return searching(LocalEngine.open(home), Mode.LEXICAL)


SYSTEM = System("lexical", "词语加二字组(BM25)", build)

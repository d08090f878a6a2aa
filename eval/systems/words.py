"""BM25 over words alone."""

from pathlib import Path

from eval.legs import OtherTokens, searching
from eval.records import Built, System
from index.tokens import tokens_by_kind
from retrieval.records import Mode


def build(home: Path) -> Built:
    """Index the words."""
    return searching(OtherTokens.over(home, lambda text: tokens_by_kind(text).words), Mode.LEXICAL)


SYSTEM = System("words", "只用词语(BM25)", build, own_index=True)

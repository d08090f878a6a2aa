"""BM25 over character bigrams alone."""

from pathlib import Path

from eval.legs import OtherTokens, searching
from eval.records import Built, System
from index.tokens import tokens_by_kind
from retrieval.records import Mode


def build(home: Path) -> Built:
    """Index the bigrams."""
    engine = OtherTokens.over(home, lambda text: tokens_by_kind(text).bigrams)
    return searching(engine, Mode.LEXICAL)


SYSTEM = System("bigrams", "只用二字组(BM25)", build, own_index=True)

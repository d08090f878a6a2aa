"""The product without the bigrams of its lexical leg."""

from pathlib import Path

from eval.legs import OtherTokens, searching
from eval.records import Built, System
from index.tokens import tokens_by_kind
from retrieval.records import Mode


def _tokens(text: str) -> list[str]:
    tokens = tokens_by_kind(text)
    return [*tokens.marks, *tokens.words]


def build(home: Path) -> Built:
    """Index what is left."""
    return searching(OtherTokens.over(home, _tokens), Mode.HYBRID)


SYSTEM = System("hybrid-no-bigrams", "混合检索,去掉二字组", build, own_index=True)

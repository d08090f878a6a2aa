"""What BM25 must know of all passages before it can weigh one; and which rows are whose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from index.content import searched
from index.milvus.sparse import key_of
from index.milvus.terms import Frequencies
from index.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus.records import Passage
    from index.engine import Engine

_HASHES_KEPT = 1 << 20
_TOLD_EVERY = 100  # documents between two words of progress


@dataclass(frozen=True, slots=True)
class Statistics:
    """The passages of a version, counted; `keys` gives those of the tokens of a passage."""

    mean_length: float
    kinds: tuple[str, ...]
    pages: tuple[str, ...]
    keys: Callable[[Passage], list[int]]


def take_statistics(source: Engine, progress: Callable[[str, int, int], None]) -> Statistics:
    """Count the tokens of a version, one document after the other.

    :raises EngineError: the version cannot be read.
    """
    key = lru_cache(_HASHES_KEPT)(key_of)

    def keys(passage: Passage) -> list[int]:
        return [key(token) for token in tokenize(searched(passage))]

    frequencies, kinds = Frequencies(), set()
    length = passages = 0
    summaries = source.documents()
    for done, summary in enumerate(summaries):
        if done % _TOLD_EVERY == 0:
            progress("tokens", done, len(summaries))
        for passage in source.passages_of(summary.id):
            found = keys(passage)
            frequencies.add(set(found))
            kinds.add(passage.kind)
            length += len(found)
            passages += 1
    progress("tokens", len(summaries), len(summaries))
    mean = length / passages if passages else 0.0
    return Statistics(mean, tuple(sorted(kinds)), tuple(frequencies.pages()), keys)

"""The product's search with a leg replaced: what the ablations and single legs are made of."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from eval.records import Built, Ranking
from index.bm25 import Bm25
from index.content import searched
from index.files import Staging
from index.local import LocalEngine
from index.postings import Postings, write_postings
from index.ranking import ranked
from index.records import Scored
from index.removed import Removed
from index.vectors import Vectors, write_vectors
from retrieval.fusion import convex
from retrieval.records import Mode
from retrieval.search import CANDIDATES, bridged, ceiling, search

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from index.encoder import Encoder
    from index.engine import Engine
    from index.records import Where
    from index.segment import Segment


def searching(engine: Engine, mode: Mode) -> Built:
    """The product's search over an engine, in a mode."""

    def find(query: str, k: int) -> Ranking:
        return [Scored(hit.passage.id, hit.score) for hit in search(engine, query, k, mode=mode)]

    return Built(find)


def fusing(engine: Engine, dense_weight: float | None, *, bridging: bool = False) -> Built:
    """Both legs of an engine in a convex combination, and nothing else; None: weighed by query.

    :param bridging: ask with what documents write for people's words, as the product does.
    """

    def find(query: str, k: int) -> Ranking:
        depth = max(k, CANDIDATES)
        query = bridged(engine, query) if bridging else query
        legs = engine.lexical(query, depth), engine.dense(query, depth)
        most = ceiling(engine, query)
        fused = convex(*legs, ceiling=most, depth=depth, dense_weight=dense_weight)
        return [Scored(identifier, score) for identifier, score, _ in fused[:k]]

    return Built(find)


class NoDense(LocalEngine):
    """The published index without its vectors."""

    def dense(self, query: str, k: int, where: Where | None = None) -> list[Scored]:
        """Find nothing."""
        return []


class NoLexical(LocalEngine):
    """The published index without its words."""

    def lexical(self, query: str, k: int, where: Where | None = None) -> list[Scored]:
        """Find nothing."""
        return []


class OtherVectors(LocalEngine):
    """The published index with the vectors of another encoder."""

    @classmethod
    def over(cls, home: Path, encoder: Encoder) -> Self:
        """Open the index in a home and encode its passages."""
        engine = cls.open(home)
        found = [_vectors(segment, encoder) for segment in engine._version.segments]
        engine._dense = encoder, found
        return engine


def _vectors(segment: Segment, encoder: Encoder) -> Vectors:
    count = len(segment.passages)
    rows = encoder.encode_passages([searched(segment.passages.get(row)) for row in range(count)])
    with TemporaryDirectory() as folder:
        staging = Staging(Path(folder) / "staged", lambda _: None)
        write_vectors(staging, "dense", rows)
        # The files are mapped, and stay readable when their names are gone.
        return Vectors(staging.folder / "dense", passages=count, dimensions=encoder.dimensions)


class OtherTokens(LocalEngine):
    """The published index with BM25 over other tokens of the same passages."""

    _ids: Sequence[str]
    _tokens: Callable[[str], Sequence[str]]
    _other: Bm25

    @classmethod
    def over(cls, home: Path, tokens: Callable[[str], Sequence[str]]) -> Self:
        """Open the index in a home and weigh the tokens of its passages."""
        engine = cls.open(home)
        passages = [one for each in engine.documents() for one in engine.passages_of(each.id)]
        with TemporaryDirectory() as folder:
            staging = Staging(Path(folder) / "staged", lambda _: None)
            cut = [tokens(searched(one)) for one in passages]
            terms = write_postings(staging, "lexical", cut)
            opened = Postings(staging.folder / "lexical", terms=terms, passages=len(cut))
            engine._other = Bm25([opened], Removed({}), len(cut), sum(map(len, cut)))
        engine._ids = [passage.id for passage in passages]
        engine._tokens = tokens
        return engine

    def lexical(self, query: str, k: int, where: Where | None = None) -> list[Scored]:
        """Return the k best passages by BM25 over the other tokens.

        :raises ValueError: a filter is asked for, which no evaluation needs.
        """
        if where is not None:
            raise ValueError("the replaced leg knows no filters")
        found = self._other.search(self._tokens(query), k, allowed=[None])
        return [Scored(self._ids[row], score) for row, score in ranked(found, k)]

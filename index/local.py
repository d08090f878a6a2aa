"""The embedded engine: one process, no service, everything mapped from disk."""

from __future__ import annotations

import contextlib
import threading
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import EngineError
from index.dense import encoder_for
from index.ranking import ranked
from index.records import Scored
from index.store import current, open_version
from index.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Self

    from numpy.typing import NDArray

    from corpus.records import Cluster, Document, Passage, Task
    from index.encoder import Encoder
    from index.ranking import Found
    from index.records import DocumentSummary, Manifest, SourceRecord, Where
    from index.store import Version
    from index.vectors import Vectors

# About 16 MB of passages, and the documents that are being asked about.
_PASSAGES_KEPT = 8192
_DOCUMENTS_KEPT = 64


class LocalEngine:
    """An `Engine` over a version on this disk; it keeps that version, whatever is published."""

    def __init__(self, version: Version, *, encoder: Encoder | str | None = None) -> None:
        self._version = version
        self._given = encoder
        self._loading = threading.Lock()
        self._dense: tuple[Encoder, list[Vectors]] | None = None
        # A version never changes, and most of the time of an answer went into reading the same
        # few hundred records again.
        self._passage = lru_cache(_PASSAGES_KEPT)(version.passages.get)
        self._passage_row = lru_cache(_PASSAGES_KEPT)(version.passage_row)
        self._document = lru_cache(_DOCUMENTS_KEPT)(version.documents.get)

    @classmethod
    def open(cls, home: Path, *, encoder: Encoder | str | None = None) -> Self:
        """Open the live version; vectors and encoder wait for the first dense search.

        :param encoder: stands in for the version's own, where that goes by another name here.
        :raises IndexMissing: there is no index in this home.
        :raises IndexFormatError: it is damaged, of another format or from another tokenizer.
        """
        return cls(open_version(home), encoder=encoder)

    @property
    def version(self) -> str:
        """The id of the version that answers."""
        return self._version.id

    @property
    def manifest(self) -> Manifest:
        """What that version is."""
        return self._version.manifest

    def lexical(self, query: str, k: int, where: Where | None = None) -> list[Scored]:
        """Return the k best passages by BM25, best first; only those sharing a token.

        :raises EngineError: the search failed.
        """
        _check(k)
        with _answering():
            found = self._version.lexical.search(tokenize(query), k, allowed=self._allowed(where))
            return self._scored(found, k)

    def dense(self, query: str, k: int, where: Where | None = None) -> list[Scored]:
        """Return the k nearest passages by cosine, best first; none for a query unknown to it.

        :raises EncoderMismatch: the version's encoder is not to be had.
        :raises EngineError: the search failed.
        """
        _check(k)
        encoder, vectors = self._loaded()
        with _answering():
            wanted = encoder.encode_queries([query])[0]
            if not wanted.any():
                return []
            parts = zip(vectors, self._allowed(where), strict=True)
            found = [part.search(wanted, k, allowed=allowed) for part, allowed in parts]
            return self._scored(found, k)

    def weight(self, token: str) -> float:
        """Return how rare a token is among the passages (idf); 0 when none has it."""
        with _answering():
            return self._version.lexical.idf(token)

    def passages(self, ids: Iterable[str]) -> list[Passage]:
        """Return passages by id, in the order asked for.

        :raises EngineError: there is no passage of such an id.
        """
        return [self._passage(_found(self._passage_row(one), "段落", one)) for one in ids]

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return every passage of a document, in order.

        :raises EngineError: there is no document of this id.
        """
        row = _found(self._version.document_row(document_id), "文档", document_id)
        return [self._passage(one) for one in self._version.passages_of(row)]

    def document(self, document_id: str) -> Document:
        """Return one document with its texts and repairs.

        :raises EngineError: there is no document of this id.
        """
        row = self._version.document_row(document_id)
        return self._document(_found(row, "文档", document_id))

    def documents(self) -> list[DocumentSummary]:
        """Return every document, without texts, in order."""
        return list(self._version.summaries)

    def tasks(self) -> list[Task]:
        """Return every task of the ledger, in order."""
        return list(self._version.tasks)

    def clusters(self) -> list[Cluster]:
        """Return the documents that are copies of each other."""
        return list(self._version.clusters)

    def sources(self) -> list[SourceRecord]:
        """Return every file that was indexed, in order."""
        return list(self._version.sources)

    def _scored(self, found: Sequence[Found], k: int) -> list[Scored]:
        """Rows of segments as passages, best first; ties in the order of the files."""
        moved = [
            (rows + base, scores)
            for base, (rows, scores) in zip(self._version.passages.bases, found, strict=False)
        ]
        best = ranked(moved, k, self._version.places)
        ids = self._version.passages.ids([row for row, _ in best])
        return [Scored(name, score) for name, (_, score) in zip(ids, best, strict=True)]

    def _loaded(self) -> tuple[Encoder, list[Vectors]]:
        with self._loading:
            if self._dense is None:
                encoder = encoder_for(self._version.manifest.encoder, self._given)
                self._dense = encoder, [one.vectors() for one in self._version.segments]
            return self._dense

    def _allowed(self, where: Where | None) -> list[NDArray[np.bool_] | None]:
        """For each segment which of its passages may be found; None for all."""
        version = self._version
        allowed = version.passages_there
        if where is not None and where.kinds is not None:
            of_kind = version.kinds_allowed(where.kinds)
            allowed = of_kind if allowed is None else allowed & of_kind
        if where is not None and where.documents is not None:
            named = np.zeros(len(version.passages), np.bool_)
            for row in map(version.document_row, where.documents):
                if row is not None:
                    named[version.passages_of(row)] = True
            allowed = named if allowed is None else allowed & named
        if allowed is None:
            return [None] * len(version.segments)
        return list(np.split(allowed, version.passages.bases[1:-1]))


def live_version(home: Path) -> str:
    """Return the id of the live version: another than an engine's means there is news.

    :raises IndexMissing: there is no index in this home.
    :raises IndexFormatError: what names the live version is damaged.
    """
    return current(home).name


def _check(k: int) -> None:
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")


def _found(row: int | None, noun: str, name: str) -> int:
    if row is None:
        raise EngineError(f"索引里没有编号为 {name} 的{noun}")
    return row


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (IndexError, MemoryError, OSError, RuntimeError) as exc:
        raise EngineError(f"检索出错:{exc or type(exc).__name__};请重试或重建索引") from exc

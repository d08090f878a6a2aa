"""The engine over Milvus: an `Engine` that needs nothing of this machine but an encoder."""

from __future__ import annotations

import contextlib
import threading
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from corpus.errors import EngineError, IndexMissing
from corpus.records import Cluster, Document, Passage, Task
from index.codec import from_bytes
from index.dense import encoder_for
from index.milvus.client import Client
from index.milvus.filters import expressions
from index.milvus.kept import Kept
from index.milvus.publishing import live_version
from index.milvus.reading import read_head, read_list, read_passages, read_record, rows_by_id
from index.milvus.records import Shelf
from index.milvus.schema import Names, load_lite
from index.milvus.searching import best_rows
from index.milvus.shelves import find_addresses
from index.milvus.sparse import idf, key_of, query_vector
from index.milvus.vocabulary import Vocabulary
from index.records import DocumentSummary, Scored
from index.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from index.encoder import Encoder
    from index.milvus.records import Address, Server
    from index.records import Manifest, Where

T = TypeVar("T")

# As many as the embedded engine keeps; here each saves a round trip.
_PASSAGES_KEPT = 8192
_ADDRESSES_KEPT = 65_536
_DOCUMENTS_KEPT = 64
_WEIGHTS_KEPT = 16_384


class MilvusEngine:
    """An `Engine` over one version on a Milvus server; it answers until that is removed."""

    def __init__(self, client: Client, *, encoder: Encoder | str | None = None) -> None:
        """Open the live version of a server.

        :raises IndexMissing: there is none.
        :raises IndexFormatError: it is of another format or from another tokenizer.
        :raises EngineError: Milvus fails.
        """
        self._client, self._given = client, encoder
        self._names = Names.of(live_version(client))
        load_lite(client, self._names)
        self._meta, self._manifest = read_head(client, self._names.texts)
        self._vocabulary = Vocabulary(client, self._names.texts, self._meta.pages)
        self._loading = threading.Lock()
        self._encoder: Encoder | None = None
        self._passages: Kept[str, Passage] = Kept(_PASSAGES_KEPT)
        self._rows: Kept[str, int] = Kept(_PASSAGES_KEPT)
        self._addresses: Kept[str, Address] = Kept(_ADDRESSES_KEPT)
        self._document = lru_cache(_DOCUMENTS_KEPT)(self._read_document)
        self._passages_of = lru_cache(_DOCUMENTS_KEPT)(self._read_passages)
        self._weight = lru_cache(_WEIGHTS_KEPT)(self._look_up)

    @classmethod
    def open(cls, server: Server, *, encoder: Encoder | str | None = None) -> Self:
        """Connect and open the live version; the encoder waits for the first dense search.

        :param encoder: stands in for the version's own, where that goes by another name here.
        :raises MissingExtra: pymilvus is not installed.
        :raises IndexMissing: there is no version.
        :raises IndexFormatError: it is of another format or from another tokenizer.
        :raises EngineError: Milvus cannot be reached, or fails.
        """
        client = Client.connect(server)
        try:
            return cls(client, encoder=encoder)
        except BaseException:
            client.close()
            raise

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    @property
    def version(self) -> str:
        """The id of the version that answers."""
        return self._meta.version

    @property
    def manifest(self) -> Manifest:
        """What that version is."""
        return self._manifest

    def newest(self) -> Self:
        """Return the engine of the live version: this one, or another where there is news.

        :raises EngineError: Milvus fails.
        :raises IndexFormatError: what was published cannot be read.
        """
        with _answering():
            if live_version(self._client) == self.version:
                return self
            return type(self)(self._client, encoder=self._given)

    def lexical(self, query: str, k: int, where: Where | None = None) -> list[Scored]:
        """Return the k best passages by BM25, best first; only those sharing a token.

        :raises EngineError: the search failed.
        """
        _check(k)
        with _answering():
            vector = query_vector(tokenize(query), self._weight)
            return self._best("sparse", vector, k, where) if vector else []

    def dense(self, query: str, k: int, where: Where | None = None) -> list[Scored]:
        """Return the k nearest passages by cosine, best first; none for a query unknown to it.

        :raises EncoderMismatch: the version's encoder is not to be had.
        :raises EngineError: the search failed.
        """
        _check(k)
        encoder = self._loaded()
        with _answering():
            wanted = encoder.encode_queries([query])[0]
            return self._best("dense", wanted, k, where) if wanted.any() else []

    def weight(self, token: str) -> float:
        """Return how rare a token is among the passages (idf); 0 when none has it.

        :raises EngineError: Milvus fails.
        """
        with _answering():
            return self._weight(token)

    def passages(self, ids: Iterable[str]) -> list[Passage]:
        """Return passages by id, in the order asked for.

        :raises EngineError: there is no passage of such an id.
        """
        wanted = list(ids)
        with _answering():
            found = self._passages.get(wanted, self._fetch)
        return [_found(found, one, "段落") for one in wanted]

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return every passage of a document, in order.

        :raises EngineError: there is no document of this id.
        """
        with _answering():
            return list(self._passages_of(document_id))

    def document(self, document_id: str) -> Document:
        """Return one document with its texts and repairs.

        :raises EngineError: there is no document of this id.
        """
        with _answering():
            return self._document(document_id)

    def documents(self) -> list[DocumentSummary]:
        """Return every document, without texts, in order."""
        return list(self._summaries)

    def tasks(self) -> list[Task]:
        """Return every task of the ledger, in order."""
        return list(self._tasks)

    def clusters(self) -> list[Cluster]:
        """Return the documents that are copies of each other."""
        return list(self._clusters)

    @cached_property
    def _summaries(self) -> list[DocumentSummary]:
        return self._list(Shelf.SUMMARIES, DocumentSummary, self._manifest.counts.documents)

    @cached_property
    def _tasks(self) -> list[Task]:
        return self._list(Shelf.TASKS, Task, self._manifest.counts.tasks)

    @cached_property
    def _clusters(self) -> list[Cluster]:
        return self._list(Shelf.CLUSTERS, Cluster, self._manifest.counts.clusters)

    def _list(self, shelf: Shelf, kind: type[T], count: int) -> list[T]:
        with _answering():
            return read_list(self._client, self._names.texts, shelf, kind, count)

    def _best(self, field: str, vector: Any, k: int, where: Where | None) -> list[Scored]:
        named = where.documents if where is not None else None
        addresses = self._located(sorted(named)).values() if named is not None else ()
        filters = expressions(where, self._meta.kinds, addresses)
        found = best_rows(self._client, self._names.passages, field, vector, k, filters)
        self._rows.keep({one.id: one.row for one in found})
        return [Scored(one.id, one.score) for one in found]

    def _look_up(self, token: str) -> float:
        return idf(self._manifest.counts.passages, self._vocabulary.count(key_of(token)))

    def _located(self, ids: Sequence[str]) -> dict[str, Address]:
        return self._addresses.get(
            ids, lambda some: find_addresses(self._client, self._names.texts, some)
        )

    def _fetch(self, ids: Sequence[str]) -> Mapping[str, Passage]:
        rows = self._rows.get(ids, lambda some: rows_by_id(self._client, self._names, some))
        found = read_passages(self._client, self._names, list(rows.values()))
        return {one.id: one for one in found}

    def _read_passages(self, document_id: str) -> list[Passage]:
        address = _found(self._located([document_id]), document_id, "文档")
        rows = range(address.first, address.stop)
        found = read_passages(self._client, self._names, rows)
        self._passages.keep({one.id: one for one in found})
        return found

    def _read_document(self, document_id: str) -> Document:
        address = _found(self._located([document_id]), document_id, "文档")
        where = self._client, self._names.texts
        document = from_bytes(Document, read_record(*where, Shelf.DOCUMENTS, address.number))
        return _found({document.id: document}, document_id, "文档")

    def _loaded(self) -> Encoder:
        with self._loading:
            if self._encoder is None:
                self._encoder = encoder_for(self._manifest.encoder, self._given)
            return self._encoder


def _check(k: int) -> None:
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")


def _found(known: Mapping[str, T], name: str, noun: str) -> T:
    if name not in known:
        raise EngineError(f"索引里没有编号为 {name} 的{noun}")
    return known[name]


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except IndexMissing as exc:  # it was there when this was opened
        raise EngineError(str(exc)) from exc
    except (IndexError, MemoryError, OSError, RuntimeError) as exc:
        raise EngineError(f"检索出错:{exc or type(exc).__name__};请重试或重建索引") from exc

"""The rows of a version, in batches: passages with their vectors, and every text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from index.codec import to_bytes
from index.content import searched
from index.encoder import checked
from index.milvus.records import Address, Meta, Shelf, Text
from index.milvus.schema import FORMAT, VARCHAR
from index.milvus.shelves import A_CHUNK, rows_of
from index.milvus.sparse import name_key, passage_vector
from index.vectors import rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from corpus.records import Passage
    from index.encoder import Encoder
    from index.engine import Engine
    from index.milvus.client import Client
    from index.milvus.counting import Statistics
    from index.milvus.schema import Names

    _Progress = Callable[[str, int, int], None]

# A server takes 64 MB a message; a passage is some 3 KB with its vectors, a text up to 64.
_PASSAGES_A_BATCH = 1000
_BYTES_A_BATCH = 4_000_000
_WRITING = 120.0


class Writer:
    """Gathers rows of the two collections and sends them by batches, again where that may help.

    `texts` counts the rows sent to the collection of texts.
    """

    def __init__(self, client: Client, names: Names, checkpoint: Callable[[str], None]) -> None:
        self._client, self._names, self._checkpoint = client, names, checkpoint
        self._held: dict[str, list[dict[str, Any]]] = {names.texts: [], names.passages: []}
        self._bytes = 0
        self.texts = 0

    def put(self, text: Text) -> None:
        """Write a text.

        :raises EngineError: Milvus refuses.
        """
        rows = rows_of(text)
        self.texts += len(rows)
        self._add(self._names.texts, rows, 4 * len(text.text))

    def put_passages(self, rows: list[dict[str, Any]]) -> None:
        """Write passages.

        :raises EngineError: Milvus refuses.
        """
        self._add(self._names.passages, rows, 4 * sum(len(row["record"]) for row in rows))

    def flush(self) -> None:
        """Send what is held.

        :raises EngineError: Milvus refuses.
        """
        for name, rows in self._held.items():
            if rows:
                # A batch whose answer was lost may be there: repeated, it replaces itself.
                patience = max(_WRITING, self._client.server.timeout)
                self._client.call("insert", name, rows, again="upsert", timeout=patience)
                self._checkpoint(f"inserted {name.rpartition('_')[2]}")
                self._held[name] = []
        self._bytes = 0

    def _add(self, name: str, rows: list[dict[str, Any]], size: int) -> None:
        self._held[name] += rows
        self._bytes += size
        if len(self._held[name]) >= _PASSAGES_A_BATCH or self._bytes >= _BYTES_A_BATCH:
            self.flush()


def write_version(
    writer: Writer,
    source: Engine,
    model: Encoder,
    statistics: Statistics,
    progress: _Progress,
) -> None:
    """Write everything of a version.

    :raises EngineError: Milvus refuses, or the version cannot be read.
    :raises EncoderError: the model failed, or its vectors are unusable.
    """
    _write_documents(writer, source, _Passages(writer, model, statistics), progress)
    _write_lists(writer, source)
    for number, page in enumerate(statistics.pages):
        writer.put(Text(Shelf.TERMS, number, page))
    writer.put(Text(Shelf.MANIFEST, 0, to_bytes(source.manifest).decode()))
    meta = Meta(FORMAT, source.version, statistics.kinds, len(statistics.pages))
    writer.put(Text(Shelf.META, 0, to_bytes(meta).decode()))
    writer.flush()


def _write_documents(
    writer: Writer, source: Engine, passages: _Passages, progress: _Progress
) -> None:
    total, row = source.manifest.counts.passages, 0
    for number, summary in enumerate(source.documents()):
        document = source.document(summary.id)
        found = source.passages_of(summary.id)
        year = document.base.year if document.base else 0
        address = Address(number, year, row, row + len(found))
        text = to_bytes(document).decode()
        writer.put(Text(Shelf.DOCUMENTS, number, text, name=document.id, address=address))
        passages.add(found, address)
        row += len(found)
        progress("vectors", row, total)
    passages.flush()


def _write_lists(writer: Writer, source: Engine) -> None:
    lists: dict[Shelf, Sequence[object]] = {
        Shelf.SUMMARIES: source.documents(),
        Shelf.TASKS: source.tasks(),
        Shelf.CLUSTERS: source.clusters(),
    }
    for shelf, records in lists.items():
        for number, start in enumerate(range(0, len(records), A_CHUNK)):
            lines = [to_bytes(one).decode() for one in records[start : start + A_CHUNK]]
            writer.put(Text(shelf, number, "\n".join(lines)))


class _Passages:
    """Gathers passages over documents: an encoder is fastest with many texts at once."""

    def __init__(self, writer: Writer, model: Encoder, statistics: Statistics) -> None:
        self._writer, self._model, self._statistics = writer, model, statistics
        self._codes = {kind: code for code, kind in enumerate(statistics.kinds)}
        self._held: list[tuple[Passage, Address, int]] = []

    def add(self, passages: Sequence[Passage], address: Address) -> None:
        """Write the passages of a document, now or with those of the next ones."""
        for place, passage in enumerate(passages):
            self._held.append((passage, address, address.first + place))
            if len(self._held) >= _PASSAGES_A_BATCH:
                self.flush()

    def flush(self) -> None:
        """Write what is held."""
        held, self._held = self._held, []
        if not held:
            return
        texts = [searched(passage) for passage, _, _ in held]
        vectors = rounded(checked(self._model, self._model.encode_passages(texts), len(texts)))
        rows = [
            self._row(passage, address, row) | {"dense": vector}
            for (passage, address, row), vector in zip(held, vectors, strict=True)
        ]
        self._writer.put_passages(rows)

    def _row(self, passage: Passage, address: Address, row: int) -> dict[str, Any]:
        record = to_bytes(passage).decode()
        if 4 * len(record) > VARCHAR and len(record.encode()) > VARCHAR:
            self._writer.put(Text(Shelf.PASSAGES, row, record))
            record = ""
        keys = self._statistics.keys(passage)
        return {
            "row": row,
            "year": address.year,
            "name": name_key(passage.id),
            "document": address.number,
            "kind": self._codes[passage.kind],
            "id": passage.id,
            "record": record,
            "sparse": passage_vector(keys, mean_length=self._statistics.mean_length),
        }

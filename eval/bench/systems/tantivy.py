"""tantivy over the product's tokens, kept apart by blanks; its k1 and b are fixed (1.2, 0.75)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from eval.bench.cutting import cutter, read_cuts
from eval.bench.records import Cut, Entry, Material, Opened, Peer
from eval.records import Ranking
from index.records import Scored

if TYPE_CHECKING:
    from pathlib import Path

# Memory that the writer fills before it writes a segment, for each of its threads.
_HEAP = 256 * 2**20
_SMALL_HEAP = 32 * 2**20
_THREADS = 2


def build(material: Material) -> None:
    """Index all passages and wait until the segments are merged."""
    import tantivy

    index = tantivy.Index(_schema(), path=str(material.folder))
    writer = index.writer(heap_size=_HEAP * _THREADS, num_threads=_THREADS)
    for identifier, tokens in read_cuts(material.cuts):
        writer.add_document(tantivy.Document(id=identifier, body=" ".join(tokens)))
    writer.commit()
    writer.wait_merging_threads()


def open_built(material: Material) -> Opened:
    """Open what was built."""
    engine = _Engine(material.folder)
    return Opened(engine.search, engine.add, engine.remove)


class _Engine:
    def __init__(self, folder: Path) -> None:
        import tantivy

        self._library: Any = tantivy
        self._index = tantivy.Index.open(str(folder))
        self._tokens = cutter(Cut.OURS)
        self._schema = _schema()
        self._searcher = self._index.searcher()

    def search(self, query: str, k: int) -> Ranking:
        counts = Counter(self._tokens(query))
        if not counts:
            return []
        found = self._searcher.search(self._any_of(counts), k).hits
        return [
            Scored(str(self._searcher.doc(address)["id"][0]), float(score))
            for score, address in found
        ]

    def add(self, entry: Entry) -> None:
        writer = self._index.writer(heap_size=_SMALL_HEAP, num_threads=1)
        body = " ".join(self._tokens(entry.searched))
        writer.add_document(self._library.Document(id=entry.id, body=body))
        self._commit(writer)

    def remove(self, identifier: str) -> None:
        writer = self._index.writer(heap_size=_SMALL_HEAP, num_threads=1)
        writer.delete_documents("id", identifier)
        self._commit(writer)

    def _commit(self, writer: Any) -> None:
        writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def _any_of(self, counts: Counter[str]) -> Any:
        """Each token, weighed by how often the question says it."""
        query = self._library.Query
        one = [
            query.boost_query(query.term_query(self._schema, "body", token, "freq"), float(said))
            for token, said in counts.items()
        ]
        return query.boolean_query([(self._library.Occur.Should, each) for each in one])


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


PEER = Peer("tantivy", "tantivy,本产品的词", open_built, build, cut=Cut.OURS, needs=("tantivy",))

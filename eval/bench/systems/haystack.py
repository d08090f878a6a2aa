"""Haystack's in-memory BM25 over jieba's words; nothing is kept on disk."""

from __future__ import annotations

from typing import Any

from eval.bench.cutting import cutter, read_cuts
from eval.bench.records import Cut, Entry, Material, Opened, Peer
from eval.records import Ranking
from index.records import Scored

# Its own pattern drops words of one character, which many Chinese words are.
_PATTERN = r"\S+"


def open_all(material: Material) -> Opened:
    """Write all passages into the store: it has no other way to open."""
    from haystack import Document
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store: Any = InMemoryDocumentStore(bm25_tokenization_regex=_PATTERN)
    words = cutter(Cut.JIEBA)
    store.write_documents(
        [Document(id=one, content=" ".join(cut)) for one, cut in read_cuts(material.cuts)]
    )

    def search(query: str, k: int) -> Ranking:
        asked = " ".join(words(query))
        found = store.bm25_retrieval(asked, top_k=k) if asked else []
        return [Scored(one.id, float(one.score)) for one in found]

    def add(entry: Entry) -> None:
        content = " ".join(words(entry.searched))
        store.write_documents([Document(id=entry.id, content=content)])

    return Opened(search, add, lambda identifier: store.delete_documents([identifier]))


PEER = Peer(
    "haystack",
    "Haystack 内存 BM25 + 结巴分词",
    open_all,
    cut=Cut.JIEBA,
    needs=("haystack", "jieba"),
)

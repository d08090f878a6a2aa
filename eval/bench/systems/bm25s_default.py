"""bm25s as its README shows it: its own tokenizer, its own defaults."""

from __future__ import annotations

from eval.bench.on_bm25s import keep, library, searching
from eval.bench.perturbing import entries
from eval.bench.records import Material, Opened, Peer

_BACKEND = "numpy"


def build(material: Material) -> None:
    """Cut with its tokenizer, which takes a run of Chinese for one word, and index."""
    bm25s = library(_BACKEND)
    ids: list[str] = []
    texts: list[str] = []
    for entry in entries(material.corpus):
        ids.append(entry.id)
        texts.append(entry.searched)
    model = bm25s.BM25()
    model.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    keep(model, ids, material.folder)


def open_built(material: Material) -> Opened:
    """Open what was built."""
    return Opened(searching(material.folder, _tokens, _BACKEND))


def _tokens(query: str) -> list[str]:
    cut: list[list[str]] = library(_BACKEND).tokenize(query, return_ids=False, show_progress=False)
    return cut[0]


PEER = Peer("bm25s-default", "bm25s 默认用法", open_built, build)

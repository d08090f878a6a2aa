"""The textbook stack: jieba's words, rank_bm25's BM25Okapi; nothing is kept on disk."""

from eval.bench.cutting import cutter, read_cuts
from eval.bench.records import Cut, Material, Opened, Peer
from eval.systems.rank_bm25 import ranker


def open_all(material: Material) -> Opened:
    """Count the words of all passages: it has no other way to open."""
    ids: list[str] = []
    cuts: list[list[str]] = []
    for identifier, tokens in read_cuts(material.cuts):
        ids.append(identifier)
        cuts.append(tokens)
    built = ranker(ids, cuts, cutter(Cut.JIEBA))
    return Opened(built.search, timed=built.timed)


PEER = Peer(
    "rank-bm25",
    "结巴分词 + rank-bm25(教科书做法)",
    open_all,
    cut=Cut.JIEBA,
    needs=("jieba", "rank_bm25"),
)

"""bm25s over the product's tokens, on numpy."""

from eval.bench.on_bm25s import builder, opener
from eval.bench.records import Cut, Peer

_BACKEND = "numpy"
PEER = Peer(
    "bm25s-numpy",
    "bm25s(numpy),本产品的词",
    opener(_BACKEND),
    builder(_BACKEND),
    cut=Cut.OURS,
)

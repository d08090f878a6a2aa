"""bm25s over the product's tokens, on numba."""

from eval.bench.on_bm25s import builder, opener
from eval.bench.records import Cut, Peer

_BACKEND = "numba"
PEER = Peer(
    "bm25s-numba",
    "bm25s(numba),本产品的词",
    opener(_BACKEND),
    builder(_BACKEND),
    cut=Cut.OURS,
    needs=("numba",),
)

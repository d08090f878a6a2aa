"""LanceDB's hybrid search: its full text over the product's tokens, the product's vectors, RRF.

Its own tokenizers know no Chinese without a model to download, so it is given the product's parts.
No index is built over the vectors: the search of them is exact, as it is by default.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from eval.bench.cutting import cutter, read_cuts
from eval.bench.perturbing import entries
from eval.bench.records import Cut, Entry, Material, Opened, Peer
from eval.records import Ranking
from index.encoder import Encoder, open_encoder
from index.piece_encoder import SHIPPED_NAME
from index.records import Scored

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = "passages"
_BATCH = 4096
_PLAIN: dict[str, Any] = {
    "lower_case": False,
    "stem": False,
    "remove_stop_words": False,
    "ascii_folding": False,
    "with_position": False,
}


def build(material: Material) -> None:
    """Write all passages with their vectors, and index their tokens."""
    import lancedb
    from lancedb.index import FTS

    encoder = open_encoder(material.encoder or SHIPPED_NAME)
    table: Any = lancedb.connect(str(material.folder)).create_table(
        _TABLE, data=_batches(material, encoder), schema=_schema(encoder)
    )
    table.create_index("body", config=FTS(base_tokenizer="whitespace", **_PLAIN))


def open_built(material: Material) -> Opened:
    """Open what was built."""
    engine = _Engine(material.folder, open_encoder(material.encoder or SHIPPED_NAME))
    return Opened(engine.search, engine.add, engine.remove)


class _Engine:
    def __init__(self, folder: Path, encoder: Encoder) -> None:
        import lancedb
        from lancedb.rerankers import RRFReranker

        self._table: Any = lancedb.connect(str(folder)).open_table(_TABLE)
        self._fuse = RRFReranker()
        self._encoder = encoder
        self._tokens = cutter(Cut.OURS)

    def search(self, query: str, k: int) -> Ranking:
        vector = self._encoder.encode_queries([query])[0]
        asked = self._table.search(query_type="hybrid").vector(vector)
        asked = asked.text(" ".join(self._tokens(query))).rerank(self._fuse)
        found = asked.limit(k).select(["id"]).to_list()
        return [Scored(one["id"], float(one["_relevance_score"])) for one in found]

    def add(self, entry: Entry) -> None:
        self._table.add(_batch([entry], [self._tokens(entry.searched)], self._encoder))

    def remove(self, identifier: str) -> None:
        quoted = identifier.replace("'", "''")
        self._table.delete(f"id = '{quoted}'")


def _batches(material: Material, encoder: Encoder) -> Iterator[Any]:
    lines, cuts = entries(material.corpus), read_cuts(material.cuts)
    while some := list(islice(lines, _BATCH)):
        yield _batch(some, [tokens for _, tokens in islice(cuts, len(some))], encoder)


def _batch(some: list[Entry], tokens: list[list[str]], encoder: Encoder) -> Any:
    import pyarrow as pa

    vectors = encoder.encode_passages([entry.searched for entry in some])
    columns = [
        pa.array([entry.id for entry in some]),
        pa.array([" ".join(one) for one in tokens]),
        pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), encoder.dimensions),
    ]
    return pa.record_batch(columns, schema=_schema(encoder))


def _schema(encoder: Encoder) -> Any:
    import pyarrow as pa

    vector = pa.list_(pa.float32(), encoder.dimensions)
    return pa.schema([("id", pa.string()), ("body", pa.string()), ("vector", vector)])


PEER = Peer(
    "lancedb",
    "LanceDB 混合检索,本产品的词和向量",
    open_built,
    build,
    cut=Cut.OURS,
    needs=("lancedb",),
    vectors=True,
)

"""The collections of a version: what they are called, what they hold, how they are indexed.

Two a version: passages, which are searched, and texts (documents, tasks, the dictionary …),
which are had by their address. One alias decides which version is live, so switching is one
step and no reader sees half of it; a second keeps the version before from being removed.

Passages are partitioned by the year of their document: it is known of most documents, grows
evenly, and splits a corpus into a few dozen parts, where issuers are thousands, of which a
few hold most, and often unknown. A filter that names documents names their years too, and
only those partitions are searched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.milvus.client import Client

FORMAT = 1
LIVE, BEFORE = "gongjian_live", "gongjian_before"
_PREFIX = "gongjian_v"
_NAME = re.compile(rf"{_PREFIX}([0-9a-zA-Z]+)_(?:texts|passages)")
# What Milvus allows: bytes of a VARCHAR, hits of a search, rows of a query.
VARCHAR = 65_535
MOST_HITS = 16_384
# Lite opens every partition of every segment in Python; a server spreads them over its nodes.
_PARTITIONS, _PARTITIONS_LITE = 16, 1
# Up to here an exact scan costs less than a graph would; beyond, AUTOINDEX is the server's choice.
_EXACT = 1_000_000
_LOADING = 600
# Milvus advises a shard for every 100 GB, of which a passage with its texts is some 2.5 KB.
_A_SHARD, _MOST_SHARDS = 40_000_000, 16


@dataclass(frozen=True, slots=True)
class Names:
    """The collections of a version."""

    texts: str
    passages: str

    @classmethod
    def of(cls, version: str) -> Names:
        """Name those of a version."""
        return cls(f"{_PREFIX}{version}_texts", f"{_PREFIX}{version}_passages")


def version_of(collection: str) -> str | None:
    """Return the version a collection belongs to; None for one that is not ours."""
    found = _NAME.fullmatch(collection)
    return found[1] if found else None


def create(client: Client, names: Names, *, dimensions: int, passages: int) -> None:
    """Create the two collections, empty and without indexes.

    :raises EngineError: Milvus refuses.
    """
    parts = _PARTITIONS_LITE if client.server.is_lite else _PARTITIONS
    streams = shards(passages)
    client.call("create_collection", names.texts, schema=_texts(), num_shards=streams)
    client.call(
        "create_collection",
        names.passages,
        schema=_passages(dimensions),
        num_partitions=parts,
        num_shards=streams,
    )


def shards(passages: int) -> int:
    """Return into how many streams so many passages are written."""
    return min(_MOST_SHARDS, 1 + passages // _A_SHARD)


def finish(client: Client, names: Names, *, passages: int, timeout: int) -> None:
    """Write out, index and load both collections: ready to be searched.

    :raises EngineError: Milvus refuses, or is not done in time.
    """
    indexes = {names.texts: _text_indexes(), names.passages: _passage_indexes(passages)}
    # Lite is done when it answers; asked to wait, pymilvus sleeps half a second an index.
    wait = not client.server.is_lite
    for name, found in indexes.items():
        client.call("flush", name, timeout=timeout)
        client.call("create_index", name, _index_params(found), timeout=timeout, sync=wait)
        client.call("load_collection", name, timeout=timeout)


def load_lite(client: Client, names: Names) -> None:
    """Load both collections of a milvus-lite file: it forgets what was loaded when it is closed.

    :raises EngineError: it cannot be loaded.
    """
    if client.server.is_lite:
        for name in (names.texts, names.passages):
            client.call("load_collection", name, timeout=_LOADING)


def _texts() -> Any:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("slot", DataType.INT64, is_primary=True)
    for field in ("parts", "name", "year", "first", "stop"):
        schema.add_field(field, DataType.INT64)
    schema.add_field("text", DataType.VARCHAR, max_length=VARCHAR, mmap_enabled=True)
    # Milvus wants a vector in every collection.
    schema.add_field("nothing", DataType.FLOAT_VECTOR, dim=2)
    return schema


def _passages(dimensions: int) -> Any:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("row", DataType.INT64, is_primary=True)
    schema.add_field("year", DataType.INT64, is_partition_key=True)
    for field in ("name", "document", "kind"):
        schema.add_field(field, DataType.INT64)
    schema.add_field("id", DataType.VARCHAR, max_length=VARCHAR)
    # Read for the few passages that are shown: it need not lie in memory.
    schema.add_field("record", DataType.VARCHAR, max_length=VARCHAR, mmap_enabled=True)
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dimensions)
    return schema


def _text_indexes() -> list[dict[str, str]]:
    return [
        {"field_name": "name", "index_type": "INVERTED"},
        {"field_name": "nothing", "index_type": "FLAT", "metric_type": "IP"},
    ]


def _passage_indexes(passages: int) -> list[dict[str, str]]:
    exact = "FLAT" if passages <= _EXACT else "AUTOINDEX"
    return [
        {"field_name": "name", "index_type": "INVERTED"},
        {"field_name": "document", "index_type": "INVERTED"},
        {"field_name": "sparse", "index_type": "SPARSE_INVERTED_INDEX", "metric_type": "IP"},
        {"field_name": "dense", "index_type": exact, "metric_type": "IP"},
    ]


def _index_params(found: list[dict[str, str]]) -> Any:
    from pymilvus import MilvusClient

    params = MilvusClient.prepare_index_params()
    for one in found:
        params.add_index(**one)
    return params

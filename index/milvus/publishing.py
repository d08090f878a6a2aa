"""A published local version is copied to Milvus, then made live there in one step.

Documents stream by twice: once to count tokens, once to be written, so that no more than a
batch is held. Until the alias moves, readers see the version before; what a killed copy
left is removed at the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import EngineError, IndexMissing, PublishError
from index.encoder import open_encoder
from index.milvus.client import Client
from index.milvus.counting import take_statistics
from index.milvus.schema import BEFORE, LIVE, Names, create, finish, version_of
from index.milvus.writing import Writer, write_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.encoder import Encoder
    from index.engine import Engine
    from index.milvus.records import Server

    _Progress = Callable[[str, int, int], None]

# Indexing what was written may take a cluster an hour at a hundred million passages.
_PATIENCE = 3600


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did; `uploaded` is 0 where the version was there already."""

    version: str
    uploaded: int


def publish_version(
    source: Engine,
    server: Server,
    *,
    encoder: Encoder | None = None,
    progress: _Progress | None = None,
    checkpoint: Callable[[str], None] | None = None,
) -> Published:
    """Make Milvus answer with a version: copied where it is not there, then switched to.

    One publisher at a time: what another is writing looks like a killed one's leftovers.

    :param source: the version, as the embedded engine opens it.
    :param encoder: stands in for the version's own, where that goes by another name here.
    :param checkpoint: hears the name of every step.
    :raises MissingExtra: pymilvus is not installed.
    :raises EngineError: Milvus cannot be reached.
    :raises EncoderError: the encoder cannot be loaded, or fails.
    :raises PublishError: it could not be written; what was live still is.
    """
    client = Client.connect(server)
    try:
        return _publish(client, source, encoder, progress or _ignore, checkpoint or _ignore)
    except (EngineError, IndexMissing) as exc:
        raise PublishError(f"{exc}(发布没有完成,Milvus 里原有的版本未改动)") from exc
    finally:
        client.close()


def live_version(client: Client) -> str:
    """Return the id of the live version.

    :raises IndexMissing: there is none.
    :raises EngineError: Milvus fails.
    """
    found = client.call("describe_alias", LIVE)
    return version_of(found["collection_name"]) or ""


def _publish(
    client: Client,
    source: Engine,
    encoder: Encoder | None,
    progress: _Progress,
    checkpoint: Callable[[str], None],
) -> Published:
    live, before = _pointed_at(client, LIVE), _pointed_at(client, BEFORE)
    _clean(client, {live, before})
    if source.version == live:
        return Published(live, 0)
    uploaded = 0
    if source.version != before:
        uploaded = _copy(client, source, encoder, progress, checkpoint)
    checkpoint("written")
    _point(client, LIVE, source.version)
    checkpoint("switched")
    if live:
        _point(client, BEFORE, live)
    _clean(client, {source.version, live})
    return Published(source.version, uploaded)


def _copy(
    client: Client,
    source: Engine,
    encoder: Encoder | None,
    progress: _Progress,
    checkpoint: Callable[[str], None],
) -> int:
    model = encoder or open_encoder(source.manifest.encoder.name)
    statistics = take_statistics(source, progress)
    checkpoint("counted")
    names = Names.of(source.version)
    passages = source.manifest.counts.passages
    create(client, names, dimensions=model.dimensions, passages=passages)
    checkpoint("created")
    writer = Writer(client, names, checkpoint)
    write_version(writer, source, model, statistics, progress)
    progress("publish", 0, 1)
    finish(client, names, passages=passages, timeout=_PATIENCE)
    _check_counts(client, names, passages=passages, texts=writer.texts)
    progress("publish", 1, 1)
    return passages


def _check_counts(client: Client, names: Names, *, passages: int, texts: int) -> None:
    """Hold what Milvus has against what was sent: a batch that was lost must not go live."""
    for name, sent in ((names.passages, passages), (names.texts, texts)):
        [found] = client.call(
            "query", name, filter="", output_fields=["count(*)"], consistency_level="Strong"
        )
        if found["count(*)"] != sent:
            raise EngineError(f"写入 {name} {sent} 条,Milvus 里有 {found['count(*)']} 条")


def _pointed_at(client: Client, alias: str) -> str:
    try:
        found = client.call("describe_alias", alias)
    except IndexMissing:
        return ""
    return version_of(found["collection_name"]) or ""


def _point(client: Client, alias: str, version: str) -> None:
    collection = Names.of(version).texts
    try:
        client.call("alter_alias", collection, alias)
    except IndexMissing:
        client.call("create_alias", collection, alias)


def _clean(client: Client, keep: set[str]) -> None:
    """Remove every version but those to keep: older ones, and what killed copies left."""
    for name in client.call("list_collections"):
        version = version_of(name)
        if version is not None and version not in keep:
            client.call("drop_collection", name)


def _ignore(*_: object) -> None:
    """Hear nothing."""

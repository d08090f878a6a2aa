"""The engine that the settings name; where there is no index, one of the shipped corpus first."""

from __future__ import annotations

from pathlib import Path

from bot.settings import Settings
from corpus.errors import IndexMissing, SettingsError
from index.engine import Engine
from index.local import LocalEngine, live_version
from index.milvus.records import Server
from retrieval.reranking import with_reranker

LOCAL, MILVUS = "local", "milvus"
_LITE = "milvus.db"

# Where a published index lies: a home on this disk, or Milvus.
Place = Path | Server


def place_of(settings: Settings, engine: str | None = None) -> Place:
    """Return where the index lies that the settings name; `engine` takes the place of theirs.

    :raises SettingsError: there is no engine of the name, or the address cannot be one.
    """
    name = engine or settings.engine or LOCAL
    if name not in (LOCAL, MILVUS):
        raise SettingsError(f"GONGJIAN_ENGINE={name} 不认识:请写 {LOCAL} 或 {MILVUS}")
    if name == LOCAL:
        return settings.home_folder
    uri = settings.milvus_uri or str(settings.home_folder / _LITE)
    if "://" not in uri and not uri.endswith(".db"):
        raise SettingsError(
            f"GONGJIAN_MILVUS_URI={uri} 不能用:应当像 http://主机:19530,或以 .db 结尾的文件"
        )
    return Server(uri, settings.milvus_token)


def open_place(place: Place) -> Engine:
    """Open the live version of an index.

    :raises GongjianError: there is none, it is damaged, or Milvus cannot be reached.
    """
    if isinstance(place, Path):
        return LocalEngine.open(place)
    from index.milvus.engine import MilvusEngine  # who asks an embedded index needs none of it

    return MilvusEngine.open(place)


def newest(place: Place, engine: Engine) -> Engine:
    """Return the engine of the live version: this one, or another where there is news.

    :raises GongjianError: what was published cannot be opened.
    """
    if isinstance(place, Path):
        return engine if live_version(place) == engine.version else LocalEngine.open(place)
    from index.milvus.engine import MilvusEngine

    return engine.newest() if isinstance(engine, MilvusEngine) else open_place(place)


def open_published(settings: Settings) -> Engine:
    """Open the published index.

    :raises GongjianError: there is none, it is damaged, or Milvus cannot be reached.
    """
    return open_place(place_of(settings))


def open_engine(settings: Settings) -> Engine:
    """Open the published index; on this machine, that of the shipped corpus where there is none.

    :raises GongjianError: the index is damaged, cannot be built or reached.
    """
    place = place_of(settings)
    try:
        return open_place(place)
    except IndexMissing:
        if isinstance(place, Server) and not place.is_lite:
            raise  # others share it: nobody fills it by asking a question
        _publish_first(settings, place)
        return open_place(place)


def _publish_first(settings: Settings, place: Place) -> None:
    from bot.indexing import collect, run_build, run_publish
    from bot.terminal import warn

    home = settings.home_folder
    try:
        LocalEngine.open(home)
    except IndexMissing:
        warn(f"还没有索引,先为自带的语料建立一个({home})")
        files, _ = collect([])
        run_build(files, home, settings.encoder)
    if isinstance(place, Server):
        run_publish(home, place)


def open_searching(settings: Settings) -> Engine:
    """Open the published index as `open_engine` does, with the reranker that settings name.

    Its model is loaded by the first question.

    :raises GongjianError: the index is damaged, cannot be built or reached.
    """
    engine = open_engine(settings)
    if not settings.rerank:
        return engine
    from index.cross_encoder import CrossEncoder

    return with_reranker(engine, CrossEncoder(settings.rerank))

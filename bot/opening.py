"""The engine that a command asks; a home without an index gets one of the shipped corpus first."""

from __future__ import annotations

from bot.settings import Settings
from corpus.errors import IndexMissing
from index.engine import Engine
from index.local import LocalEngine
from retrieval.reranking import with_reranker


def open_engine(settings: Settings) -> LocalEngine:
    """Open the published index, building that of the shipped corpus where there is none.

    :raises GongjianError: the index is damaged or cannot be built.
    """
    home = settings.home_folder
    try:
        return LocalEngine.open(home)
    except IndexMissing:
        from bot.indexing import collect, run_build
        from bot.terminal import warn

        warn(f"还没有索引,先为自带的语料建立一个({home})")
        files, _ = collect([])
        run_build(files, home, settings.encoder)
        return LocalEngine.open(home)


def open_searching(settings: Settings) -> Engine:
    """Open the published index as `open_engine` does, with the reranker that settings name.

    Its model is loaded by the first question.

    :raises GongjianError: the index is damaged or cannot be built.
    """
    engine = open_engine(settings)
    if not settings.rerank:
        return engine
    from index.cross_encoder import CrossEncoder

    return with_reranker(engine, CrossEncoder(settings.rerank))

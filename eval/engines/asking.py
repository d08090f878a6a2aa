"""One engine put to queries or conversations, in a process of its own."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from corpus.errors import IndexMissing, SettingsError
from eval.engines.records import Searched, Upload
from eval.measuring import resident_mb
from index.engine import Engine
from index.local import LocalEngine
from index.milvus.client import Client
from index.milvus.engine import MilvusEngine
from index.milvus.publishing import live_version, publish_version
from index.milvus.records import Server
from retrieval.answering import Context, ask
from retrieval.records import Answer, Mode
from retrieval.search import search

T = TypeVar("T")

MODES = (Mode.LEXICAL, Mode.DENSE, Mode.HYBRID)
# Hits that are compared: what a person reads.
FIRST = 10
# Confidence is arithmetic on scores, which two engines add up in another order.
_DIGITS = 5


def apart(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function in a new process: its memory is its own, and it lets a file go."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def open_at(place: Path | Server) -> Engine:
    """Open the engine of a home or a server.

    :raises GongjianError: there is no index, or it cannot be reached.
    """
    return MilvusEngine.open(place) if isinstance(place, Server) else LocalEngine.open(place)


def upload(home: Path, server: Server) -> Upload:
    """Publish the index of a home.

    :raises SettingsError: another version is live there, which an evaluation must not replace.
    :raises GongjianError: it cannot be published.
    """
    source = LocalEngine.open(home)
    if _live(server) not in ("", source.version):
        raise SettingsError(f"{server.shown} 里已有别的索引版本在用,评测不覆盖它;请另给一个数据库")
    began = time.perf_counter()
    publish_version(source, server)
    seconds = time.perf_counter() - began
    disk = _disk_mb(Path(server.uri)) if server.is_lite else None
    return Upload(source.manifest.counts.passages, seconds, peak_mb(), disk)


def search_all(place: Path | Server, queries: Sequence[str]) -> Searched:
    """Search for every query in every mode.

    :raises GongjianError: the engine fails.
    """
    gc.collect()
    base, began = resident_mb(), time.perf_counter()
    engine = open_at(place)
    for mode in MODES:
        search(engine, queries[0], FIRST, mode=mode)
    first = time.perf_counter() - began
    hits: dict[str, list[list[str]]] = {mode.value: [] for mode in MODES}
    latencies: dict[str, list[float]] = {mode.value: [] for mode in MODES}
    for query in queries:
        for mode in MODES:
            started = time.perf_counter()
            found = search(engine, query, FIRST, mode=mode)
            latencies[mode.value].append((time.perf_counter() - started) * 1000)
            hits[mode.value].append([hit.passage.id for hit in found])
    return Searched(first, base, resident_mb(), hits, latencies)


def answer_all(
    place: Path | Server, conversations: Sequence[tuple[str, ...]]
) -> list[list[Answer]]:
    """Answer every turn of every conversation.

    :raises GongjianError: the engine fails.
    """
    engine = open_at(place)
    return [_answers(engine, turns) for turns in conversations]


def peak_mb() -> float:
    """Return the most memory this process has had in use, in MiB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def _answers(engine: Engine, turns: Sequence[str]) -> list[Answer]:
    context, found = Context(), []
    for turn in turns:
        answer, context = ask(engine, turn, context)
        found.append(replace(answer, confidence=round(answer.confidence, _DIGITS)))
    return found


def _live(server: Server) -> str:
    client = Client.connect(server)
    try:
        return live_version(client)
    except IndexMissing:
        return ""
    finally:
        client.close()


def _disk_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20

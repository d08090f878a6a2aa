"""A system put to queries: one at a time, warm, by default in a process of its own.

A process of its own gives each system its own memory and its own caches, so that no figure
depends on what was measured before.
"""

from __future__ import annotations

import gc
import math
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from corpus.errors import EngineError
from eval.measures import DEPTH
from eval.records import Built, Measured, Problem, Queries, Ranking, reason_of
from eval.systems import find_system
from index.local import LocalEngine

# Queries on which a system that takes a short cut is timed without it, and held to it.
_TIMED = 20
_WARM_UP = 3
_CLOSE = 1e-6


def measure_systems(
    names: Sequence[str],
    home: Path,
    queries: Queries,
    *,
    index_s: float | None,
    tell: Callable[[str], None],
    apart: bool = True,
) -> tuple[list[Measured], list[Problem]]:
    """Measure systems one after the other; one that raises is a problem, the rest is measured.

    :param home: where the index under test is published.
    :param index_s: what building it took, in seconds: the build time of systems that only open it.
    :param apart: measure each in a process of its own.
    :raises SettingsError: a name is not that of a system.
    """
    measured: list[Measured] = []
    problems: list[Problem] = []
    for name in names:
        find_system(name)
    for name in names:
        tell(f"{queries.name} {name}")
        try:
            doing = measure_apart if apart else measure
            measured.append(doing(name, home, queries.texts, index_s))
        except Exception as exc:  # whatever it is: the rest is measured
            why = f"出错,没有测得({reason_of(exc)})"
            problems.append(Problem(f"{queries.name} 系统 {name}", why))
    return measured, problems


def measure_apart(
    name: str, home: Path, texts: Mapping[str, str], index_s: float | None
) -> Measured:
    """Measure a system in a new process; whatever it raises is raised here.

    :raises EngineError: the process died.
    """
    context = get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, name, home, texts, index_s), daemon=True)
    # An interrupt is the parent's to handle: the child inherits that it does not hear it.
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child.start()
    finally:
        signal.signal(signal.SIGINT, heard)
    theirs.close()
    try:
        outcome = mine.recv()
    except EOFError:
        child.join()
        raise EngineError(f"测量的进程意外结束(退出码 {child.exitcode})") from None
    finally:
        child.terminate()
        child.join()
    if isinstance(outcome, BaseException):
        raise outcome
    measured: Measured = outcome
    return measured


def _child(
    pipe: Connection, name: str, home: Path, texts: Mapping[str, str], index_s: float | None
) -> None:
    """Measure, and send what came of it: the figures, or the error."""
    try:
        outcome: object = measure(name, home, texts, index_s)
    except Exception as exc:
        outcome = exc
    try:
        pipe.send(outcome)
    except Exception as exc:  # an error that cannot be sent is told in words
        pipe.send(EngineError(f"{reason_of(exc)}:{outcome}"))


def measure(name: str, home: Path, texts: Mapping[str, str], index_s: float | None) -> Measured:
    """Measure a system in this process.

    :raises EngineError: it ranks a passage twice, or by a score that is no number.
    """
    system = find_system(name)
    started = time.perf_counter()
    built = system.build(home)
    build_s = time.perf_counter() - started
    gc.collect()
    for text in list(texts.values())[:_WARM_UP]:
        (built.timed or built.search)(text, DEPTH)
    run: dict[str, Ranking] = {}
    latencies: list[float] = []
    for query, text in texts.items():
        run[query], elapsed = _timed(built.search, text)
        latencies.append(elapsed)
        _check(name, query, run[query])
    if built.timed:
        latencies = _without_short_cut(name, built, texts, run)
    return Measured(
        system=name,
        run=run,
        latencies_ms=tuple(latencies),
        passages=LocalEngine.open(home).manifest.counts.passages,
        index_s=build_s if system.own_index else index_s,
        rss_mb=resident_mb(),
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that this percentage of the values does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0


def resident_mb() -> float:
    """Return how much memory this process has in use, in MiB; its peak where only that is told."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * resource.getpagesize() / 2**20
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _timed(search: Callable[[str, int], Ranking], text: str) -> tuple[Ranking, float]:
    started = time.perf_counter()
    found = search(text, DEPTH)
    return found, (time.perf_counter() - started) * 1000


def _check(name: str, query: str, ranking: Ranking) -> None:
    """Refuse a ranking that no measure is defined on."""
    if len({item.id for item in ranking}) != len(ranking):
        raise EngineError(f"系统 {name} 对问题 {query} 重复排列了同一段落")
    if not all(math.isfinite(item.score) for item in ranking):
        raise EngineError(f"系统 {name} 对问题 {query} 的得分不是数")


def _without_short_cut(
    name: str, built: Built, texts: Mapping[str, str], run: Mapping[str, Ranking]
) -> list[float]:
    """Time the search that takes no short cut, and hold the short cut to it."""
    latencies = []
    for query in list(texts)[:_TIMED]:
        found, elapsed = _timed(built.timed or built.search, texts[query])
        latencies.append(elapsed)
        if not _same(found, run[query]):
            raise EngineError(f"系统 {name} 的快速算法与原算法对问题 {query} 的结果不同")
    return latencies


def _same(one: Ranking, other: Ranking) -> bool:
    return [item.id for item in one] == [item.id for item in other] and all(
        math.isclose(first.score, second.score, rel_tol=_CLOSE)
        for first, second in zip(one, other, strict=True)
    )

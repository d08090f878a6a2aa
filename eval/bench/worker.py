"""One stage of one system, in a process of its own: `python -m eval.bench.worker JOB`.

A job is a JSON file. What is measured goes into the file it names, again after every step, so that
a system that dies on the way has told how far it came.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus.errors import EngineError
from eval.bench.cutting import write_cuts
from eval.bench.memory import peak_mb, status_mb
from eval.bench.records import DEPTH, Cut, Entry, Material, Opened
from eval.bench.systems import find_peer
from eval.records import Ranking, reason_of

_WARM_UP = 3
# A search that takes seconds is asked as often as fits, but so often at least.
_ASKING_S = 60.0
_ASKED_AT_LEAST = 10
_TIMED = 20  # queries on which a system with a short cut is timed without it
_NEW = Entry(
    "bench-added", "砗磲养殖试点通知", "砗磲养殖试点由海蜇协会在魍魉岛组织,试点期为十三个月。"
)
_NEW_QUERY = "魍魉岛的砗磲养殖试点期多长?"

Values = dict[str, Any]


def main(path: Path) -> int:
    """Do a job; what it raises is told in the result."""
    job = json.loads(path.read_text("utf-8"))
    out = Path(job["out"])
    values: Values = {}
    try:
        for _ in _STAGES[job["stage"]](job, values):
            _write(out, values)
    except Exception as exc:  # whatever a peer raises is its row's reason
        values["failure"] = reason_of(exc)
        _write(out, values)
        return 1
    return 0


def _write(out: Path, values: Values) -> None:
    part = out.with_suffix(".part")
    part.write_text(json.dumps(values, ensure_ascii=False), "utf-8")
    part.replace(out)


def _cut(job: Values, values: Values) -> Any:
    values["cut_s"] = _seconds(
        lambda: write_cuts(Path(job["corpus"]), Path(job["cuts"]), Cut(job["cut"]))
    )
    yield


def _build(job: Values, values: Values) -> Any:
    peer = find_peer(job["system"])
    if peer.build is None:
        raise EngineError(f"{peer.name} 没有可以保存的索引")
    build = peer.build
    values["index_s"] = _seconds(lambda: build(_material(job)))
    values["build_peak_mb"] = peak_mb()
    yield


def _serve(job: Values, values: Values) -> Any:
    # What measuring alone needs is imported later: what a system imports is part of its opening.
    queries, started = job["queries"], time.perf_counter()
    peer = find_peer(job["system"])
    opened = peer.open(_material(job))
    if peer.build is None:
        values["index_s"] = time.perf_counter() - started
        values["build_peak_mb"] = peak_mb()
    opened.search(next(iter(queries.values())), DEPTH)
    values["open_s"] = time.perf_counter() - started
    values["process_s"] = time.monotonic() - job["spawned"]
    yield
    values |= _asked(opened, queries)
    gc.collect()
    values["serve_mb"], values["serve_own_mb"] = status_mb("VmRSS"), status_mb("RssAnon")
    values["incremental"] = opened.add is not None
    yield
    yield from _changed(opened, values)


def _reference(job: Values, values: Values) -> Any:
    from eval.bench.reference import reference_run

    run = reference_run(Path(job["cuts"]), job["queries"], DEPTH)
    values["run"] = _plain(run)
    yield


def _asked(opened: Opened, queries: dict[str, str]) -> Values:
    """Ask one at a time, warm."""
    from eval.measuring import percentile

    for text in list(queries.values())[:_WARM_UP]:
        opened.search(text, DEPTH)
    run: dict[str, Ranking] = {}
    took: list[float] = []
    for query, text in queries.items():
        if sum(took) > _ASKING_S and len(took) >= _ASKED_AT_LEAST:
            break
        started = time.perf_counter()
        run[query] = opened.search(text, DEPTH)
        took.append(time.perf_counter() - started)
    if opened.timed:
        plain = opened.timed
        some = list(queries.values())[:_TIMED]
        took = [_seconds(lambda text=text: plain(text, DEPTH)) for text in some]  # type: ignore[misc]
    return {
        "run": _plain(run),
        "timed": len(took),
        "p50_ms": percentile(took, 50) * 1000,
        "p99_ms": percentile(took, 99) * 1000,
    }


def _changed(opened: Opened, values: Values) -> Any:
    """Add a document until it is found, and take it away again."""
    for step, change in (("add_s", opened.add), ("remove_s", opened.remove)):
        if change is None:
            continue
        started = time.perf_counter()
        change(_NEW if step == "add_s" else _NEW.id)  # type: ignore[arg-type]
        found = any(one.id == _NEW.id for one in opened.search(_NEW_QUERY, DEPTH))
        if found is not (step == "add_s"):
            raise EngineError("加入的文档检索不到" if step == "add_s" else "去掉的文档还检索得到")
        values[step] = time.perf_counter() - started
        yield


def _material(job: Values) -> Material:
    cuts = Path(job["cuts"]) if job.get("cuts") else None
    return Material(Path(job["corpus"]), Path(job["folder"]), cuts, job["encoder"])


def _plain(run: dict[str, Ranking]) -> dict[str, list[tuple[str, float]]]:
    return {query: [(one.id, one.score) for one in ranking] for query, ranking in run.items()}


def _seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


_STAGES: dict[str, Callable[[Values, Values], Any]] = {
    "cut": _cut,
    "build": _build,
    "serve": _serve,
    "reference": _reference,
}

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

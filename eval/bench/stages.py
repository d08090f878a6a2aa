"""A stage run in a process of its own, under a time limit, its memory watched from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench.memory import tree_mb
from eval.bench.product import ROOT
from eval.bench.records import Status

_LOOKED_S = 0.5  # between two looks at the memory of a build
_WAITED_S = 0.02
_LAST_WORDS = 200
# Nothing a peer would send away; jieba's and numba's caches stay where they are.
_QUIET = {"HAYSTACK_TELEMETRY_ENABLED": "False", "DISABLE_TQDM": "1", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage told, and how it ended."""

    values: Mapping[str, Any]
    status: Status
    reason: str = ""


def run_stage(job: Mapping[str, Any], scratch: Path, limit_s: float, *, watched: bool) -> Outcome:
    """Run a stage to its end or to the limit; how it fails is in the outcome.

    :param scratch: a folder for the job and what comes of it.
    :param watched: look at the memory of the process and all it starts (this costs it time).
    :raises OSError: no process can be started.
    """
    paper, out = scratch / "job.json", scratch / "out.json"
    out.unlink(missing_ok=True)
    full = {**job, "out": str(out), "spawned": time.monotonic()}
    paper.write_text(json.dumps(full, ensure_ascii=False), "utf-8")
    command = [sys.executable, "-m", "eval.bench.worker", str(paper)]
    with (scratch / "said.txt").open("wb") as said:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | _QUIET,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # so that what it starts ends with it
        )
        try:
            peak = _wait(child, limit_s, watched=watched)
        finally:
            _end(child)
    return _outcome(out, child.returncode, peak, scratch / "said.txt")


def _wait(child: subprocess.Popen[bytes], limit_s: float, *, watched: bool) -> float | None:
    """Wait for the end; return the peak of the memory seen, or None when it took too long."""
    started, looked, peak = time.monotonic(), 0.0, 0.0
    while child.poll() is None:
        now = time.monotonic()
        if now - started > limit_s:
            return None
        if watched and now - looked > _LOOKED_S:
            looked, peak = now, max(peak, tree_mb(child.pid))
        time.sleep(_WAITED_S)
    return peak


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the process and all of its session."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        child.kill()
    child.wait()


def _outcome(out: Path, code: int, peak: float | None, said: Path) -> Outcome:
    values: dict[str, Any] = json.loads(out.read_text("utf-8")) if out.is_file() else {}
    failure = values.pop("failure", "")
    if peak is None:
        return Outcome(values, Status.LATE)
    if "build_peak_mb" in values:
        values["build_peak_mb"] = max(values["build_peak_mb"], peak)
    if not failure and not code:
        return Outcome(values, Status.DONE)
    lines = said.read_text("utf-8", errors="replace").strip().splitlines() or [""]
    words = failure or f"进程意外结束(退出码 {code}){lines[-1]}"
    return Outcome(values, Status.FAILED, " ".join(words.split())[:_LAST_WORDS])

"""How much memory processes have, as Linux tells it; None where nothing does."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

_PROC = Path("/proc")


def status_mb(key: str) -> float | None:
    """Return a line of this process's status (VmHWM, VmRSS, RssAnon), in MiB."""
    return _kilobytes(_PROC / "self" / "status", key)


def peak_mb() -> float:
    """Return the peak of this process, or of the largest that it has waited for."""
    scale = 2**20 if sys.platform == "darwin" else 2**10
    own, others = (resource.getrusage(who).ru_maxrss / scale for who in _WHOSE)
    # Linux counts what the parent held when it started this process into the first of them.
    return max(status_mb("VmHWM") or own, others)


def tree_mb(process: int) -> float:
    """Return what a process and all it started hold together, what they share counted once."""
    own = _kilobytes(_PROC / str(process) / "smaps_rollup", "Pss") or 0.0
    return own + sum(tree_mb(child) for child in _children(process))


_WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _children(process: int) -> list[int]:
    try:
        lists = [
            (thread / "children").read_text("ascii")
            for thread in (_PROC / str(process) / "task").iterdir()
        ]
    except OSError:  # it has ended, or this is no Linux
        return []
    return [int(child) for each in lists for child in each.split()]


def _kilobytes(path: Path, key: str) -> float | None:
    try:
        lines = path.read_text("ascii").splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith(f"{key}:")), None)
    return int(found.split()[1]) / 2**10 if found else None

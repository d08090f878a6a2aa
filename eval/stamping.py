"""Which state of the product is measured, and when."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from eval.results import Stamp


def current_stamp() -> Stamp:
    """Name the state of the product: its commit where it lies in a repository of its own."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    root = Path(__file__).resolve().parent.parent
    try:
        if Path(_git(root, "rev-parse", "--show-toplevel")).resolve() != root:
            return Stamp(version("gongjian"), now)
        head = _git(root, "rev-parse", "--short=12", "HEAD")
        # Results are not part of the product.
        changed = _git(root, "status", "--porcelain", "--", ".", ":(exclude)eval/results")
    except (OSError, subprocess.CalledProcessError):
        return Stamp(version("gongjian"), now)
    return Stamp(f"{head}-changed" if changed else head, now)


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

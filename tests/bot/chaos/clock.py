"""A clock that several processes share, and that one of them moves: real seconds and jumps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class SharedClock:
    """The real time plus what a small file says."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(self._file.read_text("ascii")))

    def jump_to(self, instant: datetime) -> None:
        """From now on it is that instant, and goes on from there."""
        ahead = (instant - datetime.now(UTC)).total_seconds()
        new = self._file.with_suffix(".new")
        new.write_text(repr(ahead), "ascii")
        new.replace(self._file)

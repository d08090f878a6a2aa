"""The index under test: the shipped corpus or a BEIR corpus, built anew, or one that is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import LoadError
from corpus.reading import read_file, reader_version
from corpus.records import Reading
from corpus.sources import SHIPPED
from index.build import build
from index.records import SourceFile


@dataclass(frozen=True, slots=True)
class Corpus:
    """An index under test, and what building it took (0 for one that was there)."""

    home: Path
    index_s: float


def shipped_files() -> list[SourceFile]:
    """The files of the shipped corpus."""
    return [SourceFile(path, path.name) for path in sorted(SHIPPED.glob("*.txt"))]


def build_corpus(
    files: list[SourceFile],
    home: Path,
    *,
    encoder: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Corpus:
    """Build the index of files in an empty home.

    :raises LoadError: a file cannot be read: what is not measured must not look measured.
    :raises GongjianError: the build fails.
    """
    stages: set[str] = set()

    def progress(stage: str, *_: int) -> None:
        if stage not in stages:
            stages.add(stage)
            tell(f"index {stage}")

    started = time.perf_counter()
    report = build(
        files,
        home,
        read=_read,
        reader_version=reader_version(),
        created_at="",
        encoder=encoder,
        progress=progress,
    )
    if report.failures:
        raise LoadError(f"{report.failures[0].source}:{report.failures[0].reason}")
    return Corpus(home, time.perf_counter() - started)


def _read(file: SourceFile) -> Reading:
    return read_file(file.path, file.source)

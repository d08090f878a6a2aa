"""The index under test: the shipped corpus or a BEIR corpus, built anew, or one that is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import LoadError
from corpus.reading import read_file
from corpus.records import Reading
from corpus.sources import SHIPPED
from index.build import Options, build
from index.reading import Reader
from index.records import SourceFile


@dataclass(frozen=True, slots=True)
class Corpus:
    """An index under test, and what building it took; None for one that was there."""

    home: Path
    index_s: float | None


def shipped_files() -> list[SourceFile]:
    """The files of the shipped corpus."""
    return [SourceFile(path, path.name) for path in sorted(SHIPPED.glob("*.txt"))]


def build_corpus(
    files: list[SourceFile],
    home: Path,
    *,
    encoder: str | None = None,
    reader: Reader | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Corpus:
    """Build the index of files in an empty home.

    :param reader: reads the files, in the place of the product's own.
    :raises LoadError: a file cannot be read: what is not measured must not look measured.
    :raises GongjianError: the build fails.
    """
    started = time.perf_counter()
    options = Options(reader=reader, encoder=encoder, progress=_Stages(tell))
    report = build(files, home, created_at="", options=options)
    if report.failures:
        raise LoadError(f"{report.failures[0].source}:{report.failures[0].reason}")
    return Corpus(home, time.perf_counter() - started)


def read_source(file: SourceFile) -> Reading:
    """Read a file as the product does.

    :raises LoadError: it cannot be read.
    """
    return read_file(file.path, file.source)


class _Stages:
    """Tells each stage of a build once."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told: set[str] = set()

    def __call__(self, stage: str, *_: int) -> None:
        if stage not in self._told:
            self._told.add(stage)
            self._tell(f"index {stage}")

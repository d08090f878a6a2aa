"""The types of the benchmark: what a system is given, what it gives, and the row that comes of it.

Times are in seconds unless a name says `_ms`; memory and disk are in MiB. None is what was not
measured: it does not apply, or the system did not come so far.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from eval.records import Search

# How deep every system is asked, and its quality taken.
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a BEIR corpus."""

    id: str
    title: str
    text: str

    @property
    def searched(self) -> str:
        """What every system finds it by: its title and its text."""
        return f"{self.title}\n{self.text}" if self.title else self.text


class Cut(StrEnum):
    """Whose tokens a system is given: the product's, or jieba's words."""

    OURS = "gongjian"
    JIEBA = "jieba"


@dataclass(frozen=True, slots=True)
class Material:
    """What a system works on: the corpus, its tokens where it asks for such, a folder of its own.

    `encoder` names the encoder of those that have vectors; None is the shipped one.

    The folder is empty when it builds, and what it built is there when it opens.
    """

    corpus: Path
    folder: Path
    cuts: Path | None = None
    encoder: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A system that answers. `search` returns ids of the corpus.

    `add` and `remove` are None where only building all anew changes what is found. `timed` stands
    in for `search` where that takes a short cut that the peer itself does not have.
    """

    search: Search
    add: Callable[[Entry], None] | None = None
    remove: Callable[[str], None] | None = None
    timed: Search | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """A system of the benchmark, by name.

    `build` is None where nothing is kept on disk: then opening builds, every time. `needs` are the
    modules it is made of, beyond what the product itself installs. `vectors` says that it has an
    encoder's, so that its quality is of questions that this encoder may have been trained on.
    """

    name: str
    about: str
    open: Callable[[Material], Opened]
    build: Callable[[Material], None] | None = None
    cut: Cut | None = None
    needs: tuple[str, ...] = ()
    vectors: bool = False


class Status(StrEnum):
    """How far a system came."""

    DONE = "ok"
    MISSING = "missing"
    LATE = "timeout"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Row:
    """What one system did at one size.

    `build_s` is the whole way from the corpus to an index: `cut_s` (tokens made beforehand, for all
    that share them) and `index_s`. `open_s` leads to the first answer in a new process, everything
    it has to import included (tokens of the corpus not: those are given, even to a system that
    keeps nothing and builds to open); `process_s` counts from the start of that process.
    `serve_own_mb` is the part of `serve_mb` that is no file mapped from disk. `timed` says on how
    many queries the latency was taken and `judged` the quality: a slow system is asked only so
    many. `empty` of the judged got no result at all: the speed of finding nothing is none.
    `encoder` says whose vectors the system has, if any; `load` is the machine's load average as
    the row began, the benchmark's own part included: rows under different loads do not compare.
    """

    system: str
    passages: int
    status: Status
    reason: str = ""
    encoder: str | None = None
    load: float | None = None
    build_s: float | None = None
    cut_s: float | None = None
    index_s: float | None = None
    build_peak_mb: float | None = None
    disk_mb: float | None = None
    open_s: float | None = None
    process_s: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    timed: int = 0
    serve_mb: float | None = None
    serve_own_mb: float | None = None
    incremental: bool | None = None
    add_s: float | None = None
    remove_s: float | None = None
    judged: int = 0
    empty: int = 0
    quality: Mapping[str, float] = field(default_factory=dict)
    agreement: Mapping[str, float] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """The row as one flat JSON object; the measures by their names."""
        row = asdict(self)
        measures: dict[str, Any] = row.pop("quality") | row.pop("agreement")
        return row | measures

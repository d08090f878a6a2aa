"""What the comparison of engines measures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """What publishing to Milvus took; `disk_mb` is what lies on this machine, of a file alone."""

    passages: int
    seconds: float
    peak_mb: float
    disk_mb: float | None


@dataclass(frozen=True, slots=True)
class Searched:
    """What an engine found for queries, by mode, one at a time and warm.

    `first_s` is from opening to the first hits of every mode; `base_mb` the memory in use
    before, `rss_mb` after.
    """

    first_s: float
    base_mb: float
    rss_mb: float
    hits: dict[str, list[list[str]]]
    latencies_ms: dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far two engines agree in a mode: mean share of the first hits that both have.

    `same` is the share of queries whose first hits are the same in the same order.
    """

    mode: str
    queries: int
    overlap: float
    same: float
    local_p50_ms: float
    local_p99_ms: float
    milvus_p50_ms: float
    milvus_p99_ms: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many conversations both engines answer alike; `different` names the others."""

    questions: int
    turns: int
    different: tuple[str, ...]

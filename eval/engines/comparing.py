"""How far two engines agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.engines.asking import FIRST
from eval.engines.records import Agreement, Overlap, Searched
from eval.measuring import percentile


def overlaps(local: Searched, milvus: Searched) -> list[Overlap]:
    """Compare the first hits of two engines, mode by mode."""
    return [_overlap(mode, local, milvus) for mode in local.hits]


def agreement(
    names: Sequence[str], local: Sequence[Sequence[Any]], milvus: Sequence[Sequence[Any]]
) -> Agreement:
    """Compare the answers of two engines, conversation by conversation."""
    different = tuple(
        name for name, one, other in zip(names, local, milvus, strict=True) if one != other
    )
    return Agreement(len(names), sum(map(len, local)), different)


def shared(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the share of the first hits that both have; 1 where neither has any."""
    most = max(len(one), len(other))
    return len(set(one) & set(other)) / most if most else 1.0


def _overlap(mode: str, local: Searched, milvus: Searched) -> Overlap:
    pairs = list(zip(local.hits[mode], milvus.hits[mode], strict=True))
    times = local.latencies_ms[mode], milvus.latencies_ms[mode]
    return Overlap(
        mode,
        len(pairs),
        sum(shared(one[:FIRST], other[:FIRST]) for one, other in pairs) / len(pairs),
        sum(one == other for one, other in pairs) / len(pairs),
        *(percentile(values, percent) for values in times for percent in (50, 99)),
    )

"""The best passages of a field, in an order that never depends on chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from index.milvus.schema import MOST_HITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.milvus.client import Client

# Asked for beyond k, so that ties at the cut can be decided by row, as the embedded engine does.
_SPARE = 24
_WIDER = 8
# The same sum, added up in another segment, differs by so much: rounding of float32.
_NOISE = 2e-7


@dataclass(frozen=True, slots=True)
class Found:
    """A passage a search found."""

    row: int
    id: str
    score: float


def best_rows(
    client: Client, collection: str, field: str, vector: Any, k: int, filters: Sequence[str]
) -> list[Found]:
    """Return the k best passages under any of the filters, best first; ties by row.

    Milvus gives no more than 16,384, whatever `k` is.

    :raises EngineError: the search failed.
    """
    found = [
        one
        for expression in filters
        for one in _search(client, collection, field, vector, k, expression)
    ]
    return ordered(found)[:k]


def ordered(found: Sequence[Found]) -> list[Found]:
    """Return what was found, best first; what scores alike is told apart by row, scored as one."""
    levels: list[list[Found]] = []
    for one in sorted(found, key=lambda one: -one.score):
        if levels and _alike(levels[-1][-1].score, one.score):
            levels[-1].append(one)
        else:
            levels.append([one])
    return [
        replace(one, score=level[0].score)
        for level in levels
        for one in sorted(level, key=lambda one: one.row)
    ]


def _alike(better: float, worse: float) -> bool:
    return better - worse <= _NOISE * max(1.0, better)


def _search(
    client: Client, collection: str, field: str, vector: Any, k: int, expression: str
) -> list[Found]:
    limit = min(k + _SPARE, MOST_HITS)
    while True:
        [hits] = client.call(
            "search",
            collection,
            data=[vector],
            anns_field=field,
            filter=expression,
            limit=limit,
            output_fields=["id"],
            search_params={"metric_type": "IP"},
        )
        found = [Found(hit["row"], hit["entity"]["id"], float(hit["distance"])) for hit in hits]
        # All of what ties with the k-th must be there to choose by row.
        cut = len(found) == limit < MOST_HITS and _alike(found[k - 1].score, found[-1].score)
        if not cut:
            return found
        limit = min(limit * _WIDER, MOST_HITS)

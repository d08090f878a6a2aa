"""What a search may return, as Milvus's own filter expressions: numbers only, nothing to escape."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from index.milvus.records import Address
    from index.records import Where

# Documents named in one expression: more are several searches, whose hits are put together.
_DOCUMENTS = 2000


def expressions(
    where: Where | None, kinds: Sequence[str], addresses: Iterable[Address]
) -> list[str]:
    """Return the filters of the searches to make; none where nothing can fit.

    :param kinds: the kinds of the version, by code.
    :param addresses: where the documents are that the condition names.
    """
    if where is None:
        return [""]
    parts = []
    if where.kinds is not None:
        codes = [code for code, kind in enumerate(kinds) if kind in where.kinds]
        if not codes:
            return []
        parts.append(f"kind in {codes}")
    if where.documents is None:
        return [" and ".join(parts)]
    # By year first: so that a chunk touches few partitions.
    ordered = sorted(addresses, key=lambda one: (one.year, one.number))
    return [
        " and ".join([_documents(ordered[start : start + _DOCUMENTS]), *parts])
        for start in range(0, len(ordered), _DOCUMENTS)
    ]


def _documents(some: Sequence[Address]) -> str:
    years = sorted({one.year for one in some})
    return f"year in {years} and document in {[one.number for one in some]}"

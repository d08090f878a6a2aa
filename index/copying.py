"""Which documents of a draft are copies of each other; only what may have changed is judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from corpus.duplicates.clusters import find_clusters
from corpus.duplicates.families import family
from corpus.records import Cluster, Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus.duplicates.sketches import Sketch
    from index.drafting import Draft

# When so much is new, judging all at once is less work than looking for what it touches.
_MUCH = 0.25


def clusters_of(draft: Draft, before: Sequence[Cluster]) -> tuple[Cluster, ...]:
    """Return the clusters of near-duplicates of a draft.

    :param before: those of the version that the draft began from.
    """
    shelf = _Shelf(draft)
    new = [row for row in shelf.order if row >= shelf.old]
    if len(new) > _MUCH * len(shelf.order):
        return find_clusters(shelf.only(shelf.order), shelf.sketches(shelf.order))
    gone = shelf.gone()
    touched = family(shelf, [*new, *gone]) - set(gone)
    judged = {shelf.id(row) for row in (*touched, *gone)}
    kept = [one for one in before if judged.isdisjoint(_members(one))]
    rows = [row for row in shelf.order if row in touched]
    found = find_clusters(shelf.only(rows), shelf.sketches(rows))
    place = {shelf.id(row): place for place, row in enumerate(shelf.order)}
    clusters = [*kept, *found]
    return tuple(sorted(clusters, key=lambda one: min(place[name] for name in _members(one))))


class _Shelf:
    """The documents of a draft by row, and those that were in the version before."""

    def __init__(self, draft: Draft) -> None:
        self._segments, self._documents = draft.segments, draft.documents()
        self._bases = self._documents.bases
        self.old = int(self._bases[draft.old])
        has = np.concatenate([one.sketches.there() for one in draft.segments])
        self._there = np.concatenate(draft.there())
        self._has = has
        self.order: list[int] = [row for row in draft.order.tolist() if has[row]]
        self._was = draft.was

    def gone(self) -> list[int]:
        """The documents that the version before had and this one has not."""
        return [row for row in self._was.tolist() if self._has[row] and not self._there[row]]

    def id(self, row: int) -> str:
        return self._documents.id(row)

    def document(self, number: int) -> Document:
        return self._documents.get(number)

    def likely(self, number: int) -> Iterator[int]:
        sketch = self._sketch(number)
        for base, segment in zip(self._bases.tolist(), self._segments, strict=False):
            for row in segment.sketches.sharing(sketch).tolist():
                if self._there[base + row]:
                    yield base + row

    def only(self, rows: Sequence[int]) -> Sequence[Document]:
        """Some documents, each read when it is asked for."""
        return _Lazily(self.document, rows)

    def sketches(self, rows: Sequence[int]) -> list[Sketch]:
        return [self._sketch(row) for row in rows]

    def _sketch(self, row: int) -> Sketch:
        number, inside = self._documents.locate(row)
        return self._segments[number].sketches.get(inside)


class _Lazily(Sequence[Document]):
    """Documents by number, read anew each time one is asked for."""

    def __init__(self, get: Callable[[int], Document], rows: Sequence[int]) -> None:
        self._get, self._rows = get, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> Document:  # type: ignore[override]  # one at a time
        return self._get(self._rows[number])


def _members(cluster: Cluster) -> list[str]:
    return [cluster.best, *(one.document_id for one in cluster.members)]

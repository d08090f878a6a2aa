"""A version in the making: old and new segments as one, and which of their documents it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from corpus.records import Document, Passage
from index.joined import Joined
from index.planning import NEW
from index.records import Failure, SourceRecord
from index.segment import Segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from index.planning import Entry, Plan
    from index.store import Version
    from index.working import Made

    Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Draft:
    """Segments, the first `old` of them the live version's; rows count through them all.

    `order` are the rows of the documents that are there, file by file as in `entries`.
    """

    segments: tuple[Segment, ...]
    old: int
    entries: tuple[Entry, ...]
    rows: tuple[Rows, ...]  # of each entry
    was: Rows  # the rows of the documents that the live version holds
    reused: int  # files taken over
    vectors_reused: int

    @property
    def order(self) -> Rows:
        """The rows of all documents that are there, in order."""
        return np.concatenate([np.empty(0, np.int64), *self.rows])

    def documents(self) -> Joined[Document]:
        """All documents, what is not there included."""
        return Joined([one.documents for one in self.segments])

    def passages(self) -> Joined[Passage]:
        """All passages, likewise."""
        return Joined([one.passages for one in self.segments])

    def lengths(self) -> NDArray[np.int64]:
        """How many passages each document has, row by row."""
        return np.concatenate([np.diff(one.first) for one in self.segments])

    def there(self) -> list[NDArray[np.bool_]]:
        """For each segment which of its documents are there."""
        bases = self.documents().bases
        there = np.zeros(int(bases[-1]), np.bool_)
        there[self.order] = True
        return np.split(there, bases[1:-1])

    def without(self, failures: dict[int, Failure]) -> Draft:
        """Return a draft in which some entries, by number, have failed."""
        for number, failure in failures.items():
            self.entries[number].failure = failure
        rows = [
            rows[:0] if entry.failure else rows
            for entry, rows in zip(self.entries, self.rows, strict=True)
        ]
        return replace(self, rows=tuple(rows))

    def failures(self) -> tuple[Failure, ...]:
        """Every file that failed, in order."""
        return tuple(one.failure for one in self.entries if one.failure)

    def vectors_kept(self) -> int:
        """How many passages have vectors that were there before."""
        border = int(self.documents().bases[self.old])
        return self.vectors_reused + int(self.lengths()[self.order[self.order < border]].sum())

    def sources(self) -> tuple[SourceRecord, ...]:
        """What is to be said of each file that did not fail."""
        passages = self.lengths()
        tasks = np.concatenate(
            [np.bincount(one.assigned, minlength=len(one.documents)) for one in self.segments]
        )
        return tuple(
            SourceRecord(
                path=str(entry.file.path),
                source=entry.file.source,
                sha256=entry.digest,
                size=entry.size,
                documents=len(rows),
                passages=int(passages[rows].sum()),
                tasks=int(tasks[rows].sum()),
                note=entry.file.note,
                renamed=entry.renamed,
            )
            for entry, rows in zip(self.entries, self.rows, strict=True)
            if not entry.failure
        )


def draft_of(plan: Plan, live: Version | None, made: Sequence[Made]) -> Draft:
    """Put together what is kept and what was read."""
    old = live.segments if live else ()
    new = [Segment(one.folder / one.part.name) for one in made if one.part.name]
    segments = (*old, *new)
    bases = iter(np.cumsum([0, *(len(one.documents) for one in segments)])[len(old) :].tolist())
    read: dict[object, list[Rows]] = {}
    failed: dict[object, Failure] = {}
    for one in made:
        start = next(bases) if one.part.name else 0
        for file, held in zip(one.files, one.part.held, strict=True):
            read.setdefault(file, []).append(np.arange(start, start + held.documents))
            start += held.documents
            if held.failure:
                failed.setdefault(file, held.failure)
    rows = []
    for entry in plan.entries:
        entry.failure = entry.failure or failed.get(entry.file)
        rows.append(_rows(entry, read.get(entry.file, [])))
    return Draft(
        segments,
        len(old),
        tuple(plan.entries),
        tuple(rows),
        np.asarray(live.order, np.int64) if live else np.empty(0, np.int64),
        sum(not one.to_read and not one.failure for one in plan.entries),
        sum(one.part.vectors_reused for one in made),
    )


def _rows(entry: Entry, read: list[Rows]) -> Rows:
    if entry.failure:
        return np.empty(0, np.int64)
    new = np.concatenate([np.empty(0, np.int64), *read])
    if not entry.to_read or not len(entry.rows):
        return new if entry.to_read else entry.rows
    rows = entry.rows.copy()
    rows[rows == NEW] = new
    return rows

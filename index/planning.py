"""What a build must read: files become jobs, and what the live version has of them is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import LoadError
from index.parts import Item, Job, Record, digest_of, unreadable
from index.records import Failure, SourceFile, SourceRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from index.reading import Reader
    from index.store import Version

    Rows = NDArray[np.int64]

# A job is a few seconds' work: small enough to be spread and resumed, large enough to be merged.
_CHARACTERS, _BYTES, _FILES = 1_500_000, 4_000_000, 64
NEW = -1  # stands for a document that is to be read


@dataclass(slots=True)
class Entry:
    """A file of the index: the rows of its documents in the live version, NEW for the others.

    Of what is read `anew`, nothing is kept.
    """

    file: SourceFile
    digest: str
    size: int
    rows: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    to_read: bool = False
    anew: bool = False
    failure: Failure | None = None
    renamed: bool = False


class Plan:
    """Every file with what is known of it; `jobs` is what must be read, file after file."""

    def __init__(
        self,
        files: Sequence[SourceFile],
        live: Version | None,
        reader: Reader,
        *,
        unseen: frozenset[SourceFile] = frozenset(),
        names: Mapping[SourceFile, Mapping[str, str]] | None = None,
    ) -> None:
        """Look at every file but the `unseen`, which are kept as the live version has them.

        :param live: the version to keep from; None where nothing can be.
        :param names: files to read anew, with other ids for some of their documents.
        """
        self._live, self._reader, self._names = live, reader, names or {}
        self._before = _before(live)
        self.entries = [self._entry(file, unseen) for file in dict.fromkeys(files)]
        self._release()

    @property
    def size(self) -> int:
        """How many bytes must be read."""
        return sum(one.size for one in self.entries if one.to_read)

    def jobs(self) -> Iterator[Job]:
        """Yield what must be read; the entries of files of records are complete then."""
        waiting, weight, position = [], 0.0, 0
        for entry in self.entries:
            if not entry.to_read:
                continue
            for item, share, read in self._items(entry):
                waiting.append(item)
                weight += share
                if weight >= 1:
                    yield Job(tuple(waiting), position + read)
                    waiting, weight = [], 0.0
            position += entry.size
        if waiting:
            yield Job(tuple(waiting), position)

    def _entry(self, file: SourceFile, unseen: frozenset[SourceFile]) -> Entry:
        before = self._before.get((str(file.path), file.source, file.note))
        if file in unseen and before and file not in self._names:
            record, rows = before
            return Entry(file, record.sha256, record.size, rows, renamed=record.renamed)
        try:
            with file.path.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
                size = opened.tell()
        except OSError as exc:
            return Entry(file, "", 0, failure=unreadable(file, exc))
        renamed = file in self._names
        if before and before[0].sha256 == digest and not renamed:
            return Entry(file, digest, size, before[1], renamed=before[0].renamed)
        return Entry(file, digest, size, to_read=True, renamed=renamed)

    def _release(self) -> None:
        """Read files anew whose documents have other ids for the sake of what may be gone."""
        if self._live is None:
            return
        kept = {(str(one.file.path), one.file.source) for one in self.entries if not one.to_read}
        if len(kept) == len(self._live.sources):
            return
        for entry in self.entries:
            if entry.renamed and entry.file not in self._names:
                entry.to_read = entry.anew = True
                entry.renamed, entry.rows = False, entry.rows[:0]

    def _items(self, entry: Entry) -> Iterator[tuple[Item, float, int]]:
        """What of a file goes into one job, how much of a job that is, and the bytes read then."""
        names = tuple(sorted(self._names.get(entry.file, {}).items()))
        records = self._reader.records(entry.file)
        if records is None:
            share = max(1 / _FILES, entry.size / _BYTES)
            yield Item(entry.file, entry.digest, names=names), share, entry.size
            return
        known = {} if names or entry.anew else self._known(entry)
        rows: list[int] = []
        try:
            for chosen, read in _batches(_new(records, known, rows)):
                item = Item(entry.file, entry.digest, tuple(chosen), names)
                yield item, sum(len(one.text) for one in chosen) / _CHARACTERS, read
        except LoadError as exc:
            entry.failure = Failure(entry.file.source, str(exc))
        entry.rows = np.array(rows, np.int64)

    def _known(self, entry: Entry) -> dict[bytes, int]:
        """The documents that the live version has of a file of records, by their records."""
        file = entry.file
        before = self._before.get((str(file.path), file.source, file.note))
        if before is None or self._live is None:
            return {}
        units = np.concatenate([one.units for one in self._live.segments])
        return {units[row].tobytes(): row for row in before[1].tolist() if units[row].any()}


def _before(live: Version | None) -> dict[tuple[str, str, str], tuple[SourceRecord, Rows]]:
    """What the live version has of each file: its record, and the rows of its documents."""
    if live is None:
        return {}
    found, start = {}, 0
    for record in live.sources:
        rows = np.asarray(live.order[start : start + record.documents], np.int64)
        found[record.path, record.source, record.note] = record, rows
        start += record.documents
    return found


def _new(
    records: Iterator[tuple[int, str, str]], known: dict[bytes, int], rows: list[int]
) -> Iterator[tuple[Record, int]]:
    """The records that are not known; the row of each record is noted."""
    for read, place, text in records:
        digest = digest_of(text)
        row = known.pop(digest, NEW)
        rows.append(row)
        if row == NEW:
            yield Record(text, place, digest), read


def _batches(records: Iterator[tuple[Record, int]]) -> Iterator[tuple[list[Record], int]]:
    chosen: list[Record] = []
    characters = read = 0
    for record, read in records:
        chosen.append(record)
        characters += len(record.text)
        if characters >= _CHARACTERS:
            yield chosen, read
            chosen, characters = [], 0
    if chosen:
        yield chosen, read

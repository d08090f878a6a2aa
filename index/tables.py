"""Records on disk, one JSON line each, by row and by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from index.blobs import Blobs, merge_blobs, write_blobs
from index.codec import from_bytes, to_bytes
from index.files import damaged
from index.strings import StringTable, merge_strings, write_strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from corpus.records import Document, Passage
    from index.files import Staging
    from index.kept import Kept

R = TypeVar("R")
_RECORDS, _SUFFIX = "records", ".jsonl"


class Lines(Generic[R]):
    """Lines of JSON by row."""

    def __init__(self, folder: Path, name: str, count: int, kind: type[R]) -> None:
        """Open a file of `count` lines.

        :raises IndexFormatError: the files are damaged or disagree.
        """
        self.blobs = Blobs(folder, f"{name}{_SUFFIX}", count)
        self._kind = kind

    def __len__(self) -> int:
        return len(self.blobs)

    def get(self, row: int) -> R:
        """Return the record of a row.

        :raises IndexFormatError: the line there is damaged.
        """
        try:
            return from_bytes(self._kind, self.blobs[row])
        except (IndexError, ValueError) as exc:
            raise damaged(self.blobs.path, f"第 {row + 1} 行:{exc}") from exc

    def all(self) -> tuple[R, ...]:
        """Return every record, in order.

        :raises IndexFormatError: a line is damaged.
        """
        return tuple(map(self.get, range(len(self))))


class Table(Generic[R]):
    """Records with ids."""

    def __init__(self, folder: Path, count: int, kind: type[R]) -> None:
        """Open a table of `count` records.

        :raises IndexFormatError: the files are damaged or disagree.
        """
        self.lines = Lines(folder, _RECORDS, count, kind)
        self.ids = StringTable(folder, "ids", count)

    def __len__(self) -> int:
        return len(self.ids)

    def id(self, row: int) -> str:
        """Return the id of a row."""
        return self.ids.string(row)

    def row(self, record_id: str) -> int | None:
        """Return the row of an id, or None."""
        return self.ids.find(record_id)

    def get(self, row: int) -> R:
        """Return the record of a row.

        :raises IndexFormatError: the line there is damaged.
        """
        return self.lines.get(row)


def write_lines(staging: Staging, name: str, records: Iterable[object]) -> None:
    """Write records, one a line.

    :raises OSError: they could not be written.
    """
    write_blobs(staging, name, _SUFFIX, (to_bytes(record) + b"\n" for record in records))


def merge_lines(staging: Staging, name: str, parts: Sequence[tuple[Lines[R], Kept]]) -> None:
    """Write the kept records of several, one after the other.

    :raises OSError: they could not be written.
    """
    merge_blobs(staging, name, _SUFFIX, [(lines.blobs, kept) for lines, kept in parts])


def write_table(staging: Staging, folder: str, records: Sequence[Document | Passage]) -> None:
    """Write records with their ids.

    :raises OSError: they could not be written.
    """
    write_strings(staging, f"{folder}/ids", [record.id for record in records])
    write_lines(staging, f"{folder}/{_RECORDS}", records)


def merge_table(staging: Staging, folder: str, parts: Sequence[tuple[Table[R], Kept]]) -> None:
    """Write the kept records of several tables.

    :raises OSError: they could not be written.
    """
    merge_strings(staging, f"{folder}/ids", [(table.ids, kept) for table, kept in parts])
    merge_lines(staging, f"{folder}/{_RECORDS}", [(table.lines, kept) for table, kept in parts])

"""Records on disk, one JSON line each, with offsets: any row is one slice away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from index.codec import from_bytes, to_bytes
from index.files import damaged, read_array, read_bytes
from index.strings import StringTable, write_strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from corpus.records import Document, Passage
    from index.files import Staging

R = TypeVar("R")
_RECORDS = "records"


class Lines:
    """Lines of JSON by row."""

    def __init__(self, folder: Path, name: str, count: int) -> None:
        """Open a file of `count` lines.

        :raises IndexFormatError: the files are damaged or disagree.
        """
        self._path = folder / f"{name}.jsonl"
        self._data = read_bytes(self._path)
        self._offsets = read_array(folder / f"{name}.offsets.npy", "int64", (count + 1,))
        if len(self._data) != int(self._offsets[-1]):
            raise damaged(self._path, "长度与偏移表不符")

    def get(self, kind: type[R], row: int) -> R:
        """Return the record of a row.

        :raises IndexFormatError: the line there is damaged.
        """
        try:
            line = self._data[int(self._offsets[row]) : int(self._offsets[row + 1])]
            return from_bytes(kind, line)
        except (IndexError, ValueError) as exc:
            raise damaged(self._path, f"第 {row + 1} 行:{exc}") from exc

    def all(self, kind: type[R]) -> tuple[R, ...]:
        """Return every record, in order.

        :raises IndexFormatError: a line is damaged.
        """
        return tuple(self.get(kind, row) for row in range(len(self._offsets) - 1))


class Table(Generic[R]):
    """Records with ids."""

    def __init__(self, folder: Path, count: int, kind: type[R]) -> None:
        """Open a table of `count` records.

        :raises IndexFormatError: the files are damaged or disagree.
        """
        self._lines = Lines(folder, _RECORDS, count)
        self._ids = StringTable(folder, "ids", count)
        self._kind = kind

    def __len__(self) -> int:
        return len(self._ids)

    def id(self, row: int) -> str:
        """Return the id of a row."""
        return self._ids.string(row)

    def row(self, record_id: str) -> int | None:
        """Return the row of an id, or None."""
        return self._ids.find(record_id)

    def get(self, row: int) -> R:
        """Return the record of a row.

        :raises IndexFormatError: the line there is damaged.
        """
        return self._lines.get(self._kind, row)


def write_lines(staging: Staging, name: str, records: Iterable[object]) -> None:
    """Write records, one a line.

    :raises OSError: they could not be written.
    """
    lines = [to_bytes(record) + b"\n" for record in records]
    lengths = np.fromiter(map(len, lines), np.int64, len(lines))
    staging.write(f"{name}.jsonl", lines)
    staging.write_array(f"{name}.offsets.npy", np.concatenate([[0], np.cumsum(lengths)]))


def write_table(staging: Staging, folder: str, records: Sequence[Document | Passage]) -> None:
    """Write records with their ids.

    :raises ValueError: an id is there twice.
    :raises OSError: they could not be written.
    """
    write_strings(staging, f"{folder}/ids", [record.id for record in records])
    write_lines(staging, f"{folder}/{_RECORDS}", records)

"""The tables of several segments as one: rows count through."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from index.tables import Lines, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

R = TypeVar("R")


class Joined(Generic[R]):
    """Tables, or lines, one after the other."""

    def __init__(self, tables: Sequence[Table[R] | Lines[R]]) -> None:
        self._tables = tables
        # Where each begins, and where the last ends.
        self.bases = np.cumsum([0, *map(len, tables)])
        # For one row, numpy takes ten times as long.
        self._bases: list[int] = self.bases.tolist()

    def __len__(self) -> int:
        return self._bases[-1]

    def locate(self, row: int) -> tuple[int, int]:
        """Return which table a row is of, and its row there.

        :raises IndexError: there is no such row.
        """
        if not 0 <= row < self._bases[-1]:
            raise IndexError(f"row {row} of {len(self)}")
        number = bisect_right(self._bases, row) - 1
        return number, row - self._bases[number]

    def get(self, row: int) -> R:
        """Return the record of a row.

        :raises IndexFormatError: the line there is damaged.
        """
        number, inside = self.locate(row)
        return self._tables[number].get(inside)

    def id(self, row: int) -> str:
        """Return the id of a row."""
        return self.ids([row])[0]

    def ids(self, rows: Sequence[int]) -> list[str]:
        """Return the ids of rows, in the order asked for."""
        found = []
        for number, inside in map(self.locate, rows):
            table = self._tables[number]
            if not isinstance(table, Table):
                raise TypeError("lines have no ids")
            found.append(table.id(inside))
        return found

    def rows(self, record_id: str) -> Iterator[int]:
        """Yield the rows of an id, the newest first: what was removed may have had it too."""
        for base, table in zip(self._bases[-2::-1], reversed(self._tables), strict=True):
            row = table.row(record_id) if isinstance(table, Table) else None
            if row is not None:
                yield base + row

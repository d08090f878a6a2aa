"""A table of strings on disk that opens at once: one blob, one array of offsets.

Finding is a binary search over the blob, so neither half a million terms nor as many ids
are ever parsed. A vocabulary is stored sorted; ids keep their own order beside a sorting
permutation.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from index.files import damaged, read_array, read_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.files import Staging


class StringTable:
    """Strings by row, and rows by string."""

    def __init__(self, folder: Path, name: str, count: int) -> None:
        """Open a table of `count` strings.

        :raises IndexFormatError: the files are damaged or disagree.
        """
        self.path = folder / f"{name}.txt"
        self._blob = read_bytes(self.path)
        self._offsets = read_array(folder / f"{name}.offsets.npy", "int64", (count + 1,))
        self._order = read_array(folder / f"{name}.order.npy", "int32", (count,))
        if len(self._blob) != int(self._offsets[-1]):
            raise damaged(self.path, "长度与偏移表不符")

    def __len__(self) -> int:
        return len(self._order)

    def string(self, row: int) -> str:
        """Return the string of a row.

        :raises IndexFormatError: the bytes there are no text.
        """
        try:
            return self._bytes(row).decode()
        except UnicodeDecodeError as exc:
            raise damaged(self.path, str(exc)) from exc

    def find(self, string: str) -> int | None:
        """Return the row of a string, or None.

        :raises IndexFormatError: the order points outside the table.
        """
        wanted = string.encode(errors="surrogatepass")
        try:
            return self._search(wanted)
        except IndexError as exc:
            raise damaged(self.path, "排序表越界") from exc

    def _search(self, wanted: bytes) -> int | None:
        low, high = 0, len(self._order)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(int(self._order[middle])) < wanted:
                low = middle + 1
            else:
                high = middle
        if low == len(self._order):
            return None
        row = int(self._order[low])
        return row if self._bytes(row) == wanted else None

    def _bytes(self, row: int) -> bytes:
        return self._blob[int(self._offsets[row]) : int(self._offsets[row + 1])]


def write_strings(staging: Staging, name: str, strings: Sequence[str]) -> None:
    """Write a table of distinct strings.

    :raises ValueError: a string is there twice.
    :raises OSError: it could not be written.
    """
    encoded = [string.encode() for string in strings]
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    for before, after in pairwise(order):
        if encoded[before] == encoded[after]:
            raise ValueError(f"{strings[before]!r} is there twice in {name}")
    lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
    staging.write(f"{name}.txt", [b"".join(encoded)])
    staging.write_array(f"{name}.offsets.npy", np.concatenate([[0], np.cumsum(lengths)]))
    staging.write_array(f"{name}.order.npy", np.array(order, np.int32))

"""Strings on disk that open at once, by row and by what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from index.blobs import Blobs, merge_blobs, write_blobs
from index.files import damaged, read_array
from index.kept import only
from index.keys import key_of, keys_of, place_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.files import Staging
    from index.kept import Kept
    from index.keys import Keys

_SUFFIX = ".txt"


class StringTable:
    """Strings by row, and rows by string."""

    def __init__(self, folder: Path, name: str, count: int) -> None:
        """Open a table of `count` strings.

        :raises IndexFormatError: the files are damaged or disagree.
        """
        self.blobs = Blobs(folder, f"{name}{_SUFFIX}", count)
        self.path = self.blobs.path
        self._keys = read_array(folder / f"{name}.keys.npy", "uint64", (count,))
        self._rows = read_array(folder / f"{name}.rows.npy", "int32", (count,))

    def __len__(self) -> int:
        return len(self.blobs)

    def string(self, row: int) -> str:
        """Return the string of a row.

        :raises IndexFormatError: the bytes there are no text.
        """
        try:
            return self.blobs[row].decode()
        except UnicodeDecodeError as exc:
            raise damaged(self.path, str(exc)) from exc

    def find(self, string: str) -> int | None:
        """Return the row of a string, or None.

        :raises IndexFormatError: the keys point outside the table.
        """
        key, wanted = key_of(string), string.encode(errors="surrogatepass")
        place = place_of(self._keys, key)
        while place is not None and place < len(self._keys) and int(self._keys[place]) == key:
            row = int(self._rows[place])
            if not 0 <= row < len(self):
                raise damaged(self.path, "排序表越界")
            if self.blobs[row] == wanted:
                return row
            place += 1
        return None

    def keys(self) -> Keys:
        """Return the key of each string, in the order of rows."""
        keys = np.empty(len(self), np.uint64)
        keys[self._rows] = self._keys
        return keys


def write_strings(staging: Staging, name: str, strings: Sequence[str]) -> None:
    """Write a table of strings; of equal ones the first is found.

    :raises OSError: it could not be written.
    """
    write_blobs(staging, name, _SUFFIX, (one.encode() for one in strings))
    _write_keys(staging, name, keys_of(strings))


def merge_strings(staging: Staging, name: str, parts: Sequence[tuple[StringTable, Kept]]) -> None:
    """Write the kept strings of several tables, one after the other.

    :raises OSError: they could not be written.
    """
    merge_blobs(staging, name, _SUFFIX, [(table.blobs, kept) for table, kept in parts])
    keys = [only(table.keys(), kept) for table, kept in parts]
    _write_keys(staging, name, np.concatenate(keys))


def _write_keys(staging: Staging, name: str, keys: Keys) -> None:
    order = np.argsort(keys, kind="stable")
    staging.write_array(f"{name}.keys.npy", keys[order])
    staging.write_array(f"{name}.rows.npy", order.astype(np.int32))

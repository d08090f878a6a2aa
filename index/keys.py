"""Strings known by 64 bits of a hash: sorted arrays of them are searched, and merged, by numpy.

Among a million strings two meet by chance once in thirty million corpora; where it would matter
(ids), the string itself is compared as well.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]


def key_of(string: str) -> int:
    """Return the key of a string: 64 bits, the same on every machine."""
    return int.from_bytes(_digest(string), "little")


def keys_of(strings: Iterable[str]) -> Keys:
    """Return the key of each string, in order."""
    return np.frombuffer(b"".join(map(_digest, strings)), "<u8").astype(np.uint64)


def place_of(keys: Keys, key: int) -> int | None:
    """Return the first place of a key in sorted keys, or None."""
    wanted = np.uint64(key)
    place = int(np.searchsorted(keys, wanted))
    return place if place < len(keys) and keys[place] == wanted else None


def _digest(string: str) -> bytes:
    return hashlib.blake2b(string.encode(errors="surrogatepass"), digest_size=8).digest()

"""What was removed from segments that still hold it: its terms count no more.

Kept for each segment apart, so that it goes when the segment does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.files import read_array
from index.keys import keys_of, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Self

    from index.files import Staging
    from index.keys import Keys
    from index.segment import Segment

_FOLDER = "removed"


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms, by sorted keys, and in how many passages each stood."""

    keys: Keys
    counts: np.typing.NDArray[np.int64]

    @classmethod
    def of(cls, passages: Iterable[Sequence[str]]) -> Self:
        """Count the terms of tokenised passages."""
        found = Counter(token for tokens in passages for token in set(tokens))
        keys = keys_of(found)
        order = np.argsort(keys)
        return cls(keys[order], np.fromiter(found.values(), np.int64, len(found))[order])

    def plus(self, other: Terms) -> Terms:
        """Return the terms of both."""
        keys = np.concatenate([self.keys, other.keys])
        keys, places = np.unique(keys, return_inverse=True)
        counts = np.bincount(places, np.concatenate([self.counts, other.counts]), len(keys))
        return Terms(keys, counts.astype(np.int64))


class Removed:
    """The removed terms of each segment, by its name."""

    def __init__(self, terms: Mapping[str, Terms]) -> None:
        self.terms = terms

    @classmethod
    def read(cls, folder: Path, segments: Sequence[Segment]) -> Self:
        """Read them from the folder of a version.

        :raises IndexFormatError: they are damaged.
        """
        terms = {}
        for name in (one.name for one in segments):
            path = folder / _FOLDER / f"{name}.keys.npy"
            if path.exists():
                keys = read_array(path, "uint64", (None,))
                counts = folder / _FOLDER / f"{name}.counts.npy"
                terms[name] = Terms(keys, read_array(counts, "int64", keys.shape))
        return cls(terms)

    def write(self, staging: Staging) -> None:
        """Write them into the folder of a version.

        :raises OSError: they could not be written.
        """
        for name, terms in self.terms.items():
            staging.write_array(f"{_FOLDER}/{name}.keys.npy", terms.keys)
            staging.write_array(f"{_FOLDER}/{name}.counts.npy", terms.counts)

    def count(self, key: int) -> int:
        """Return in how many removed passages a term stood."""
        places = ((one, place_of(one.keys, key)) for one in self.terms.values())
        return sum(int(one.counts[place]) for one, place in places if place is not None)

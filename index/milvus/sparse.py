"""Tokens as sparse vectors whose inner product is BM25, by the formula of `index.bm25`.

A passage's vector has `tf / (tf + k1 * (1 - b + b * length / mean length))` for each of its
tokens, a query's has `idf * count`. A token's dimension is a hash of it, so that no
vocabulary has to be kept in step; that of some pairs of tokens is the same (about 30 pairs
of half a million tokens), and then one adds to the other's score. `idf` is exact: it goes by
64 bits of the hash.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_K1, _B = 1.5, 0.75  # those of index.bm25; a test holds them together
# Milvus takes dimensions below 2**32 - 1. The last one is no token's: a passage without any
# has it, for a vector may not be empty.
_DIMENSIONS = 2**32 - 2
NOTHING = {_DIMENSIONS: 1.0}


def key_of(string: str) -> int:
    """Return 64 bits that stand for a token."""
    found = hashlib.blake2b(string.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "big")


def name_key(name: str) -> int:
    """Return the number an id is found by: what an INT64 of Milvus can hold."""
    return key_of(name) >> 1


def dimension(key: int) -> int:
    """Return the dimension of a token, given its key."""
    return (key >> 32) % _DIMENSIONS


def idf(passages: int, found: int) -> float:
    """Return how rare a token of `found` passages is; 0 when none has it."""
    return math.log(1 + (passages - found + 0.5) / (found + 0.5)) if found else 0.0


def passage_vector(keys: Iterable[int], *, mean_length: float) -> dict[int, float]:
    """Return the vector of a passage, given the key of each of its tokens."""
    counts = Counter(keys)
    pressure = _K1 * (1 - _B + _B * counts.total() / mean_length) if counts else 0.0
    vector: dict[int, float] = {}
    for key, count in counts.items():
        place = dimension(key)
        vector[place] = vector.get(place, 0.0) + count / (count + pressure)
    return vector or dict(NOTHING)


def query_vector(tokens: Iterable[str], weight: Callable[[str], float]) -> dict[int, float]:
    """Return the vector of a query; empty where no passage has a token of it."""
    vector: dict[int, float] = {}
    for token, count in Counter(tokens).items():
        if rarity := weight(token):
            place = dimension(key_of(token))
            vector[place] = vector.get(place, 0.0) + rarity * count
    return vector

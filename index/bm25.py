"""BM25 over the passages of a version's segments, with numpy.

`score(term, passage) = idf(term) * tf / (tf + k1 * (1 - b + b * length / mean length))`,
`idf(term) = ln(1 + (N - df + 0.5) / (df + 0.5))`: the Lucene variant. A token that a
question repeats counts each time: a word that is also a bigram is said twice, and weighs so.
N, df and the mean are those of the passages that are there, whatever segments they lie in, so
that an index says the same however it came about.

Terms are added up from the weightiest to the least. Once what is left cannot lift any other
passage among the best, only those that still can be are looked up (MaxScore: Turtle and Flood
1995); the best are the same, and so are their scores.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from index.files import damaged
from index.keys import key_of
from index.postings import Postings, norms
from index.ranking import best

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from index.ranking import Found
    from index.removed import Removed

_TERMS_KEPT = 16_384
# Postings added at once; then it is asked which passages can still be among the best.
_AT_ONCE = 300_000
_LOOKED_UP = 24  # postings that can be added while one is looked up
_SLACK = 1e-4  # floats: what is left is a little more than it seems
_LEAST = 1e-9  # no term that is there adds less
_TELLING, _MOST_TELLING = 3, 16_384  # passages by which the k-th best is told, in ks; at most


@dataclass(frozen=True, slots=True)
class _Term:
    """What a term of a question adds in one segment: at most `most`."""

    weight: float
    start: int
    stop: int
    most: float


class Bm25:
    """The postings of all segments, scored by what holds for the whole."""

    def __init__(
        self, postings: Sequence[Postings], removed: Removed, passages: int, tokens: int
    ) -> None:
        """Take the postings of segments, what was removed from them, and how much is left."""
        self._removed, self._passages = removed, passages
        mean = tokens / passages if passages else 0.0
        self._parts = [_Part(one, mean) for one in postings]
        # The words of questions and of the thesaurus are looked up all the time.
        self._df = lru_cache(_TERMS_KEPT)(self._count)

    def search(
        self, tokens: Iterable[str], k: int, *, allowed: Sequence[NDArray[np.bool_] | None]
    ) -> list[Found]:
        """Return for each segment its best k rows that have any token, or more where they tie.

        :param allowed: for each segment which of its rows may be found; None for all.
        :raises IndexFormatError: the postings are damaged.
        """
        weights = {token: times * self.idf(token) for token, times in Counter(tokens).items()}
        keys = {key_of(token): weight for token, weight in weights.items() if weight}
        return [part.search(keys, k, mask) for part, mask in zip(self._parts, allowed, strict=True)]

    def idf(self, token: str) -> float:
        """Return how rare a token is; 0 when no passage has it.

        :raises IndexFormatError: the postings of the token are damaged.
        """
        found = self._df(token)
        if found <= 0:
            return 0.0
        return math.log(1 + (self._passages - found + 0.5) / (found + 0.5))

    def _count(self, token: str) -> int:
        key = key_of(token)
        return sum(part.count(key) for part in self._parts) - self._removed.count(key)


class _Part:
    """One segment's postings."""

    def __init__(self, postings: Postings, mean: float) -> None:
        self._postings, self._mean = postings, mean

    @cached_property
    def _norms(self) -> NDArray[np.float32]:
        return norms(self._postings.lengths, self._mean)

    @cached_property
    def _more(self) -> float:
        """`most` is told by the segment's own mean; a longer one makes postings worth more."""
        own = float(self._postings.lengths.mean()) if len(self._postings.lengths) else 0.0
        return max(1.0, self._mean / own) if own else 1.0

    def count(self, key: int) -> int:
        """In how many passages a term stands."""
        start, stop, _ = self._postings.find(key)
        return stop - start

    def search(self, keys: dict[int, float], k: int, allowed: NDArray[np.bool_] | None) -> Found:
        """Return the best k rows, or more where they tie."""
        terms = []
        for key, weight in keys.items():
            start, stop, most = self._postings.find(key)
            if start < stop:
                terms.append(_Term(weight, start, stop, weight * most * self._more))
        terms.sort(key=lambda one: -one.most)
        try:
            return self._best(terms, k, allowed)
        except IndexError as exc:
            raise damaged(self._postings.path / "rows.npy", "倒排表越界") from exc

    def _best(self, terms: list[_Term], k: int, allowed: NDArray[np.bool_] | None) -> Found:
        scores = np.zeros(len(self._postings.lengths), np.float32)
        done = 0
        while done < len(terms):
            if done:
                candidates = self._candidates(scores, terms, done, k, allowed)
                if candidates is not None:
                    return self._finish(scores, terms[done:], k, candidates, allowed)
            group = _group(terms[done:])
            self._add(scores, group)
            done += len(group)
        floor = max(self._floor(scores, terms, k, allowed), _LEAST)
        found = np.flatnonzero(scores >= floor)
        return _allowed_best(found, scores[found], k, allowed)

    def _candidates(
        self,
        scores: NDArray[np.float32],
        terms: list[_Term],
        done: int,
        k: int,
        allowed: NDArray[np.bool_] | None,
    ) -> NDArray[np.int64] | None:
        """The rows that can still be among the best; None where adding on is less work."""
        left = sum(one.most for one in terms[done:]) * (1 + _SLACK)
        floor = self._floor(scores, terms[:done], k, allowed) - left
        if floor <= 0:
            return None
        candidates = np.flatnonzero(scores >= floor)
        postings = sum(one.stop - one.start for one in terms[done:])
        looked_up = len(candidates) * (len(terms) - done) * _LOOKED_UP
        return candidates if looked_up < postings else None

    def _floor(
        self,
        scores: NDArray[np.float32],
        terms: list[_Term],
        k: int,
        allowed: NDArray[np.bool_] | None,
    ) -> float:
        """What the k-th best has at least: as the passages with one weighty term tell."""
        for term in terms:
            if term.stop - term.start < _TELLING * k:
                continue
            rows = self._postings.rows[term.start : min(term.stop, term.start + _MOST_TELLING)]
            found = scores[rows if allowed is None else rows[allowed[rows]]]
            if len(found) >= k:
                return float(np.partition(found, -k)[-k])
        return 0.0

    def _finish(
        self,
        scores: NDArray[np.float32],
        terms: list[_Term],
        k: int,
        candidates: NDArray[np.int64],
        allowed: NDArray[np.bool_] | None,
    ) -> Found:
        """Add the terms that are left to the candidates alone."""
        found = scores[candidates]
        for term in terms:
            rows = self._postings.rows[term.start : term.stop]
            places = np.searchsorted(rows, candidates)
            places[places == len(rows)] = 0
            has = np.flatnonzero(rows[places] == candidates)
            counts = self._postings.counts[term.start : term.stop][places[has]]
            found[has] += self._worth(candidates[has], counts) * np.float32(term.weight)
        return _allowed_best(candidates, found, k, allowed)

    def _add(self, scores: NDArray[np.float32], terms: list[_Term]) -> None:
        """Add what terms are worth in all passages that have them, term after term."""
        rows = np.concatenate([self._postings.rows[one.start : one.stop] for one in terms])
        counts = np.concatenate([self._postings.counts[one.start : one.stop] for one in terms])
        weights = np.array([one.weight for one in terms], np.float32)
        worth = self._worth(rows, counts)
        worth *= np.repeat(weights, [one.stop - one.start for one in terms])
        np.add.at(scores, rows, worth)

    def _worth(self, rows: NDArray[np.integer], counts: NDArray[np.uint16]) -> NDArray[np.float32]:
        """What a term that stands so often in passages is worth there, before its rarity."""
        worth = counts.astype(np.float32)
        worth /= worth + self._norms[rows]
        return worth


def _group(terms: list[_Term]) -> list[_Term]:
    """The first terms, to be added at once."""
    postings = np.cumsum([one.stop - one.start for one in terms])
    return terms[: max(1, int(np.searchsorted(postings, _AT_ONCE, side="right")))]


def _allowed_best(
    rows: NDArray[np.int64], scores: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None
) -> Found:
    if allowed is not None:
        there = allowed[rows]
        rows, scores = rows[there], scores[there]
    return best(rows, scores, k)

"""BM25 over passages: built with bm25s, kept as postings of finished scores, read with numpy.

`score(term, passage) = idf(term) * tf / (tf + k1 * (1 - b + b * length / mean length))`,
`idf(term) = ln(1 + (N - df + 0.5) / (df + 0.5))`: the Lucene variant. A token that a
question repeats counts each time: a word that is also a bigram is said twice, and weighs so.
"""

from __future__ import annotations

import math
from array import array
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from index.files import damaged, read_array
from index.ranking import top
from index.strings import StringTable, write_strings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from index.files import Staging

_K1 = 1.5  # how soon a repeated term stops adding
_B = 0.75  # how much a long passage is held against it
_TERMS_KEPT = 16_384


class Bm25:
    """An opened BM25 index: postings by term, each with the score it adds."""

    def __init__(self, folder: Path, *, terms: int, passages: int) -> None:
        """Open the index in a folder.

        :raises IndexFormatError: the files are damaged or disagree.
        """
        self._terms = StringTable(folder, "terms", terms)
        # The words of questions and of the thesaurus are looked up all the time.
        self._find = lru_cache(_TERMS_KEPT)(self._terms.find)
        self._starts = read_array(folder / "starts.npy", "int64", (terms + 1,))
        self._rows = read_array(folder / "rows.npy", "int32", (None,))
        self._scores = read_array(folder / "scores.npy", "float32", self._rows.shape)
        self._passages = passages
        if int(self._starts[-1]) != len(self._rows):
            raise damaged(folder / "starts.npy", "长度与倒排表不符")

    def search(
        self, tokens: Iterable[str], k: int, *, allowed: NDArray[np.bool_] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best k rows that have any token, best first; ties by row."""
        scores = self.scores(tokens)
        if allowed is not None:
            scores[~allowed] = 0
        return top(scores, k)

    def scores(self, tokens: Iterable[str]) -> NDArray[np.float32]:
        """Return the score of every row; 0 where no token occurs.

        :raises IndexFormatError: the postings name passages that are not there.
        """
        total = np.zeros(self._passages, np.float32)
        for token in tokens:
            start, stop = self._postings(token)
            try:
                total[self._rows[start:stop]] += self._scores[start:stop]
            except IndexError as exc:
                raise damaged(self._terms.path, f"词项 {token} 的倒排表越界") from exc
        return total

    def idf(self, token: str) -> float:
        """Return how rare a token is; 0 when no passage has it.

        :raises IndexFormatError: the postings of the token are damaged.
        """
        start, stop = self._postings(token)
        if start == stop:
            return 0.0
        found = stop - start
        return math.log(1 + (self._passages - found + 0.5) / (found + 0.5))

    def _postings(self, token: str) -> tuple[int, int]:
        term = self._find(token)
        if term is None:
            return 0, 0
        start, stop = int(self._starts[term]), int(self._starts[term + 1])
        if not 0 <= start <= stop <= min(len(self._rows), start + self._passages):
            raise damaged(self._terms.path, f"词项 {token} 的倒排表越界")
        return start, stop


def write_bm25(staging: Staging, folder: str, passages: Iterable[Iterable[str]]) -> int:
    """Build and write the index over the tokens of passages; return how many terms it has.

    :raises OSError: it could not be written.
    """
    terms, coded = _code(passages)
    matrix = _weigh(len(terms), coded)
    write_strings(staging, f"{folder}/terms", terms)
    staging.write_array(f"{folder}/starts.npy", np.asarray(matrix["indptr"], np.int64))
    staging.write_array(f"{folder}/rows.npy", np.asarray(matrix["indices"], np.int32))
    staging.write_array(f"{folder}/scores.npy", np.asarray(matrix["data"], np.float32))
    return len(terms)


def _code(passages: Iterable[Iterable[str]]) -> tuple[list[str], list[array[int]]]:
    """Number the terms in sorted order, so that a version is a function of its content."""
    codes: dict[str, int] = {}
    coded = [array("i", [codes.setdefault(t, len(codes)) for t in one]) for one in passages]
    terms = sorted(codes)
    place = np.empty(len(terms), np.int32)
    place[[codes[term] for term in terms]] = np.arange(len(terms), dtype=np.int32)
    return terms, [array("i", place[np.frombuffer(one, np.int32)].tobytes()) for one in coded]


def _weigh(terms: int, coded: list[array[int]]) -> dict[str, NDArray[Any]]:
    if not terms:
        empty = np.zeros(0, np.float32)
        return {"indptr": np.zeros(1, np.int64), "indices": empty, "data": empty}
    # Only a build needs bm25s: importing it takes longer than answering a question.
    from bm25s import BM25

    model = BM25(k1=_K1, b=_B, method="lucene", idf_method="lucene")
    model.vocab_dict = {}
    weighed: dict[str, NDArray[Any]] = model.build_index_from_ids(
        unique_token_ids=list(range(terms)), corpus_token_ids=coded, show_progress=False
    )
    return weighed

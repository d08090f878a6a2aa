"""The textbook stack: jieba's words, rank_bm25's BM25Okapi, both with their defaults.

Both sides are folded first: the passages of an index are simplified, and a question in traditional
characters would find nothing through no fault of the stack.
"""

from __future__ import annotations

import logging
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import MissingExtra
from eval.records import Built, Ranking, System
from index.content import searched
from index.local import LocalEngine
from index.ranking import top
from index.records import Scored
from index.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

# The library walks over every passage for every word, 1.3 s a question over 140,000 passages. Past
# this many passages each word's scores, which it gives, are kept and added up as it does; the
# latency is then that of the library itself, on a few questions.
_KEPT_FROM = 20_000


def build(home: Path) -> Built:
    """Cut and count all passages.

    :raises MissingExtra: jieba or rank_bm25 is not installed.
    """
    words = jieba_words()
    engine = LocalEngine.open(home)
    passages = [one for each in engine.documents() for one in engine.passages_of(each.id)]
    ids = [passage.id for passage in passages]
    return ranker(ids, [words(searched(passage)) for passage in passages], words)


def jieba_words() -> Callable[[str], list[str]]:
    """Return what cuts a text into jieba's words, blanks and punctuation left out.

    :raises MissingExtra: jieba is not installed.
    """
    try:
        with warnings.catch_warnings():  # jieba 0.42.1 warns of its own old ways
            warnings.simplefilter("ignore")
            import jieba
    except ImportError as exc:
        raise _missing() from exc
    jieba.setLogLevel(logging.WARNING)
    cut: Callable[[str], list[str]] = jieba.lcut
    return lambda text: [word for word in cut(fold(text)) if re.search(r"\w", word)]


def ranker(ids: list[str], cuts: list[list[str]], words: Callable[[str], list[str]]) -> Built:
    """Count the words of texts, and rank their ids.

    :param words: cuts a question as the texts were cut.
    :raises MissingExtra: rank_bm25 is not installed.
    """
    try:
        from rank_bm25 import BM25Okapi
    except ImportError as exc:
        raise _missing() from exc
    bm25 = BM25Okapi(cuts)
    plain = _ranked(lambda asked: np.asarray(bm25.get_scores(asked)), ids, words)
    if len(ids) < _KEPT_FROM:
        return Built(plain)
    return Built(_ranked(_keeping(bm25), ids, words), timed=plain)


def _missing() -> MissingExtra:
    return MissingExtra('rank-bm25 需要附加组件:pip install "gongjian[eval]"')


def _ranked(
    score: Callable[[list[str]], NDArray[np.float64]],
    ids: list[str],
    words: Callable[[str], list[str]],
) -> Callable[[str, int], Ranking]:
    def search(query: str, k: int) -> Ranking:
        found = top(score(words(query)), k)
        return [Scored(ids[row], value) for row, value in found]

    return search


def _keeping(bm25: object) -> Callable[[list[str]], NDArray[np.float64]]:
    """BM25Okapi.get_scores with what a word adds kept: the same numbers in the same order."""
    scores: Callable[[list[str]], NDArray[np.float64]] = bm25.get_scores  # type: ignore[attr-defined]
    size: int = bm25.corpus_size  # type: ignore[attr-defined]
    kept: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]] = {}

    def score(words: list[str]) -> NDArray[np.float64]:
        total = np.zeros(size)
        for word in words:
            if word not in kept:
                column = scores([word])
                rows = np.flatnonzero(column)
                kept[word] = rows, column[rows]
            rows, values = kept[word]
            total[rows] += values
        return total

    return score


SYSTEM = System("rank-bm25", "结巴分词 + rank-bm25(教科书做法)", build, own_index=True)

import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from rank_bm25 import BM25Okapi

from index.bm25 import Bm25, write_bm25
from index.files import Staging
from index.ranking import top
from index.tokens import tokenize
from tests.index.support import TEXTS

TOKENS = [tokenize(line) for text in TEXTS.values() for line in text.splitlines()]


def index(folder: Path, passages: list[list[str]]) -> Bm25:
    terms = write_bm25(Staging(folder, lambda _: None), ".", passages)
    return Bm25(folder, terms=terms, passages=len(passages))


def formula(query: list[str], passages: list[list[str]]) -> list[float]:
    """BM25 as Lucene has it, over the counts that rank_bm25 takes of the same tokens.

    rank_bm25 differs in two ways: its idf is ln((N - df + .5) / (df + .5)), which is negative
    for common terms, and its numerator has (k1 + 1), which changes no order.
    """
    reference = BM25Okapi(passages, k1=1.5, b=0.75)
    scores = [0.0] * len(passages)
    for token in query:
        found = sum(token in counts for counts in reference.doc_freqs)
        idf = math.log(1 + (len(passages) - found + 0.5) / (found + 0.5))
        for row, counts in enumerate(reference.doc_freqs):
            tf = counts.get(token, 0)
            length = reference.doc_len[row] / reference.avgdl
            scores[row] += idf * tf / (tf + 1.5 * (1 - 0.75 + 0.75 * length))
    return scores


@pytest.mark.parametrize(
    "query", ["烤烟用煤整改时限", "黑加油站11个", "市农业农村局", "秸秆", "无关紧要"]
)
def test_scores_are_those_of_the_written_formula(tmp_path: Path, query: str):
    ours = index(tmp_path / "i", TOKENS).scores(tokenize(query))
    np.testing.assert_allclose(ours, formula(tokenize(query), TOKENS), rtol=1e-5, atol=1e-6)


def test_scores_are_those_of_the_formula_on_random_passages(tmp_path: Path):
    draw = random.Random(7)
    passages = [
        [draw.choice("abcdefghijklmnop") for _ in range(draw.randint(1, 40))] for _ in range(200)
    ]
    found = index(tmp_path / "i", passages)
    for _ in range(20):
        query = [draw.choice("abcdefghijklmnopqr") for _ in range(6)]
        np.testing.assert_allclose(found.scores(query), formula(query, passages), rtol=1e-5)


def test_rank_bm25_with_our_idf_gives_the_same_scores(tmp_path: Path):
    """The library itself, its idf replaced and its factor (k1 + 1) divided out."""
    reference = BM25Okapi(TOKENS, k1=1.5, b=0.75)
    found = index(tmp_path / "i", TOKENS)
    reference.idf = {token: found.idf(token) for token in reference.idf}
    query = tokenize("散煤治理整改时限")
    np.testing.assert_allclose(
        found.scores(query), reference.get_scores(query) / 2.5, rtol=1e-5, atol=1e-6
    )


def test_a_repeated_token_counts_each_time(tmp_path: Path):
    found = index(tmp_path / "i", TOKENS)
    np.testing.assert_allclose(found.scores(["秸秆"] * 3), 3 * found.scores(["秸秆"]), rtol=1e-6)


def test_idf_is_lucenes_and_zero_for_the_unknown(tmp_path: Path):
    found = index(tmp_path / "i", [["a", "b"], ["a"], ["c"]])
    assert found.idf("a") == math.log(1 + 1.5 / 2.5)
    assert found.idf("b") == math.log(1 + 2.5 / 1.5)
    assert found.idf("z") == 0.0


def test_ties_are_broken_by_row(tmp_path: Path):
    found = index(tmp_path / "i", [["x"], ["a"], ["a"], ["y"], ["a"], ["a"]])
    assert [row for row, _ in found.search(["a"], 3)] == [1, 2, 4]


def test_passages_without_any_token_are_not_found(tmp_path: Path):
    found = index(tmp_path / "i", [["a"], ["b"], []])
    assert [row for row, _ in found.search(["a"], 10)] == [0]
    assert found.search(["z"], 10) == []


def test_only_allowed_rows_are_found(tmp_path: Path):
    found = index(tmp_path / "i", [["a"], ["a"], ["a", "b"]])
    assert [row for row, _ in found.search(["a"], 10, allowed=np.array([False, True, True]))] == [
        1,
        2,
    ]


@pytest.mark.parametrize("passages", [[[]], [[], []]])
def test_passages_without_tokens_make_an_empty_index(tmp_path: Path, passages: list[list[str]]):
    found = index(tmp_path / "i", passages)
    assert (found.search(["a"], 5), found.idf("a")) == ([], 0.0)


def test_the_files_do_not_depend_on_the_order_of_first_sight(tmp_path: Path):
    for name, passages in {"one": [["b", "a"]], "two": [["a", "b"]]}.items():
        index(tmp_path / name, passages)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_top_equals_a_full_sort():
    draw = np.random.default_rng(3)
    for k in (1, 5, 50, 500):
        scores = draw.integers(0, 20, 200).astype(np.float32)
        order = sorted(Counter(dict(enumerate(scores))).items(), key=lambda one: (-one[1], one[0]))
        assert top(scores, k) == [(row, score) for row, score in order if score > 0][:k]

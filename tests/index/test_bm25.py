import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from rank_bm25 import BM25Okapi

from index.bm25 import Bm25, _Part
from index.files import Staging
from index.postings import Postings, merge_postings, write_postings
from index.ranking import ranked, top
from index.removed import Removed
from index.tokens import tokenize
from tests.index.support import TEXTS

TOKENS = [tokenize(line) for text in TEXTS.values() for line in text.splitlines()]


class Index:
    """BM25 over postings, asked as a whole."""

    def __init__(self, parts: list[Postings]) -> None:
        self.sizes = [len(one.lengths) for one in parts]
        tokens = sum(int(one.lengths.sum()) for one in parts)
        self.bm25 = Bm25(parts, Removed({}), sum(self.sizes), tokens)
        self.idf = self.bm25.idf

    def search(
        self, tokens: list[str], k: int, allowed: np.ndarray | None = None
    ) -> list[tuple[int, float]]:
        borders = np.cumsum(self.sizes)[:-1]
        masks = [None] * len(self.sizes) if allowed is None else np.split(allowed, borders)
        found = self.bm25.search(tokens, k, allowed=masks)
        bases = [0, *borders.tolist()]
        moved = [(rows + base, scores) for base, (rows, scores) in zip(bases, found, strict=True)]
        return ranked(moved, k)

    def scores(self, tokens: list[str]) -> np.ndarray:
        scores = np.zeros(sum(self.sizes), np.float32)
        for row, score in self.search(tokens, len(scores)):
            scores[row] = score
        return scores


def written(folder: Path, passages: list[list[str]]) -> Postings:
    terms = write_postings(Staging(folder, lambda _: None), ".", passages)
    return Postings(folder, terms=terms, passages=len(passages))


def index(folder: Path, passages: list[list[str]]) -> Index:
    return Index([written(folder, passages)])


def some_passages(count: int, seed: int) -> list[list[str]]:
    """Passages of words that are common to rare, as in a language."""
    draw = np.random.default_rng(seed)
    return [
        [f"w{min(int(rank), 400)}" for rank in draw.zipf(1.3, draw.integers(1, 60))]
        for _ in range(count)
    ]


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
    assert [row for row, _ in found.search(["a"], 10, np.array([False, True, True]))] == [
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


@pytest.mark.parametrize("k", [1, 10, 200])
def test_leaving_out_what_cannot_be_best_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, k: int
):
    passages = some_passages(3000, seed=5)
    found = index(tmp_path / "i", passages)
    draw = random.Random(11)
    queries = [[*draw.choice(passages)[:12], "w1", "w2", "w3", "w5"] for _ in range(60)]
    some = np.array([row % 3 > 0 for row in range(len(passages))])
    whole = [found.search(one, k) + found.search(one, k, some) for one in queries]
    monkeypatch.setattr("index.bm25._AT_ONCE", 10)
    monkeypatch.setattr("index.bm25._LOOKED_UP", 0)
    monkeypatch.setattr("index.bm25._MOST_TELLING", 100)
    finished: list[int] = []
    finish = _Part._finish
    monkeypatch.setattr(
        _Part, "_finish", lambda *given: finished.append(len(given[4])) or finish(*given)
    )
    assert [found.search(one, k) + found.search(one, k, some) for one in queries] == whole
    if k < 200:
        assert len(finished) > 20
        assert min(finished) < 300


def test_merged_postings_are_those_of_all_passages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("index.postings._BLOCK", 50)
    parts = [some_passages(count, seed=count) for count in (30, 1, 50)]
    parts[1] = [[]]
    opened = [written(tmp_path / str(number), one) for number, one in enumerate(parts)]
    draw = np.random.default_rng(1)
    kept = [draw.random(len(one)) < 0.6 for one in parts]
    kept[2] = None
    staging = Staging(tmp_path / "merged", lambda _: None)
    terms = merge_postings(staging, ".", list(zip(opened, kept, strict=True)))
    left = [
        tokens
        for one, mask in zip(parts, kept, strict=True)
        for row, tokens in enumerate(one)
        if mask is None or mask[row]
    ]
    assert terms == len({token for tokens in left for token in tokens})
    written(tmp_path / "anew", left)
    for path in (tmp_path / "anew").iterdir():
        assert path.read_bytes() == (tmp_path / "merged" / path.name).read_bytes()


def test_parts_score_as_the_whole_does(tmp_path: Path):
    passages = some_passages(400, seed=2)
    whole = index(tmp_path / "whole", passages)
    parts = Index(
        [
            written(tmp_path / str(at), passages[at : at + 150])
            for at in range(0, len(passages), 150)
        ]
    )
    for query in (["w1", "w7", "w40"], ["w2"], ["w3", "w3", "w9"]):
        np.testing.assert_allclose(parts.scores(query), whole.scores(query), rtol=1e-6)


def test_top_equals_a_full_sort():
    draw = np.random.default_rng(3)
    for k in (1, 5, 50, 500):
        scores = draw.integers(0, 20, 200).astype(np.float32)
        order = sorted(Counter(dict(enumerate(scores))).items(), key=lambda one: (-one[1], one[0]))
        assert top(scores, k) == [(row, score) for row, score in order if score > 0][:k]

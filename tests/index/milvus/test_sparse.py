"""Inner products of our vectors are the scores of the embedded engine."""

import numpy as np
import pytest

from corpus.errors import IndexFormatError
from index.milvus.filters import expressions
from index.milvus.kept import Kept
from index.milvus.records import Address
from index.milvus.schema import shards
from index.milvus.searching import Found, ordered
from index.milvus.sparse import NOTHING, dimension, idf, key_of, passage_vector, query_vector
from index.milvus.terms import Frequencies, Page, page_count, page_number
from index.records import Where

TEXTS = ["散 煤 治理 治理", "秸秆 焚烧", "煤 煤 煤 焚烧", ""]


def test_scores_are_those_of_rank_bm25s_formula_by_hand():
    tokens = [text.split() for text in TEXTS]
    mean = sum(map(len, tokens)) / len(tokens)
    found = {one: sum(one in text for text in tokens) for text in tokens for one in text}
    query = ["煤", "焚烧", "煤", "无"]
    vector = query_vector(query, lambda one: idf(len(tokens), found.get(one, 0)))
    for text in tokens:
        passage = passage_vector(map(key_of, text), mean_length=mean)
        expected = sum(
            np.log(1 + (len(tokens) - found[one] + 0.5) / (found[one] + 0.5))
            * text.count(one)
            / (text.count(one) + 1.5 * (1 - 0.75 + 0.75 * len(text) / mean))
            for one in query
            if one in found
        )
        got = sum(value * passage.get(place, 0) for place, value in vector.items())
        assert got == pytest.approx(expected)


def test_a_passage_without_tokens_has_a_dimension_that_no_token_has():
    assert passage_vector([], mean_length=3.0) == NOTHING
    [place] = NOTHING
    assert max(dimension(key) for key in (0, 2**63, 2**64 - 2**32 - 1, 2**64 - 1)) < place
    assert place < 2**32 - 1


def test_the_hash_of_a_token_is_the_same_on_every_machine():
    assert key_of("散煤") == 0xC16348C607C8815A


@pytest.mark.parametrize("terms", [0, 1, 2048, 2049, 50_000])
def test_the_dictionary_gives_every_count_back(terms: int):
    keys = [key_of(f"t{number}") for number in range(terms)]
    frequencies = Frequencies()
    for number, key in enumerate(keys):
        frequencies.add([key])
        if number % 7 == 0:
            frequencies.add([key])
    texts = frequencies.pages()
    pages = [Page(text) for text in texts]
    assert (len(frequencies), len(pages)) == (terms, page_count(terms))
    found = [pages[page_number(key, len(pages))].count(key) for key in keys]
    assert found == [1 + (number % 7 == 0) for number in range(terms)]
    assert pages[page_number(key_of("absent"), len(pages))].count(key_of("absent")) == 0


def test_counting_in_pieces_counts_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("index.milvus.terms._COUNTED", 3)
    pieces = Frequencies()
    for number in range(40):
        pieces.add({number % 9, number % 4})
    [text] = pieces.pages()
    counts = [Page(text).count(key) for key in range(9)]
    expected = [sum(key in {n % 9, n % 4} for n in range(40)) for key in range(9)]
    assert counts == expected


def test_a_damaged_page_is_refused():
    with pytest.raises(IndexFormatError, match="词表已损坏"):
        Page("!")


PLACES = [Address(number, 2000 + number % 3, 0, 1) for number in range(5000)]


def test_many_documents_are_several_searches_by_year():
    found = expressions(Where(documents=frozenset({"x"})), ("title",), PLACES)
    assert [one.partition(" and ")[0] for one in found] == [
        "year in [2000, 2001]",
        "year in [2001, 2002]",
        "year in [2002]",
    ]
    named = [number for one in found for number in eval(one.rpartition(" in ")[2])]
    assert sorted(named) == list(range(5000))


def test_kinds_are_told_by_code():
    where = Where(kinds=frozenset({"title", "unknown"}))
    assert expressions(where, ("paragraph", "title"), ()) == ["kind in [1]"]
    assert expressions(Where(), ("paragraph",), ()) == [""]


def test_the_oldest_is_forgotten_and_only_what_is_missing_is_fetched():
    kept: Kept[str, int] = Kept(2)
    asked: list[list[str]] = []

    def fetch(keys: list[str]) -> dict[str, int]:
        asked.append(keys)
        return {key: len(key) for key in keys if key != "unknown"}

    assert kept.get(["a", "bb", "a", "unknown"], fetch) == {"a": 1, "bb": 2}
    assert kept.get(["a"], fetch) == {"a": 1}
    kept.get(["ccc"], fetch)
    assert kept.get(["bb", "a"], fetch) == {"bb": 2, "a": 1}
    assert asked == [["a", "bb", "unknown"], ["ccc"], ["bb"]]


@pytest.mark.parametrize(("passages", "expect"), [(1, 1), (10**7, 1), (10**8, 3), (10**9, 16)])
def test_shards_grow_with_the_corpus_up_to_what_milvus_allows(passages: int, expect: int):
    assert shards(passages) == expect


def test_what_differs_by_rounding_alone_is_ordered_by_row():
    found = [Found(7, "g", 12.5), Found(3, "c", 12.500002), Found(1, "a", 12.49), Found(9, "i", 13)]
    assert [(one.row, one.score) for one in ordered(found)] == [
        (9, 13),
        (3, 12.500002),
        (7, 12.500002),
        (1, 12.49),
    ]

import pytest

from index.records import Scored
from retrieval.fusion import convex, dense_weight_for, reciprocal_rank

LEXICAL = [Scored("a", 8.0), Scored("b", 4.0)]
DENSE = [Scored("b", 0.9), Scored("c", 0.5), Scored("d", 0.1)]


def scores(fused: list[tuple[str, float, dict[str, float]]]) -> dict[str, float]:
    return {identifier: score for identifier, score, _ in fused}


def test_convex_weighs_shares_of_the_ceiling_against_cosines():
    fused = convex(LEXICAL, DENSE, ceiling=10, depth=200, dense_weight=0.25)
    best = 0.75 * 0.8
    assert scores(fused) == pytest.approx(
        {"a": 1.0, "b": (0.75 * 0.4 + 0.25 * 0.8) / best, "c": 0.25 * 0.4 / best, "d": 0.0}
    )
    assert [identifier for identifier, _, _ in fused] == ["a", "b", "c", "d"]


def test_what_a_cut_list_lacks_gets_the_least_that_it_has():
    fused = convex(LEXICAL, DENSE, ceiling=10, depth=2, dense_weight=0.25)
    assert scores(fused)["c"] == pytest.approx((0.75 * 0.4 + 0.25 * 0.4) / (0.75 * 0.8))


def test_convex_with_one_leg_keeps_its_order():
    assert [item[0] for item in convex(LEXICAL, [], ceiling=10, depth=200)] == ["a", "b"]
    assert [item[0] for item in convex([], DENSE, ceiling=10, depth=200)] == ["b", "c", "d"]
    assert [item[0] for item in convex([], DENSE, ceiling=0, depth=200)] == ["b", "c", "d"]
    assert convex([], [], ceiling=0, depth=200) == []


def test_where_words_tell_one_passage_from_the_rest_meaning_counts_for_little():
    flat = [Scored(str(rank), 5 - rank / 100) for rank in range(20)]
    apart = [Scored("best", 9.0), *flat]
    weights = [dense_weight_for(one, DENSE, 10) for one in (apart, flat)]
    assert weights[0] < 0.05 < 0.2 < weights[1]
    assert dense_weight_for([], DENSE, 10) == dense_weight_for(flat, DENSE, 0) == 1


def test_where_both_legs_find_the_same_words_suffice():
    flat = [Scored(str(rank), 5 - rank / 100) for rank in range(20)]
    assert dense_weight_for(flat, flat, 10) < dense_weight_for(flat, DENSE, 10)


def test_a_longer_question_leans_on_meaning():
    flat = [Scored(str(rank), 5 - rank / 100) for rank in range(20)]
    assert dense_weight_for(flat, DENSE, 100) > dense_weight_for(flat, DENSE, 10)


def test_reciprocal_rank_by_hand():
    fused = reciprocal_rank(LEXICAL, DENSE, k=60)
    assert scores(fused) == pytest.approx(
        {"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 62, "d": 1 / 63}
    )


def test_every_leg_leaves_its_part():
    (first, *_) = convex(LEXICAL, DENSE, ceiling=10, depth=200)
    assert set(first[2]) == {"lexical", "dense"}

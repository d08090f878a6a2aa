import pytest

from index.records import Scored
from retrieval.fusion import convex, reciprocal_rank

LEXICAL = [Scored("a", 8.0), Scored("b", 4.0)]
DENSE = [Scored("b", 0.9), Scored("c", 0.5), Scored("d", 0.1)]


def scores(fused: list[tuple[str, float, dict[str, float]]]) -> dict[str, float]:
    return {identifier: score for identifier, score, _ in fused}


def test_convex_weighs_scores_scaled_to_one():
    fused = convex(LEXICAL, DENSE, dense_weight=0.25)
    assert scores(fused) == pytest.approx(
        {"a": 0.75 * 1.0, "b": 0.75 * 0.5 + 0.25 * 1.0, "c": 0.25 * 0.5, "d": 0.0}
    )
    assert [identifier for identifier, _, _ in fused] == ["a", "b", "c", "d"]


def test_convex_with_one_leg_keeps_its_order():
    assert [item[0] for item in convex(LEXICAL, [])] == ["a", "b"]
    assert [item[0] for item in convex([], DENSE)] == ["b", "c", "d"]
    assert convex([], []) == []


def test_reciprocal_rank_by_hand():
    fused = reciprocal_rank(LEXICAL, DENSE, k=60)
    assert scores(fused) == pytest.approx(
        {"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 62, "d": 1 / 63}
    )


def test_every_leg_leaves_its_part():
    (first, *_) = convex(LEXICAL, DENSE)
    assert set(first[2]) == {"lexical", "dense"}

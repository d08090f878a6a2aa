"""Two engines are compared by what they find and say."""

import pytest

from eval.engines.comparing import agreement, overlaps, shared
from eval.engines.records import Agreement, Searched


def searched(hits: list[list[str]], times: list[float]) -> Searched:
    return Searched(0.1, 10.0, 20.0, {"lexical": hits}, {"lexical": times})


@pytest.mark.parametrize(
    ("one", "other", "expect"),
    [
        (["a", "b"], ["b", "a"], 1.0),
        (["a", "b"], ["a", "c"], 0.5),
        (["a"], ["a", "b", "c", "d"], 0.25),
        ([], [], 1.0),
        (["a"], [], 0.0),
    ],
)
def test_the_share_of_hits_that_both_have(one: list[str], other: list[str], expect: float):
    assert shared(one, other) == expect


def test_overlap_looks_at_the_first_ten_and_same_at_their_order():
    ten = [f"p{number}" for number in range(10)]
    local = searched([ten, ten, ten], [1.0, 2.0, 3.0])
    milvus = searched([ten, ten[::-1], [*ten[:5], *"vwxyz"]], [4.0, 5.0, 6.0])
    [found] = overlaps(local, milvus)
    assert (found.mode, found.queries) == ("lexical", 3)
    assert found.overlap == pytest.approx((1 + 1 + 0.5) / 3)
    assert found.same == pytest.approx(1 / 3)
    assert (found.local_p50_ms, found.milvus_p99_ms) == (2.0, 6.0)


def test_answers_that_differ_are_named():
    found = agreement(["x", "y"], [["1"], ["2", "3"]], [["1"], ["2", "4"]])
    assert found == Agreement(questions=2, turns=3, different=("y",))

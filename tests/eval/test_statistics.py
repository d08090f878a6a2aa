from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.statistics import compare_paired, mean_interval, share_interval


def test_wilson_as_published():
    # Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263.
    assert share_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=9).filter(
        lambda pairs: sum(one != other for one, other in pairs) > 1
    )
)
def test_p_is_the_share_of_sign_flips_at_least_as_far(pairs):
    gains = [other - one for one, other in pairs]
    far = abs(sum(gains))
    flips = [sum(s * g for s, g in zip(signs, gains, strict=True))
             for signs in product((1, -1), repeat=len(gains))]  # fmt: skip
    exact = sum(abs(total) >= far for total in flips) / len(flips)
    found = compare_paired([one for one, _ in pairs], [other for _, other in pairs])
    assert found.p == pytest.approx(min(1.0, exact), abs=1e-12)
    assert (found.wins, found.ties, found.losses) == (
        sum(gain > 0 for gain in gains),
        sum(gain == 0 for gain in gains),
        sum(gain < 0 for gain in gains),
    )


def test_many_changes_are_sampled_the_same_way_each_time():
    first, second = [0.0] * 40, [1.0] * 30 + [0.0] * 10
    assert compare_paired(first, second) == compare_paired(first, second)
    assert compare_paired(first, second).p < 0.001


def test_equal_systems_do_not_differ():
    assert compare_paired([1.0, 0.0], [1.0, 0.0]).p == 1.0
    assert compare_paired([0.0, 0.0], [1.0, 0.0]).p == 1.0


def test_an_interval_holds_its_mean():
    low, high = mean_interval([0.0, 1.0, 1.0, 1.0])
    assert 0 <= low <= 0.75 <= high <= 1
    assert mean_interval([1.0, 1.0]) == (1.0, 1.0)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="non-empty"):
        compare_paired([], [])
    with pytest.raises(ValueError, match="equal"):
        compare_paired([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="at least one"):
        mean_interval([])

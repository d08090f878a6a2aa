"""How sure a figure is: intervals of shares and means, and whether two systems differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Fixed, so that the same figures give the same report.
_SEED = 20200723
_RESAMPLES = 9999  # of the paired test
_DRAWS = 2000  # of an interval
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Paired:
    """Two systems on the same queries: how often each is better, and how likely by chance.

    `difference` is the second's mean less the first's; `p` the two-sided p of a paired
    randomisation test.
    """

    wins: int
    ties: int
    losses: int
    difference: float
    p: float


def share_interval(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share.

    :raises ValueError: `total` is not positive, or `right` lies outside it.
    """
    from scipy.stats import binomtest

    found = binomtest(right, total).proportion_ci(_LEVEL, method="wilson")
    return float(found.low), float(found.high)


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a mean over queries.

    :raises ValueError: there are no values.
    """
    if not values:
        raise ValueError("an interval needs at least one value")
    data = np.asarray(values, np.float64)
    picks = np.random.default_rng(_SEED).integers(0, len(data), (_DRAWS, len(data)))
    low, high = np.quantile(data[picks].mean(axis=1), [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)


def compare_paired(first: Sequence[float], second: Sequence[float]) -> Paired:
    """Compare the second system with the first on the same queries, in the same order.

    :raises ValueError: the sequences are empty or of different lengths.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"need two equal, non-empty sequences, got {len(first)} and {len(second)}")
    gains = np.asarray(second, np.float64) - np.asarray(first, np.float64)
    wins, losses = int((gains > 0).sum()), int((gains < 0).sum())
    return Paired(wins, len(gains) - wins - losses, losses, float(gains.mean()), _p(gains))


def _p(gains: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    changed = gains[gains != 0]
    if len(changed) < 2:
        return 1.0  # one change is as likely one way as the other
    from scipy.stats import permutation_test

    # Ties change nothing under a flip of sign, so only what differs is resampled.
    found = permutation_test(
        (changed,),
        lambda sample, axis: sample.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=1000,
        rng=np.random.default_rng(_SEED),
    )
    return float(found.pvalue)

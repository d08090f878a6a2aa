"""Two texts compared exactly: how much of each is in the other, and what reads otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.duplicates.forms import GRAM, Form

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.duplicates.forms import Places

# A synonym put for a word leaves a hole of at most so many characters between shared runs; where
# plans of two offices share their boilerplate, whole paragraphs differ.
_HOLE = 16
# The chain of shared places is found among at most so many stretches, the longest.
_STRETCHES = 1500


@dataclass(frozen=True, slots=True)
class Overlap:
    """The share of all runs that both texts have, and the share of each that is in the other.

    `reach` is how much of each text the shared runs span, holes of a few characters included:
    near 1 for a reworded or an abridged text. `smaller` is the length of the shorter one,
    `length` how many times as long as the second the first is.
    """

    jaccard: float
    containment: tuple[float, float]
    reach: tuple[float, float]
    smaller: int
    length: float


@dataclass(frozen=True, slots=True)
class Change:
    """What reads otherwise: folded characters of the first text, and those of the second."""

    first: tuple[int, int]
    second: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """The places two texts share, in the order of both: beginnings of runs in each."""

    first: Form
    second: Form
    starts: tuple[Places, Places]

    def reach(self) -> tuple[float, float]:
        """How much of each text the places span that both go through in one order.

        The frame of a table, repeated in every row, is none of them.
        """
        return _spanned(self.first, self.starts[0]), _spanned(self.second, self.starts[1])

    def changes(self) -> list[Change]:
        """What reads otherwise between the shared places."""
        here, there = self.starts
        mine, other = self.first.chars(), self.second.chars()
        steps = np.flatnonzero((np.diff(here) != 1) | (np.diff(there) != 1))
        bounds = (here[steps], here[steps + 1], there[steps], there[steps + 1])
        found = []
        for start, end, place, stop in zip(*(bound.tolist() for bound in bounds), strict=True):
            done = min(GRAM, end - start, stop - place)
            change = _trimmed(mine, other, (start + done, end), (place + done, stop))
            if change:
                found.append(change)
        return found

    def counterpart(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the second text tells what the first does in a range of its folded characters.

        None where no shared place is near on both sides.
        """
        here = self.starts[0]
        if not len(here) or end <= start:
            return None
        left = int(np.searchsorted(here, start, side="right")) - 1
        right = int(np.searchsorted(here, end - GRAM, side="left"))
        begin = self._beginning(left, start)
        finish = self._finish(right, end)
        if begin is None or finish is None or finish <= begin:
            return None
        return begin, finish

    def _beginning(self, left: int, start: int) -> int | None:
        here, there = self.starts
        if left >= 0 and start - here[left] < GRAM:
            return int(there[left] + start - here[left])
        following = left + 1
        if following >= len(here) or here[following] - start > _HOLE:
            return None
        before = int(there[left]) + GRAM if left >= 0 else 0
        return max(before, int(there[following] - (here[following] - start)))

    def _finish(self, right: int, end: int) -> int | None:
        here, there = self.starts
        if right < len(here) and end > here[right]:
            return int(there[right] + end - here[right])
        if right == 0 or end - (here[right - 1] + GRAM) > _HOLE:
            return None
        after = int(there[right]) if right < len(here) else len(self.second.codes)
        return min(after, int(there[right - 1] + end - here[right - 1]))


def overlap(first: Form, second: Form) -> Overlap:
    """Compare two texts by all their runs."""
    common = np.intersect1d(first.kinds, second.kinds, assume_unique=True)
    union = len(first.kinds) + len(second.kinds) - len(common)
    return Overlap(
        jaccard=len(common) / max(1, union),
        containment=(
            len(common) / max(1, len(first.kinds)),
            len(common) / max(1, len(second.kinds)),
        ),
        reach=(_reach(first, common), _reach(second, common)),
        smaller=min(len(first.codes), len(second.codes)),
        length=len(first.codes) / max(1, len(second.codes)),
    )


def _reach(form: Form, common: NDArray[np.uint64]) -> float:
    if not len(common):
        return 0.0
    # Sorted among sorted: looking runs up in the order of the text takes ten times as long.
    grams = form.grams[form.order]
    where = np.minimum(np.searchsorted(common, grams), len(common) - 1)
    return _spanned(form, np.sort(form.order[common[where] == grams]))


def _spanned(form: Form, starts: Places) -> float:
    """The share of a text that runs beginning at some places span, small holes included."""
    if not len(starts):
        return 0.0
    steps = np.diff(starts)
    spanned = GRAM + np.where(steps <= GRAM + _HOLE, steps, GRAM).sum()
    return float(spanned / len(form.codes))


def align(first: Form, second: Form) -> Alignment:
    """Find the places that two texts share, in an order that holds in both."""
    here, there = _unique_places(first), _unique_places(second)
    _, left, right = np.intersect1d(here[0], there[0], assume_unique=True, return_indices=True)
    starts, others = here[1][left], there[1][right]
    order = np.argsort(starts)
    starts, others = starts[order], others[order]
    kept = _in_order(starts, others)
    return Alignment(first, second, (starts[kept], others[kept]))


def _unique_places(form: Form) -> tuple[NDArray[np.uint64], Places]:
    """The runs that stand in a text once, and where."""
    grams = form.grams[form.order]
    other = np.ones(len(grams) + 1, np.bool_)
    other[1:-1] = grams[1:] != grams[:-1]
    once = other[:-1] & other[1:]
    return grams[once], form.order[once]


def _in_order(starts: Places, others: Places) -> NDArray[np.bool_]:
    """Keep the heaviest chain of stretches on which both texts go forward together."""
    if not len(starts):
        return np.zeros(0, np.bool_)
    breaks = np.flatnonzero(np.diff(others - starts)) + 1
    bounds = np.concatenate([[0], breaks, [len(starts)]])
    weights = np.diff(bounds)
    stretches = np.arange(len(weights))
    if len(stretches) > _STRETCHES:
        stretches = np.sort(np.argsort(-weights, kind="stable")[:_STRETCHES])
    begins = others[bounds[stretches]]
    ends = others[bounds[stretches + 1] - 1]
    kept = np.zeros(len(starts), np.bool_)
    for index in _heaviest_chain(begins, ends, weights[stretches]):
        kept[bounds[stretches[index]] : bounds[stretches[index] + 1]] = True
    return kept


def _heaviest_chain(begins: Places, ends: Places, weights: Places) -> list[int]:
    """Indices of the heaviest chain in which each begins after the one before has ended."""
    totals = np.zeros(len(weights), np.int64)
    before = np.full(len(weights), -1, np.int64)
    for index in range(len(weights)):
        totals[index] = weights[index]
        fitting = np.where(ends[:index] < begins[index], totals[:index], 0)
        if index and (best := int(fitting.argmax())) >= 0 and fitting[best]:
            totals[index] += fitting[best]
            before[index] = best
    chain = [int(totals.argmax())]
    while before[chain[-1]] >= 0:
        chain.append(int(before[chain[-1]]))
    return chain[::-1]


def _trimmed(mine: str, other: str, here: tuple[int, int], there: tuple[int, int]) -> Change | None:
    """A change without what both texts have at its ends; None where nothing is left of it."""
    (start, end), (begin, stop) = here, there
    while start < end and begin < stop and mine[start] == other[begin]:
        start, begin = start + 1, begin + 1
    while start < end and begin < stop and mine[end - 1] == other[stop - 1]:
        end, stop = end - 1, stop - 1
    return Change((start, end), (begin, stop)) if start < end or begin < stop else None

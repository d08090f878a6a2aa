"""Infers how a PDF's font moved its characters, from a text that it corrupted.

Where consecutive glyphs of a subset font are written as one range, their code points are counted up
from the first: 三上下不与专 reads 三上下丌不与. So the observed characters, sorted, form runs; in a
run each stands for a character 0 to 24 places on, further on never by less, the first for
itself, and the order stays. What a character stands for is the shift that its neighbours
make likely and the runs allow: a hidden chain over the sorted characters, solved together with the
text by turns (the neighbours' own shifts are taken at the odds of the turn before).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.repairs.language import Floats, Ints, Language, code_points

SHIFTS = 25
_TURNS = 6
# Odds of the chain, set on corrupted copies of clean text (eval.text.glyphs).
_IN_RUN = 0.25
_GAP = 0.25  # for each character of a run that the text at hand does not hold
_ORPHAN = 1e-6  # a run whose head the text does not hold
_GROWTH = -0.2
_OUT_OF_ORDER = -10.0
_SAME_TWICE = -7.0
_NEVER = -60.0
_FAR = 60
# Neighbours say the same thing again and again; from this many on they count no further.
_ENOUGH = 3.0
_EVIDENCE_WEIGHT = 0.8
# A stranger to clean text stands for itself this much more often than its rarity says.
_SELF = 20.0
HAN_FIRST, HAN_LAST = 0x4E00, 0x9FFF

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Guess:
    """What one observed character stands for: how often seen, and how much likelier (nats)."""

    wrong: str
    right: str
    occurrences: int
    gain: float


@dataclass(frozen=True, slots=True)
class _Block:
    """The distinct characters of a text and the pairs that stand side by side in it."""

    codes: Ints
    symbols: Ints
    is_han: NDArray[np.bool_]
    left: Ints
    right: Ints
    times: Ints
    occurrences: Ints


def infer_mapping(text: str, language: Language, following: Floats, prior: Floats) -> list[Guess]:
    """Guess which characters of `text` stand for others; `prior` (code point, shift) in nats."""
    block = _block(text, language)
    han = np.flatnonzero(block.is_han)
    if len(han) < 2:
        return []
    codes, occurrences = block.codes[han], block.occurrences[han]
    pairs = following[block.symbols[block.left][:, :, None], block.symbols[block.right][:, None, :]]
    odds = _first_odds(block, language)
    damping = _EVIDENCE_WEIGHT / (1 + occurrences / _ENOUGH)
    chain = _Chain(codes)
    unknown = block.symbols[han] == language.unknown
    unknown[:, 0] = False
    path, evidence = np.zeros(len(han), np.int64), np.zeros((len(han), SHIFTS))
    for _ in range(_TURNS):
        evidence = _evidence(block, pairs, odds)[han]
        evidence -= evidence[:, :1]
        evidence[unknown] = -1e4
        weighed = evidence * damping[:, None] + prior[codes - HAN_FIRST]
        odds[han], path = chain.solve(weighed)
    return [
        Guess(
            chr(codes[place]),
            chr(codes[place] + path[place]),
            int(occurrences[place]),
            float(evidence[place, path[place]]),
        )
        for place in np.flatnonzero(path)
    ]


def _block(text: str, language: Language) -> _Block:
    codes, row = np.unique(code_points(text), return_inverse=True)
    size = len(codes)
    keys, times = np.unique(row[:-1] * size + row[1:], return_counts=True)
    is_han = (codes >= HAN_FIRST) & (codes <= HAN_LAST)
    candidates = np.minimum(codes[:, None] + np.arange(SHIFTS) * is_han[:, None], 0xFFFF)
    return _Block(
        codes,
        language.symbol_of[candidates],
        is_han,
        keys // size,
        keys % size,
        times,
        np.bincount(row, minlength=size),
    )


def _first_odds(block: _Block, language: Language) -> Floats:
    odds = language.shares()[block.symbols]
    odds[:, 0] *= _SELF
    odds /= odds.sum(axis=1, keepdims=True)
    odds[~block.is_han] = 0
    odds[~block.is_han, 0] = 1
    return odds.astype(np.float32)


def _evidence(block: _Block, pairs: Floats, odds: Floats) -> Doubles:
    """How likely all neighbours of each character are, for each of its shifts (logarithm)."""
    evidence = np.zeros(odds.shape)
    of_right = np.log(np.matmul(odds[block.left][:, None, :], pairs)[:, 0] + 1e-12)
    np.add.at(evidence, block.right, of_right * block.times[:, None])
    of_left = np.log(np.matmul(pairs, odds[block.right][:, :, None])[:, :, 0] + 1e-12)
    np.add.at(evidence, block.left, of_left * block.times[:, None])
    return evidence


class _Chain:
    """The shifts of the sorted characters, each given the one before."""

    def __init__(self, codes: Ints) -> None:
        self._steps = [_step(int(distance)) for distance in np.minimum(np.diff(codes), _FAR)]
        self._first = np.full(SHIFTS, np.log(_ORPHAN / (SHIFTS - 1)))
        self._first[0] = np.log(1 - _IN_RUN)

    def solve(self, evidence: Doubles) -> tuple[Doubles, Ints]:
        """The odds of each shift, and the likeliest shifts together."""
        size = len(evidence)
        forward, best = np.empty_like(evidence), np.empty_like(evidence)
        back = np.zeros((size, SHIFTS), np.int64)
        forward[0] = best[0] = self._first + evidence[0]
        for place, step in enumerate(self._steps, 1):
            forward[place] = _log_sum(forward[place - 1][:, None] + step, 0) + evidence[place]
            reached = best[place - 1][:, None] + step
            back[place] = reached.argmax(axis=0)
            best[place] = reached.max(axis=0) + evidence[place]
        backward = np.zeros_like(evidence)
        for place in range(size - 2, -1, -1):
            ahead = evidence[place + 1] + backward[place + 1]
            backward[place] = _log_sum(self._steps[place] + ahead[None, :], 1)
        odds = forward + backward
        odds = np.exp(odds - odds.max(axis=1, keepdims=True))
        path = np.zeros(size, np.int64)
        path[-1] = best[-1].argmax()
        for place in range(size - 1, 0, -1):
            path[place - 1] = back[place, path[place]]
        return odds / odds.sum(axis=1, keepdims=True), path


def _step(distance: int) -> Doubles:
    """Log odds of a shift (column) `distance` code points after a character's shift (row)."""
    before, after = np.arange(SHIFTS)[:, None], np.arange(SHIFTS)[None, :]
    in_run = np.log(_IN_RUN) + (distance - 1) * np.log(_GAP) + _GROWTH * (after - before)
    in_run = np.where((after >= before) & (after > 0), in_run, _NEVER)
    step = np.logaddexp(in_run, np.log(_ORPHAN / (SHIFTS - 1)))
    step[:, 0] = np.log(1 - _IN_RUN)
    ahead = distance + after - before
    step += np.where(ahead < 0, _OUT_OF_ORDER, np.where(ahead == 0, _SAME_TWICE, 0.0))
    result: Doubles = step
    return result


def _log_sum(values: Doubles, axis: int) -> Doubles:
    most = values.max(axis=axis)
    spread = np.exp(values - np.expand_dims(most, axis)).sum(axis=axis)
    result: Doubles = most + np.log(spread)
    return result

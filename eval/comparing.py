"""Two results on the same questions: which is better, how surely, and which questions changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.errors import SettingsError
from eval.measures import MEASURES
from eval.results import Result
from eval.statistics import Paired, compare_paired

# What decides whether a question changed for a search.
_TOLD = "mrr@10"
_RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Change:
    """A question that came out otherwise; `before` and `after` are what was answered."""

    id: str
    text: str
    fell: bool
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second result beside the first, on the questions that both have."""

    first: Result
    second: Result
    measures: Mapping[str, Paired]
    means: Mapping[str, tuple[float, float]]
    changes: tuple[Change, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def compare(first: Result, second: Result) -> Comparison:
    """Compare two results.

    :raises SettingsError: they have no question in common, or only one is of answers.
    """
    if first.of_answers != second.of_answers:
        raise SettingsError("问答的结果不能与检索的结果比较")
    common = [one for one in first.questions if one in second.questions]
    if not common:
        raise SettingsError(f"{first.file_name} 与 {second.file_name} 没有共同的问题")
    measures, means = {}, {}
    for name in [_RIGHT] if first.of_answers else list(MEASURES):
        one = [float(first.questions[query][name]) for query in common]
        other = [float(second.questions[query][name]) for query in common]
        measures[name] = compare_paired(one, other)
        means[name] = sum(one) / len(one), sum(other) / len(other)
    told = _RIGHT if first.of_answers else _TOLD
    changes = (_change(query, first, second, told) for query in common)
    return Comparison(
        first=first,
        second=second,
        measures=measures,
        means=means,
        changes=tuple(change for change in changes if change),
        only_first=tuple(one for one in first.questions if one not in second.questions),
        only_second=tuple(one for one in second.questions if one not in first.questions),
    )


def _change(query: str, first: Result, second: Result, told: str) -> Change | None:
    before, after = first.questions[query], second.questions[query]
    if before[told] == after[told]:
        return None
    return Change(
        id=query,
        text=after["text"],
        fell=after[told] < before[told],
        before=_answer(before),
        after=_answer(after),
        why=after.get("why") or f"{told} {before[told]:.2f} → {after[told]:.2f}"
        if told != _RIGHT
        else after["why"],
    )


def _answer(question: Mapping[str, Any]) -> str:
    return str(question["said"] if "said" in question else question["first"])

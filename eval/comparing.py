"""Two results on the same questions: which is better, how surely, and which questions changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.errors import SettingsError
from eval.measures import MEASURES
from eval.results import Result
from eval.statistics import Paired, compare_paired

# What is nearer than this differs by rounding alone.
_SAME = 1e-9
_ACCURACY, _RANK = "accuracy", "mrr@10"
# The measures of answers, and what is kept of a question for each.
ANSWERED = {
    "accuracy": "right",
    "citation_exactness": "exact",
    "passage_cited": "cited",
    "list_completeness": "complete",
    "answer@60": "brief",
    "abstention_precision": "refused",
    "abstention_recall": "refused",
}


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
    if not any(query in second.questions for query in first.questions):
        raise SettingsError(f"{first.file_name} 与 {second.file_name} 没有共同的问题")
    measures, means = {}, {}
    for name in ANSWERED if first.of_answers else MEASURES:
        pairs = list(_pairs(first, second, name).values())
        if pairs:
            one, other = ([pair[place] for pair in pairs] for place in (0, 1))
            measures[name] = compare_paired(one, other)
            means[name] = sum(one) / len(one), sum(other) / len(other)
    return Comparison(
        first=first,
        second=second,
        measures=measures,
        means=means,
        changes=tuple(changes(first, second, _ACCURACY if first.of_answers else _RANK)),
        only_first=tuple(one for one in first.questions if one not in second.questions),
        only_second=tuple(one for one in second.questions if one not in first.questions),
    )


def changes(first: Result, second: Result, measure: str) -> Iterator[Change]:
    """Yield the questions that a measure tells to have changed."""
    for query, (one, other) in _pairs(first, second, measure).items():
        if one == other:
            continue
        before, after = first.questions[query], second.questions[query]
        why = str(after.get("why") or "")
        if measure != _ACCURACY:
            why = f"{measure} {one:.2f} → {other:.2f}"
        yield Change(query, after["text"], other < one, _answer(before), _answer(after), why)


def _pairs(first: Result, second: Result, measure: str) -> dict[str, tuple[float, float]]:
    """The values of a measure for the questions for which both results have one."""
    pairs = {}
    for query, before in first.questions.items():
        after = second.questions.get(query)
        one = value_of(before, measure)
        other = None if after is None else value_of(after, measure)
        if one is not None and other is not None:
            # What differs by rounding alone is the same.
            pairs[query] = one, one if abs(one - other) < _SAME else other
    return pairs


def value_of(question: Mapping[str, Any], measure: str) -> float | None:
    """What a question counts for in a measure, more being better; None where it does not."""
    if measure in MEASURES:
        found = question.get(measure)
    elif measure == "abstention_recall":
        found = _share(question, unanswerable=True)
    elif measure == "abstention_precision":
        wrongly = _share(question, unanswerable=False)
        found = None if wrongly is None else 1 - wrongly
    else:
        found = question.get(ANSWERED[measure])
    return None if found is None else float(found)


def _share(question: Mapping[str, Any], *, unanswerable: bool) -> float | None:
    """The share refused of the turns that have no answer, or of those that have one."""
    pairs = zip(question["refused"], question["unanswerable"], strict=True)
    refused = [was for was, should in pairs if should is unanswerable]
    return sum(refused) / len(refused) if refused else None


def _answer(question: Mapping[str, Any]) -> str:
    return str(question["said"] if "said" in question else question["first"])

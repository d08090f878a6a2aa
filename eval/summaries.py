"""What was measured, as rows: one a system for searches, one a kind for answers.

Rows are plain data in the words of the contract; a value that does not apply is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Any

from eval.measures import means, per_query
from eval.measuring import percentile
from eval.question_set import STYLES
from eval.records import Measured, Queries, QuestionKind, Verdict
from eval.statistics import share_interval

Row = dict[str, Any]
ALL = "all"
ASK = "ask"
_DIGITS = 12  # finer than any difference that matters; equal on every machine


def search_rows(measured: Measured, queries: Queries) -> list[Row]:
    """Return the row of all queries, then one for each kind and style of question."""
    values = per_query(measured.run, queries.qrels)
    first = {
        "set": queries.name,
        "system": measured.system,
        "group": ALL,
        "queries": len(queries.qrels),
        "timed": len(measured.latencies_ms),
        "passages": measured.passages,
        **_rounded(means(values)),
        "index_s": None if measured.index_s is None else round(measured.index_s, 3),
        "p50_ms": round(percentile(measured.latencies_ms, 50), 3),
        "p99_ms": round(percentile(measured.latencies_ms, 99), 3),
        "rss_mb": round(measured.rss_mb, 1),
    }
    return [first, *_group_rows(measured.system, values, queries)]


def _group_rows(
    system: str, values: dict[str, dict[str, float]], queries: Queries
) -> Iterable[Row]:
    for group in _in_order({group for each in queries.groups.values() for group in each}):
        chosen = [query for query, groups in queries.groups.items() if group in groups]
        part = {name: {query: each[query] for query in chosen} for name, each in values.items()}
        yield {
            "set": queries.name,
            "system": system,
            "group": group,
            "queries": len(chosen),
            **_rounded(means(part)),
        }


def answer_rows(name: str, verdicts: Sequence[Verdict]) -> list[Row]:
    """Return the row of all questions of a set, then one for each kind, then for each style."""
    groups = {ALL: list(verdicts)}
    groups |= {kind.value: [one for one in verdicts if one.kind is kind] for kind in QuestionKind}
    groups |= {style: [one for one in verdicts if style in one.styles] for style in STYLES}
    return [_answer_row(name, group, chosen) for group, chosen in groups.items() if chosen]


def _answer_row(name: str, group: str, verdicts: Sequence[Verdict]) -> Row:
    right = sum(one.right for one in verdicts)
    low, high = share_interval(right, len(verdicts))
    turns = [pair for one in verdicts for pair in zip(one.refused, one.unanswerable, strict=True)]
    refused = [unanswerable for was_refused, unanswerable in turns if was_refused]
    elapsed = [time for one in verdicts for time in one.elapsed_ms]
    return {
        "set": name,
        "system": ASK,
        "group": group,
        "questions": len(verdicts),
        "right": right,
        "accuracy": _round(right / len(verdicts)),
        "accuracy_low": _round(low),
        "accuracy_high": _round(high),
        "citation_exactness": _share(one.exact for one in verdicts),
        "passage_cited": _share(one.cited for one in verdicts),
        "list_completeness": _share(one.complete for one in verdicts),
        "answer@60": _share(one.brief for one in verdicts),
        "abstained": len(refused),
        # Of one kind it is 0 or 1, whatever the product does.
        "abstention_precision": _share(refused) if group == ALL else None,
        "abstention_recall": _share(was for was, unanswerable in turns if unanswerable),
        "p50_ms": round(percentile(elapsed, 50), 3),
        "p99_ms": round(percentile(elapsed, 99), 3),
    }


def _share(values: Iterable[bool | float | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return _round(fmean(known)) if known else None


def _in_order(groups: set[str]) -> list[str]:
    """Kinds, then styles, each in the order of their definition."""
    return [group for group in (*QuestionKind, *STYLES) if group in groups]


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: _round(value) for name, value in values.items()}


def _round(value: float) -> float:
    return round(value, _DIGITS)

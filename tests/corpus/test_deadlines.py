from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.deadlines.dates import find_moments
from corpus.deadlines.reading import find_milestones, read_deadline
from corpus.numerals import number_value
from corpus.records import Deadline, DeadlineKind

CASES = json.loads((Path(__file__).parents[1] / "cases" / "deadlines.json").read_text("utf-8"))
DATE_WORDS = st.text(
    alphabet="二〇一五十年月日底前每季度周内至到起第上半中旬、,。(（《120369 ", max_size=30
)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _given(case: dict) -> dict:
    return {"base": _date(case.get("base", CASES["base"])), "hint": _date(case.get("hint"))}


def _said(item: Deadline) -> dict:
    said = {"text": item.text, "kind": item.kind.value}
    if item.due:
        said["due"] = item.due.isoformat()
    if item.recurrence:
        said["recurrence"] = item.recurrence
    if item.quantity:
        said["quantity"] = item.quantity
    return said


@pytest.mark.parametrize("case", CASES["values"], ids=lambda case: case["text"] or "empty")
def test_a_deadline_value_says_what_it_says(case):
    found = read_deadline(case["text"], 0, "d", **_given(case))
    if case["kind"] is None:
        assert found is None
    else:
        expected = {key: case[key] for key in ("text", "kind", "due", "recurrence") if key in case}
        assert found is not None
        assert _said(found) == expected


@pytest.mark.parametrize("case", CASES["milestones"], ids=lambda case: case["text"][:20])
def test_milestones_are_found_and_nothing_else(case):
    found = find_milestones(case["text"], 0, "d", **_given(case))
    assert [_said(item) for item in found] == case["expect"]


def test_the_span_is_the_value_without_spaces_and_full_stop():
    found = read_deadline("  2022年年底。\n", 100, "d", base=None)
    assert found is not None
    assert (found.text, found.span.start, found.span.end) == ("2022年年底", 102, 109)


def test_spans_of_milestones_are_verbatim():
    text = "准备。2021年底前完成总改造任务的80%,"
    (found,) = find_milestones(text, 1000, "d", base=None)
    assert text[found.span.start - 1000 : found.span.end - 1000] == found.text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("十", 10),
        ("十二", 12),
        ("三十一", 31),
        ("二〇二五", 2025),
        ("两", 2),
        ("１２", 12),
    ],
)
def test_numerals_are_read(text, value):
    assert number_value(text) == value


@given(DATE_WORDS, st.sampled_from([None, date(2020, 7, 23)]))
def test_any_mixture_of_date_words_is_read_without_an_error(text, base):
    for item in (read_deadline(text, 0, "d", base=base), *find_milestones(text, 0, "d", base=base)):
        if item:
            assert text[item.span.start : item.span.end] == item.text
            assert (item.due is not None) == (item.kind is DeadlineKind.FIXED)
            assert (item.recurrence is not None) == (item.kind is DeadlineKind.RECURRING)
    for moment in find_moments(text, base=base):
        assert 0 <= moment.start < moment.end <= len(text)

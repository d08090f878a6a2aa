from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from chinese_calendar.constants import holidays
from hypothesis import given
from hypothesis import strategies as st

from corpus.deadlines.dates import find_moments
from corpus.deadlines.feasts import feast_day
from corpus.deadlines.reading import find_milestones, read_deadline
from corpus.deadlines.shapes import SHAPES
from corpus.deadlines.terms import EVENT, LATER, TERM
from corpus.numerals import number_value
from corpus.records import Deadline, DeadlineKind

CASES = json.loads((Path(__file__).parents[1] / "cases" / "deadlines.json").read_text("utf-8"))
DATE_WORDS = st.text(
    alphabet="二〇一五十年月日底前每季度周内至到起第上半中旬、,。(（《120369 ", max_size=30
)
WORDS_OF_DATES = re.findall(
    "[^/]+",
    "2020 年/8/月/底/前/年底/31/日/、/本/下/半年/上/第/三/季度/“/十四五/”/末/春节/国庆/节/之/内/6"
    "/个月/自/起/收到/后/,/完成/　/每/24时/（星期一）/./-/12/２０２０",
)
PIECES = st.lists(st.sampled_from(WORDS_OF_DATES), max_size=40).map("".join)
FEAST_OF_HOLIDAY = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明",
    "Labour Day": "五一",
    "Dragon Boat Festival": "端午",
    "National Day": "国庆",
    "Mid-autumn Festival": "中秋",
}


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


def test_two_days_that_a_dot_comma_joins_are_two_milestones():
    text = "2020年10月30日前完成市级初验、12月15日前申请省级验收、移交。"
    found = find_milestones(text, 0, "d", base=date(2020, 7, 23))
    assert [(one.text, one.due) for one in found] == [
        ("2020年10月30日前完成市级初验", date(2020, 10, 30)),
        ("12月15日前申请省级验收、移交", date(2020, 12, 15)),
    ]


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


@pytest.mark.parametrize(
    ("text", "base", "told_by"),
    [
        ("2020年8月底前", "2020-07-23", None),
        ("8月底前", "2020-07-23", "2020-07-23"),
        ("6月底前", "2021-01-01", "2021-01-01"),
        ("今年底前", "2020-07-23", "2020-07-23"),
        ("本月底前", "2020-07-23", "2020-07-23"),
        ("春节前", "2020-07-23", "2020-07-23"),
        ("2021年春节前", "2020-07-23", None),
        ("2021年3月制定方案,8月底前", "2020-07-23", None),
        ("自2020年7月1日起6个月内", "2020-07-23", "2020-07-01"),
        ("印发之日起6个月内", "2020-07-23", None),
        ("6个月内", "2020-07-23", None),
        ("每月5日前", "2020-07-23", None),
    ],
)
def test_the_base_is_the_day_that_gave_what_is_not_written(text, base, told_by):
    found = read_deadline(text, 0, "d", base=_date(base))
    assert found is not None
    assert found.base == _date(told_by)


def test_milestones_carry_their_base():
    text = "8月底前完成排查。自2020年8月1日起3个月内完成。2020年底前完成整改。"
    found = find_milestones(text, 0, "d", base=date(2020, 7, 23))
    assert [item.base for item in found] == [date(2020, 7, 23), date(2020, 8, 1), None]


def test_feasts_fall_where_the_official_holidays_are():
    official: dict[tuple[int, str], list[date]] = {}
    for day, name in holidays.items():
        if name in FEAST_OF_HOLIDAY:
            official.setdefault((day.year, FEAST_OF_HOLIDAY[name]), []).append(day)
    assert len(official) == 148
    wrong = [
        (year, feast, feast_day(feast, year))
        for (year, feast), days in official.items()
        if not min(days) <= (feast_day(feast, year) or date.min) <= max(days)
    ]
    assert wrong == []


@given(PIECES)
def test_a_shape_is_found_near_its_sign_and_nowhere_else(text):
    for shape in (*SHAPES, TERM, EVENT, LATER):
        everywhere = [match.span() for match in shape.pattern.finditer(text)]
        assert [match.span() for match in shape.find(text)] == everywhere


def test_a_sentence_of_three_thousand_dates_is_read_in_pieces():
    text = "2020年12月底前、" * 3000
    found = find_milestones(text, 0, "d", base=date(2020, 7, 23))
    assert len(found) == 3000
    assert {item.due for item in found} == {date(2020, 12, 31)}
    assert max(len(item.text) for item in found) == 10


@pytest.mark.parametrize(
    "text", ["后年底前", "下月底前", "元旦前", "春节前", "年底前", "明年6月底前"]
)
@pytest.mark.parametrize("base", [date(9999, 12, 30), date(1, 1, 2)])
def test_years_at_the_end_of_the_calendar_are_no_error(text, base):
    assert read_deadline(text, 0, "d", base=base) is not None

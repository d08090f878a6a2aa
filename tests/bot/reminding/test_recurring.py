from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reminding.recurring import due_dates, period_days


def d(text):
    return date.fromisoformat(text)


def between(rule, after, until, anchor="2019-01-01"):
    found = due_dates(rule, after=d(after), until=d(until), anchor=d(anchor))
    return [str(day) for day in found]


@pytest.mark.parametrize(
    ("rule", "after", "until", "expect"),
    [
        (
            "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-1",
            "2024-06-30",
            "2026-06-30",
            ["2025-06-30", "2026-06-30"],
        ),
        ("FREQ=YEARLY;BYMONTH=6", "2025-06-30", "2026-12-31", ["2026-06-30"]),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1",
            "2026-01-01",
            "2026-04-01",
            ["2026-02-01", "2026-03-01", "2026-04-01"],
        ),
        (
            "FREQ=MONTHLY",
            "2026-01-30",
            "2026-04-29",
            ["2026-01-31", "2026-02-28", "2026-03-31"],
        ),
        ("FREQ=MONTHLY", "2024-02-01", "2024-03-01", ["2024-02-29"]),
        (
            "FREQ=MONTHLY;INTERVAL=3",
            "2025-12-31",
            "2026-12-31",
            ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"],
        ),
        ("FREQ=MONTHLY;INTERVAL=6", "2025-12-31", "2026-12-31", ["2026-06-30", "2026-12-31"]),
        ("FREQ=MONTHLY;INTERVAL=2", "2025-12-31", "2026-04-30", ["2026-02-28", "2026-04-30"]),
        ("FREQ=YEARLY", "2025-01-01", "2026-12-31", ["2025-12-31", "2026-12-31"]),
        ("FREQ=WEEKLY", "2026-07-01", "2026-07-12", ["2026-07-05", "2026-07-12"]),  # Sundays
        (
            "FREQ=WEEKLY;BYDAY=MO,FR",
            "2026-07-01",
            "2026-07-12",
            ["2026-07-03", "2026-07-06", "2026-07-10"],
        ),
        ("FREQ=DAILY", "2026-02-27", "2026-03-01", ["2026-02-28", "2026-03-01"]),
        (
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "2026-01-01",
            "2026-04-30",
            ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"],
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=29,30",
            "2026-02-01",
            "2026-03-31",
            ["2026-02-28", "2026-03-29", "2026-03-30"],
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=-31", "2026-02-01", "2026-03-02", ["2026-03-01"]),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
            "2023-01-01",
            "2026-12-31",
            ["2023-02-28", "2024-02-29", "2025-02-28", "2026-02-28"],
        ),
        (
            "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=10,-1",
            "2026-01-01",
            "2026-12-31",
            ["2026-03-10", "2026-03-31", "2026-09-10", "2026-09-30"],
        ),
        ("FREQ=MONTHLY;BYMONTH=2,6", "2026-01-01", "2026-12-31", ["2026-02-28", "2026-06-30"]),
        ("FREQ=YEARLY;BYMONTHDAY=5", "2026-01-05", "2026-03-05", ["2026-02-05", "2026-03-05"]),
    ],
)
def test_due_days(rule, after, until, expect):
    assert between(rule, after, until) == expect


def test_failure_23_the_31st_is_the_last_day_of_every_month():
    assert between("FREQ=MONTHLY;BYMONTHDAY=31", "2027-10-31", "2028-06-30") == [
        "2027-11-30",
        "2027-12-31",
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
        "2028-05-31",
        "2028-06-30",
    ]


def test_failure_23_the_29th_of_february_is_the_28th_in_a_common_year():
    rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"
    assert between(rule, "2026-12-31", "2032-12-31") == [
        "2027-02-28",
        "2028-02-29",
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-29",
    ]


@pytest.mark.parametrize(
    ("rule", "anchor", "until", "expect"),
    [
        # With days named: from the anchor's own period, as RFC 5545 counts.
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=25", "2026-01-26", "2026-05-31", ["2026-03-25", "2026-05-25"]),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=6;BYMONTHDAY=-1", "2025-07-01", "2029-12-31", ["2027-06-30", "2029-06-30"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2026-07-01", "2026-07-31", ["2026-07-03", "2026-07-17", "2026-07-31"]),
        # Without: the end of each whole period.
        ("FREQ=WEEKLY;INTERVAL=2", "2026-07-01", "2026-07-31", ["2026-07-12", "2026-07-26"]),
        ("FREQ=DAILY;INTERVAL=10", "2026-07-01", "2026-07-31", ["2026-07-10", "2026-07-20", "2026-07-30"]),
        ("FREQ=YEARLY;INTERVAL=2", "2025-07-01", "2029-12-31", ["2026-12-31", "2028-12-31"]),
        ("FREQ=MONTHLY;INTERVAL=5", "2026-03-15", "2026-12-31", ["2026-07-31", "2026-12-31"]),
        ("FREQ=MONTHLY;INTERVAL=3", "2026-05-20", "2026-09-30", ["2026-06-30", "2026-09-30"]),
    ],
)  # fmt: skip
def test_intervals_count_from_the_anchor(rule, anchor, until, expect):
    assert between(rule, "2025-01-01", until, anchor) == expect


def test_a_window_far_from_the_anchor_keeps_the_interval_s_phase():
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"
    whole = between(rule, "1999-12-31", "2030-12-31", "2000-01-05")
    assert between(rule, "2029-11-30", "2030-12-31", "2000-01-05") == [
        day for day in whole if day > "2029-11-30"
    ]


def test_nothing_is_due_before_the_anchor_or_in_an_empty_window():
    assert between("FREQ=MONTHLY", "2026-01-01", "2026-03-31", "2026-02-28") == [
        "2026-02-28",
        "2026-03-31",
    ]
    assert between("FREQ=MONTHLY", "2026-01-31", "2026-01-31") == []
    assert between("FREQ=MONTHLY", "2026-05-31", "2026-01-31") == []
    assert between("FREQ=DAILY", "2026-01-01", "2026-01-31", "2027-01-01") == []


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY", 1),
        ("FREQ=DAILY;INTERVAL=3", 3),
        ("FREQ=WEEKLY", 7),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", 2),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 1),
        ("FREQ=MONTHLY", 30),
        ("FREQ=MONTHLY;BYMONTHDAY=10,25", 15),
        ("FREQ=MONTHLY;INTERVAL=3", 91),
        ("FREQ=MONTHLY;INTERVAL=6", 182),
        ("FREQ=MONTHLY;BYMONTH=3,9", 182),
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", 91),
        ("FREQ=YEARLY;BYMONTHDAY=5", 30),
        ("FREQ=YEARLY", 365),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-1", 365),
        ("FREQ=YEARLY;INTERVAL=2", 730),
        ("freq=monthly", 30),
    ],
)
def test_the_length_of_a_period(rule, days):
    assert period_days(rule) == days


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("", "cannot read ''"),
        ("每月", "cannot read '每月'"),
        ("FREQ=", "cannot read 'FREQ='"),
        ("FREQ=HOURLY", "no FREQ of DAILY, WEEKLY, MONTHLY, YEARLY in the rule 'FREQ=HOURLY'"),
        ("BYMONTH=6", "no FREQ"),
        ("FREQ=MONTHLY;FREQ=WEEKLY", "cannot read 'FREQ=WEEKLY'"),
        ("FREQ=MONTHLY;INTERVAL=0", "'0' is out of range"),
        ("FREQ=MONTHLY;INTERVAL=1000", "'1000' is out of range"),
        ("FREQ=MONTHLY;INTERVAL=2,3", "'2,3' is out of range"),
        ("FREQ=MONTHLY;INTERVAL=X", "'X' is not made of numbers"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "'32' is out of range"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "no day 0"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,,2", "not made of numbers"),
        ("FREQ=YEARLY;BYMONTH=13", "'13' is out of range"),
        ("FREQ=MONTHLY;BYDAY=1MO", "BYDAY cannot be used"),
        ("FREQ=WEEKLY;BYDAY=XX", "XX is no weekday"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY cannot be used"),
        ("FREQ=DAILY;COUNT=3", "COUNT cannot be used"),
    ],
)
def test_bad_rules_are_errors_that_say_what_is_bad(rule, message):
    with pytest.raises(ValueError, match=message):
        period_days(rule)
    with pytest.raises(ValueError, match=message):
        due_dates(rule, after=d("2026-01-01"), until=d("2026-12-31"), anchor=d("2026-01-01"))


@st.composite
def rfc_rules(draw):
    """Rules whose every month has the day: on these RFC 5545 and this project agree."""
    days = draw(st.lists(st.sampled_from([1, 5, 15, 28, -1]), min_size=1, max_size=3, unique=True))
    months = draw(st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True))
    names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    weekdays = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    by_day = f"BYMONTHDAY={','.join(map(str, days))}"
    by_month = f"BYMONTH={','.join(map(str, months))}"
    body = draw(
        st.sampled_from(
            [
                f"FREQ=MONTHLY;{by_day}",
                f"FREQ=MONTHLY;{by_month};{by_day}",
                f"FREQ=YEARLY;{by_month};{by_day}",
                f"FREQ=WEEKLY;BYDAY={','.join(weekdays)}",
            ]
        )
    )
    return f"{body};INTERVAL={draw(st.integers(1, 5))}"


DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@settings(deadline=None)
@given(rfc_rules(), DAYS, DAYS, st.integers(0, 900))
def test_where_rfc_5545_agrees_the_days_are_those_of_dateutil(rule, anchor, after, length):
    until = after + timedelta(days=length)
    start = datetime(anchor.year, anchor.month, anchor.day)
    expected = []
    for moment in rrulestr(rule, dtstart=start):
        if moment.date() > until:
            break
        if moment.date() > after:
            expected.append(moment.date())
    assert list(due_dates(rule, after=after, until=until, anchor=anchor)) == expected


@settings(deadline=None)
@given(st.integers(28, 31), DAYS)
def test_failure_23_every_month_has_exactly_one_due_day_and_no_creep(day, anchor):
    start = anchor.replace(day=1)
    rule = f"FREQ=MONTHLY;BYMONTHDAY={day}"
    found = due_dates(rule, after=start, until=start + timedelta(days=4 * 365), anchor=start)
    months = [(due.year, due.month) for due in found]
    assert len(months) == len(set(months))
    assert months == sorted(months)
    assert len(months) >= 47
    for due in found:
        assert due.day == day or (due.day < day and (due + timedelta(days=1)).day == 1)

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reminding.workdays import OfficeHours, WorkCalendar, chinese_workday, office_instant

SHANGHAI = ZoneInfo("Asia/Shanghai")
PUBLISHED = WorkCalendar()


def d(text):
    return date.fromisoformat(text)


def at(text):
    """Shanghai wall clock as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-01", False),
        ("2026-01-04", True),  # Sunday, made up for 2 January
        ("2026-02-13", True),
        ("2026-02-14", True),  # Saturday, made up for Spring Festival
        ("2026-02-15", False),
        ("2026-02-16", False),
        ("2026-02-23", False),  # Monday, last day of Spring Festival
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-09-20", True),  # Sunday, made up for National Day
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-07-05", False),
        ("2026-07-06", True),
    ],
)
def test_the_published_calendar_knows_holidays_and_make_up_days(day, works):
    assert PUBLISHED.is_workday(d(day)) is works
    assert PUBLISHED.is_known(d(day))


def test_outside_the_published_years_weekdays_are_worked_and_marked_unknown():
    assert chinese_workday(d("2003-12-31")) is None
    assert chinese_workday(d("2027-01-01")) is None
    assert not PUBLISHED.is_known(d("2027-01-01"))
    week = [d("2027-01-01") + timedelta(days=n) for n in range(7)]  # from Friday
    assert [PUBLISHED.is_workday(day) for day in week] == [True, False, False] + [True] * 4


def test_the_office_overrides_the_published_calendar_and_settles_unknown_days():
    friday, sunday = d("2027-01-01"), d("2026-09-20")
    ours = WorkCalendar({friday: False, sunday: False})
    assert not ours.is_workday(friday)
    assert ours.is_known(friday)
    assert not ours.is_workday(sunday)
    assert ours.is_workday(d("2027-01-04"))


def test_a_calendar_keeps_the_overrides_it_was_made_with():
    overrides = {d("2026-07-06"): False}
    calendar = WorkCalendar(overrides)
    overrides.clear()
    assert not calendar.is_workday(d("2026-07-06"))


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        ("2026-07-06", "2026-07-06", "2026-07-06"),
        ("2026-07-05", "2026-07-03", "2026-07-06"),
        ("2026-02-15", "2026-02-14", "2026-02-24"),
        ("2026-02-23", "2026-02-14", "2026-02-24"),
        ("2026-10-01", "2026-09-30", "2026-10-08"),
        ("2027-01-03", "2027-01-01", "2027-01-04"),
    ],
)
def test_the_nearest_working_days(day, before, after):
    assert PUBLISHED.on_or_before(d(day)) == d(before)
    assert PUBLISHED.on_or_after(d(day)) == d(after)


@pytest.mark.parametrize(
    ("day", "count", "expect"),
    [
        ("2026-07-03", 1, "2026-07-06"),
        ("2026-07-04", 1, "2026-07-06"),
        ("2026-07-06", 5, "2026-07-13"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 2, "2026-02-24"),
    ],
)
def test_the_nth_working_day_after(day, count, expect):
    assert PUBLISHED.after(d(day), count) == d(expect)


def test_working_days_after_must_be_positive():
    with pytest.raises(ValueError, match="must be positive, got 0"):
        PUBLISHED.after(d("2026-07-03"), 0)


def test_a_calendar_without_working_days_is_an_error_and_no_endless_search():
    never = WorkCalendar(published=lambda _: False)
    with pytest.raises(ValueError, match="no working day within 100 days of 2026-07-03"):
        never.on_or_after(d("2026-07-03"))
    with pytest.raises(ValueError, match="no working day"):
        never.on_or_before(d("2026-07-03"))


def test_an_office_instant_is_utc():
    instant = office_instant(d("2026-07-06"), time(9), SHANGHAI)
    assert instant.isoformat() == "2026-07-06T01:00:00+00:00"
    summer_time = office_instant(d("1988-07-06"), time(9), SHANGHAI)
    assert summer_time.isoformat() == "1988-07-06T00:00:00+00:00"


@pytest.mark.parametrize(
    ("now", "expect"),
    [
        ("2026-07-06T09:00:00", "2026-07-06T09:00:00"),
        ("2026-07-06T12:34:56", "2026-07-06T12:34:56"),
        ("2026-07-06T17:29:59", "2026-07-06T17:29:59"),
        ("2026-07-06T17:30:00", "2026-07-07T09:00:00"),
        ("2026-07-06T08:59:59", "2026-07-06T09:00:00"),
        ("2026-07-06T00:00:00", "2026-07-06T09:00:00"),
        ("2026-07-03T23:59:00", "2026-07-06T09:00:00"),  # Friday night
        ("2026-07-04T12:00:00", "2026-07-06T09:00:00"),
        ("2026-02-14T17:30:00", "2026-02-24T09:00:00"),  # the holiday's eve
        ("2026-09-20T10:00:00", "2026-09-20T10:00:00"),  # a Sunday that is worked
    ],
)
def test_the_next_opening(now, expect):
    found = OfficeHours().next_open(at(now).astimezone(UTC), PUBLISHED)
    assert found == at(expect)
    assert found.tzinfo is UTC


def test_the_next_opening_follows_the_office_s_zone_not_that_of_the_instant():
    # 01:30 UTC is half past nine in Shanghai.
    now = datetime(2026, 7, 6, 1, 30, tzinfo=UTC)
    assert OfficeHours().next_open(now, PUBLISHED) == now
    assert OfficeHours(zone=ZoneInfo("UTC")).next_open(now, PUBLISHED) == now.replace(
        hour=9, minute=0
    )


@settings(deadline=None)
@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)))
def test_the_next_opening_is_open_not_past_and_its_own_next(now):
    hours = OfficeHours()
    found = hours.next_open(now, PUBLISHED)
    local = found.astimezone(SHANGHAI)
    assert found >= now
    assert PUBLISHED.is_workday(local.date())
    assert time(9) <= local.time() < time(17, 30)
    assert hours.next_open(found, PUBLISHED) == found
    # Nothing between was open: every hour until then gives the same answer.
    for hours_later in range(1, int((found - now) / timedelta(hours=1)) + 1):
        assert hours.next_open(now + timedelta(hours=hours_later), PUBLISHED) == found


def test_mistakes_with_hours_and_zones_are_errors():
    with pytest.raises(ValueError, match="before 18:00:00"):
        OfficeHours(opens=time(18))
    with pytest.raises(ValueError, match="without a time zone"):
        OfficeHours().next_open(datetime(2026, 7, 6, 9), PUBLISHED)

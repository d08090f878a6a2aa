import pytest

from bot.reminding.schedule import Round, RoutineKind, due_round
from bot.reminding.workdays import WorkCalendar
from tests.bot.reminding.ledgers import d

CALENDAR = WorkCalendar()


def due(kind, today, last=None):
    found = due_round(RoutineKind(kind), d(today), last and d(last), CALENDAR)
    return found and (str(found.day), str(found.start), str(found.end))


@pytest.mark.parametrize(
    ("kind", "today", "expected"),
    [
        # The May holiday lasts until Tuesday the 5th.
        ("weekly", "2026-03-02", ("2026-03-02", "2026-02-23", "2026-03-01")),
        ("weekly", "2026-03-03", None),
        ("weekly", "2026-05-06", ("2026-05-06", "2026-04-27", "2026-05-03")),
        ("monthly", "2026-03-02", ("2026-03-02", "2026-02-01", "2026-02-28")),
        ("monthly", "2026-01-04", ("2026-01-04", "2025-12-01", "2025-12-31")),
        ("monthly", "2026-01-05", None),
        ("ledger", "2026-06-01", ("2026-06-01", "2026-05-01", "2026-05-31")),
        ("quarterly", "2026-04-01", ("2026-04-01", "2026-01-01", "2026-03-31")),
        ("quarterly", "2026-10-08", ("2026-10-08", "2026-07-01", "2026-09-30")),
        ("quarterly", "2026-05-06", None),
        ("daily", "2026-03-02", ("2026-03-02", "2026-02-28", "2026-03-01")),
    ],
)
def test_the_first_time_is_on_its_own_day(kind, today, expected):
    assert due(kind, today) == expected


def test_a_week_without_a_working_day_is_passed_over():
    # Spring Festival is 15 to 23 February; of the week from the 16th no day is worked.
    assert due("weekly", "2026-02-24", "2026-02-09") == ("2026-02-24", "2026-02-16", "2026-02-22")


def test_what_is_done_is_not_done_again():
    assert due("weekly", "2026-03-04", "2026-03-02") is None
    assert due("daily", "2026-03-02", "2026-03-02") is None


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-03-12", ("2026-03-02", "2026-02-01", "2026-02-28")),
        ("2026-03-13", None),
    ],
)
def test_after_a_pause_the_last_month_is_news_for_ten_days(today, expected):
    assert due("monthly", today, "2026-02-02") == expected


def test_a_daily_report_goes_back_to_the_last_one():
    assert due("daily", "2026-03-05", "2026-03-02") == ("2026-03-05", "2026-03-02", "2026-03-04")
    assert due("checkpoint", "2026-03-31", "2025-03-02")[1] == "2026-03-16"


def test_a_round_is_a_plain_record():
    found = due_round(RoutineKind.WEEKLY, d("2026-03-02"), None, CALENDAR)
    assert found == Round(RoutineKind.WEEKLY, d("2026-03-02"), d("2026-02-23"), d("2026-03-01"))

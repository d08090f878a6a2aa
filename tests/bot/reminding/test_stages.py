from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reminding.stages import (
    Occurrence,
    StagePlan,
    Subject,
    latest_missed,
    occurrences,
    offset_of,
    stage_of,
    stage_words,
)
from bot.reminding.workdays import WorkCalendar
from corpus.errors import SettingsError
from corpus.records import DeadlineKind

FIXED, RECURRING, ONGOING = DeadlineKind.FIXED, DeadlineKind.RECURRING, DeadlineKind.ONGOING
CALENDAR = WorkCalendar()
YEARS_AGO = date(2019, 1, 1)


def d(text):
    return date.fromisoformat(text)


def fixed(due, **more):
    return Subject(**{"kind": FIXED, "due": d(due), "recurrence": None, "anchor": YEARS_AGO} | more)


def recurring(rule, **more):
    return Subject(
        **{"kind": RECURRING, "due": None, "recurrence": rule, "anchor": YEARS_AGO} | more
    )


def sent(subject, start, end, calendar=CALENDAR):
    found = occurrences(subject, calendar, start=d(start), end=d(end))
    return [f"{o.day} {o.stage}" for o in found]


def test_stages_are_named_by_their_distance_and_back():
    names = {-30: "T-30", -1: "T-1", 0: "T0", 1: "T+1", 17: "T+17"}
    assert {offset: stage_of(offset) for offset in names} == names
    assert {offset: offset_of(name) for offset, name in names.items()} == {n: n for n in names}


@pytest.mark.parametrize("stage", ["Q", "", "T", "T+0", "T-0", "T1", "T+01", "t-7", "T-7 ", "T+٣"])
def test_what_is_no_stage_has_no_distance(stage):
    with pytest.raises(ValueError, match="not a stage"):
        offset_of(stage)


def test_stages_in_words():
    due = d("2026-07-05")
    assert stage_words("T-30", due) == "还有 30 天"
    assert stage_words("T0", due) == "今天到期"
    assert stage_words("T+3", due) == "已超期 3 天"
    assert stage_words("Q", None) == "季度检查"


def test_words_read_on_another_day_count_from_that_day():
    due = d("2026-07-05")  # Sunday
    assert stage_words("T0", due, on=d("2026-07-03")) == "还有 2 天"
    assert stage_words("T+1", due, on=d("2026-07-08")) == "已超期 3 天"
    assert stage_words("T-1", due, on=due) == "今天到期"


@pytest.mark.parametrize(
    ("text", "plan", "written"),
    [
        ("30,7,1,0,+1,+3,每周", StagePlan(), "30,7,1,0,+1,+3,每周"),
        (
            "30,15,7,1,0,+1,+3,每周",
            StagePlan(before=(30, 15, 7, 1, 0)),
            "30,15,7,1,0,+1,+3,每周",
        ),
        (
            "每周, +3 ,0；７、T-15，＋１天",
            StagePlan(before=(15, 7, 0)),
            "15,7,0,+1,+3,每周",
        ),
        ("3", StagePlan((3,), (), weekly_after=False), "3"),
        ("每周", StagePlan((), (), weekly_after=True), "每周"),
        ("不提醒", StagePlan((), (), weekly_after=False), "不提醒"),
        ("365,+365", StagePlan((365,), (365,), weekly_after=False), "365,+365"),
    ],
)
def test_a_plan_is_read_from_the_office_s_words_and_written_back(text, plan, written):
    assert StagePlan.parse(text) == plan
    assert plan.text() == written


@settings(deadline=None)
@given(
    st.sets(st.integers(0, 365), max_size=6),
    st.sets(st.integers(1, 365), max_size=6),
    st.booleans(),
)
def test_every_plan_survives_writing_and_reading(before, overdue, weekly):
    plan = StagePlan(tuple(sorted(before, reverse=True)), tuple(sorted(overdue)), weekly)
    assert StagePlan.parse(plan.text()) == plan


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "提醒方案是空的"),
        (" , ", "提醒方案是空的"),
        ("30,七天", "提醒方案“30,七天”里的“七天”看不懂"),
        ("30,7,7", "“7”重复"),
        ("1,-1", "“1”重复"),
        ("每周,每周", "“每周”重复"),
        ("366", "“366”太远: 最多 365 天"),
        ("+366", "“\\+366”太远"),
        ("+0", "到期当天写 0,超期从 \\+1 起"),
        ("不提醒,7", "“不提醒”看不懂"),
        ("1.5", "“1.5”看不懂"),
        ("99999", "“99999”看不懂"),
    ],
)
def test_nonsense_in_a_plan_is_refused_with_the_word_and_an_example(text, message):
    with pytest.raises(SettingsError, match=message):
        StagePlan.parse(text)


@pytest.mark.parametrize(
    "days", [((1, 7), ()), ((7, 7), ()), ((), (3, 1)), ((), (0,)), ((-1,), ()), ((366,), ())]
)
def test_a_plan_out_of_order_or_range_is_a_mistake(days):
    with pytest.raises(ValueError, match="days"):
        StagePlan(*days)


def test_a_subject_must_have_what_its_kind_rests_on():
    with pytest.raises(ValueError, match="needs a due day"):
        Subject(FIXED, None, None, YEARS_AGO)
    with pytest.raises(ValueError, match="needs a rule"):
        Subject(RECURRING, None, None, YEARS_AGO)


@pytest.mark.parametrize(
    ("due", "end", "expect"),
    [
        (  # a Wednesday; T-30 is a Monday, T+3 a Saturday
            "2026-07-15",
            "2026-08-05",
            [
                "2026-06-15 T-30",
                "2026-07-08 T-7",
                "2026-07-14 T-1",
                "2026-07-15 T0",
                "2026-07-16 T+1",
                "2026-07-20 T+3",
                "2026-07-27 T+10",
                "2026-08-03 T+17",
            ],
        ),
        (  # a Sunday: T-1 and T0 fall on Friday, T-7 on the Friday before
            "2026-07-05",
            "2026-07-20",
            [
                "2026-06-05 T-30",
                "2026-06-26 T-7",
                "2026-07-03 T0",
                "2026-07-06 T+1",
                "2026-07-08 T+3",
                "2026-07-15 T+10",
            ],
        ),
        (  # a Sunday that is worked stays, and so does the Saturday before it moves to Friday
            "2026-09-20",
            "2026-09-23",
            [
                "2026-08-21 T-30",
                "2026-09-11 T-7",
                "2026-09-18 T-1",
                "2026-09-20 T0",
                "2026-09-21 T+1",
                "2026-09-23 T+3",
            ],
        ),
        (  # New Year's Eve of 2026 is the second day off: before it on the 14th, a Saturday
            "2026-02-16",
            "2026-03-05",
            [
                "2026-01-16 T-30",
                "2026-02-09 T-7",
                "2026-02-14 T0",
                "2026-02-24 T+3",
                "2026-02-26 T+10",
                "2026-03-05 T+17",
            ],
        ),
        (
            "2026-01-31",
            "2026-02-11",
            [
                "2025-12-31 T-30",  # 1 January is a day off
                "2026-01-23 T-7",
                "2026-01-30 T0",
                "2026-02-02 T+1",
                "2026-02-03 T+3",
                "2026-02-10 T+10",
            ],
        ),
        (
            "2024-02-29",
            "2024-03-04",
            [
                "2024-01-30 T-30",
                "2024-02-22 T-7",
                "2024-02-28 T-1",
                "2024-02-29 T0",
                "2024-03-01 T+1",
                "2024-03-04 T+3",
            ],
        ),
        (  # Friday: T+1 and T+3 both come on Monday, and the later remains
            "2026-07-10",
            "2026-07-13",
            ["2026-06-10 T-30", "2026-07-03 T-7", "2026-07-09 T-1", "2026-07-10 T0", "2026-07-13 T+3"],
        ),
    ],
)  # fmt: skip
def test_a_fixed_deadline(due, end, expect):
    assert sent(fixed(due), "2019-01-01", end) == expect


def test_the_day_before_the_make_up_sunday_is_not_worked():
    found = occurrences(fixed("2026-09-20"), CALENDAR, start=d("2026-09-18"), end=d("2026-09-20"))
    assert found == (
        Occurrence(d("2026-09-20"), "T-1", d("2026-09-18"), d("2026-09-19"), calendar_known=True),
        Occurrence(d("2026-09-20"), "T0", d("2026-09-20"), d("2026-09-20"), calendar_known=True),
    )


def test_a_date_beyond_the_published_calendar_is_marked():
    found = occurrences(fixed("2027-01-03"), CALENDAR, start=d("2026-12-01"), end=d("2027-01-04"))
    assert [(str(o.day), o.stage, o.calendar_known) for o in found] == [
        ("2026-12-04", "T-30", True),
        ("2026-12-25", "T-7", True),  # Sunday 27 December, known to be off
        ("2027-01-01", "T0", False),
        ("2027-01-04", "T+1", False),
    ]


@pytest.mark.parametrize(
    ("closed", "due", "plan", "day"),
    [
        ("2027-01-01", "2027-01-02", "0", "2026-12-31"),  # starts on an unpublished Saturday
        ("2026-12-31", "2026-12-30", "+1", "2027-01-01"),  # ends on an unpublished Friday
    ],
)
def test_a_move_is_marked_if_either_end_is_unpublished(closed, due, plan, day):
    calendar = WorkCalendar({d(closed): False})
    subject = fixed(due, plan=StagePlan.parse(plan))
    (found,) = occurrences(subject, calendar, start=d("2026-12-01"), end=d("2027-01-04"))
    assert (found.day, found.calendar_known) == (d(day), False)


def test_the_office_s_override_moves_a_reminder():
    closed = WorkCalendar({d("2026-07-15"): False, d("2026-07-14"): False})
    assert sent(fixed("2026-07-15"), "2026-07-10", "2026-07-15", closed) == ["2026-07-13 T0"]


def test_a_task_issued_late_gets_only_the_stages_after_that_day():
    issued = fixed("2026-07-15", anchor=d("2026-07-08"))
    assert sent(issued, "2026-01-01", "2026-07-15") == [
        "2026-07-14 T-1",
        "2026-07-15 T0",
    ]
    day_after = fixed("2026-07-15", anchor=d("2026-07-09"))
    assert sent(day_after, "2026-01-01", "2026-07-14") == ["2026-07-14 T-1"]


def test_a_stage_that_would_have_been_sent_before_the_task_was_issued_is_not():
    # Issued on Saturday: T-1 and T0 of Sunday would have gone out on Friday.
    issued = fixed("2026-07-05", anchor=d("2026-07-04"))
    assert sent(issued, "2026-01-01", "2026-07-06") == ["2026-07-06 T+1"]


def test_a_task_issued_overdue_is_reminded_weekly_from_then():
    issued = fixed("2022-12-31", anchor=d("2026-07-01"))
    # Every seventh day since the third, a Tuesday.
    assert sent(issued, "2026-01-01", "2026-07-20") == ["2026-07-07 T+1284", "2026-07-14 T+1291"]


def test_an_overdue_task_is_reminded_without_end():
    assert sent(fixed("1950-01-01", anchor=d("1950-01-01")), "2026-07-06", "2026-07-17") == [
        "2026-07-08 T+27947",  # the third day was a Wednesday, and so is every week's
        "2026-07-15 T+27954",
    ]


def test_decades_overdue_costs_no_more_than_the_window():
    asked = []

    def published(day):
        asked.append(day)

    calendar = WorkCalendar(published=published)
    old = fixed("1950-01-01", anchor=d("1950-01-01"))
    assert len(occurrences(old, calendar, start=d("2026-07-01"), end=d("2026-07-31"))) == 5
    monthly = recurring("FREQ=MONTHLY", anchor=d("1950-01-01"))
    assert len(occurrences(monthly, calendar, start=d("2026-07-01"), end=d("2026-07-31"))) == 5
    assert len(asked) < 100


def test_a_plan_of_the_office_s_own():
    own = fixed("2026-07-15", plan=StagePlan.parse("15,0,+2"))
    assert sent(own, "2026-01-01", "2026-12-31") == [
        "2026-06-30 T-15",
        "2026-07-15 T0",
        "2026-07-17 T+2",
    ]
    assert (
        sent(fixed("2026-07-15", plan=StagePlan.parse("不提醒")), "2026-01-01", "2026-12-31") == []
    )
    weekly = fixed("2026-07-15", plan=StagePlan.parse("每周"))
    assert sent(weekly, "2026-01-01", "2026-07-29") == ["2026-07-22 T+7", "2026-07-29 T+14"]


def test_a_fixed_deadline_that_is_done_is_quiet():
    done = fixed("2026-07-15", done_through=d("2026-07-15"))
    assert sent(done, "2026-01-01", "2026-12-31") == []
    milestone_before = fixed("2026-07-15", done_through=d("2026-07-14"))
    assert sent(milestone_before, "2026-07-15", "2026-07-15") == ["2026-07-15 T0"]


@pytest.mark.parametrize(
    ("rule", "start", "end", "expect"),
    [
        (  # due on Sundays: T-1 and T0 meet on Friday
            "FREQ=WEEKLY",
            "2026-07-06",
            "2026-07-15",
            ["2026-07-10 T0"],
        ),
        (
            "FREQ=WEEKLY;BYDAY=TH",
            "2026-07-06",
            "2026-07-10",
            ["2026-07-08 T-1", "2026-07-09 T0"],
        ),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "2026-07-06", "2026-07-10", ["2026-07-06 T0", "2026-07-08 T0", "2026-07-10 T0"]),
        (  # 28 February 2026 is a Saturday that is worked
            "FREQ=MONTHLY",
            "2026-02-01",
            "2026-03-31",
            [
                "2026-02-02 T+1",
                "2026-02-03 T+3",
                "2026-02-14 T-7",
                "2026-02-27 T-1",
                "2026-02-28 T0",
                "2026-03-02 T+1",
                "2026-03-03 T+3",
                "2026-03-24 T-7",
                "2026-03-30 T-1",
                "2026-03-31 T0",
            ],
        ),
        (
            "FREQ=MONTHLY;INTERVAL=3",
            "2026-05-20",
            "2026-07-31",
            ["2026-05-29 T-30", "2026-06-23 T-7", "2026-06-29 T-1", "2026-06-30 T0", "2026-07-01 T+1", "2026-07-03 T+3"],
        ),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
            "2025-02-01",
            "2025-03-31",
            ["2025-02-21 T-7", "2025-02-27 T-1", "2025-02-28 T0", "2025-03-03 T+3"],
        ),
    ],
)  # fmt: skip
def test_recurring_duties(rule, start, end, expect):
    assert sent(recurring(rule), start, end) == expect


def test_a_stage_half_a_period_ahead_or_an_eighth_behind_belongs_to_no_due_day():
    plan = StagePlan((30, 15, 14, 0), (1, 3, 4))
    assert plan.fitted(30) == StagePlan((14, 0), (1, 3), weekly_after=False)
    assert plan.fitted(61) == StagePlan((30, 15, 14, 0), (1, 3, 4), weekly_after=False)
    assert plan.fitted(7) == StagePlan((0,), (), weekly_after=False)


def test_what_of_a_recurring_duty_is_reported_is_quiet_and_what_is_not_is_overdue():
    reported = recurring("FREQ=MONTHLY", done_through=d("2026-06-30"))
    assert sent(reported, "2026-06-25", "2026-07-27") == ["2026-07-24 T-7"]
    ahead = recurring("FREQ=MONTHLY", done_through=d("2026-07-31"))
    assert sent(ahead, "2026-06-25", "2026-08-20") == []


def test_a_recurring_duty_starts_when_it_is_issued():
    issued = recurring("FREQ=MONTHLY", anchor=d("2026-06-25"))
    assert sent(issued, "2026-01-01", "2026-07-03") == [
        "2026-06-29 T-1",
        "2026-06-30 T0",
        "2026-07-01 T+1",
        "2026-07-03 T+3",
    ]


QUARTERS = ["2026-01-04 Q", "2026-04-01 Q", "2026-07-01 Q", "2026-10-08 Q"]


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"])
def test_daily_duties_are_checked_quarterly(rule):
    assert sent(recurring(rule), "2026-01-01", "2026-12-31") == QUARTERS


def test_ongoing_tasks_are_checked_on_the_first_working_day_of_each_quarter():
    ongoing = Subject(ONGOING, None, None, YEARS_AGO)
    assert sent(ongoing, "2026-01-01", "2026-12-31") == QUARTERS
    (found,) = occurrences(ongoing, CALENDAR, start=d("2026-10-02"), end=d("2026-10-31"))
    assert found == Occurrence(None, "Q", d("2026-10-08"), d("2026-10-01"), calendar_known=True)


def test_an_ongoing_task_issued_within_a_quarter_waits_for_the_next():
    assert sent(Subject(ONGOING, None, None, d("2026-04-02")), "2026-01-01", "2026-09-30") == [
        "2026-07-01 Q"
    ]
    # The first working day of October is the 8th, but the quarter had begun.
    assert sent(Subject(ONGOING, None, None, d("2026-10-03")), "2026-01-01", "2026-12-31") == []


def test_done_and_undated_relative_deadlines_are_quiet():
    done = Subject(DeadlineKind.DONE, d("2026-07-15"), None, YEARS_AGO)
    assert sent(done, "2026-01-01", "2026-12-31") == []
    relative = Subject(DeadlineKind.RELATIVE, None, None, YEARS_AGO)
    assert sent(relative, "2026-01-01", "2026-12-31") == []


def test_a_relative_deadline_whose_day_is_settled_is_reminded_of():
    settled = Subject(DeadlineKind.RELATIVE, d("2026-07-15"), None, YEARS_AGO)
    assert sent(settled, "2026-07-14", "2026-07-16") == [
        "2026-07-14 T-1",
        "2026-07-15 T0",
        "2026-07-16 T+1",
    ]


@pytest.mark.parametrize("start", ["2026-07-01", "2026-07-03"])
@pytest.mark.parametrize("end", ["2026-07-03", "2026-07-04", "2026-07-05"])
def test_a_window_is_one_of_days_of_sending_not_of_due_days(start, end):
    assert sent(fixed("2026-07-05"), start, end) == ["2026-07-03 T0"]
    assert sent(fixed("2026-07-03"), "2026-07-06", "2026-07-06") == ["2026-07-06 T+3"]
    assert sent(fixed("2026-07-05"), "2026-07-04", "2026-07-05") == []


def test_an_empty_window_and_a_bad_rule():
    assert sent(fixed("2026-07-15"), "2026-07-16", "2026-07-15") == []
    with pytest.raises(ValueError, match="no FREQ"):
        sent(recurring("FREQ=HOURLY"), "2026-07-01", "2026-07-15")


def test_after_a_pause_only_the_latest_stage_is_sent():
    missed = occurrences(fixed("2026-07-15"), CALENDAR, start=d("2026-07-01"), end=d("2026-07-20"))
    chosen, superseded = latest_missed(reversed(missed), d("2026-07-15"))
    assert chosen is not None
    assert chosen.stage == "T0"
    assert [o.stage for o in superseded] == ["T-7", "T-1"]
    assert latest_missed(missed, d("2026-07-01")) == (None, ())
    assert latest_missed((), d("2026-07-15")) == (None, ())
    assert latest_missed(missed[:1], d("2026-07-15")) == (missed[0], ())


def test_stages_of_several_due_days_do_not_supersede_each_other():
    missed = occurrences(
        recurring("FREQ=MONTHLY"), CALENDAR, start=d("2026-06-01"), end=d("2026-08-01")
    )
    with pytest.raises(ValueError, match="several due days"):
        latest_missed(missed, d("2026-08-01"))

from dataclasses import replace
from datetime import date

import pytest

from bot.office.records import KIND_WORDS, Milestone, ranked, week_of
from corpus.records import DeadlineKind
from tests.bot.office.boards import board, bulletin, days, task, unit


def test_counts_are_by_chinese_state_in_the_order_of_a_task_s_life():
    tasks = [task(1), task(2), task(3, state="closed"), task(4, state="draft")]
    assert board(*tasks).counts == {
        "草稿": 1,
        "已下达": 2,
        "已签收": 0,
        "已报告": 0,
        "已退回": 0,
        "已销号": 1,
        "已中止": 0,
        "已取消": 0,
    }
    assert next(iter(board().counts)) == "草稿"


@pytest.mark.parametrize(
    ("state", "late"),
    [
        ("draft", False),
        ("issued", True),
        ("acknowledged", True),
        ("reported", True),
        ("returned", True),
        ("closed", False),
        ("suspended", False),
        ("cancelled", False),
    ],
)
def test_only_an_open_task_is_overdue(state, late):
    assert task(1, days(-1), state).overdue(days(0)) is late


def test_a_task_is_overdue_from_the_day_after_its_deadline():
    assert task(1, days(0)).days_overdue(days(0)) == 0
    assert task(1, days(0)).days_overdue(days(1)) == 1
    assert task(1).days_overdue(days(1)) == 0


def test_the_longest_overdue_comes_first():
    tasks = [task(1, days(-1)), task(2, days(-9)), task(3, days(1)), task(4, days(-9))]
    assert [found.number for found in board(*tasks).overdue] == [2, 4, 1]


@pytest.mark.parametrize(
    ("day", "monday", "sunday"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 29)),
        (date(2026, 11, 29), date(2026, 11, 23), date(2026, 11, 29)),
        (date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3)),
    ],
)
def test_a_week_is_monday_to_sunday(day, monday, sunday):
    assert week_of(day) == (monday, sunday)


def test_due_this_week_takes_monday_and_sunday_and_only_what_is_open():
    sunday, monday = date(2026, 11, 22), date(2026, 11, 23)
    last, after = date(2026, 11, 29), date(2026, 11, 30)
    tasks = [task(1, sunday), task(2, last), task(3, monday), task(4, after)]
    tasks += [task(5, monday, "closed"), task(6)]
    assert [due.task.number for due in board(*tasks).due_this_week] == [3, 2]


def test_a_step_or_a_recurring_duty_of_this_week_is_due_too():
    steps = (
        Milestone(days(1), "完成80%", reached=False),
        Milestone(days(2), "已完成的", reached=True),
        Milestone(days(9), "下周的", reached=False),
        Milestone(days(3), "同一天的", reached=False),
    )
    weekly = (Milestone(days(4), "每周检查", reached=False),)
    tasks = [
        task(1, days(3), milestones=steps, next_dates=weekly),
        task(2, days(90), "closed", milestones=steps, next_dates=weekly),
    ]
    assert [(due.day, due.task.number, due.step) for due in board(*tasks).due_this_week] == [
        (days(1), 1, "完成80%"),
        (days(3), 1, ""),
        (days(4), 1, "每周检查"),
    ]


def test_a_bulletin_made_long_after_its_period_speaks_of_the_morning_after_it():
    tasks = [task(1, date(2026, 11, 20)), task(2, date(2026, 11, 24)), task(3, days(30))]
    late = replace(bulletin(tasks=tasks), issued_on=date(2026, 12, 31))
    early = replace(late, issued_on=date(2026, 11, 21))
    assert (late.as_of, early.as_of) == (date(2026, 11, 23), date(2026, 11, 21))
    assert [found.number for found in late.overdue] == [1]
    assert [found.number for found in late.due_next] == [2]


def test_due_next_is_as_long_as_the_period_from_the_day_of_issue():
    dues = {1: date(2026, 11, 22), 2: date(2026, 11, 23), 3: date(2026, 11, 29)}
    tasks = [task(number, due) for number, due in dues.items()] + [task(4, date(2026, 11, 30))]
    assert [found.number for found in bulletin(tasks=tasks).due_next] == [2, 3]


def test_ranks_go_by_closing_share_then_reports_then_acknowledgements_then_overdue():
    units = [
        unit("丁", 10, 9, 5, 5, overdue=1),
        unit("乙", 10, 9, 6, 5),
        unit("甲", 2, 2, 2, 2),
        unit("丙", 10, 9, 5, 5),
        unit("戊", 10, 8, 5, 5),
    ]
    assert [(rank, item.unit) for rank, item in ranked(units)] == [
        (1, "甲"),
        (2, "乙"),
        (3, "丙"),
        (4, "丁"),
        (5, "戊"),
    ]


def test_equal_units_share_a_rank_and_the_next_is_skipped():
    units = [unit("甲", 2, 2, 1, 1), unit("乙", 4, 4, 2, 2), unit("丙", 4, 4, 2, 0)]
    assert [(rank, item.unit) for rank, item in ranked(units)] == [(1, "甲"), (1, "乙"), (3, "丙")]


def test_a_unit_without_tasks_comes_last():
    units = [unit("甲", 0, 0, 0, 0), unit("乙", 3, 0, 0, 0, overdue=3)]
    assert [(rank, item.unit) for rank, item in ranked(units)] == [(1, "乙"), (2, "甲")]
    assert units[0].closing_share == 0.0


@pytest.mark.parametrize(
    ("closed", "tasks", "percent"),
    [(0, 0, 0), (0, 9, 0), (1, 300, 1), (3, 7, 43), (1, 2, 50), (299, 300, 99), (9, 9, 100)],
)
def test_percent_is_rounded_but_never_to_all_or_nothing(closed, tasks, percent):
    assert unit("甲", tasks, tasks, tasks, closed).closing_percent == percent


def test_every_kind_of_deadline_has_a_word():
    assert set(KIND_WORDS) == {kind.value for kind in DeadlineKind}

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.ledger.actions import perform
from bot.ledger.queries import (
    board,
    bulletin,
    history,
    tasks_in,
    tasks_numbered,
    tasks_of_units,
)
from bot.ledger.records import Deed
from bot.records import Action, TaskState
from bot.state.database import Database
from bot.state.tables import LedgerTask, TaskMilestone, TaskUnit
from tests.bot.ledger.test_actions import (
    DUE,
    HELPER,
    LEADER,
    NOW,
    SECOND,
    do,
    furnish,
    reported,
)

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def ledger(database: Database) -> Database:
    database.write(furnish)
    return database


def test_a_draft_is_nobodys_task_yet(ledger: Database):
    assert ledger.read(lambda s: tasks_of_units(s, [1])) == []
    do(ledger, Action.ISSUE)
    for unit in (1, 2, 3):
        found = ledger.read(lambda s, unit=unit: tasks_of_units(s, [unit]))
        assert [task.number for task in found] == [17]
    assert ledger.read(lambda s: tasks_of_units(s, [9])) == []


def test_a_closed_task_is_listed_only_when_all_are_asked_for(ledger: Database):
    reported(ledger)
    do(ledger, Action.APPROVE)
    assert ledger.read(lambda s: tasks_of_units(s, [1])) == []
    assert len(ledger.read(lambda s: tasks_of_units(s, [1], only_open=False))) == 1


def test_tasks_are_found_by_state_and_by_number(ledger: Database):
    assert len(ledger.read(lambda s: tasks_in(s, [TaskState.DRAFT]))) == 1
    assert ledger.read(lambda s: tasks_in(s, [TaskState.CLOSED])) == []
    assert len(ledger.read(lambda s: tasks_numbered(s, 17))) == 1
    assert ledger.read(lambda s: tasks_numbered(s, 18)) == []


def test_the_soonest_due_comes_first_and_those_without_a_date_last(ledger: Database):
    def more(session) -> None:
        for number, due in ((3, None), (5, DUE - timedelta(days=9)), (4, DUE)):
            row = LedgerTask(
                source_key=f"p:{number}",
                number=number,
                title="t",
                measures=[],
                leaders=[],
                document_id="d",
                plan="p",
                heading=[],
                kind="fixed" if due else "ongoing",
                due=due,
                inferred=[],
                state="issued",
                created_at=NOW,
            )
            session.add(row)
            session.flush()

            session.add(TaskUnit(task_id=row.id, unit_id=1, role="lead"))

    do(ledger, Action.ISSUE)
    ledger.write(more)
    found = ledger.read(lambda s: tasks_of_units(s, [1]))
    assert [task.number for task in found] == [5, 4, 17, 3]


def test_the_board_shows_the_office_days_not_those_of_greenwich(ledger: Database):
    do(ledger, Action.ISSUE)
    evening = datetime(2026, 6, 30, 16, 30, tzinfo=UTC)  # half past midnight of 1 July in China
    do(ledger, Action.REPORT, LEADER, text="完成", at=evening)
    found = ledger.read(lambda s: board(s, date(2026, 7, 5), ZONE))
    task = found.tasks[0]
    assert task.reported_on == date(2026, 7, 1)
    assert task.days_overdue(date(2026, 7, 5)) == 1  # its days stop with the report
    assert (task.lead_units, task.cooperating_units) == (
        ("市农业农村局", "市烟草专卖局"),
        ("市市场监管局",),
    )
    assert (task.evidence, task.last_event) == (1, "报告完成(农业局长)")


def test_a_bulletin_counts_what_leading_units_did(ledger: Database):
    do(ledger, Action.ISSUE)
    do(ledger, Action.ACKNOWLEDGE, SECOND)
    week = (date(2026, 6, 29), date(2026, 7, 5))
    found = ledger.read(lambda s: bulletin(s, "周调度通报", *week, date(2026, 7, 1), ZONE))
    assert {unit.unit: (unit.tasks, unit.acknowledged, unit.overdue) for unit in found.units} == {
        "市农业农村局": (1, 0, 1),
        "市烟草专卖局": (1, 1, 1),
    }
    do(ledger, Action.REPORT, LEADER, text="完成", at=datetime(2026, 7, 2, 3, tzinfo=UTC))
    found = ledger.read(lambda s: bulletin(s, "周调度通报", *week, date(2026, 7, 6), ZONE))
    assert [(unit.acknowledged, unit.reported, unit.late) for unit in found.units] == [
        (1, 1, 1),
        (1, 0, 0),
    ]


def test_what_another_lead_unit_did_is_not_a_unit_s_own(ledger: Database):
    do(ledger, Action.ISSUE)
    do(ledger, Action.REPORT, LEADER, text="完成", at=datetime(2026, 7, 2, 3, tzinfo=UTC))

    def standing(day: date) -> dict:
        start = day - timedelta(days=6)
        found = ledger.read(lambda s: bulletin(s, "周", start, day, day, ZONE))
        return {
            u.unit: (u.acknowledged, u.reported, u.closed, u.late, u.stages) for u in found.units
        }

    assert standing(date(2026, 7, 5)) == {
        "市农业农村局": (1, 1, 0, 1, (0, 1, 0, 0)),
        "市烟草专卖局": (0, 0, 0, 0, (0, 0, 0, 1)),
    }
    do(ledger, Action.APPROVE, at=datetime(2026, 7, 7, 3, tzinfo=UTC))
    assert standing(date(2026, 7, 12)) == {
        "市农业农村局": (1, 1, 1, 1, (1, 0, 0, 0)),
        "市烟草专卖局": (0, 0, 1, 0, (1, 0, 0, 0)),
    }


def test_the_only_lead_unit_reported_whoever_wrote_the_report(ledger: Database):
    def one_lead(session) -> None:
        session.get(TaskUnit, 2).role = "cooperating"
        row = session.get(LedgerTask, 1)
        row.state, row.issued_at = "reported", NOW
        row.reported_at = datetime(2026, 7, 2, 3, tzinfo=UTC)

    ledger.write(one_lead)
    day = date(2026, 7, 5)
    (found,) = ledger.read(lambda s: bulletin(s, "周", day, day, day, ZONE)).units
    assert (found.unit, found.reported, found.late) == ("市农业农村局", 1, 1)


def test_a_bulletin_made_later_is_the_same_as_one_made_on_time(ledger: Database):
    def made() -> object:
        march = (date(2026, 3, 1), date(2026, 3, 31))
        return ledger.read(lambda s: bulletin(s, "月调度通报", *march, date(2026, 4, 1), ZONE))

    do(ledger, Action.ISSUE)
    do(ledger, Action.ACKNOWLEDGE, LEADER)
    do(ledger, Action.PROGRESS, SECOND, milestone=1, through=date(2026, 4, 15))
    before = made()
    april = iter(datetime(2026, 3, 31, 16, minute, tzinfo=UTC) for minute in range(60))
    do(ledger, Action.ACKNOWLEDGE, SECOND, at=next(april))
    do(ledger, Action.PROGRESS, SECOND, milestone=1, through=date(2026, 4, 30), at=next(april))
    do(ledger, Action.ASK_EXTENSION, LEADER, due=date(2026, 9, 30), text="设备", at=next(april))
    do(ledger, Action.GRANT_EXTENSION, at=next(april))
    do(ledger, Action.SET_DUE, due=date(2026, 12, 31), at=next(april))
    do(ledger, Action.REPORT, LEADER, text="完成", at=next(april))
    assert made() == before
    do(ledger, Action.APPROVE, at=next(april))
    assert made() == before
    assert (before.tasks[0].state, before.tasks[0].due) == ("issued", DUE)


@pytest.mark.parametrize("action", [Action.SUSPEND, Action.CANCEL])
def test_a_bulletin_keeps_what_was_stopped_after_its_period(ledger: Database, action: Action):
    def made() -> object:
        march = (date(2026, 3, 1), date(2026, 3, 31))
        return ledger.read(lambda s: bulletin(s, "月", *march, date(2026, 4, 1), ZONE))

    do(ledger, Action.ISSUE)
    before = made()
    do(ledger, action, text="等待", at=datetime(2026, 4, 2, 3, tzinfo=UTC))
    assert made() == before
    assert len(before.tasks) == 1


def test_a_task_issued_anew_keeps_its_first_life_in_old_bulletins(ledger: Database):
    def made(day: date):
        return ledger.read(lambda s: bulletin(s, "月", day, day, day, ZONE))

    do(ledger, Action.ISSUE)
    do(ledger, Action.REPORT, LEADER, text="完成")
    before = made(date(2026, 3, 31))
    do(ledger, Action.CANCEL, text="重复", at=datetime(2026, 4, 2, 3, tzinfo=UTC))
    do(ledger, Action.REOPEN, text="误取消", at=datetime(2026, 4, 3, 3, tzinfo=UTC))
    do(ledger, Action.ISSUE, at=datetime(2026, 4, 4, 3, tzinfo=UTC))
    now = made(date(2026, 3, 31))
    assert [(u.reported, u.stages) for u in now.units] == [
        (u.reported, u.stages) for u in before.units
    ]
    assert (now.tasks[0].reported_on, now.tasks[0].state) == (date(2026, 3, 2), "reported")
    assert made(date(2026, 4, 3)).tasks == ()
    assert [unit.reported for unit in made(date(2026, 4, 30)).units] == [0, 0]


def test_a_kind_that_was_changed_since_is_the_old_one_in_an_old_bulletin(ledger: Database):
    def monthly(session) -> None:
        row = session.get(LedgerTask, 1)
        row.kind, row.recurrence, row.due = "recurring", "FREQ=MONTHLY", None

    ledger.write(monthly)
    do(ledger, Action.ISSUE)
    do(ledger, Action.SET_DUE, due=DUE, at=datetime(2026, 4, 2, 3, tzinfo=UTC))
    march = (date(2026, 3, 1), date(2026, 3, 31))
    (task,) = ledger.read(lambda s: bulletin(s, "月", *march, date(2026, 4, 3), ZONE)).tasks
    assert (task.kind, task.due) == ("recurring", None)


def test_the_board_names_the_week_s_steps_and_recurring_duties(ledger: Database):
    def weekly(session) -> None:
        row = session.get(LedgerTask, 1)
        row.kind, row.recurrence, row.due, row.deadline_text = (
            "recurring",
            "FREQ=WEEKLY",
            None,
            "每周检查",
        )
        for text, rule in (("每日", "FREQ=DAILY"), ("月末", "FREQ=MONTHLY"), ("坏", "FREQ=X")):
            session.add(TaskMilestone(task_id=1, text=text, kind="recurring", recurrence=rule))

    ledger.write(weekly)
    week = date(2026, 4, 29)  # a Wednesday
    assert ledger.read(lambda s: board(s, week, ZONE)).due_this_week == ()  # a draft
    do(ledger, Action.ISSUE)

    def due() -> list:
        found = ledger.read(lambda s: board(s, week, ZONE))
        return [(item.day, item.step) for item in found.due_this_week]

    assert due() == [
        (date(2026, 4, 30), "完成80%"),
        (date(2026, 4, 30), "月末"),
        (date(2026, 5, 3), "每周检查"),
    ]
    do(ledger, Action.PROGRESS, LEADER, through=date(2026, 5, 3))
    do(ledger, Action.PROGRESS, LEADER, milestone=1, through=date(2026, 4, 30))
    assert due() == [(date(2026, 4, 30), "月末")]


def test_a_bulletin_leaves_out_what_was_issued_after_its_period(ledger: Database):
    do(ledger, Action.ISSUE)
    before = ledger.read(
        lambda s: bulletin(s, "周", date(2026, 2, 23), date(2026, 3, 1), date(2026, 3, 2), ZONE)
    )
    assert before.tasks == before.units == ()


def test_the_history_says_who_did_what_and_how_dates_moved(ledger: Database):
    do(ledger, Action.ISSUE)
    do(ledger, Action.ASK_EXTENSION, LEADER, due=date(2026, 9, 30), text="设备未到")
    do(ledger, Action.GRANT_EXTENSION)
    do(ledger, Action.PROGRESS, SECOND, milestone=1, through=date(2026, 4, 30), text="完成81%")
    lines = ledger.read(lambda s: history(s, ZONE, task_id=1))
    assert [(line.kind, line.who, line.unit, line.text) for line in lines] == [
        ("下达", "办公室", "", ""),
        ("申请延期", "农业局长", "市农业农村局", "设备未到;2026-06-30 → 2026-09-30"),
        ("同意延期", "办公室", "", "2026-06-30 → 2026-09-30"),
        ("阶段完成", "烟草局", "市烟草专卖局", "完成81%;完成80%"),
    ]
    assert lines[0].at.hour == 9
    assert ledger.read(lambda s: history(s, ZONE, since=NOW + timedelta(days=1))) == []


def test_nothing_is_counted_of_units_that_only_cooperate(ledger: Database):
    reported(ledger)
    deed = Deed(Action.ACKNOWLEDGE, 1, HELPER, NOW)
    ledger.write(lambda s: perform(s, deed).task.state)
    found = ledger.read(
        lambda s: bulletin(s, "周", date(2026, 3, 2), date(2026, 3, 8), date(2026, 3, 9), ZONE)
    )
    assert [unit.unit for unit in found.units] == ["市农业农村局", "市烟草专卖局"]

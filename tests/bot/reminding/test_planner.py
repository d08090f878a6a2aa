import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.ledger.actions import perform
from bot.ledger.records import Deed
from bot.records import Action, Actor, OutboxState, ReminderState, Role, TaskState
from bot.reminding.planner import cancel_reminders, plan
from bot.state.database import Database
from bot.state.tables import (
    CalendarDay,
    LedgerTask,
    Membership,
    Note,
    Outbox,
    TaskMilestone,
    TaskUnit,
)
from tests.bot.reminding.ledgers import ISSUED, RULES, Ledger, at, d

ROOT = Path(__file__).parents[3]
OFFICE = Actor(0, 0, 0, "办公室", frozenset({(Role.OFFICE, 0)}), True)


@pytest.fixture
def ledger(database):
    return Ledger(database)


@pytest.fixture
def unit(ledger):
    return ledger.unit("市公安局")


@pytest.fixture
def room(ledger, unit):
    return ledger.group(unit)


def test_the_coming_days_are_planned_at_nine_of_working_days(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-08"))
    ledger.tick(ISSUED)
    # T-30 is Friday the 9th; T-7, T-1 and T0 lie on a weekend and go back to Friday.
    assert ledger.planned() == [
        "01-09 09:00 T-30",
        "01-30 09:00 T-7",
        "02-06 09:00 T0",
        "02-09 09:00 T+1",
        "02-11 09:00 T+3",
    ]


def test_on_the_day_of_issue_nothing_ahead_is_said_again(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-02-04"))  # T-30 is the day of issue
    ledger.task(2, lead=[unit], due=d("2026-01-12"))  # T-7 too
    ledger.task(3, lead=[unit], due=d("2026-01-05"), stages="1,0")
    assert ledger.tick("2026-01-05 10:01") == 1
    assert ledger.queued() == ["T0"]


def test_planning_twice_changes_nothing(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-08"))
    ledger.tick(ISSUED)
    first = ledger.planned()
    ledger.tick("2026-01-05 10:01")
    ledger.tick("2026-01-06 03:00")
    assert ledger.planned() == first


def test_a_due_reminder_is_queued_once_and_names_its_task(ledger, unit, room):
    task = ledger.task(lead=[unit], due=d("2026-02-11"), stages="7")
    assert ledger.tick(ISSUED) == 0
    assert ledger.tick("2026-02-04 08:59") == 0
    assert ledger.tick("2026-02-04 09:00") == 1
    assert ledger.tick("2026-02-04 09:01") == 0
    (message,) = ledger.messages()
    assert message.key == f"remind:{room}:2026-02-04:1"
    assert (message.task_id, message.task_version, message.chat) == (task, 1, -1000)
    assert (message.resend, message.payload["silent"]) == (False, False)
    assert message.payload["text"].startswith("<b>还有 7 天</b>\n<b>第1项 问题1</b>")


def test_only_the_first_notice_is_silent_and_only_what_presses_may_be_sent_again(
    ledger, unit, room
):
    ledger.task(lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    for day in ("2026-01-12", "2026-02-04", "2026-02-10", "2026-02-11", "2026-02-12"):
        ledger.tick(f"{day} 09:00")
    found = [(m.payload["silent"], m.resend) for m in ledger.messages()]
    assert ledger.queued() == ["T-30", "T-7", "T-1", "T0", "T+1"]
    assert found == [(True, False), (False, False), (False, False), (False, True), (False, True)]


@pytest.mark.parametrize(
    "time", ["2026-02-04 08:59", "2026-02-04 17:30", "2026-02-07 10:00", "2026-02-16 10:00"]
)
def test_nothing_is_queued_outside_of_office_hours(ledger, unit, room, time):
    ledger.task(lead=[unit], due=d("2026-02-04"), stages="0,+1,+3,每周")
    assert ledger.tick(time) == 0


def test_a_make_up_working_day_is_one(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-14"), stages="0")
    assert ledger.tick("2026-02-14 09:00") == 1  # a Saturday that is worked


def test_every_chat_of_every_responsible_unit_is_told_its_role(ledger, unit, room):
    other, second = ledger.unit("市商务局"), ledger.group(unit)
    person = ledger.person("王", other)
    ledger.task(lead=[unit], cooperating=[other], due=d("2026-02-11"), stages="7")
    ledger.tick("2026-02-04 09:00")
    texts = {m.key.split(":")[1]: m.payload["text"] for m in ledger.messages()}
    assert set(texts) == {str(room), str(second), str(person)}
    assert "市公安局(牵头)" in texts[str(room)]
    assert "市商务局(配合)" in texts[str(person)]


def test_a_chat_reached_through_two_units_is_told_once_as_the_lead(ledger, unit):
    other = ledger.unit("市商务局")
    chat = ledger.person("王", other)
    ledger.add(Membership(person_id=1, unit_id=unit, role=Role.MEMBER, since=at(ISSUED)))
    ledger.task(lead=[unit], cooperating=[other], due=d("2026-02-11"), stages="7")
    ledger.tick("2026-02-04 09:00")
    (message,) = ledger.messages()
    assert message.key == f"remind:{chat}:2026-02-04:1"
    assert "市公安局(牵头)" in message.payload["text"]


def test_a_chat_bound_later_gets_what_is_still_to_come(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    ledger.tick("2026-01-12 09:00")
    late = ledger.group(unit, since="2026-01-20 10:00")
    ledger.tick("2026-01-20 10:01")
    assert ledger.queued(chat_id=late) == []
    assert [word.split()[-1] for word in ledger.planned(chat_id=late)] == [
        "T-7",
        "T-1",
        "T0",
        "T+1",
        "T+3",
        "T+10",
        "T+17",
    ]


def test_a_chat_that_is_taken_out_gets_nothing_more(ledger, unit, room):
    other = ledger.group(unit)
    ledger.task(lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    ledger.block(other)
    ledger.tick("2026-01-05 10:01")
    assert ledger.planned(chat_id=other) == []
    assert len(ledger.planned(chat_id=room)) == 6


def test_what_the_sender_passes_on_is_not_planned_again_for_today(ledger, unit, room):
    person = ledger.person("王", unit)
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="7,1")
    ledger.tick("2026-02-04 09:00")
    ledger.block(room)
    assert ledger.tick("2026-02-04 09:02") == 0
    assert ledger.planned(chat_id=person) == ["02-10 09:00 T-1"]


@pytest.mark.parametrize("state", [TaskState.REPORTED, TaskState.CLOSED, TaskState.SUSPENDED])
def test_a_task_that_is_not_worked_on_is_not_reminded_of(ledger, unit, room, state):
    task = ledger.task(lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    ledger.set(LedgerTask, task, state=state)
    assert ledger.tick("2026-02-11 09:00") == 0
    assert ledger.planned() == []
    assert {row.state for row in ledger.reminders()} == {ReminderState.CANCELLED}


def test_a_returned_task_is_reminded_of_again_from_that_day(ledger, unit, room):
    task = ledger.task(lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    ledger.person("王")
    member = Actor(1, 1, 1, "王", frozenset({(Role.MEMBER, unit)}))
    for time, action, actor in (
        ("2026-02-03 10:00", Action.REPORT, member),
        ("2026-02-06 10:00", Action.RETURN, OFFICE),
    ):
        deed = Deed(action, task, actor, at(time), text="说明")
        ledger.database.write(lambda session, deed=deed: perform(session, deed).task.id)
        ledger.tick(time.replace(":00", ":01"))
    assert ledger.queued() == []  # T-7 fell on the day between
    assert ledger.planned()[0] == "02-10 09:00 T-1"


def test_failure_21_a_moved_deadline_cancels_the_old_reminders_and_plans_new_ones(
    ledger, unit, room
):
    task = ledger.task(lead=[unit], due=d("2026-02-11"), stages="7,0")
    ledger.tick(ISSUED)
    deed = Deed(Action.SET_DUE, task, OFFICE, at("2026-01-20 10:00"), due=d("2026-03-04"))
    ledger.database.write(lambda session: perform(session, deed).task.id)
    assert ledger.planned() == []
    ledger.tick("2026-01-26 10:01")
    assert ledger.planned() == ["02-25 09:00 T-7", "03-04 09:00 T0"]


def test_failure_21_an_extension_granted_while_a_digest_waits_leaves_only_the_other_task_in_it(
    ledger, unit, room
):
    tasks = [ledger.task(n, lead=[unit], due=d("2026-02-11"), stages="1,0") for n in (1, 2)]
    ledger.person("王", unit, role=Role.LEAD)
    assert ledger.tick("2026-02-10 09:00", deliver=False) == 1
    lead = Actor(1, 1, 1, "王", frozenset({(Role.LEAD, unit)}))
    for action, actor in ((Action.ASK_EXTENSION, lead), (Action.GRANT_EXTENSION, OFFICE)):
        deed = Deed(
            action, tasks[0], actor, at("2026-02-10 09:00"), text="说明", due=d("2026-03-04")
        )
        ledger.database.write(lambda session, deed=deed: perform(session, deed).task.id)
    assert ledger.messages(OutboxState.DUE) == []
    ledger.tick("2026-02-10 09:01")
    (message,) = ledger.messages(OutboxState.SENT)
    assert "第2项" in message.payload["text"]
    assert "第1项" not in message.payload["text"]


def test_failure_21_a_moved_deadline_stops_a_message_that_waits(ledger, unit, room):
    task = ledger.task(lead=[unit], due=d("2026-02-11"), stages="7,0")
    ledger.tick("2026-02-04 09:00", deliver=False)
    deed = Deed(Action.SET_DUE, task, OFFICE, at("2026-02-04 09:00"), due=d("2026-03-04"))
    ledger.database.write(lambda session: perform(session, deed).task.id)
    assert [m.state for m in ledger.messages()] == [OutboxState.CANCELLED]
    assert ledger.tick("2026-02-04 09:01") == 0


def test_a_digest_is_made_anew_without_the_task_that_changed(ledger, unit, room):
    tasks = [
        ledger.task(number, lead=[unit], due=d("2026-02-11"), stages="7") for number in (1, 2, 3)
    ]
    assert ledger.tick("2026-02-04 09:00", deliver=False) == 1
    ledger.database.write(lambda s: cancel_reminders(s, tasks[1], at("2026-02-04 09:00")))
    ledger.set(LedgerTask, tasks[1], state=TaskState.CLOSED)
    assert ledger.tick("2026-02-04 09:01", deliver=False) == 1
    first, second = ledger.messages()
    assert (first.state, second.state) == (OutboxState.CANCELLED, OutboxState.DUE)
    assert second.key == f"remind:{room}:2026-02-04:2"
    assert "第2项" in first.payload["text"]
    assert "第2项" not in second.payload["text"]
    assert "第1项" in second.payload["text"]
    assert "第3项" in second.payload["text"]


def test_failure_21_a_digest_of_which_one_date_was_met_is_made_anew_with_the_others(
    ledger, unit, room
):
    step = {"text": "阶段一", "due": d("2026-02-11")}
    ledger.task(1, lead=[unit], kind="ongoing", steps=[step])
    ledger.task(2, lead=[unit], due=d("2026-02-11"), stages="0")
    assert ledger.tick("2026-02-11 09:00", deliver=False) == 1
    ledger.set(TaskMilestone, 1, done_through=d("2026-02-11"))
    ledger.tick("2026-02-11 09:01", deliver=False)
    ledger.tick("2026-02-11 09:02", deliver=False)
    (message,) = ledger.messages(OutboxState.DUE)
    assert "第2项" in message.payload["text"]
    assert "第1项" not in message.payload["text"]


def test_the_planner_itself_stops_messages_of_dates_that_were_met(ledger, unit, room):
    step = {"text": "阶段一", "due": d("2026-02-11")}
    ledger.task(lead=[unit], kind="ongoing", steps=[step])
    ledger.tick("2026-02-11 09:00", deliver=False)
    ledger.set(TaskMilestone, 1, done_through=d("2026-02-11"))
    ledger.tick("2026-02-11 09:01", deliver=False)
    assert [m.state for m in ledger.messages()] == [OutboxState.CANCELLED]
    assert ledger.planned() == []


def test_a_message_under_way_is_left_alone(ledger, unit, room):
    task = ledger.task(lead=[unit], due=d("2026-02-11"), stages="7")
    ledger.tick("2026-02-04 09:00", deliver=False)
    ledger.outbox(OutboxState.SENDING)
    ledger.database.write(lambda s: cancel_reminders(s, task, at("2026-02-04 09:00")))
    assert [m.state for m in ledger.messages()] == [OutboxState.SENDING]
    assert ledger.queued() == ["T-7"]


def test_a_milestone_on_the_task_s_own_day_is_silent_and_others_speak(ledger, unit, room):
    steps = [{"text": "同日", "due": d("2026-02-11")}, {"text": "提前", "due": d("2026-02-09")}]
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="0", steps=steps)
    ledger.tick(ISSUED)
    assert ledger.planned(milestone_id=0) == ["02-11 09:00 T0"]
    assert ledger.planned(milestone_id=1) == []
    assert ledger.planned(milestone_id=2) == ["02-09 09:00 T0"]


def test_a_reached_milestone_is_silent(ledger, unit, room):
    step = {"text": "阶段一", "due": d("2026-02-11"), "done_through": d("2026-02-11")}
    ledger.task(lead=[unit], due=d("2026-03-31"), stages="0", steps=[step])
    ledger.tick(ISSUED)
    assert ledger.planned(milestone_id=1) == []


def test_a_recurring_duty_reported_through_a_day_goes_on_after_it(ledger, unit, room):
    step = {"text": "每月", "kind": "recurring", "recurrence": "FREQ=MONTHLY"}
    ledger.task(lead=[unit], kind="ongoing", steps=[step])
    ledger.set(TaskMilestone, 1, done_through=d("2026-01-31"))
    ledger.tick("2026-01-26 09:00")
    assert ledger.planned() == [
        "02-14 09:00 T-7",  # the last working day before Spring Festival
        "02-27 09:00 T-1",
        "02-28 09:00 T0",
        "03-02 09:00 T+1",
        "03-03 09:00 T+3",
    ]


def test_an_unreadable_rule_silences_only_its_own_task(ledger, unit, room, caplog):
    ledger.task(1, lead=[unit], kind="recurring", recurrence="FREQ=HOURLY")
    ledger.task(2, lead=[unit], due=d("2026-02-04"), stages="0")
    with caplog.at_level(logging.WARNING):
        assert ledger.tick("2026-02-04 09:00") == 1
    assert "task 1, milestone 0: no reminders" in caplog.text


def test_an_unreadable_plan_of_stages_gives_way_to_the_usual_one(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="胡说")
    ledger.tick("2026-02-04 09:00")
    assert ledger.queued() == ["T-7"]


def test_failure_24_an_unpublished_calendar_is_said_and_planned_anew_when_it_is_published(
    ledger, unit, room
):
    ledger.task(lead=[unit], due=d("2027-01-04"), stages="7,0", issued="2026-12-07 10:00")
    ledger.tick("2026-12-07 10:00")
    assert ledger.planned() == ["12-28 09:00 T-7", "01-04 09:00 T0"]
    assert [row.calendar_known for row in ledger.reminders()] == [True, False]
    holiday = [CalendarDay(day=d(f"2027-01-0{n}"), working=n in (2, 3)) for n in (1, 2, 3, 4)]
    ledger.database.write(lambda session: session.add_all(holiday))
    ledger.tick("2026-12-07 10:01")
    assert ledger.planned() == ["12-28 09:00 T-7", "01-03 09:00 T0"]
    assert [row.calendar_known for row in ledger.reminders()] == [True, True]


def test_failure_24_what_rests_on_a_guessed_calendar_says_so(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2027-01-04"), stages="0", issued="2026-12-07 10:00")
    ledger.tick("2027-01-04 09:00")
    (message,) = ledger.messages()
    assert "(日历未公布,按周一至周五推算)" in message.payload["text"]


def test_a_day_set_free_today_sends_what_would_have_been_sent_on_it(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="0")
    ledger.tick(ISSUED)
    ledger.tick("2026-02-10 09:30")
    ledger.database.write(lambda s: s.add(CalendarDay(day=d("2026-02-11"), working=False)))
    assert ledger.tick("2026-02-10 10:00") == 1
    assert ledger.queued() == ["T0"]


def test_failure_03_two_planners_at_once_queue_once(ledger, unit, room, database_url):
    for number in range(1, 9):
        ledger.task(number, lead=[unit], due=d("2026-02-11"), stages="7")
    others = [Database(database_url) for _ in range(3)]
    start = threading.Barrier(len(others))
    counts = []

    def run(database):
        start.wait()
        counts.append(database.write(lambda s: plan(s, at("2026-02-04 09:00"), RULES)))

    threads = [threading.Thread(target=run, args=(database,)) for database in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in others:
        database.close()
    assert sorted(counts) == [0, 0, 1]
    assert len(ledger.messages()) == 1


def test_failure_03_killed_at_any_statement_of_a_tick_the_next_one_doubles_and_misses_nothing(
    ledger, database_url
):
    """Each tick of the process is killed one statement later than the one before it."""
    for number in (1, 2):
        unit = ledger.unit(f"单位{number}")
        ledger.group(unit)
        for place in (1, 2):
            ledger.task(number * 10 + place, lead=[unit], due=d("2026-02-11"), stages="7,0")
    now = at("2026-02-04 09:00").isoformat()
    command = [sys.executable, "-m", "tests.bot.reminding.killed", database_url, now]
    ended = subprocess.run(command, cwd=ROOT, timeout=60, check=False, stdout=subprocess.PIPE)
    assert int(ended.stdout) > 15
    assert ledger.tick("2026-02-04 09:00") == 0
    assert ledger.tick("2026-02-04 09:01") == 0
    assert sorted(message.chat for message in ledger.messages()) == [-1001, -1000]
    assert ledger.queued() == ["T-7"] * 4
    assert [row.split()[-1] for row in ledger.planned()] == ["T0"] * 4
    assert len(ledger.reminders()) == 8


def test_failure_03_a_tick_cut_off_leaves_nothing_and_is_done_again(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="7")

    def cut_off(session):
        assert plan(session, at("2026-02-04 09:00"), RULES) == 1
        raise RuntimeError("power is gone")

    with pytest.raises(RuntimeError):
        ledger.database.write(cut_off)
    assert ledger.messages() == []
    assert ledger.tick("2026-02-04 09:01") == 1


def test_an_unchanged_ledger_is_not_planned_anew(ledger, unit, room, monkeypatch):
    ledger.task(lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    monkeypatch.setattr("bot.reminding.reconciling.open_facts", pytest.fail)
    ledger.tick("2026-01-05 10:01")


@pytest.mark.parametrize(
    "change",
    [
        lambda ledger, unit: ledger.task(2, lead=[unit], due=d("2026-02-11")),
        lambda ledger, unit: ledger.group(unit),
        lambda ledger, unit: ledger.person("王", unit),
        lambda ledger, unit: ledger.set(LedgerTask, 1, stages="0"),
        lambda ledger, unit: ledger.set(TaskUnit, 1, acknowledged_at=None),
        lambda ledger, unit: ledger.set(TaskMilestone, 1, done_through=d("2026-03-01")),
        lambda ledger, unit: ledger.database.write(
            lambda s: s.add(CalendarDay(day=d("2026-02-11"), working=False))
        ),
        lambda ledger, unit: ledger.database.write(
            lambda s: cancel_reminders(s, 1, at("2026-01-05 10:00"))
        ),
    ],
)
def test_whatever_the_plan_rests_on_makes_it_anew(ledger, unit, room, change):
    step = {"text": "阶段一", "due": d("2026-03-01")}
    ledger.task(lead=[unit], due=d("2026-02-11"), steps=[step])

    def signature():
        query = select(Note.value).where(Note.name == "planner.signature")
        return ledger.database.read(lambda s: s.scalar(query))

    ledger.tick(ISSUED)
    before, rows = signature(), [(row.id, row.state) for row in ledger.reminders()]
    change(ledger, unit)
    changed = signature() != before
    ledger.tick("2026-01-05 10:01")
    assert changed or signature() != before
    if changed:  # cancelled, and planned again
        assert [(row.id, row.state) for row in ledger.reminders()] == rows


def test_reminders_are_linked_to_the_message_that_says_them(ledger, unit, room):
    for number in range(1, 13):
        ledger.task(number, lead=[unit], due=d("2026-02-11"), stages="7")
    assert ledger.tick("2026-02-04 09:00") == 2
    linked = [row.outbox_id for row in ledger.reminders()]
    ids = ledger.database.read(lambda s: s.scalars(select(Outbox.id).order_by(Outbox.id)).all())
    assert [linked.count(number) for number in ids] == [10, 2]

import pytest

from bot.records import OutboxState, ReminderState
from bot.state.tables import LedgerTask, TaskMilestone
from tests.bot.reminding.ledgers import ISSUED, Ledger, d


@pytest.fixture
def ledger(database):
    return Ledger(database)


@pytest.fixture
def unit(ledger):
    return ledger.unit("市公安局")


@pytest.fixture
def room(ledger, unit):
    return ledger.group(unit)


def states(ledger):
    return {row.stage: row.state for row in ledger.reminders()}


def test_failure_06_after_a_pause_only_the_latest_stage_is_sent(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    assert ledger.tick("2026-02-10 16:00") == 1
    found = states(ledger)
    assert (found["T-30"], found["T-7"]) == (ReminderState.SUPERSEDED, ReminderState.SUPERSEDED)
    assert ledger.queued() == ["T-1"]
    (message,) = ledger.messages()
    assert "还有 1 天" in message.payload["text"]


def test_after_a_pause_the_words_are_those_of_the_day(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="7")
    ledger.tick(ISSUED)
    ledger.tick("2026-02-06 09:00")
    (message,) = ledger.messages()
    assert "还有 5 天" in message.payload["text"]


def test_a_pause_longer_than_the_plan_ahead_loses_nothing_that_still_counts(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-04-10"))
    ledger.task(2, lead=[unit], due=d("2026-04-16"), stages="7")
    ledger.tick(ISSUED)
    assert ledger.tick("2026-04-15 09:00") == 1
    assert ledger.queued(task_id=1) == ["T+3"]
    assert ledger.queued(task_id=2) == ["T-7"]


def test_after_a_pause_each_date_gets_its_latest_stage_in_one_message(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-02-11"))
    ledger.task(2, lead=[unit], due=d("2026-02-13"))
    ledger.task(3, lead=[unit], due=d("2026-02-26"))
    ledger.tick(ISSUED)
    assert ledger.tick("2026-02-14 09:00") == 1
    assert ledger.queued(task_id=1) == ["T+3"]
    assert ledger.queued(task_id=2) == ["T+1"]
    assert ledger.queued(task_id=3) == ["T-7"]
    (message,) = ledger.messages()
    text = message.payload["text"]
    assert text.index("已超期 3 天") < text.index("已超期 1 天") < text.index("还有 12 天")


def test_of_a_recurring_duty_s_past_dates_only_the_last_is_spoken_of(ledger, unit, room):
    step = {"text": "每周", "kind": "recurring", "recurrence": "FREQ=WEEKLY"}
    ledger.task(lead=[unit], kind="ongoing", steps=[step])
    ledger.tick(ISSUED)
    assert ledger.tick("2026-02-03 09:00") == 1
    rows = ledger.reminders(ReminderState.QUEUED)
    assert [(row.due, row.stage) for row in rows] == [(d("2026-02-01"), "T0")]


def test_of_the_quarterly_checks_missed_only_the_last_is_made(ledger, unit, room):
    ledger.task(lead=[unit], kind="ongoing")
    ledger.tick(ISSUED)
    assert ledger.tick("2026-07-02 09:00") == 1
    rows = ledger.reminders(ReminderState.QUEUED)
    assert [(row.due, row.stage) for row in rows] == [(d("2026-07-01"), "Q")]


def test_failure_06_what_could_not_be_sent_is_said_once_in_the_end(ledger, unit, room):
    """Two days without the messenger: the unsent messages give way to one."""
    ledger.task(1, lead=[unit], due=d("2026-02-11"))
    ledger.task(2, lead=[unit], due=d("2026-02-17"), stages="7")
    for day in ("2026-02-10", "2026-02-11", "2026-02-12"):
        ledger.tick(f"{day} 09:00", deliver=False)
        ledger.tick(f"{day} 12:00", deliver=False)
    waiting = ledger.messages(OutboxState.DUE)
    assert [message.key for message in waiting] == [f"remind:{room}:2026-02-12:1"]
    assert ledger.queued(task_id=1) == ["T+1"]
    assert ledger.queued(task_id=2) == ["T-7"]
    assert "还有 5 天" in waiting[0].payload["text"]
    assert {m.state for m in ledger.messages()} == {OutboxState.DUE, OutboxState.CANCELLED}


def test_what_was_not_sent_before_the_office_closed_waits_for_the_morning(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="0")
    ledger.tick("2026-02-11 17:00", deliver=False)
    ledger.tick("2026-02-11 17:30", deliver=False)
    assert ledger.messages(OutboxState.DUE) == []
    assert ledger.tick("2026-02-12 09:00") == 1
    assert ledger.queued() == ["T0"]
    assert "已超期 1 天" in ledger.messages()[-1].payload["text"]


@pytest.mark.parametrize(
    "state", [OutboxState.SENDING, OutboxState.UNCERTAIN, OutboxState.SENT, OutboxState.FAILED]
)
def test_what_may_have_been_sent_is_never_said_again(ledger, unit, room, state):
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="0")
    ledger.tick("2026-02-11 17:00", deliver=False)
    ledger.outbox(state)
    assert ledger.tick("2026-02-11 18:00", deliver=False) == 0
    assert ledger.tick("2026-02-12 09:00", deliver=False) == 0
    assert [message.state for message in ledger.messages()] == [state]


def test_failure_25_a_clock_put_back_doubles_nothing(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"))
    for time in ("2026-02-11 09:00", "2026-02-04 09:00", "2026-02-10 09:00", "2026-02-11 09:05"):
        ledger.tick(time)
    assert ledger.queued() == ["T0"]
    assert len(ledger.messages()) == 1


def test_failure_25_a_clock_put_forward_and_back_goes_on_where_it_was(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    ledger.tick("2026-02-04 09:00")
    ledger.tick("2026-02-12 03:00")  # at night: nothing is sent
    ledger.tick("2026-02-05 09:00")
    for day in ("10", "11", "12"):
        ledger.tick(f"2026-02-{day} 09:00")
    assert ledger.queued() == ["T-7", "T-1", "T0", "T+1"]


def test_a_deadline_already_past_when_issued_is_reminded_of_weekly(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2025-12-31"), issued="2026-01-14 10:00")
    for day in ("14", "16", "19", "20", "21", "26", "27"):
        ledger.tick(f"2026-01-{day} 10:00")
    assert ledger.queued() == ["T+17", "T+24"]


def test_what_lay_before_a_task_was_issued_is_not_made_up_for(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"), issued="2026-02-05 10:00")
    assert ledger.tick("2026-02-05 10:01") == 0
    assert ledger.planned()[0] == "02-10 09:00 T-1"


def test_a_date_met_during_the_pause_is_not_spoken_of(ledger, unit, room):
    step = {"text": "阶段一", "due": d("2026-02-11")}
    ledger.task(lead=[unit], kind="ongoing", steps=[step])
    ledger.tick(ISSUED)
    ledger.set(TaskMilestone, 1, done_through=d("2026-02-11"))
    assert ledger.tick("2026-02-12 09:00") == 0
    ledger.set(LedgerTask, 1, due_version=2)
    assert ledger.tick("2026-02-12 09:01") == 0

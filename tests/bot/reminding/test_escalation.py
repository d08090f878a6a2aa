import pytest

from bot.records import OutboxState, Role
from bot.state.tables import LedgerTask, TaskUnit
from tests.bot.reminding.ledgers import ISSUED, Ledger, at, d


@pytest.fixture
def ledger(database):
    return Ledger(database)


@pytest.fixture
def unit(ledger):
    return ledger.unit("市公安局")


@pytest.fixture
def room(ledger, unit):
    return ledger.group(unit)


def escalations(ledger, **where):
    return [word for word in ledger.planned(**where) if " E" in word]


def test_a_task_not_acknowledged_is_told_to_the_unit_and_its_leader(ledger, unit, room):
    leader = ledger.person("局长", unit, Role.LEAD)
    member = ledger.person("科员", unit)
    ledger.task(lead=[unit], due=d("2026-02-11"), signed=False)
    ledger.tick(ISSUED)
    assert escalations(ledger, chat_id=room) == ["02-05 09:00 E-ack"]
    assert escalations(ledger, chat_id=leader) == ["02-05 09:00 E-ack"]
    assert ledger.planned(chat_id=member) == []
    ledger.tick("2026-02-04 09:00")
    ledger.tick("2026-02-05 09:00")
    assert ledger.queued(chat_id=leader) == ["E-ack"]
    text = ledger.messages()[-1].payload["text"]
    assert text.startswith("<b>尚未签收,还有 6 天</b>")
    assert "市公安局(牵头)" in text


def test_acknowledged_in_time_nobody_is_told(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="7", signed=False)
    ledger.tick("2026-02-04 09:00")
    ledger.set(TaskUnit, 1, acknowledged_at=at("2026-02-04 15:00"))
    assert ledger.tick("2026-02-05 09:00") == 0
    assert ledger.queued() == ["T-7"]


def test_only_the_lead_unit_that_has_not_acknowledged_is_told(ledger, unit, room):
    other, helper = ledger.unit("市商务局"), ledger.unit("市财政局")
    rooms = ledger.group(other), ledger.group(helper)
    ledger.task(lead=[unit, other], cooperating=[helper], due=d("2026-02-11"), signed=False)
    ledger.set(TaskUnit, 1, acknowledged_at=at(ISSUED))
    ledger.tick(ISSUED)
    found = [escalations(ledger, chat_id=chat) for chat in (room, *rooms)]
    assert found == [[], ["02-05 09:00 E-ack"], []]


def test_issued_at_short_notice_the_unit_has_one_working_day(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"), issued="2026-02-06 16:00", signed=False)
    ledger.tick("2026-02-06 16:01")
    assert escalations(ledger) == ["02-09 09:00 E-ack"]


def test_a_task_without_a_week_s_notice_is_not_waited_for(ledger, unit, room):
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="1,0", signed=False)
    ledger.tick(ISSUED)
    assert escalations(ledger) == []


def test_overdue_goes_to_the_office_and_then_to_its_administrators(ledger, unit, room):
    office = ledger.group(office=True)
    admin = ledger.person("主任", role=Role.OFFICE, admin=True)
    ledger.person("科员", role=Role.OFFICE)
    ledger.task(lead=[unit], due=d("2026-01-30"))
    ledger.tick(ISSUED)
    # The day after is a Saturday, the seventh a Friday.
    assert escalations(ledger, chat_id=office) == ["02-02 09:00 E+1"]
    assert escalations(ledger, chat_id=admin) == ["02-06 09:00 E+7"]
    ledger.tick("2026-02-02 09:00")
    message = ledger.messages()[-1]
    assert message.payload["text"].startswith("<b>已超期 3 天</b>")
    assert message.resend
    assert [row[0][0] for row in message.payload["buttons"]] == ["详情"]


def test_a_milestone_escalates_too_and_a_recurring_duty_does_not(ledger, unit, room):
    office = ledger.group(office=True)
    steps = [
        {"text": "阶段", "due": d("2026-01-30")},
        {"text": "每月", "kind": "recurring", "recurrence": "FREQ=MONTHLY"},
    ]
    ledger.task(lead=[unit], kind="ongoing", steps=steps)
    ledger.tick(ISSUED)
    assert ledger.planned(chat_id=office) == ["02-02 09:00 E+1"]


def test_a_silent_plan_escalates_nothing(ledger, unit, room):
    ledger.group(office=True)
    ledger.task(lead=[unit], due=d("2026-01-30"), stages="不提醒", signed=False)
    ledger.tick(ISSUED)
    assert ledger.planned() == []


def test_an_escalation_is_sent_once(ledger, unit, room):
    office = ledger.group(office=True)
    ledger.task(lead=[unit], due=d("2026-01-30"))
    ledger.tick(ISSUED)
    for day in ("02", "02", "03", "04", "05"):
        ledger.tick(f"2026-02-{day} 09:00")
    assert ledger.queued(chat_id=office) == ["E+1"]


@pytest.mark.parametrize(
    "kind", [{"kind": "ongoing"}, {"kind": "recurring", "recurrence": "FREQ=MONTHLY"}]
)
def test_a_task_without_a_day_is_to_be_acknowledged_within_a_working_day(ledger, unit, room, kind):
    office = ledger.group(office=True)
    leader = ledger.person("局长", unit, Role.LEAD)
    ledger.task(lead=[unit], issued="2026-01-09 16:00", signed=False, **kind)
    ledger.tick("2026-01-09 16:01")
    # Issued on a Friday.
    assert escalations(ledger, chat_id=leader) == ["01-12 09:00 E-ack"]
    assert escalations(ledger, chat_id=room) == ["01-12 09:00 E-ack"]
    assert escalations(ledger, chat_id=office) == ["01-14 09:00 E-ack3"]
    for day in (12, 12, 13, 14, 15, 16):
        ledger.tick(f"2026-01-{day} 09:00")
    assert ledger.queued(chat_id=leader) == ["E-ack"]
    assert ledger.queued(chat_id=office) == ["E-ack3"]
    texts = {message.key.split(":")[1]: message.payload["text"] for message in ledger.messages()}
    assert texts[str(leader)].startswith(
        "<b>尚未签收</b>\n<b>第1项 问题1</b>\n<b>期限</b> 年底前\n"
    )
    assert texts[str(office)].startswith("<b>市公安局尚未签收</b>\n")


def test_a_task_without_a_day_acknowledged_meanwhile_is_not_escalated(ledger, unit, room):
    ledger.group(office=True)
    ledger.task(lead=[unit], kind="ongoing", signed=False)
    ledger.tick("2026-01-06 09:00", deliver=False)
    assert ledger.queued() == ["E-ack"]
    ledger.set(TaskUnit, 1, acknowledged_at=at("2026-01-06 15:00"))
    ledger.tick("2026-01-08 09:00")
    assert "E-ack3" not in ledger.queued()


def test_a_duty_done_but_not_acknowledged_is_still_escalated(ledger, unit, room):
    ledger.task(lead=[unit], kind="recurring", recurrence="FREQ=MONTHLY", signed=False)
    ledger.set(LedgerTask, 1, done_through=d("2026-01-31"))
    assert ledger.tick("2026-01-06 09:00", deliver=False) == 1
    assert ledger.tick("2026-01-06 09:01", deliver=False) == 0
    assert ledger.messages(OutboxState.DUE)[0].payload["text"].startswith("<b>尚未签收</b>")


def test_a_silent_plan_of_a_task_without_a_day_escalates_nothing(ledger, unit, room):
    ledger.group(office=True)
    ledger.task(lead=[unit], kind="ongoing", stages="不提醒", signed=False)
    ledger.tick(ISSUED)
    assert escalations(ledger) == []


def test_the_office_is_told_three_working_days_after_the_notice(ledger, unit, room):
    office = ledger.group(office=True)
    ledger.task(lead=[unit], due=d("2026-02-11"), signed=False)
    ledger.tick(ISSUED)
    assert escalations(ledger, chat_id=office)[0] == "02-09 09:00 E-ack3"
    ledger.tick("2026-02-09 09:00")
    assert ledger.messages()[-1].payload["text"].startswith("<b>市公安局尚未签收,还有 2 天</b>")

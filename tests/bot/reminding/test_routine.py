from functools import partial

import pytest
from sqlalchemy import select

from bot.handling.needs import Paper
from bot.records import OutboxState, Priority, TaskState
from bot.reminding.routine import due_routines, perform_routines, queue_routine
from bot.reminding.schedule import RoutineKind
from bot.state.tables import Blob, Membership, TaskMilestone
from tests.bot.reminding.ledgers import RULES, Ledger, at, d


@pytest.fixture
def ledger(database):
    return Ledger(database)


@pytest.fixture
def unit(ledger):
    return ledger.unit("市公安局")


@pytest.fixture
def room(ledger, unit):
    return ledger.group(unit, title="公安群")


@pytest.fixture
def office(ledger):
    return ledger.group(office=True)


def due(ledger, text):
    return ledger.database.read(lambda session: due_routines(session, at(text), RULES))


def perform(ledger, text, *kinds, papers=()):
    """Queue what is due of some kinds, drawing nothing; the messages' texts, by key."""
    known = {message.key for message in ledger.messages()}
    for routine in due(ledger, text):
        if not kinds or routine.round.kind in kinds:
            work = partial(_queue, routine, papers, text)
            ledger.database.write(work)
    return {m.key: m.payload["text"] for m in ledger.messages() if m.key not in known}


def _queue(routine, papers, text, session):
    return queue_routine(session, routine, papers, at(text))


@pytest.mark.parametrize("time", ["2026-03-02 08:59", "2026-03-02 17:30", "2026-03-01 10:00"])
def test_nothing_is_due_outside_of_office_hours(ledger, time):
    assert due(ledger, time) == []


def test_on_the_first_working_day_each_unit_gets_its_open_tasks(ledger, unit, room, office):
    other = ledger.unit("市商务局")
    second = ledger.group(other)
    ledger.task(1, lead=[unit], cooperating=[other], due=d("2026-12-31"))
    ledger.task(2, lead=[unit], kind="ongoing", deadline_text="长期坚持", state="acknowledged")
    ledger.task(3, lead=[unit], due=d("2026-12-31"), state="closed")
    found = perform(ledger, "2026-03-02 09:00", RoutineKind.LEDGER)
    assert found == {
        f"routine:ledger:2026-03-02:{room}:1": (
            "<b>月台账推进</b> 2026年3月,在办 2 项\n"
            "第1项 问题1(市公安局) 已下达 牵头\n2026-12-31 到期(原文:年底前)\n"
            "第2项 问题2(市公安局) 已签收 牵头\n长期坚持"
        ),
        f"routine:ledger:2026-03-02:{second}:1": (
            "<b>月台账推进</b> 2026年3月,在办 1 项\n"
            "第1项 问题1(市公安局) 已下达 配合\n2026-12-31 到期(原文:年底前)"
        ),
    }
    assert {message.priority for message in ledger.messages()} == {Priority.ROUTINE}


def test_a_round_is_done_once(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-12-31"))
    assert len(perform(ledger, "2026-03-02 09:00", RoutineKind.LEDGER)) == 1
    assert perform(ledger, "2026-03-02 09:01", RoutineKind.LEDGER) == {}
    assert perform(ledger, "2026-03-03 09:00", RoutineKind.LEDGER) == {}
    assert len(perform(ledger, "2026-04-01 09:00", RoutineKind.LEDGER)) == 1


def test_two_who_found_the_same_round_due_queue_it_once(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-12-31"))
    first, second = due(ledger, "2026-03-02 09:00"), due(ledger, "2026-03-02 09:00")
    counts = [
        ledger.database.write(partial(_queue, routine, (), "2026-03-02 09:00"))
        for routine in (*first, *second)
        if routine.round.kind is RoutineKind.LEDGER
    ]
    assert counts == [1, 0]


def test_the_working_day_after_a_checkpoint_its_tasks_are_to_be_accepted(
    ledger, unit, room, office
):
    steps = [
        {"text": "阶段甲", "due": d("2026-02-28")},
        {"text": "阶段乙", "due": d("2026-03-01")},
    ]
    ledger.task(1, lead=[unit], due=d("2026-02-28"), state="reported")
    ledger.task(2, lead=[unit], kind="ongoing", steps=steps)
    ledger.task(3, lead=[unit], due=d("2026-03-02"))
    ledger.set(TaskMilestone, 1, done_through=d("2026-02-28"))
    found = perform(ledger, "2026-03-02 09:00", RoutineKind.CHECKPOINT)
    assert found == {
        f"routine:checkpoint:2026-03-02:2026-02-28:{office}:1": (
            "<b>节点验收</b> 2026-02-28 到期,共 2 项,请逐个验收、挂账销号\n"
            "第1项 问题1(市公安局) 已报告\n"
            "第2项 问题2(市公安局) 已下达\n阶段:阶段甲(已完成)"
        ),
        f"routine:checkpoint:2026-03-02:2026-03-01:{office}:1": (
            "<b>节点验收</b> 2026-03-01 到期,共 1 项,请逐个验收、挂账销号\n"
            "第2项 问题2(市公安局) 已下达\n阶段:阶段乙(未报告完成)"
        ),
    }
    buttons = ledger.messages()[0].payload["buttons"]
    assert [button[0] for row in buttons for button in row] == ["第1项", "第2项"]


def test_the_morning_s_report_says_what_needs_the_office(ledger, unit, room, office):
    step = {"text": "阶段甲", "due": d("2026-03-02")}
    ledger.task(1, lead=[unit], due=d("2026-03-02"), stages="0")
    ledger.task(2, lead=[unit], due=d("2026-12-31"), signed=False, state="issued")
    ledger.task(3, lead=[unit], due=d("2026-12-31"), state="reported")
    ledger.task(4, lead=[unit], kind="ongoing", steps=[step], stages="不提醒")
    ledger.tick("2026-03-02 09:00", deliver=False)
    ledger.outbox(OutboxState.UNCERTAIN)
    found = perform(ledger, "2026-03-03 09:00", RoutineKind.DAILY)
    assert list(found.values()) == [
        "<b>每日情况</b> 2026年3月3日\n"
        "\n<b>新超期</b>(共 2 项)\n"
        "第1项 问题1(市公安局) 2026-03-02 到期\n"
        "第4项 问题4(市公安局) 2026-03-02 到期 阶段:阶段甲\n"
        "\n<b>送达存疑或失败</b>(共 1 项)\n"
        "公安群:1 条提醒送达存疑\n"
        "\n<b>尚未签收</b>(共 1 项)\n"
        "第2项 问题2:市公安局\n"
        "\n<b>等待审核</b>(共 1 项)\n"
        "第3项 问题3(市公安局)"
    ]
    again = perform(ledger, "2026-03-04 09:00", RoutineKind.DAILY)
    assert "新超期" not in next(iter(again.values()))


def test_a_morning_with_nothing_to_say_is_silent(ledger, unit, room, office):
    ledger.task(1, lead=[unit], due=d("2026-12-31"), state="acknowledged")
    assert perform(ledger, "2026-03-03 09:00", RoutineKind.DAILY) == {}
    assert RoutineKind.DAILY not in {r.round.kind for r in due(ledger, "2026-03-03 09:01")}


def test_a_bulletin_is_text_picture_and_paper_to_the_office_and_the_ranking_to_the_units(
    ledger, unit, room, office
):
    ledger.group(ledger.unit("市财政局"))  # it leads nothing, and is not ranked
    ledger.task(1, lead=[unit], due=d("2026-02-20"))
    papers = (Paper("picture", "a.png", b"p"), Paper("document", "a.docx", b"d"))
    found = perform(ledger, "2026-03-02 09:00", RoutineKind.WEEKLY, papers=papers)
    assert list(found) == [
        f"routine:weekly:2026-03-02:{office}:1",
        f"routine:weekly:2026-03-02:{office}:picture",
        f"routine:weekly:2026-03-02:{office}:document",
        f"routine:weekly:2026-03-02:{room}:1",
        f"routine:weekly:2026-03-02:{room}:picture",
    ]
    text, *_, own, _ = found.values()
    assert text.startswith("周调度通报(2026-02-23 至 2026-03-01)")
    assert own == text
    assert [m.payload["for"] for m in ledger.messages()] == ["office"] * 3 + ["unit"] * 2
    blobs = ledger.database.read(lambda s: s.scalars(select(Blob).order_by(Blob.id)).all())
    assert [(blob.name, blob.content) for blob in blobs] == [("a.png", b"p"), ("a.docx", b"d")]


def test_a_chat_of_two_ranked_units_gets_a_bulletin_once(ledger, unit, office):
    other = ledger.unit("市商务局")
    chat = ledger.person("王", other)
    ledger.add(Membership(person_id=1, unit_id=unit, role="member", since=at("2026-01-05 09:00")))
    ledger.task(1, lead=[unit, other], due=d("2026-02-20"))
    found = perform(ledger, "2026-03-02 09:00", RoutineKind.WEEKLY)
    assert list(found) == [
        f"routine:weekly:2026-03-02:{office}:1",
        f"routine:weekly:2026-03-02:{chat}:1",
    ]


def test_without_tasks_there_is_no_bulletin(ledger, office):
    assert perform(ledger, "2026-03-02 09:00", RoutineKind.WEEKLY) == {}


def test_without_an_office_nothing_is_drawn_up_and_no_file_is_kept(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-02-20"))
    papers = (Paper("picture", "a.png", b"p"),)
    assert perform(ledger, "2026-03-02 09:00", RoutineKind.WEEKLY, papers=papers) == {}
    assert ledger.database.read(lambda s: s.scalars(select(Blob)).all()) == []


def test_all_of_it_is_drawn_and_queued(ledger, unit, room, office):
    ledger.task(1, lead=[unit], due=d("2026-03-31"), state=TaskState.ACKNOWLEDGED)
    queued = perform_routines(ledger.database, at("2026-04-01 09:00"), RULES)
    keys = [message.key.split(":") for message in ledger.messages()]
    assert queued == len(keys)
    # No weekly one: it begins on its own day, and 1 April 2026 is a Wednesday. A machine
    # without a Chinese font draws no pictures.
    assert [(key[1], int(key[-2]), key[-1]) for key in keys if key[-1] != "picture"] == [
        ("daily", office, "1"),
        ("checkpoint", office, "1"),
        ("ledger", room, "1"),
        ("monthly", office, "1"),
        ("monthly", office, "document"),
        ("monthly", room, "1"),
        ("quarterly", office, "1"),
        ("quarterly", office, "document"),
        ("quarterly", room, "1"),
    ]
    assert perform_routines(ledger.database, at("2026-04-01 09:01"), RULES) == 0


def test_a_task_issued_today_is_not_yet_missed(ledger, unit, room, office):
    ledger.task(1, lead=[unit], due=d("2026-12-31"), signed=False)
    assert perform(ledger, "2026-01-05 16:00", RoutineKind.DAILY) == {}
    assert len(perform(ledger, "2026-01-06 09:00", RoutineKind.DAILY)) == 1

"""Deeds on a real database; the life of a task explored by hypothesis."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.ledger.actions import perform, possible
from bot.ledger.consequences import open_extension
from bot.ledger.machine import may
from bot.ledger.records import Deed, StaleError
from bot.records import Action, Actor, Attachment, Role, TaskState, UnitRole
from bot.state.database import Database
from bot.state.tables import (
    Chat,
    Evidence,
    Extension,
    LedgerTask,
    Person,
    Reminder,
    TaskEvent,
    TaskMilestone,
    TaskUnit,
    Unit,
)
from corpus.errors import GongjianError, RefusedError

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DUE = date(2026, 6, 30)
OFFICE = Actor(1, 101, 101, "办公室", frozenset({(Role.OFFICE, 0)}))
LEADER = Actor(2, 102, 102, "农业局长", frozenset({(Role.LEAD, 1)}))
SECOND = Actor(3, 103, 103, "烟草局", frozenset({(Role.MEMBER, 2)}))
HELPER = Actor(4, 104, 104, "市监局", frozenset({(Role.LEAD, 3)}))
PHOTO = Attachment("photo", "file-1", "unique-1", "现场.jpg")


def furnish(session: Session) -> None:
    for name in ("市农业农村局", "市烟草专卖局", "市市场监管局"):
        session.add(Unit(name=name, created_at=NOW))
    for number in (1, 2, 3, 4):
        session.add(Person(user=100 + number, name=str(number), created_at=NOW))
    session.flush()
    session.add(Chat(chat=-5, kind="group", unit_id=1, created_at=NOW))
    session.add(
        LedgerTask(
            source_key="plan:17",
            number=17,
            title="烤烟用煤",
            measures=["改造"],
            leaders=["余伟"],
            document_id="d",
            plan="整改方案",
            heading=["第17项"],
            kind="fixed",
            deadline_text="2026年6月底前",
            due=DUE,
            inferred=[],
            state="draft",
            created_at=NOW,
        )
    )
    session.flush()
    for unit, role in ((1, "lead"), (2, "lead"), (3, "cooperating")):
        session.add(TaskUnit(task_id=1, unit_id=unit, role=role))
    session.add(TaskMilestone(task_id=1, text="完成80%", kind="fixed", due=date(2026, 4, 30)))
    session.flush()


@pytest.fixture
def ledger(database: Database) -> Database:
    database.write(furnish)
    return database


def do(database: Database, action: Action, actor: Actor = OFFICE, **more) -> TaskState:
    deed = Deed(action, 1, actor, more.pop("at", NOW), **more)
    return TaskState(database.write(lambda session: perform(session, deed).task.state))


def task(database: Database) -> LedgerTask:
    return database.read(lambda session: session.get(LedgerTask, 1))


def issued(database: Database) -> None:
    do(database, Action.ISSUE)


def reported(database: Database) -> None:
    issued(database)
    do(database, Action.REPORT, LEADER, text="已全部改造", attachments=(PHOTO,))


def test_a_task_goes_from_draft_to_closed_and_every_step_is_on_record(ledger: Database):
    assert do(ledger, Action.ISSUE) == "issued"
    assert do(ledger, Action.ACKNOWLEDGE, LEADER) == "issued"  # the other leading unit has not
    assert do(ledger, Action.ACKNOWLEDGE, HELPER) == "issued"
    assert do(ledger, Action.ACKNOWLEDGE, SECOND) == "acknowledged"
    assert do(ledger, Action.REPORT, LEADER, text="已全部改造", attachments=(PHOTO,)) == "reported"
    assert do(ledger, Action.RETURN, text="缺少验收单") == "returned"
    assert do(ledger, Action.REPORT, SECOND, attachments=(PHOTO,)) == "reported"
    assert do(ledger, Action.APPROVE) == "closed"

    def events(session: Session) -> list[tuple[str, str, str, int | None, str]]:
        rows = session.scalars(select(TaskEvent).order_by(TaskEvent.id))
        return [(e.action, e.from_state, e.to_state, e.unit_id, e.who) for e in rows]

    assert ledger.read(events) == [
        ("issue", "draft", "issued", None, "办公室"),
        ("acknowledge", "issued", "issued", 1, "农业局长"),
        ("acknowledge", "issued", "issued", 3, "市监局"),
        ("acknowledge", "issued", "acknowledged", 2, "烟草局"),
        ("report", "acknowledged", "reported", 1, "农业局长"),
        ("return", "reported", "returned", None, "办公室"),
        ("report", "returned", "reported", 2, "烟草局"),
        ("approve", "reported", "closed", None, "办公室"),
    ]
    kinds = ledger.read(lambda s: s.scalars(select(Evidence.kind).order_by(Evidence.id)).all())
    assert kinds == ["text", "photo", "photo"]


def test_events_can_be_neither_changed_nor_deleted(ledger: Database):
    issued(ledger)
    for statement in ("update task_event set who = 'x'", "delete from task_event"):
        with pytest.raises(GongjianError, match="append only"):
            ledger.write(lambda session, sql=statement: session.execute(text(sql)))


def test_acknowledging_twice_is_said_not_recorded_twice(ledger: Database):
    issued(ledger)
    do(ledger, Action.ACKNOWLEDGE, LEADER)
    with pytest.raises(RefusedError, match="您单位已经签收"):
        do(ledger, Action.ACKNOWLEDGE, LEADER)


def test_reporting_acknowledges_too(ledger: Database):
    reported(ledger)
    signed = ledger.read(
        lambda s: s.scalars(
            select(TaskUnit.unit_id).where(TaskUnit.acknowledged_at.is_not(None))
        ).all()
    )
    assert signed == [1]


@pytest.mark.parametrize(
    ("action", "actor", "more", "words"),
    [
        (Action.REPORT, LEADER, {}, "文字说明或佐证文件"),
        (Action.REPORT, LEADER, {"text": "  "}, "文字说明或佐证文件"),
        (Action.ASK_EXTENSION, LEADER, {"text": "设备未到"}, "延到哪一天"),
        (Action.ASK_EXTENSION, LEADER, {"text": "x", "due": DUE}, "不晚于现在的期限"),
        (Action.ASK_EXTENSION, LEADER, {"due": date(2026, 9, 1)}, "写明理由"),
        (Action.SUSPEND, OFFICE, {}, "写明理由"),
        (Action.SET_DUE, OFFICE, {}, "写明新的日期"),
        (Action.PROGRESS, LEADER, {"milestone": 1}, "哪一期"),
        (Action.PROGRESS, LEADER, {"milestone": 9, "through": DUE}, "没有这个阶段"),
        (Action.GRANT_EXTENSION, OFFICE, {}, "没有待办的延期申请"),
        (Action.APPROVE, OFFICE, {}, "现在是“已下达”,不能销号"),
        (Action.SET_STAGES, OFFICE, {"stages": "胡说"}, "胡说"),
    ],
)
def test_what_is_missing_is_said_and_nothing_changes(
    ledger: Database, action: Action, actor: Actor, more: dict, words: str
):
    issued(ledger)
    before = task(ledger).version
    with pytest.raises(GongjianError, match=words):
        do(ledger, action, actor, **more)
    assert task(ledger).version == before
    count = ledger.read(lambda s: len(s.scalars(select(TaskEvent.id)).all()))
    assert count == 1


def test_an_extension_moves_the_date_and_cancels_what_was_planned(ledger: Database):
    issued(ledger)

    def plan(session: Session) -> None:
        session.add(
            Reminder(
                task_id=1,
                due_version=1,
                due=DUE,
                stage="T-7",
                chat_id=1,
                fire_at=NOW,
                state="planned",
                created_at=NOW,
            )
        )

    ledger.write(plan)
    do(ledger, Action.ASK_EXTENSION, LEADER, due=date(2026, 9, 30), text="设备未到")
    assert ledger.read(lambda s: open_extension(s, 1).new_due) == date(2026, 9, 30)
    assert ledger.read(lambda s: s.scalars(select(Reminder.state)).all()) == ["planned"]
    do(ledger, Action.GRANT_EXTENSION)
    after = task(ledger)
    assert (after.due, after.due_version, after.state) == (date(2026, 9, 30), 2, "issued")
    assert ledger.read(lambda s: open_extension(s, 1)) is None
    assert ledger.read(lambda s: s.scalars(select(Reminder.state)).all()) == ["cancelled"]


def test_a_second_request_takes_the_place_of_the_first(ledger: Database):
    issued(ledger)
    do(ledger, Action.ASK_EXTENSION, LEADER, due=date(2026, 9, 30), text="一")
    do(ledger, Action.ASK_EXTENSION, LEADER, due=date(2026, 8, 31), text="二")
    do(ledger, Action.GRANT_EXTENSION)
    assert task(ledger).due == date(2026, 8, 31)


def extensions(ledger: Database) -> list[tuple[date, str, datetime | None]]:
    rows = ledger.read(lambda s: s.scalars(select(Extension).order_by(Extension.id)).all())
    return [(row.new_due, row.state, row.decided_at) for row in rows]


def test_a_request_is_not_granted_when_the_date_is_later_already(ledger: Database):
    issued(ledger)
    do(ledger, Action.ASK_EXTENSION, LEADER, due=date(2026, 9, 30), text="设备未到")

    def later(session: Session) -> None:
        session.get(LedgerTask, 1).due = date(2026, 10, 31)

    ledger.write(later)
    with pytest.raises(RefusedError, match="现在的期限 2026-10-31 已不早于申请的日期 2026-09-30"):
        do(ledger, Action.GRANT_EXTENSION)
    assert task(ledger).due == date(2026, 10, 31)
    do(ledger, Action.REFUSE_EXTENSION, text="已延到更晚")
    assert extensions(ledger) == [(date(2026, 9, 30), "refused", NOW)]


def test_a_date_set_as_late_as_was_asked_for_settles_the_request(ledger: Database):
    issued(ledger)
    do(ledger, Action.ASK_EXTENSION, LEADER, due=date(2026, 9, 30), text="设备未到")
    do(ledger, Action.SET_DUE, due=date(2026, 8, 31))
    assert extensions(ledger) == [(date(2026, 9, 30), "asked", None)]
    do(ledger, Action.SET_DUE, due=date(2026, 9, 30))
    assert extensions(ledger) == [(date(2026, 9, 30), "withdrawn", NOW)]
    assert ledger.read(lambda s: open_extension(s, 1)) is None


def test_nobody_grants_their_own_request(ledger: Database):
    issued(ledger)
    do(ledger, Action.ASK_EXTENSION, LEADER, due=date(2026, 9, 30), text="设备未到")
    moved = Actor(2, 102, 102, "农业局长", frozenset({(Role.OFFICE, 0)}))  # now of the office
    with pytest.raises(RefusedError, match="不能给自己的延期申请作决定"):
        do(ledger, Action.GRANT_EXTENSION, moved)
    assert do(ledger, Action.GRANT_EXTENSION) == "issued"


@pytest.mark.parametrize(("kind", "rule"), [("recurring", "FREQ=MONTHLY"), ("ongoing", None)])
def test_a_date_in_place_of_a_rule_leaves_the_rule_on_record(ledger: Database, kind, rule):
    def make(session: Session) -> None:
        row = session.get(LedgerTask, 1)
        row.kind, row.recurrence, row.due, row.deadline_text = kind, rule, None, "每月"

    ledger.write(make)
    issued(ledger)
    with pytest.raises(RefusedError, match="没有截止日期,不需要延期"):
        do(ledger, Action.ASK_EXTENSION, LEADER, due=DUE, text="设备未到")
    do(ledger, Action.SET_DUE, due=DUE)
    do(ledger, Action.SET_DUE, due=DUE + timedelta(days=1))
    data = ledger.read(
        lambda s: s.scalars(
            select(TaskEvent.data).where(TaskEvent.action == "set_due").order_by(TaskEvent.id)
        ).all()
    )
    assert data == [
        {"from": None, "to": "2026-06-30", "kind": kind, "recurrence": rule},
        {"from": "2026-06-30", "to": "2026-07-01"},
    ]
    assert (task(ledger).kind, task(ledger).deadline_text) == ("fixed", "每月")


def test_a_relative_deadline_must_be_given_a_date_before_it_is_issued(ledger: Database):
    def make_relative(session: Session) -> None:
        row = session.get(LedgerTask, 1)
        row.kind, row.due, row.deadline_text = "relative", None, "6个月内"

    ledger.write(make_relative)
    with pytest.raises(RefusedError, match="起算日未定"):
        issued(ledger)
    do(ledger, Action.SET_DUE, due=date(2026, 12, 31))
    assert do(ledger, Action.ISSUE) == "issued"


def test_a_stage_reached_is_kept(ledger: Database):
    issued(ledger)
    do(ledger, Action.PROGRESS, LEADER, milestone=1, through=date(2026, 4, 30), text="完成81%")
    step = ledger.read(lambda s: s.get(TaskMilestone, 1))
    assert step.done_through == date(2026, 4, 30)


def test_a_card_drawn_before_a_change_is_out_of_date(ledger: Database):
    issued(ledger)
    version = task(ledger).version
    do(ledger, Action.SUSPEND, text="等待省里意见", version=version)
    with pytest.raises(StaleError, match="刚刚有变化,现在是“已中止”"):
        do(ledger, Action.CANCEL, text="不做了", version=version)


def test_failure_29_of_two_decisions_at_once_one_wins_and_the_other_is_told(ledger: Database):
    reported(ledger)
    do(ledger, Action.RETURN, text="x")
    do(ledger, Action.ASK_EXTENSION, LEADER, due=date(2026, 9, 30), text="设备未到")
    do(ledger, Action.REPORT, LEADER, text="又报")
    version = task(ledger).version
    other = Database(ledger.url)

    def decide(pair: tuple[Database, Action]) -> str:
        try:
            return do(pair[0], pair[1], version=version)
        except RefusedError as error:
            return type(error).__name__

    with ThreadPoolExecutor(2) as pool:
        pairs = [(ledger, Action.APPROVE), (other, Action.GRANT_EXTENSION)]
        outcomes = list(pool.map(decide, pairs))
    other.close()
    assert outcomes in (["closed", "StaleError"], ["StaleError", "reported"])


def test_what_is_offered_is_what_may_be_done(ledger: Database):
    issued(ledger)
    offered = ledger.read(
        lambda s: {
            actor.name: possible(s.get(LedgerTask, 1), actor)
            for actor in (OFFICE, LEADER, SECOND, HELPER)
        }
    )
    assert offered["农业局长"] == (
        Action.ACKNOWLEDGE,
        Action.PROGRESS,
        Action.REPORT,
        Action.ASK_EXTENSION,
    )
    assert offered["烟草局"] == (Action.ACKNOWLEDGE, Action.PROGRESS, Action.REPORT)
    assert offered["市监局"] == (Action.ACKNOWLEDGE,)
    assert Action.APPROVE not in offered["办公室"]
    assert Action.SUSPEND in offered["办公室"]


BOTH = Actor(2, 102, 102, "兼任", frozenset({(Role.OFFICE, 0), (Role.LEAD, 1)}))
STEPS = st.lists(
    st.tuples(
        st.sampled_from([a for a in Action if a is not Action.IMPORT]),
        st.sampled_from([OFFICE, LEADER, SECOND, HELPER, BOTH]),
        st.sampled_from(["", "理由"]),
        st.booleans(),
    ),
    max_size=25,
)


@given(STEPS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_path_closes_without_a_report_and_anothers_approval(
    tmp_path_factory,
    sqlite_template,
    steps,
):
    file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("life") / "a.db")
    database = Database(f"sqlite:///{file}")
    database.write(furnish)
    units = [(1, UnitRole.LEAD), (2, UnitRole.LEAD), (3, UnitRole.COOPERATING)]
    for number, (action, actor, words, files) in enumerate(steps):
        before = task(database)
        deed = {
            "text": words,
            "attachments": (PHOTO,) if files else (),
            "due": DUE + timedelta(days=number + 1),
            "through": DUE,
        }
        try:
            do(database, action, actor, at=NOW + timedelta(minutes=number), **deed)
        except RefusedError:
            now = task(database)
            assert (now.state, now.version, now.due) == (before.state, before.version, before.due)
            continue
        assert may(action, actor, units, before.reported_by) is None
        if action is Action.GRANT_EXTENSION:
            assert task(database).due > before.due
        after = task(database)
        assert after.version >= before.version
        if after.state == "closed":
            assert (before.state, action) == ("reported", Action.APPROVE)
            assert actor.person != before.reported_by
            assert not actor.units() & {1, 2}
    database.close()

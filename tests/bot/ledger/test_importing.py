from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from bot.ledger.importing import Draft, drafts, import_tasks
from bot.records import Actor, Role
from bot.state.database import Database
from bot.state.tables import LedgerTask, TaskEvent, TaskMilestone, TaskUnit, Unit
from corpus.records import Deadline, DeadlineKind, Span, Task
from index.local import LocalEngine

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OFFICE = Actor(0, 1, 1, "张三", frozenset({(Role.OFFICE, 0)}))


def test_the_plan_becomes_thirty_one_drafts_and_is_not_taken_in_twice(
    database: Database, engine: LocalEngine
):
    found = drafts(engine)
    first = database.write(lambda session: import_tasks(session, found, OFFICE, NOW))
    again = database.write(lambda session: import_tasks(session, found, OFFICE, NOW))
    assert (len(first.new), first.known, first.changed) == (31, (), ())
    assert (again.new, len(again.known), again.changed) == ((), 31, ())

    def look(session):
        assert session.scalar(select(func.count(TaskEvent.id))) == 31
        return session.scalars(select(LedgerTask).order_by(LedgerTask.number)).all()

    tasks = database.read(look)
    assert [task.number for task in tasks] == list(range(1, 32))
    assert {task.state for task in tasks} == {"draft"}


def test_a_draft_keeps_what_a_cadre_must_be_able_to_check(database: Database, engine: LocalEngine):
    found = drafts(engine, {17})
    new = database.write(lambda session: import_tasks(session, found, OFFICE, NOW)).new

    def look(session):
        task = session.get(LedgerTask, new[0])
        units = [(part.unit.name, part.role) for part in task.units]
        steps = [(step.due, step.recurrence) for step in task.milestones]
        return task, units, steps

    task, units, steps = database.read(look)
    assert (task.kind, task.due, task.deadline_text) == ("fixed", date(2022, 12, 31), "2022年年底")
    assert task.quote == "整改时限:2022年年底"
    assert task.document_number == "漯发〔2020〕13号"
    assert units[:2] == [("市农业农村局", "lead"), ("市烟草专卖局(市烟草公司)", "lead")]
    assert [role for _, role in units[2:]] == ["cooperating"] * 3
    assert steps == [
        (date(2020, 12, 31), None),
        (date(2021, 12, 31), None),
        (date(2022, 12, 31), None),
        (None, "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-1"),
    ]


def test_a_unit_under_two_names_is_one_unit(database: Database, engine: LocalEngine):
    found = drafts(engine)
    database.write(lambda session: import_tasks(session, found, OFFICE, NOW))

    def look(session):
        names = session.scalars(select(Unit.name)).all()
        parts = session.scalar(select(func.count(TaskUnit.id)))
        steps = session.scalar(select(func.count(TaskMilestone.id)))
        return names, parts, steps

    names, parts, steps = database.read(look)
    assert len(names) == len(set(names)) == 28
    assert "市市场监管局" in names
    assert "市市场监督管理局" not in names
    assert parts > 100
    assert steps > 10


def test_what_the_office_has_is_not_overwritten_by_a_changed_plan(
    database: Database, engine: LocalEngine
):
    found = drafts(engine, {17})
    new = database.write(lambda session: import_tasks(session, found, OFFICE, NOW)).new

    def edit(session):
        session.get(LedgerTask, new[0]).target = "办公室改过的目标"

    database.write(edit)
    again = database.write(lambda session: import_tasks(session, found, OFFICE, NOW))
    assert (again.new, again.known, again.changed) == ((), (), new)
    task = database.read(lambda session: session.get(LedgerTask, new[0]))
    assert task.target == "办公室改过的目标"


@pytest.mark.parametrize(
    ("status", "kind", "due", "steps"),
    [
        ("已完成整改", "done", None, 0),
        ("已销号。", "done", None, 0),
        ("正在推进", "fixed", date(2022, 10, 31), 1),
        ("", "fixed", date(2022, 10, 31), 1),
    ],
)
def test_a_task_that_its_plan_calls_done_has_no_day_to_be_reminded_of(
    database: Database, status, kind, due, steps
):
    span = Span("d", 0, 1)
    deadline = Deadline(DeadlineKind.FIXED, "2022年10月底前", span, due=date(2022, 10, 31))
    step = Deadline(DeadlineKind.RECURRING, "每月调度", span, recurrence="FREQ=MONTHLY")
    task = Task(
        id="d#1",
        document_id="d",
        source="f",
        number=1,
        section="",
        problem="污水直排。",
        target="",
        measures=(),
        leaders=(),
        lead_units=("县水利局",),
        cooperating_units=(),
        deadline=deadline,
        milestones=(step,),
        status=status,
        spans={"status": span},
    )
    found = [Draft(task, "方案", "", (), "")]
    new = database.write(lambda session: import_tasks(session, found, OFFICE, NOW)).new

    def look(session):
        row = session.get(LedgerTask, new[0])
        return row.kind, row.due, row.deadline_text, len(row.milestones), row.inferred

    remark = [f"status: 原文写明“{status}”,按已完成处理,不再提醒"] if kind == "done" else []
    assert database.read(look) == (kind, due, "2022年10月底前", steps, remark)

"""A year of the shipped ledger: what is queued is what a calendar worked out otherwise says."""

import random
from calendar import monthrange
from collections import Counter
from datetime import date, timedelta

import chinese_calendar
import pytest
from sqlalchemy import func, select

from bot.ledger.importing import drafts, import_tasks
from bot.records import Actor, ReminderState, Role, TaskState
from bot.reminding.planner import plan
from bot.reminding.preview import preview
from bot.state.tables import Chat, LedgerTask, Outbox, Reminder, TaskUnit, Unit
from tests.bot.reminding.ledgers import CHINA, RULES, Ledger, at, d

START, END = d("2026-01-05"), d("2026-12-31")
YEARS = 6
DAY = timedelta(days=1)
USUAL = [-30, -7, -1, 0, 1, 3]


def moved(day):
    """The same day six years later; 2020's month ends are 2026's but in February."""
    return day and date(
        day.year + YEARS, day.month, min(day.day, monthrange(day.year + YEARS, day.month)[1])
    )


@pytest.fixture
def ledger(database, engine):
    """The 31 tasks, moved to these years and issued; every third is not acknowledged."""
    found = Ledger(database)

    def fill(session):
        import_tasks(session, drafts(engine), Actor(0, 0, 0, "导入"), at("2026-01-05 08:00"))
        for task in session.scalars(select(LedgerTask)):
            task.state, task.issued_at = TaskState.ISSUED, at("2026-01-05 08:30")
            task.due = moved(task.due)
            for step in task.milestones:
                step.due = moved(step.due)
            for part in task.units:
                part.acknowledged_at = at("2026-01-05 08:40") if task.number % 3 else None
        for unit in session.scalars(select(Unit)):
            session.add(
                Chat(
                    chat=-9000 - unit.id,
                    kind="group",
                    unit_id=unit.id,
                    created_at=at("2026-01-05 08:00"),
                )
            )

    database.write(fill)
    found.group(office=True)
    found.person("主任", role=Role.OFFICE, admin=True)
    return found


def queued(session):
    """(day, chat, task number, milestone, due, stage) of everything that was queued."""
    query = (
        select(
            Outbox.created_at,
            Reminder.chat_id,
            LedgerTask.number,
            Reminder.milestone_id,
            Reminder.due,
            Reminder.stage,
        )
        .join(Outbox, Outbox.id == Reminder.outbox_id)
        .join(LedgerTask, LedgerTask.id == Reminder.task_id)
        .where(Reminder.state == ReminderState.QUEUED)
    )
    return [(row[0].astimezone(CHINA).date(), *row[1:]) for row in session.execute(query)]


def worked(day):
    return chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5


def sending_day(nominal, overdue):
    while not worked(nominal):
        nominal += DAY if overdue else -DAY
    return nominal


def workdays_after(day, count):
    days = (day + DAY * n for n in range(1, 60))
    return [found for found in days if worked(found)][count - 1]


def naive_dues(step):
    """Every due day of a date in and around the year, and the stages there are for it."""
    if step.kind == "fixed":
        weekly = [3 + 7 * week for week in range(1, 200)]
        return [(step.due, USUAL + weekly)]
    # Of what is done every day nobody is reminded: its task goes on, and is asked about quarterly.
    if step.kind != "recurring" or step.recurrence == "FREQ=DAILY":
        return []
    days = [date(2025, 12, 1) + DAY * n for n in range(450)]
    ends = [day for day in days if (day + DAY).day == 1]
    rules = {
        "FREQ=WEEKLY": ([day for day in days if day.weekday() == 6], [-1, 0]),
        "FREQ=MONTHLY": (ends, [-7, -1, 0, 1, 3]),
        "FREQ=MONTHLY;BYMONTHDAY=1": ([d for d in days if d.day == 1], [-7, -1, 0, 1, 3]),
        "FREQ=MONTHLY;INTERVAL=3": ([day for day in ends if day.month % 3 == 0], USUAL),
        "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-1": ([d for d in ends if d.month == 6], USUAL),
    }
    dues, stages = rules[step.recurrence]
    return [(due, stages) for due in dues if due >= START]


def naive_date(step):
    """(day, due, stage) of one date of a task, over the year."""
    found = {}
    for due, stages in naive_dues(step):
        for days in stages:
            nominal = due + timedelta(days=days)
            if nominal > END + DAY * 20:
                break
            day = sending_day(nominal, overdue=days > 0)
            told = START + DAY if days < 0 else START  # on the day of issue it has been said
            if told <= day <= END and nominal >= told:
                before = found.get((due, day))
                found[due, day] = days if before is None else max(before, days)
    newest = {}
    for due, day in found:
        if due < day:
            newest[day] = max(due, newest.get(day, due))
    for (due, day), days in found.items():
        if due >= day or newest[day] == due:
            yield day, due, "T0" if days == 0 else f"T{days:+d}"


def naive_escalations(step, unsigned):
    """(day, due, stage, audience) for a date that a unit has not met."""
    if step.due is None:
        return
    notice = max(sending_day(step.due - 7 * DAY, overdue=False), START)
    day = sending_day(notice + DAY, overdue=True)
    if unsigned and START <= day <= step.due and step.due >= START:
        yield day, step.due, "E-ack", "unit"
    if unsigned and workdays_after(notice, 3) <= step.due:
        yield workdays_after(notice, 3), step.due, "E-ack3", "office"
    for days, audience in ((1, "office"), (7, "admin")):
        day = sending_day(step.due + timedelta(days=days), overdue=True)
        if day >= START:
            yield day, step.due, f"E+{days}", audience


def naive(session):
    """The same for the whole ledger, worked out day by day and unit by unit."""
    rooms = {room.unit_id: room.id for room in session.scalars(select(Chat)) if room.unit_id}
    audiences = {
        "office": [session.scalar(select(Chat.id).where(Chat.office))],
        "admin": [session.scalar(select(Chat.id).where(Chat.kind == "private"))],
    }
    for task in session.scalars(select(LedgerTask)):
        units = [rooms[part.unit_id] for part in task.units]
        lead = [rooms[part.unit_id] for part in task.units if part.role == "lead"]
        for milestone, day, due, stage, audience in naive_task(task):
            for chat in (audiences | {"all": units, "unit": lead})[audience]:
                yield day, chat, task.number, milestone, due, stage


def naive_task(task):
    for step in [task, *task.milestones]:
        milestone = 0 if step is task else step.id
        if milestone and step.due and step.due == task.due:
            continue
        for day, due, stage in naive_date(step):
            yield milestone, day, due, stage, "all"
        for day, due, stage, audience in naive_escalations(step, task.number % 3 == 0):
            if day <= END:
                yield milestone, day, due, stage, audience
    if task.kind in ("ongoing", "recurring") and task.number % 3 == 0:
        yield 0, d("2026-01-06"), START, "E-ack", "unit"
        yield 0, d("2026-01-08"), START, "E-ack3", "office"
    if task.kind == "ongoing":
        for quarter in (d("2026-04-01"), d("2026-07-01"), d("2026-10-01")):
            yield 0, sending_day(quarter, overdue=True), quarter, "Q", "all"


def year_of_ticks():
    """Every working morning at some minute, and now and then at any other time."""
    chance = random.Random(2026)
    day = START
    while day <= END:
        if worked(day):
            yield at(f"{day} 09:{chance.randrange(60):02}")
        if chance.random() < 0.15:
            yield at(f"{day} {chance.randrange(10, 24)}:{chance.randrange(60):02}")
        day += DAY


def test_a_year_of_the_shipped_ledger_goes_out_as_a_calendar_says(ledger):
    for now in year_of_ticks():
        ledger.database.write(lambda session, now=now: plan(session, now, RULES))
        ledger.outbox("sent")
    found = Counter(ledger.database.read(queued))
    expected = Counter(ledger.database.read(lambda session: list(naive(session))))
    assert max(found.values()) == 1
    assert len(expected) > 1000
    assert sorted((found - expected).elements()) == []
    assert sorted((expected - found).elements()) == []
    # One message for each chat and morning, or as few as hold ten reminders each.
    a_morning = Counter((day, chat) for day, chat, *_ in found)
    messages = sum(-(-count // 10) for count in a_morning.values())
    assert len(ledger.messages()) == messages
    assert {worked(day) for day, _ in a_morning} == {True}


@pytest.mark.parametrize("today", ["2026-01-05", "2026-06-24"])
def test_a_preview_is_what_then_happens(ledger, today):
    """Previewed once, on the morning before anything is sent, for three weeks."""
    ledger.database.write(lambda session: plan(session, at(f"{today} 08:50"), RULES))
    first, days = d(today), 21
    before = ledger.messages()
    coming = ledger.database.read(lambda s: preview(s, first, days, first, RULES))
    assert ledger.messages() == before == []
    for number in range(days):
        now = at(f"{first + DAY * number} 09:00")
        ledger.database.write(lambda session, now=now: plan(session, now, RULES))
        ledger.outbox("sent")

    def real(session):
        parts = select(TaskUnit.task_id, TaskUnit.unit_id, TaskUnit.role)
        roles = {(task, unit): role for task, unit, role in session.execute(parts)}
        rooms = {room.id: room for room in session.scalars(select(Chat))}
        names = dict(session.execute(select(Unit.id, Unit.name)).all())
        tasks = {task.number: task.id for task in session.scalars(select(LedgerTask))}
        undated = set(session.scalars(select(LedgerTask.number).where(LedgerTask.due.is_(None))))
        for day, chat, number, step, due, stage in queued(session):
            unit = rooms[chat].unit_id
            role = roles.get((tasks[number], unit), "office")
            of_issue = stage.startswith("E-ack") and not step and number in undated
            said = None if stage == "Q" or of_issue else due
            yield day, names.get(unit, "攻坚办"), role, stage, said, number

    shown = [(c.day, c.unit, c.role, c.stage, c.due, c.number) for c in coming]
    assert len(shown) > 40
    assert Counter(shown) == Counter(ledger.database.read(lambda session: list(real(session))))


def test_a_preview_of_a_far_day_is_what_a_year_of_ticks_says_on_it(ledger):
    expected = {}
    for day, *_, number, milestone, _, stage in ledger.database.read(lambda s: list(naive(s))):
        expected.setdefault(day, set()).add((number, milestone, stage))
    for day in (d("2026-04-01"), d("2026-09-01"), d("2026-12-31")):
        coming = ledger.database.read(lambda s, day=day: preview(s, day, 1, START, RULES))
        assert {(c.number, c.stage) for c in coming} == {(n, s) for n, _, s in expected[day]}
    assert ledger.database.read(lambda s: s.scalar(select(func.count(Reminder.id)))) == 0

from datetime import UTC, date, datetime, timedelta, timezone

from sqlalchemy import func, select, update

from bot.records import ChatKind, ChatState, OutboxState, ReminderState, Role, TaskState
from bot.reminding.planner import PlanRules, plan
from bot.state.tables import (
    Chat,
    LedgerTask,
    Membership,
    Outbox,
    Person,
    Reminder,
    TaskMilestone,
    TaskUnit,
    Unit,
)

CHINA = timezone(timedelta(hours=8))
RULES = PlanRules()
ISSUED = "2026-01-05 10:00"


def at(text):
    """An instant, by the clock of the office."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


def d(text):
    return date.fromisoformat(text)


class Ledger:
    """A ledger to be filled and looked at; every call is a transaction of its own."""

    def __init__(self, database):
        self.database = database

    def add(self, *rows):
        def work(session):
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

        return self.database.write(work)[0]

    def unit(self, name, since="2026-01-01 09:00"):
        return self.add(Unit(name=name, created_at=at(since)))

    def group(self, unit=None, since="2026-01-01 09:00", office=False, title=""):
        count = self.database.read(lambda s: s.scalar(select(func.count(Chat.id)))) or 0
        return self.add(
            Chat(
                chat=-1000 - count,
                kind=ChatKind.GROUP,
                unit_id=unit,
                office=office,
                title=title,
                created_at=at(since),
            )
        )

    def person(self, name, unit=None, role=Role.MEMBER, admin=False, since="2026-01-01 09:00"):
        """Let somebody in; the id of their private chat."""
        user = 1 + (self.database.read(lambda s: s.scalar(select(func.count(Person.id)))) or 0)
        person = self.add(Person(user=user, name=name, admin=admin, created_at=at(since)))
        self.add(Membership(person_id=person, unit_id=unit, role=role, since=at(since)))
        return self.add(
            Chat(chat=user, kind=ChatKind.PRIVATE, person_id=person, created_at=at(since))
        )

    def task(self, number=1, *, lead=(), cooperating=(), steps=(), signed=True, **more):
        issued = at(more.pop("issued", ISSUED))
        values = {
            "source_key": f"item-{number}",
            "number": number,
            "title": f"问题{number}。后面的话",
            "measures": [],
            "leaders": [],
            "document_id": "doc",
            "plan": "整改方案",
            "document_number": "漯发〔2020〕13号",
            "heading": [],
            "kind": "fixed",
            "deadline_text": "年底前",
            "inferred": [],
            "state": TaskState.ISSUED,
            "created_at": issued,
            "issued_at": issued,
        }
        task = self.add(LedgerTask(**values | more))
        for role, units in (("lead", lead), ("cooperating", cooperating)):
            for unit in units:
                when = issued if signed else None
                self.add(TaskUnit(task_id=task, unit_id=unit, role=role, acknowledged_at=when))
        for step in steps:
            self.add(TaskMilestone(**{"task_id": task, "kind": "fixed"} | step))
        return task

    def set(self, model, row, **values):
        self.database.write(
            lambda session: session.execute(update(model).where(model.id == row).values(**values))
        )

    def tick(self, text, deliver=True, rules=RULES):
        """Let the planner run; its messages arrive, unless the messenger is out of reach."""
        count = self.database.write(lambda session: plan(session, at(text), rules))
        if deliver:
            self.outbox(OutboxState.SENT)
        return count

    def outbox(self, state, only=OutboxState.DUE):
        self.database.write(
            lambda session: session.execute(
                update(Outbox).where(Outbox.state == only).values(state=state)
            )
        )

    def messages(self, state=None):
        query = select(Outbox).order_by(Outbox.id)
        if state:
            query = query.where(Outbox.state == state)
        return self.database.read(lambda session: session.scalars(query).all())

    def reminders(self, state=None, **where):
        """The reminders as (stage, due, state), in the order of their stages' times."""
        query = select(Reminder).filter_by(**where).order_by(Reminder.fire_at, Reminder.id)
        if state:
            query = query.where(Reminder.state == state)
        return self.database.read(lambda session: session.scalars(query).all())

    def queued(self, **where):
        return [row.stage for row in self.reminders(ReminderState.QUEUED, **where)]

    def planned(self, **where):
        """What is still to come: its stage, and when by the clock of the office."""
        return [
            f"{row.fire_at.astimezone(CHINA):%m-%d %H:%M} {row.stage}"
            for row in self.reminders(ReminderState.PLANNED, **where)
        ]

    def block(self, chat):
        self.set(Chat, chat, state=ChatState.BLOCKED)

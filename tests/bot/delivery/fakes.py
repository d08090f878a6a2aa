"""What the tests of delivery share: a scripted messenger, and rows made in one line."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.claiming import Claimed, claim
from bot.delivery.messenger import Outcome, Parcel, Sent
from bot.delivery.outbox import enqueue
from bot.delivery.settling import Settled, settle
from bot.records import Address, ChatKind, Outgoing, Role, TaskState, UnitRole
from bot.state.database import Database
from bot.state.tables import Chat, LedgerTask, Membership, Outbox, Person, TaskUnit, Unit


class FakeMessenger:
    """Does what it is told, and remembers what it was given."""

    def __init__(self, *script: Outcome, then: Callable[[Parcel], Outcome] | None = None) -> None:
        self.script = list(script)
        self.then = then
        self.given: list[Parcel] = []

    async def send(self, parcel: Parcel) -> Outcome:
        self.given.append(parcel)
        if self.script:
            return self.script.pop(0)
        return self.then(parcel) if self.then else Sent(len(self.given))

    async def toast(self, press_id: str, text: str, alarm: bool) -> None: ...

    async def leave(self, chat: int) -> None: ...

    async def fetch(self, file_id: str) -> bytes:
        return b""

    @property
    def texts(self) -> list[str]:
        return [parcel.text for parcel in self.given]


def put(database: Database, now: datetime, *messages: Outgoing) -> list[int]:
    """Queue messages; their numbers."""
    found = database.write(lambda s: [enqueue(s, message, now) for message in messages])
    return [number for number in found if number is not None]


def to(chat: int, key: str, **more) -> Outgoing:
    return Outgoing(key, Address(chat, more.pop("thread", 0)), more.pop("text", key), **more)


def take(database: Database, now: datetime, limit: int = 10, blocked: Iterable[int] = ()):
    """Claim as the worker `w`."""
    return database.write(lambda s: claim(s, "w", now, limit, tuple(blocked)))


def mark(database: Database, claimed: Claimed, outcome: Outcome, now: datetime) -> Settled:
    return database.write(lambda s: settle(s, claimed, outcome, now))


def try_once(database: Database, now: datetime, outcome: Outcome) -> Settled:
    """Claim the one message that may be claimed, and settle it."""
    [claimed] = take(database, now)
    return mark(database, claimed, outcome, now)


def rows(database: Database) -> dict[str, Outbox]:
    """The outbox by key, in the order in which it was filled."""
    return database.read(
        lambda s: {row.key: row for row in s.scalars(select(Outbox).order_by(Outbox.id))}
    )


def room(session: Session, now: datetime, chat: int, **more) -> Chat:
    kind = ChatKind.GROUP if chat < 0 else ChatKind.PRIVATE
    made = Chat(
        chat=chat, kind=kind, title=more.pop("title", f"会话{chat}"), created_at=now, **more
    )
    session.add(made)
    session.flush()
    return made


def person(session: Session, now: datetime, user: int, *, unit: int | None, role: Role) -> Person:
    """Somebody in a unit or the office, with a private chat."""
    made = Person(user=user, name=f"人{user}", created_at=now)
    session.add(made)
    session.flush()
    session.add(Membership(person_id=made.id, unit_id=unit, role=role, since=now))
    room(session, now, user, person_id=made.id)
    return made


def unit(session: Session, now: datetime, name: str) -> int:
    made = Unit(name=name, created_at=now)
    session.add(made)
    session.flush()
    return made.id


def office(database: Database, now: datetime, chat: int = -900) -> int:
    """The office's group."""
    database.write(lambda s: room(s, now, chat, office=True, title="攻坚办"))
    return chat


def task(session: Session, now: datetime, *, lead: int | None = None) -> int:
    """An issued task of dates version 1."""
    made = LedgerTask(
        source_key=f"key{now.timestamp()}{lead}",
        number=1,
        title="任务",
        measures=[],
        leaders=[],
        document_id="d",
        plan="方案",
        heading=[],
        kind="date",
        inferred=[],
        state=TaskState.ISSUED,
        created_at=now,
    )
    session.add(made)
    session.flush()
    if lead is not None:
        session.add(TaskUnit(task_id=made.id, unit_id=lead, role=UnitRole.LEAD))
    return made.id


def change_task(database: Database, number: int, **values) -> None:
    def work(session: Session) -> None:
        found = session.get_one(LedgerTask, number)
        for name, value in values.items():
            setattr(found, name, value)

    database.write(work)

"""The gate: a person and the chat they write in must both be known, or nobody is answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from bot.records import Actor, ChatKind, ChatState, Role
from bot.state.base import table_of
from bot.state.tables import AccessEvent, BindToken, Chat, Dialog, Membership, Person, Unit
from corpus.errors import RefusedError

# Asked twice for every update, hence made once, of columns alone, and all in one: a row for
# each of the roles in each of the rooms.
_TABLES = _PERSON, _ROLE, _CHAT = table_of(Person), table_of(Membership), table_of(Chat)
_PEOPLE, _ROLES, _CHATS = (table.c for table in _TABLES)
_GATE = (
    select(
        _PEOPLE.id,
        _PEOPLE.name,
        _PEOPLE.admin,
        _ROLES.role,
        _ROLES.unit_id,
        _CHATS.kind,
        _CHATS.person_id,
        _CHATS.unit_id.label("room_of"),
        _CHATS.state,
    )
    .select_from(
        _PERSON.join(_ROLE, _ROLES.person_id == _PEOPLE.id).join(
            _CHAT, _CHATS.chat == bindparam("chat")
        )
    )
    .where(
        _PEOPLE.user == bindparam("user"),
        _PEOPLE.active,
        _ROLES.until.is_(None),
        _CHATS.thread.in_((0, bindparam("thread"))),
        _CHATS.state != ChatState.REMOVED,
    )
)


def actor_for(session: Session, user: int, chat: int, thread: int = 0) -> Actor | None:
    """Return who writes, or None where the user or the chat is not let in.

    A private chat is its own person's alone. In a group, bound as a whole or in a topic, only
    people of the unit it is bound to, and the office, are heard.
    """
    session.flush()  # the tables are read past the session
    found = session.execute(_GATE, {"user": user, "chat": chat, "thread": thread}).all()
    if not found:
        return None
    roles = frozenset((Role(row.role), row.unit_id or 0) for row in found)
    blocked = any(row.state == ChatState.BLOCKED for row in found)
    actor = Actor(found[0].id, user, chat, found[0].name, roles, found[0].admin, blocked)
    rooms = {(row.kind, row.person_id, row.room_of) for row in found}
    return actor if any(_heard(actor, *room) for room in rooms) else None


def rooms(session: Session, chat: int, thread: int) -> Sequence[Chat]:
    """The bindings of a chat that hold for a topic of it."""
    found = session.scalars(select(Chat).where(Chat.chat == chat, Chat.state != ChatState.REMOVED))
    return [room for room in found if room.thread in (0, thread)]


def _heard(actor: Actor, kind: str, person: int | None, unit: int | None) -> bool:
    if kind == ChatKind.PRIVATE:
        return person == actor.person
    return actor.office or (unit is not None and unit in actor.units())


def roles_of(session: Session, person_id: int) -> frozenset[tuple[Role, int]]:
    """What a person is today."""
    rows = session.execute(
        select(Membership.role, Membership.unit_id).where(
            Membership.person_id == person_id, Membership.until.is_(None)
        )
    )
    return frozenset((Role(role), unit or 0) for role, unit in rows)


def ensure_admins(session: Session, users: Iterable[int], now: datetime) -> None:
    """Let in the first administrators, whom the settings name."""
    for user in users:
        person = session.scalar(select(Person).where(Person.user == user))
        if person is None:
            person = Person(user=user, name="管理员", created_at=now)
            session.add(person)
        elif person.active and person.admin:
            bind_private(session, person, now)  # it may have been blocked
            continue
        person.active, person.admin = True, True
        session.flush()
        add_role(session, person, Role.OFFICE, None, now)
        bind_private(session, person, now)
        record(session, now, "admin", user, user, "由设置指定")


def add_role(
    session: Session, person: Person, role: Role, unit_id: int | None, now: datetime
) -> None:
    """Give a person a role; in one unit a person has one."""
    current = session.scalars(
        select(Membership).where(
            Membership.person_id == person.id,
            Membership.until.is_(None),
            Membership.unit_id == unit_id if unit_id else Membership.unit_id.is_(None),
        )
    ).all()
    if any(item.role == role for item in current):
        return
    for item in current:
        item.until = now
    session.add(Membership(person_id=person.id, unit_id=unit_id, role=role, since=now))
    session.flush()


def bind_private(session: Session, person: Person, now: datetime) -> Chat:
    """A person's private chat has the person's own number; it is bound with the person."""
    room = session.scalar(select(Chat).where(Chat.chat == person.user, Chat.thread == 0))
    if room is None:
        room = Chat(chat=person.user, kind=ChatKind.PRIVATE, title=person.name, created_at=now)
        session.add(room)
    room.person_id, room.state = person.id, ChatState.ACTIVE
    session.flush()
    return room


def remove_person(session: Session, admin: Actor, user: int, now: datetime) -> Person:
    """End all that a person may do, at once.

    :raises RefusedError: the one who asks is no administrator, or there is no such person.
    """
    if not admin.admin:
        raise RefusedError("只有管理员可以移除人员")
    person = session.scalar(select(Person).where(Person.user == user, Person.active))
    if person is None:
        raise RefusedError(f"没有编号为 {user} 的人员(见 /people)")
    if person.id == admin.person:
        raise RefusedError("不能移除自己")
    person.active, person.admin = False, False
    for item in session.scalars(
        select(Membership).where(Membership.person_id == person.id, Membership.until.is_(None))
    ):
        item.until = now
    for room in session.scalars(select(Chat).where(Chat.person_id == person.id)):
        room.state = ChatState.REMOVED
    session.execute(delete(Dialog).where(Dialog.user == user))
    # Links the person has handed out and nobody has used yet end with the person.
    session.execute(
        update(BindToken)
        .where(BindToken.made_by == person.id, BindToken.used_at.is_(None))
        .values(expires_at=now)
    )
    record(session, now, "removed", user, admin.chat, f"由 {admin.name} 移除")
    session.flush()
    return person


def remove_chat(session: Session, admin: Actor, room_id: int, now: datetime) -> Chat:
    """Take a group out; nothing is answered or sent there any more.

    :raises RefusedError: the one who asks is no administrator, or there is no such chat.
    """
    if not admin.admin:
        raise RefusedError("只有管理员可以移除群")
    room = session.get(Chat, room_id)
    if room is None or room.kind != ChatKind.GROUP or room.state == ChatState.REMOVED:
        raise RefusedError(f"没有编号为 {room_id} 的群(见 /people)")
    room.state = ChatState.REMOVED
    record(session, now, "chat removed", admin.user, room.chat, f"由 {admin.name} 移除")
    session.flush()
    return room


def unit_named(session: Session, name: str, now: datetime) -> Unit:
    """The unit of a name, made where it is new."""
    unit = session.scalar(select(Unit).where(Unit.name == name))
    if unit is None:
        unit = Unit(name=name, created_at=now)
        session.add(unit)
        session.flush()
    return unit


def record(
    session: Session, now: datetime, kind: str, user: int, chat: int, text: str = ""
) -> None:
    """Put on record who was let in, refused or put out."""
    session.add(AccessEvent(at=now, kind=kind, user=user, chat=chat, text=text))

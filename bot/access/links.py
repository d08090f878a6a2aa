"""One-time links that let a person, or a group, in. Only a hash of the secret is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from bot.access.people import add_role, bind_private, record
from bot.records import Actor, ChatKind, ChatState, Incoming, Role
from bot.state.tables import BindToken, Chat, Person, Unit
from corpus.errors import RefusedError

# Long enough that guessing is hopeless, short enough for a deep link (at most 64 characters).
_SECRET_BYTES = 24
LIFETIME = timedelta(hours=24)
_GONE = "链接无效、已用过或已过期,请向管理员要一个新的"


class MisplacedError(RefusedError):
    """A good secret, brought to the wrong kind of chat."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a link has opened: a person's role, or a group's unit; no unit: the office."""

    kind: str
    role: Role
    unit: str | None


def make_link(
    session: Session,
    admin: Actor | None,
    *,
    role: Role,
    unit: Unit | None,
    now: datetime,
    group: bool = False,
    lifetime: timedelta = LIFETIME,
) -> str:
    """Make a link's secret: for a person, or for the group it is first used in.

    `admin` is None at the command line, whose user has the database anyway.

    :raises RefusedError: the one who asks is no administrator, or role and unit do not fit.
    """
    if admin is not None and not admin.admin:
        raise RefusedError("只有管理员可以发出绑定链接")
    if (role is Role.OFFICE) != (unit is None):
        raise RefusedError("攻坚办的链接不带单位,单位的链接要写明单位")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    session.add(
        BindToken(
            hash=_hash(secret),
            kind="chat" if group else "person",
            unit_id=unit.id if unit else None,
            role=role,
            made_by=admin.person if admin else None,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    made_by = (admin.user, admin.chat) if admin else (0, 0)
    record(session, now, "link made", *made_by, f"{role} {unit.name if unit else ''}".strip())
    return secret


def redeem(session: Session, secret: str, incoming: Incoming, now: datetime) -> Bound:
    """Let in whoever brings a good secret; it works once.

    :raises MisplacedError: it was brought to the wrong kind of chat.
    :raises RefusedError: it is unknown, used or expired.
    """
    token = session.scalar(select(BindToken).where(BindToken.hash == _hash(secret)))
    if token is None or token.used_at is not None or token.expires_at <= now:
        why = "unknown" if token is None else "used" if token.used_at else "expired"
        record(session, now, f"link {why}", incoming.user, incoming.chat)
        raise RefusedError(_GONE)
    _check_place(token, incoming)
    # Two who bring it at once: the database lets one of them mark it.
    marked = session.execute(
        update(BindToken)
        .where(BindToken.id == token.id, BindToken.used_at.is_(None))
        .values(used_by=incoming.user, used_at=now)
    )
    if isinstance(marked, CursorResult) and marked.rowcount != 1:
        raise RefusedError(_GONE)
    unit = session.get(Unit, token.unit_id) if token.unit_id else None
    if token.kind == "chat":
        _bind_group(session, token, incoming, now)
    else:
        _bind_person(session, token, incoming, now)
    record(
        session, now, f"{token.kind} bound", incoming.user, incoming.chat, unit.name if unit else ""
    )
    return Bound(token.kind, Role(token.role), unit.name if unit else None)


def _check_place(token: BindToken, incoming: Incoming) -> None:
    private = incoming.chat_kind is ChatKind.PRIVATE
    if token.kind == "person" and not private:
        raise MisplacedError("这是个人的绑定链接,请在与机器人的私聊里使用")
    if token.kind == "chat" and private:
        raise MisplacedError("这是群的绑定口令,请在要绑定的群里使用")


def _bind_person(session: Session, token: BindToken, incoming: Incoming, now: datetime) -> None:
    person = session.scalar(select(Person).where(Person.user == incoming.user))
    if person is None:
        person = Person(user=incoming.user, name=incoming.user_name, created_at=now)
        session.add(person)
    person.active, person.name = True, incoming.user_name or person.name
    session.flush()
    add_role(session, person, Role(token.role), token.unit_id, now)
    bind_private(session, person, now)


def _bind_group(session: Session, token: BindToken, incoming: Incoming, now: datetime) -> None:
    room = session.scalar(
        select(Chat).where(Chat.chat == incoming.chat, Chat.thread == incoming.thread)
    )
    if room is None:
        room = Chat(chat=incoming.chat, thread=incoming.thread, kind=ChatKind.GROUP, created_at=now)
        session.add(room)
    room.title, room.state, room.thread_broken = incoming.chat_title, ChatState.ACTIVE, False
    room.unit_id, room.office = token.unit_id, token.role == Role.OFFICE
    session.flush()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

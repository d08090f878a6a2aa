"""Where messages to a unit, to the office and to its administrators go."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from bot.records import ChatKind, ChatState, Role
from bot.state.tables import Chat, Membership, Person


def chats_of_unit(session: Session, unit_id: int) -> list[Chat]:
    """The unit's groups; where it has none that is reached, its people's own chats."""
    return chats_of_units(session, [unit_id]).get(unit_id, [])


def chats_of_units(session: Session, unit_ids: Sequence[int]) -> dict[int, list[Chat]]:
    """The same for many units, in a fixed number of queries; units nobody reaches are absent."""
    found: dict[int, list[Chat]] = {}
    groups = select(Chat).where(_reached(), Chat.kind == ChatKind.GROUP)
    for room in session.scalars(groups.where(Chat.unit_id.in_(unit_ids)).order_by(Chat.id)):
        found.setdefault(room.unit_id or 0, []).append(room)
    left = [unit_id for unit_id in unit_ids if unit_id not in found]
    people = _people(left).order_by(Chat.id)
    for unit_id, room in session.execute(people.add_columns(Chat)):
        rooms = found.setdefault(unit_id, [])
        if room not in rooms:
            rooms.append(room)
    return found


def leads_of_unit(session: Session, unit_id: int) -> list[Chat]:
    """The private chats of a unit's leaders (单位负责人)."""
    people = _people([unit_id]).where(Membership.role == Role.LEAD).order_by(Chat.id)
    return [room for _, room in session.execute(people.add_columns(Chat))]


def office_chats(session: Session) -> list[Chat]:
    """The office's groups; where it has none that is reached, its people's own chats."""
    groups = select(Chat).where(_reached(), Chat.kind == ChatKind.GROUP, Chat.office)
    found = list(session.scalars(groups.order_by(Chat.id)))
    return found or _private(session, select(Chat).where(_reached()), admins=False)


def admin_chats(session: Session) -> list[Chat]:
    """The private chats of the administrators."""
    return _private(session, select(Chat).where(_reached()), admins=True)


def _private(session: Session, rooms: Select[Chat], *, admins: bool) -> list[Chat]:
    query = (
        rooms.join(Person, Person.id == Chat.person_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.active, Membership.role == Role.OFFICE, Membership.until.is_(None))
        .order_by(Chat.id)
    )
    if admins:
        query = query.where(Person.admin)
    return list(session.scalars(query).unique())


def _people(unit_ids: Sequence[int]) -> Select[int | None]:
    return (
        select(Membership.unit_id)
        .join(Person, Person.id == Membership.person_id)
        .join(Chat, Chat.person_id == Person.id)
        .where(
            Membership.unit_id.in_(unit_ids),
            Membership.until.is_(None),
            Person.active,
            _reached(),
        )
    )


def _reached() -> ColumnElement[bool]:
    return Chat.state == ChatState.ACTIVE

"""The command menu of each chat: what its people may use, in the order they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.access.people import roles_of
from bot.records import Actor, ChatKind, ChatState, Role
from bot.state.tables import Chat, Person

Commands = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Menu:
    """The command menu of one chat."""

    chat: int
    commands: tuple[tuple[str, str], ...]


def commands_for(roles: Iterable[tuple[Role, int]], *, admin: bool = False) -> Commands:
    """The commands that somebody of these roles may use, with a word on each."""
    # The rooms of the screens know each other; what is known of all of them comes last.
    from bot.handling.routing import COMMANDS

    actor = Actor(0, 0, 0, "", frozenset(roles), admin)
    return [
        (name, screen.words)
        for name, screen in COMMANDS.items()
        if screen.words and screen.allowed(actor)
    ]


def menu_plan(session: Session) -> list[Menu]:
    """The menus of all chats that messages reach; of a group what all its people may use."""
    rooms = session.scalars(
        select(Chat).where(Chat.state == ChatState.ACTIVE).order_by(Chat.id)
    ).all()
    roles: dict[int, set[tuple[Role, int]]] = {}
    leading: set[int] = set()
    for room in rooms:
        person = session.get(Person, room.person_id) if room.person_id else None
        if room.kind == ChatKind.GROUP:
            roles.setdefault(room.chat, set()).add(_role_of_group(room))
        elif person is not None and person.active:
            roles[room.chat] = set(roles_of(session, person.id))
            leading |= {room.chat} if person.admin else set()
    return [
        Menu(chat, tuple(commands_for(held, admin=chat in leading))) for chat, held in roles.items()
    ]


def _role_of_group(room: Chat) -> tuple[Role, int]:
    return (Role.OFFICE, 0) if room.office else (Role.MEMBER, room.unit_id or 0)

"""The front desk: who is let in is heard, everybody else meets silence.

Two methods, because what takes long must not be done in a transaction: `need` says what an
update needs, `handle` gets it, and everything it changes and says is committed together.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.access.people import actor_for, record
from bot.delivery.rooms import unblock
from bot.handling import joining
from bot.handling.confirming import given_up
from bot.handling.needs import Need
from bot.handling.routing import Found, find
from bot.handling.scene import Desk, Scene, joined
from bot.records import ChatKind, ChatState, Incoming, IncomingKind, Reply
from bot.state.savepoints import savepoint
from bot.state.tables import Chat, Person
from bot.telegram.html import escape
from corpus.errors import GongjianError

_NOTHING = Reply()


class Handler:
    """Decides what comes of an update."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def need(self, session: Session, incoming: Incoming, now: datetime) -> Need | None:
        """Say what must be made before the update is handled; nothing for strangers."""
        scene = self._scene(session, incoming, now)
        if scene is None:
            return None
        found = find(scene)
        if found is None or found.screen.need is None or not found.screen.allowed(scene.actor):
            return None
        try:
            return found.screen.need(scene, found.words)
        except GongjianError:
            return None  # said by `handle`, which meets it again

    def handle(
        self, session: Session, incoming: Incoming, now: datetime, prepared: object | None = None
    ) -> Reply:
        """Do what the update asks for, within the caller's transaction."""
        if incoming.kind is IncomingKind.MEMBERSHIP:
            return _membership(session, incoming, now)
        scene = self._scene(session, incoming, now, prepared)
        if scene is not None and scene.actor.blocked:
            unblock(session, incoming.chat)  # whoever writes here can be written to
        if secret := joining.secret_of(incoming):
            return joining.join(session, incoming, secret, now, self._desk)
        if scene is None:
            return _NOTHING
        return _played(scene)

    def _scene(
        self,
        session: Session,
        incoming: Incoming,
        now: datetime,
        prepared: object | None = None,
    ) -> Scene | None:
        """None for whatever is not answered: strangers, wrong chats, talk among people."""
        if incoming.kind not in {IncomingKind.MESSAGE, IncomingKind.PRESS}:
            return None
        if not incoming.addressed:
            return None
        actor = actor_for(session, incoming.user, incoming.chat, incoming.thread)
        if actor is None:
            return None
        return Scene(session, incoming, actor, now, self._desk, prepared)


def _played(scene: Scene) -> Reply:
    found = find(scene)
    if found is None:
        return _NOTHING
    gone = given_up(scene) if scene.incoming.command else ""
    reply = _run(scene, found)
    return joined(scene.remark(gone), reply) if gone else reply


def _run(scene: Scene, found: Found) -> Reply:
    if not found.screen.allowed(scene.actor):
        return _refusal(scene, "您没有这项权限")
    if isinstance(scene.prepared, GongjianError) and not found.screen.illustrated:
        return _refusal(scene, str(scene.prepared))
    try:
        # What a screen has changed before it refuses must not stay.
        with savepoint(scene.session):
            return found.screen.run(scene, found.words)
    except GongjianError as error:
        return _refusal(scene, str(error))


def _refusal(scene: Scene, words: str) -> Reply:
    if scene.incoming.kind is IncomingKind.PRESS:
        return Reply(toast=words, alarm=True)
    return scene.say(escape(words))


def _membership(session: Session, incoming: Incoming, now: datetime) -> Reply:
    """The bot was added somewhere, or put out; it stays only where somebody known put it."""
    rooms = list(session.scalars(select(Chat).where(Chat.chat == incoming.chat)))
    if incoming.member in {"left", "kicked"}:
        for room in rooms:
            if room.state == ChatState.ACTIVE:
                room.state = ChatState.BLOCKED
        record(session, now, "put out", incoming.user, incoming.chat, incoming.chat_title)
        return _NOTHING
    for room in rooms:
        if room.state == ChatState.BLOCKED:
            room.state = ChatState.ACTIVE
    known = session.scalar(select(Person.id).where(Person.user == incoming.user, Person.active))
    if rooms or known is not None or incoming.chat_kind is ChatKind.PRIVATE:
        return _NOTHING
    record(session, now, "left", incoming.user, incoming.chat, incoming.chat_title)
    return Reply(leave=True)

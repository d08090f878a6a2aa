"""What the worker calls: the handlers, and the world given to it from outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from bot.records import Incoming, Outgoing, Reply


class Handler(Protocol):
    """What the bot does; it knows nothing of messengers, and never waits for anything."""

    def need(self, session: Session, incoming: Incoming, now: datetime) -> object | None:
        """What must be made before the transaction, if anything: an answer, a picture."""
        ...

    def handle(
        self, session: Session, incoming: Incoming, now: datetime, prepared: object | None = None
    ) -> Reply:
        """Do what an update asks, in the transaction of the session.

        :param prepared: what was made for the need, or the error that came of making it.
        """
        ...


def _unmeasured(seconds: float) -> None:
    """What is done with the time an update took, where nobody measures."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an update may bring about.

    `alarm` (a name and its words) must not raise; `toast` (press, text, whether as an alert) and
    `leave` are tried once, and may. `known` says whether the sender was let in: a stranger is
    told nothing, not even that something failed. `prepare` makes what a handler needs.
    """

    read: Callable[[dict[str, Any]], Incoming | None]
    prepare: Callable[[Any], Awaitable[object]]
    enqueue: Callable[[Session, Outgoing, datetime], int | None]
    known: Callable[[Session, Incoming], bool]
    queued: Callable[[], None]
    toast: Callable[[str, str, bool], Awaitable[None]]
    leave: Callable[[int], Awaitable[None]]
    alarm: Callable[[str, str], Awaitable[None]]
    beat: Callable[[], None]
    handled: Callable[[float], None] = _unmeasured

"""Telling the office and the administrators that something is wrong with the bot itself."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone

from sqlalchemy.orm import Session

from bot.access.chats import admin_chats, office_chats
from bot.delivery.outbox import LONGEST_KEY, enqueue
from bot.records import Address, Outgoing, Priority
from bot.telegram.html import escape

_log = logging.getLogger(__name__)

_PREFIX = "alarm:"
_KEPT = timedelta(days=1)
# The office's days; China has kept this one time since 1992.
LOCAL = timezone(timedelta(hours=8))


def alarm(session: Session, now: datetime, kind: str, text: str, *, about: str = "") -> int:
    """Log a fault, and queue it to each office and administrators' chat once a day and kind.

    `text` is plain words. `about` is the key of the message in question: alarms about alarms
    are only logged, lest they breed. Return how many were queued.
    """
    _log.error("%s: %s", kind, text)
    if about.startswith(_PREFIX):
        return 0
    rooms = [*office_chats(session), *admin_chats(session)]
    places = dict.fromkeys(Address(room.chat, room.thread) for room in rooms)
    day = now.astimezone(LOCAL).date()
    queued = 0
    for place in places:
        end = f":{day}:{place.chat}:{place.thread}"
        outgoing = Outgoing(
            f"{_PREFIX}{kind}"[: LONGEST_KEY - len(end)] + end,
            place,
            f"⚠️ {escape(text)}",
            priority=Priority.NOTICE,
            audience="office",
            expires_at=now + _KEPT,
        )
        queued += enqueue(session, outgoing, now) is not None
    return queued

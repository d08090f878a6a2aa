"""How long Telegram was out of reach; what was sent meanwhile may be lost, and people are told.

Telegram keeps what nobody fetches for a day. After a longer absence, be it the program's or the
network's, each chat gets one hint that something may be missing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.records import Address, ChatState, Clock, Outgoing, Priority
from bot.state.database import Database
from bot.state.tables import Chat, Note

_log = logging.getLogger(__name__)

_NOTE = "last_poll"
_LONG = timedelta(hours=24)
_EVERY = timedelta(minutes=1)
_VALID = timedelta(days=3)
_HINT = (
    "{since:%-m月%-d日 %H:%M} 以来,系统有一天以上收不到消息,这期间发来的可能已经丢失。"
    "请用 /tasks 查看任务;没有得到答复的,请重新发一次。"
)

Enqueue = Callable[[Session, Outgoing, datetime], int | None]


def note_presence(session: Session, now: datetime, zone: ZoneInfo, enqueue: Enqueue) -> int:
    """Write down that Telegram was reached; how many chats get a hint about the time before."""
    note = session.get(Note, _NOTE)
    before = datetime.fromisoformat(note.value) if note else None
    session.merge(Note(name=_NOTE, value=now.isoformat()))
    if before is None or now - before <= _LONG:
        return 0
    text = _HINT.format(since=before.astimezone(zone))
    day = now.astimezone(zone).date()
    rooms = session.scalars(select(Chat).where(Chat.state == ChatState.ACTIVE).order_by(Chat.id))
    hints = [
        Outgoing(
            key=f"away:{day}:{room.chat}:{room.thread}",
            to=Address(room.chat, room.thread),
            text=text,
            priority=Priority.ROUTINE,
            silent=True,
            expires_at=now + _VALID,
        )
        for room in rooms
    ]
    return sum(enqueue(session, hint, now) is not None for hint in hints)


class Presence:
    """Keeps the note, once a minute at most."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        zone: ZoneInfo,
        enqueue: Enqueue,
        queued: Callable[[], None],
    ) -> None:
        self._database, self._clock, self._zone = database, clock, zone
        self._enqueue, self._queued = enqueue, queued
        self._noted: datetime | None = None

    async def reached(self) -> None:
        """Telegram has answered.

        :raises StateError: the database failed.
        """
        now = self._clock()
        if self._noted is not None and abs(now - self._noted) < _EVERY:
            return
        hints = await self._database.awrite(
            lambda session: note_presence(session, now, self._zone, self._enqueue)
        )
        self._noted = now
        if hints:
            _log.warning("Telegram was out of reach for over a day; %d chats are told", hints)
            self._queued()

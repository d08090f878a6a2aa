"""One update is done, in one transaction; what fails is tried again, and given up in the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.records import (
    Clock,
    InboxState,
    Incoming,
    IncomingKind,
    Outgoing,
    Priority,
    Reply,
)
from bot.service.inbox import Letter, settle, tried
from bot.service.surroundings import Handler, Surroundings
from bot.state.database import Database
from corpus.errors import GongjianError, StateError

_log = logging.getLogger(__name__)

TRIES = 3
_SORRY = "这条消息没有处理成功,已记录并通知管理员,请换个说法或稍后重发。"


@dataclass(slots=True)
class Attempt:
    """An update being tried; what was made for it is not made again."""

    letter: Letter
    incoming: Incoming
    prepared: object | None = None
    ready: bool = False


class Attempts:
    """Does updates, one call a try."""

    def __init__(
        self,
        database: Database,
        handler: Handler,
        around: Surroundings,
        clock: Clock,
        backoff: tuple[float, ...],
    ) -> None:
        self._database, self._handler, self._around = database, handler, around
        self._clock, self._backoff = clock, backoff
        self._errands: set[asyncio.Task[None]] = set()

    async def once(self, attempt: Attempt) -> float | None:
        """Try once; how long to wait before the next try, None when it is done with."""
        try:
            reply = await self._do(attempt)
        except Exception as exc:
            return await self._failed(attempt, exc)
        if reply is not None:
            self._after(attempt.incoming, reply)
        return None

    async def finish(self, limit: float) -> None:
        """Wait for toasts on their way."""
        if self._errands:
            await asyncio.wait(set(self._errands), timeout=limit)
        for task in list(self._errands):
            task.cancel()

    async def _do(self, attempt: Attempt) -> Reply | None:
        incoming, handler = attempt.incoming, self._handler
        await self._prepare(attempt)
        now = self._clock()

        def work(session: Session) -> Reply | None:
            if not settle(session, attempt.letter.key, InboxState.DONE, now):
                return None  # somebody did it already
            reply = handler.handle(session, incoming, now, attempt.prepared)
            for message in reply.messages:
                self._around.enqueue(session, message, now)
            return reply

        return await self._database.awrite(work)

    async def _prepare(self, attempt: Attempt) -> None:
        """Make what the handler needs; what cannot be made on purpose is for it to say."""
        if attempt.ready:
            return
        handler, now = self._handler, self._clock()
        need = await self._database.alook(
            lambda session: handler.need(session, attempt.incoming, now)
        )
        if need is not None:
            try:
                attempt.prepared = await self._around.prepare(need)
            except GongjianError as exc:
                attempt.prepared = exc
        attempt.ready = True

    async def _failed(self, attempt: Attempt, exc: Exception) -> float | None:
        """Count the failure; after the last the update is dead and the sender is told."""
        letter, now = attempt.letter, self._clock()
        _log.error("update %d failed", letter.key[0], exc_info=exc)
        error = f"{type(exc).__name__}: {exc}"

        def work(session: Session) -> int:
            tries = tried(session, letter.key, error)
            if tries >= TRIES and settle(session, letter.key, InboxState.DEAD, now, error=error):
                self._apologise(session, attempt, now)
            return tries

        try:
            tries = await self._database.awrite(work)
        except StateError as failure:  # the database's fault, not the update's
            _log.critical("the database fails: %s", failure)
            return self._backoff[-1]
        if tries < TRIES:
            return self._backoff[min(tries, len(self._backoff)) - 1]
        self._around.queued()
        await self._around.alarm("handler", f"有一条消息三次都没能处理,已放弃:{error[:200]}")
        return None

    def _apologise(self, session: Session, attempt: Attempt, now: datetime) -> None:
        incoming = attempt.incoming
        if incoming.kind is IncomingKind.MEMBERSHIP or not incoming.addressed:
            return
        number, week = attempt.letter.key
        sorry = Outgoing(
            key=f"sorry:{number}:{week}",
            to=incoming.address,
            text=_SORRY,
            priority=Priority.ANSWER,
            reply_to=incoming.message if incoming.kind is IncomingKind.MESSAGE else 0,
        )
        try:
            with session.begin_nested():
                if self._around.known(session, incoming):
                    self._around.enqueue(session, sorry, now)
        except Exception:  # whatever fails here, the update must still be put aside
            _log.exception("the sender could not be told")

    def _after(self, incoming: Incoming, reply: Reply) -> None:
        """What follows once it is on disk; none of this is tried twice."""
        if reply.messages:
            self._around.queued()
        if incoming.kind is IncomingKind.PRESS and (reply.toast or reply.messages):
            self._errand(self._around.toast(incoming.press_id, reply.toast, reply.alarm))
        if reply.leave:
            self._errand(self._around.leave(incoming.chat))

    def _errand(self, doing: Awaitable[None]) -> None:
        task = asyncio.create_task(_tried_once(doing))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


async def _tried_once(doing: Awaitable[None]) -> None:
    try:
        await doing
    except Exception as exc:
        _log.warning("a toast or a leaving failed: %r", exc)

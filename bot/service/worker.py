"""Takes updates from the inbox, each once, and does what they ask.

What takes long, such as an answer, is made first; then everything that an update brings about,
the messages queued in answer and the inbox row itself become one transaction. Killed anywhere,
the update is done again as if nothing had been, or not at all. Edited messages are not answered
again: what was asked first has been answered, and a deed is not undone by its words.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import replace

from bot.records import Clock, InboxState, IncomingKind
from bot.service.attempts import Attempt, Attempts
from bot.service.inbox import Key, Letter, settle, waiting
from bot.service.lanes import Lanes
from bot.service.surroundings import Handler, Surroundings
from bot.state.database import Database
from corpus.errors import GongjianError, StateError

__all__ = ["Handler", "Surroundings", "Worker"]

_log = logging.getLogger(__name__)

_PARALLEL = 12
_AHEAD = 400
_BACKOFF = (1.0, 5.0, 15.0)
# Without a nudge the inbox is looked at this often all the same.
_IDLE = 10.0
# An update being done for longer is stuck; then the loop is not said to be alive.
_STUCK = 120.0
_DRAIN = 15.0
_EDITED = "改过的消息不再处理"


class Worker:
    """The inbox's only reader."""

    def __init__(
        self,
        database: Database,
        handler: Handler,
        surroundings: Surroundings,
        clock: Clock,
        *,
        parallel: int = _PARALLEL,
        ahead: int = _AHEAD,
        backoff: tuple[float, ...] = _BACKOFF,
        drain: float = _DRAIN,
    ) -> None:
        """Work on a database; only inside a running event loop.

        :param parallel: chats served at the same time.
        :param ahead: updates held in memory at most.
        :param drain: seconds that what is being done gets to be finished, once stopped.
        """
        self._database, self._clock, self._around = database, clock, surroundings
        self._ahead, self._drain = ahead, drain
        self._attempts = Attempts(database, handler, surroundings, clock, backoff)
        self._slots = asyncio.Semaphore(parallel)
        self._wake, self._stopping = asyncio.Event(), asyncio.Event()
        self._hand: set[Key] = set()
        self._busy: dict[Key, float] = {}
        self._full = False
        self._lanes: Lanes[Attempt] = Lanes(self._one)

    def nudge(self) -> None:
        """There is something new in the inbox."""
        self._wake.set()

    def stop(self) -> None:
        """Take up nothing more; what waits stays in the inbox for the next life."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped; what waited from an earlier life comes first."""
        limit = 0.0
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                taken = await self._take()
                self._live()
                if not taken:
                    await self._idle()
            limit = self._drain
        finally:
            await self._lanes.drain(limit)
            await self._attempts.finish(min(limit, 1.0))

    def _live(self) -> None:
        now = time.monotonic()
        if now - min(self._busy.values(), default=now) < _STUCK:
            self._around.beat()

    async def _idle(self) -> None:
        """Wait for a nudge; a fault of the worker itself ends it."""
        woken = asyncio.ensure_future(self._wake.wait())
        waited: set[asyncio.Future[object]] = {woken, self._lanes.broken}  # type: ignore[arg-type]
        try:
            await asyncio.wait(waited, timeout=_IDLE, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
        if self._lanes.broken.done():
            self._lanes.broken.result()

    async def _take(self) -> int:
        """Take up what waits, as far ahead as is allowed; how many were."""
        known = frozenset(self._hand)
        if len(known) >= self._ahead:
            return 0
        try:
            letters = await self._database.alook(
                lambda session: waiting(session, self._ahead, known)
            )
        except StateError as exc:
            _log.critical("the inbox cannot be read: %s", exc)
            return 0
        self._full = len(known) + len(letters) >= self._ahead
        return sum([await self._open(letter) for letter in letters])

    async def _open(self, letter: Letter) -> bool:
        """Read an update and put it in its lane; what is nothing to us is done with at once."""
        try:
            incoming = self._around.read(letter.raw)
        except GongjianError as exc:
            _log.error("update %d is put aside: %s", letter.key[0], exc)
            if not await self._put_aside(letter, InboxState.DEAD, str(exc)):
                return False
            await self._around.alarm("unreadable", f"有一条消息读不懂,已跳过:{exc}")
            return True
        if incoming is None:
            return await self._put_aside(letter, InboxState.DONE, "")
        if incoming.kind is IncomingKind.EDITED:
            return await self._put_aside(letter, InboxState.DONE, _EDITED)
        self._hand.add(letter.key)
        named = replace(incoming, update=f"{letter.key[0]}:{letter.key[1]}")
        self._lanes.put(incoming.chat, Attempt(letter, named))
        return True

    async def _put_aside(self, letter: Letter, state: InboxState, why: str) -> bool:
        now = self._clock()
        try:
            return await self._database.awrite(
                lambda session: settle(session, letter.key, state, now, error=why)
            )
        except StateError as exc:
            _log.critical("update %d stays in the inbox: %s", letter.key[0], exc)
            return False

    async def _one(self, attempt: Attempt) -> None:
        """Do one update, trying again where it fails; its chat waits, others do not."""
        key, began = attempt.letter.key, time.monotonic()
        try:
            while not self._stopping.is_set():
                async with self._slots:
                    self._busy[key] = time.monotonic()
                    try:
                        pause = await self._attempts.once(attempt)
                    finally:
                        del self._busy[key]
                if pause is None:
                    self._around.handled(time.monotonic() - began)
                    return
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause)
        finally:
            self._hand.discard(key)
            if self._full and len(self._hand) <= self._ahead // 2:
                self._wake.set()

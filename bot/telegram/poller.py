"""Fetches updates by a loop of its own, and keeps every batch before it is confirmed.

An update is confirmed to Telegram by the next getUpdates with a higher offset. Here that goes
out only once the batch is on disk, and nothing is parsed before: whatever is in an update, it
cannot stop those behind it. The offset lives in memory alone and follows the last batch, even
downwards, because after a week without updates their numbers begin anywhere.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx
from telegram.error import Conflict, EndPointNotFound, InvalidToken, TimedOut

from bot.records import Clock
from bot.service.inbox import keep, update_number
from bot.state.database import Database
from bot.telegram.updates import WATCHED
from corpus.errors import GongjianError, StateError

_log = logging.getLogger(__name__)

# The library warns of names it has a method for; this one becomes getUpdates all the same.
_ENDPOINT = "get_updates_"
_LONG_POLL = 30
# A connection that neither answers nor breaks is given up after the long poll and this.
_GRACE = 15.0
_BACKOFF = (1.0, 2.0, 5.0, 10.0, 30.0)
# Numbers restart after seven days without updates; by then the offset must be forgotten.
_QUIET = timedelta(days=6)
_BATCH = 100
# A second question so soon after the first is fetched with the third: each fetching, and each
# transaction after it, costs as much for several as for one.
_BREATH = 0.03
_STOPPED = object()


class Stop(GongjianError):
    """The messenger refuses the bot itself: going on is of no use."""


class UpdateSource(Protocol):
    """What the poller needs of `telegram.Bot`."""

    async def do_api_request(
        self, endpoint: str, api_kwargs: dict[str, Any] | None = None, *, read_timeout: Any = None
    ) -> Any:
        """Call a method of the Bot API."""
        ...


def backoff(failures: int) -> float:
    """How long to wait after this many failures in a row, so that not all come back at once."""
    longest = _BACKOFF[min(failures, len(_BACKOFF)) - 1] if failures > 0 else 0.0
    return longest * random.uniform(0.8, 1.2)


def refused(exc: Exception) -> bool:
    """Whether Telegram does not know the token."""
    return isinstance(exc, InvalidToken | EndPointNotFound)


REFUSED = (
    "Telegram 不认这个令牌(401/404),机器人停止运行:请检查 GONGJIAN_TELEGRAM_TOKEN,"
    "或向 @BotFather 要新的令牌"
)


class Poller:
    """Telegram's updates, into the inbox."""

    def __init__(
        self,
        source: UpdateSource,
        database: Database,
        clock: Clock,
        *,
        beat: Callable[[], None],
        received: Callable[[int], None],
        reached: Callable[[], Awaitable[None]],
        alarm: Callable[[str, str], Awaitable[None]],
        long_poll: int = _LONG_POLL,
        grace: float = _GRACE,
        wait: Callable[[int], float] = backoff,
        breath: float = _BREATH,
    ) -> None:
        """Poll for a database.

        :param beat: told that the loop lives; not told while Telegram takes calls and is silent.
        :param received: told how many new updates were kept.
        :param reached: awaited after each answer of Telegram's.
        :param alarm: told the name and words of what the office must know.
        :param wait: how long to wait after so many failures.
        :param breath: how long to wait after updates came, for more to come.
        """
        self._source, self._database, self._clock = source, database, clock
        self._beat, self._received, self._reached, self._alarm = beat, received, reached, alarm
        self._long_poll, self._grace, self._wait = long_poll, grace, wait
        self._breath = breath
        self._offset: int | None = None
        self._heard = clock()
        self._failures = 0
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Fetch no more; what was fetched and not kept will be given again."""
        self._stopping.set()

    async def run(self) -> None:
        """Poll until stopped, through every outage.

        :raises Stop: Telegram does not know the token.
        """
        while not self._stopping.is_set():
            pause = await self._turn()
            if pause:
                await self._rest(pause)

    async def _turn(self) -> float:
        """One poll; how long to wait before the next."""
        try:
            batch = await self._fetch()
            if batch is _STOPPED:
                return 0.0
            progress = await self._take(batch)
            await self._reached()
        except Exception as exc:
            return await self._failed(exc)
        self._beat()
        if not progress:
            self._failures += 1
            return self._wait(self._failures)
        self._failures = 0
        if 0 < len(batch) < _BATCH:
            await asyncio.sleep(self._breath)
        return 0.0

    async def _fetch(self) -> Any:
        """The next batch, or what stands for none when stopped while waiting for it.

        :raises TimeoutError: Telegram took the call and did not answer.
        """
        asking = asyncio.ensure_future(self._ask())
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait(
                {asking, stopped},
                timeout=self._long_poll + self._grace,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if asking.done():
                return asking.result()
            if stopped.done():
                return _STOPPED
            raise TimeoutError("getUpdates was never answered")
        finally:
            for task in (asking, stopped):
                task.cancel()
            await asyncio.gather(asking, stopped, return_exceptions=True)

    async def _ask(self) -> Any:
        if self._offset is not None and self._clock() - self._heard >= _QUIET:
            self._offset = None
        arguments: dict[str, Any] = {
            "timeout": self._long_poll,
            "limit": _BATCH,
            "allowed_updates": list(WATCHED),
        }
        if self._offset is not None:
            arguments["offset"] = self._offset
        return await self._source.do_api_request(
            _ENDPOINT, api_kwargs=arguments, read_timeout=self._long_poll + self._grace * 2 / 3
        )

    async def _take(self, batch: Any) -> bool:
        """Keep a batch; whether the next poll can go on from it."""
        if not isinstance(batch, list):
            _log.error("getUpdates gave no list but %s", type(batch).__name__)
            return False
        numbered = [raw for raw in batch if update_number(raw) is not None]
        if len(numbered) < len(batch):
            _log.error("%d updates without a number were passed over", len(batch) - len(numbered))
        if not numbered:
            return not batch
        now: datetime = self._clock()
        new = await self._database.awrite(lambda session: keep(session, numbered, now))
        self._offset = max(number for raw in numbered if (number := update_number(raw)) is not None)
        self._offset += 1
        self._heard = now
        if new:
            self._received(new)
        return True

    async def _failed(self, exc: Exception) -> float:
        """What an error means; how long to wait after it.

        :raises Stop: Telegram does not know the token.
        """
        if refused(exc):
            raise Stop(REFUSED) from exc
        self._failures += 1
        if not _silent(exc):
            self._beat()
        if quiet := _wanted_quiet(exc):
            return quiet + self._wait(1)
        if isinstance(exc, Conflict):
            _log.error("another program fetches the updates of this bot: %s", exc)
            await self._alarm(
                "conflict", "有另一个程序在用同一个令牌取消息(409),消息可能丢失:请停掉那一个"
            )
        elif isinstance(exc, StateError):
            _log.critical("a batch could not be kept, and will be fetched again: %s", exc)
        else:
            _log.warning("no updates (%d in a row): %r", self._failures, exc)
        return self._wait(self._failures)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass


def _silent(exc: Exception) -> bool:
    """Whether the call was taken and not answered: the kind of outage a restart may cure."""
    if isinstance(exc, TimedOut):
        return not isinstance(exc.__cause__, httpx.ConnectTimeout)
    return isinstance(exc, TimeoutError)


def _wanted_quiet(exc: Exception) -> float:
    """For how many seconds Telegram wants not to be asked."""
    known = getattr(exc, "retry_after", 0)
    return known.total_seconds() if isinstance(known, timedelta) else float(known)

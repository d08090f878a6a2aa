"""Loops that do the same thing every so often: planning, and keeping house."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot.records import Clock
from bot.state.database import Database
from corpus.errors import StateError

_log = logging.getLogger(__name__)

Tick = Callable[[Session, datetime], int]
Job = Callable[[], Awaitable[int]]


class Ticker:
    """Calls something again and again until stopped."""

    def __init__(
        self, every: float, work: Callable[[], Awaitable[None]], beat: Callable[[], None]
    ) -> None:
        self._every, self._work, self._beat = every, work, beat
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Do not begin anew."""
        self._stopping.set()

    async def run(self) -> None:
        """Work, wait, and so on; what the work raises ends it."""
        while not self._stopping.is_set():
            self._beat()
            await self._work()
            self._beat()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)


class Planning:
    """One turn of the planner; its parts do not fail together."""

    def __init__(
        self,
        jobs: Mapping[str, Job],
        *,
        queued: Callable[[], None],
        alarm: Callable[[str, str], Awaitable[None]],
    ) -> None:
        """Plan.

        :param jobs: the parts by name; each is idempotent and says how many messages it queued.
        """
        self._jobs, self._queued, self._alarm = jobs, queued, alarm

    async def __call__(self) -> None:
        """Run every part; one that fails is alarmed about, and the next still runs."""
        for name, job in self._jobs.items():
            try:
                if await job():
                    self._queued()
            except StateError as exc:
                _log.critical("%s: %s", name, exc)
            except Exception as exc:
                _log.exception("%s failed", name)
                words = f"安排提醒时程序出错({name}:{type(exc).__name__}),提醒可能没有发出"
                await self._alarm(f"planner-{name}", words)


def in_transaction(database: Database, clock: Clock, tick: Tick) -> Job:
    """A part done in one transaction, at the time that it begins."""

    async def job() -> int:
        return await database.awrite(lambda session: tick(session, clock()))

    return job


def in_thread(clock: Clock, work: Callable[[datetime], int]) -> Job:
    """A part that takes its time, drawing for instance, and opens its own transactions."""

    async def job() -> int:
        return await asyncio.to_thread(work, clock())

    return job

"""Keeping house: heartbeats are written down, the lock is held on to, numbers are counted."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from bot.records import Clock
from bot.service.inbox import purge
from bot.service.locking import InstanceLock
from bot.service.metrics import Metrics, counted
from bot.service.watch import Heartbeats, store
from bot.state.database import Database
from corpus.errors import StateError

_log = logging.getLogger(__name__)

EVERY = 15.0
_PURGE = timedelta(days=1)


class Keeping:
    """One turn of the housekeeping."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        heartbeats: Heartbeats,
        lock: InstanceLock,
        metrics: Metrics | None,
    ) -> None:
        self._database, self._clock = database, clock
        self._heartbeats, self._lock, self._metrics = heartbeats, lock, metrics
        self._purged: datetime | None = None

    async def __call__(self) -> None:
        """Do it all once; a failing database is said and waited out.

        :raises StateError: the lock is lost: another instance may run.
        """
        await asyncio.to_thread(self._lock.check)
        now, ages = self._clock(), self._heartbeats.ages()
        try:
            await self._database.awrite(lambda session: store(session, ages, now))
            if self._metrics is not None:
                self._metrics.set(await self._database.aread(counted), ages)
            if self._purged is None or now - self._purged >= _PURGE:
                await self._database.awrite(lambda session: purge(session, now))
                self._purged = now
        except StateError as exc:
            _log.critical("housekeeping: %s", exc)

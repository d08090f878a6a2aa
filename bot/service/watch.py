"""Whether the loops live, and what happens when one does not.

Each loop says now and then that it lives. A thread of its own looks on, so that a blocked event
loop is noticed too; when one has been silent for too long, the process ends itself, and whoever
started it starts it again.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.state.tables import Heartbeat

_log = logging.getLogger(__name__)

STALE = 150.0
_LOOK = 5.0


class Heartbeats:
    """When each loop last said that it lives; safe from any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._seen: dict[str, float] = {}
        self._lock = threading.Lock()

    def beat(self, name: str) -> None:
        """Say that a loop lives; from the first time on it is expected to."""
        with self._lock:
            self._seen[name] = self._monotonic()

    def forget(self, name: str) -> None:
        """A loop has ended as it should."""
        with self._lock:
            self._seen.pop(name, None)

    def ages(self) -> dict[str, float]:
        """How many seconds ago each was seen."""
        with self._lock:
            now = self._monotonic()
            return {name: now - seen for name, seen in self._seen.items()}

    def stale(self, limit: float = STALE) -> list[str]:
        """The loops that have been silent for longer."""
        return sorted(name for name, age in self.ages().items() if age > limit)


def store(session: Session, ages: Mapping[str, float], now: datetime) -> None:
    """Write the heartbeats down, for whoever looks at the database; no others stay there."""
    session.execute(delete(Heartbeat).where(Heartbeat.name.not_in(list(ages))))
    for name, age in ages.items():
        session.merge(Heartbeat(name=name, at=now - timedelta(seconds=age), detail=""))


def stored_stale(session: Session, now: datetime, limit: float) -> list[str] | None:
    """The loops that are written down as silent for longer; None where nothing is written."""
    rows = list(session.execute(select(Heartbeat.name, Heartbeat.at).order_by(Heartbeat.name)))
    if not rows:
        return None
    return [name for name, at in rows if now - at > timedelta(seconds=limit)]


class Notifier:
    """Tells systemd that the service is ready and alive; without systemd, nobody."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def ready(self) -> None:
        """The service works now."""
        self._send("READY=1")

    def alive(self) -> None:
        """The service still works."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The service finishes what it has in hand."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel,
        ):
            channel.sendto(message.encode(), self._address)


def die() -> None:
    """End the process without waiting for anything in it: something in it does not move."""
    faulthandler.dump_traceback(all_threads=True)
    os._exit(1)


class Watchdog:
    """Ends the process when a loop has been silent for too long."""

    def __init__(
        self,
        heartbeats: Heartbeats,
        notifier: Notifier,
        *,
        limit: float = STALE,
        look: float = _LOOK,
        end: Callable[[], None] = die,
    ) -> None:
        self._heartbeats, self._notifier = heartbeats, notifier
        self._limit, self._look, self._end = limit, look, end
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(self._look):
            if silent := self._heartbeats.stale(self._limit):
                _log.critical("no sign of life from: %s; the process ends", ", ".join(silent))
                self._end()
                return
            self._notifier.alive()

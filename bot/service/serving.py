"""The loops of the service and what goes between them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot.access.people import actor_for
from bot.delivery.alarms import alarm
from bot.delivery.outbox import enqueue
from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.records import Clock, Incoming
from bot.service.asker import Asker
from bot.service.configuration import Configuration
from bot.service.keeping import EVERY, Keeping
from bot.service.locking import InstanceLock
from bot.service.metrics import Metrics
from bot.service.presence import Presence
from bot.service.supervising import Loop, supervise
from bot.service.surroundings import Handler, Surroundings
from bot.service.ticking import Job, Planning, Ticker, in_thread, in_transaction
from bot.service.watch import Heartbeats
from bot.service.worker import Worker
from bot.state.database import Database
from bot.telegram.introducing import introduce
from bot.telegram.menus import MenuOfChat, Menus
from bot.telegram.messenger import TelegramMessenger, make_bot
from bot.telegram.poller import Poller
from bot.telegram.updates import Me, read_update
from corpus.errors import StateError

_log = logging.getLogger(__name__)

_PLANNER_EVERY = 60.0
# People come and change roles; their menus may follow a little later.
_MENUS_EVERY = 20.0

Prepare = Callable[[Any], Awaitable[object]]


def _clock() -> datetime:
    return datetime.now(UTC)


def _handler(configuration: Configuration, me: Me) -> Handler:
    from bot.handling.handler import Handler as FrontDesk
    from bot.handling.scene import Desk

    return FrontDesk(Desk(configuration.zone, me.username, configuration.admins))


def _jobs(configuration: Configuration, database: Database, clock: Clock) -> dict[str, Job]:
    from bot.reminding.planner import PlanRules, plan
    from bot.reminding.routine import perform_routines

    rules, font = PlanRules(configuration.hours), configuration.font
    return {
        "reminders": in_transaction(
            database, clock, lambda session, now: plan(session, now, rules)
        ),
        "routine": in_thread(clock, lambda now: perform_routines(database, now, rules, font)),
    }


def _menus(session: Session) -> Sequence[MenuOfChat]:
    from bot.handling.menus import menu_plan

    return menu_plan(session)


def _prepare(asker: Asker, configuration: Configuration, metrics: Metrics | None) -> Prepare:
    from bot.service.preparing import Preparing

    answered = metrics.answered if metrics else (lambda _: None)
    return Preparing(asker, configuration.font, answered=answered)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is put into the service; tests put in something else."""

    clock: Clock = _clock
    handler: Callable[[Configuration, Me], Handler] = _handler
    jobs: Callable[[Configuration, Database, Clock], dict[str, Job]] = _jobs
    prepare: Callable[[Asker, Configuration, Metrics | None], Prepare] = _prepare
    menus: Callable[[Session], Sequence[MenuOfChat]] = _menus
    pacer: Callable[[Configuration], Pacer] = field(
        default=lambda configuration: Pacer(configuration.rate)
    )
    long_poll: int = 30
    drain: float = 25.0


class Service:
    """One running bot."""

    def __init__(
        self,
        configuration: Configuration,
        database: Database,
        lock: InstanceLock,
        heartbeats: Heartbeats,
        *,
        metrics: Metrics | None = None,
        parts: Parts | None = None,
    ) -> None:
        self._configuration, self._database, self._lock = configuration, database, lock
        self._beats, self._metrics = heartbeats, metrics
        self._parts = parts or Parts()
        self._bot = make_bot(
            configuration.token, api_url=configuration.api_url, proxy=configuration.proxy or ""
        )
        self._messenger = TelegramMessenger(self._bot)
        self._sender = Sender(
            database,
            self._messenger,
            self._parts.pacer(configuration),
            self._parts.clock,
            beat=self._beat("sender"),
        )
        self._asker = Asker.over(configuration.place, configuration.workers)
        self._menus = Menus(self._bot)
        self._worker: Worker | None = None
        self._introduced: asyncio.Future[Me] = asyncio.get_running_loop().create_future()
        self._polling, self._sending = asyncio.Event(), asyncio.Event()
        self._poller = self._make_poller()

    async def run(self, stopping: asyncio.Event, *, ready: Callable[[], None]) -> int:
        """Run until asked to stop, or until a loop ends by itself; the exit code."""
        try:
            await self._asker.start()
            ready()
            return await supervise(
                self._loops(), stopping, ended=self._beats.forget, limit=self._parts.drain
            )
        finally:
            await asyncio.to_thread(self._asker.close)
            with contextlib.suppress(Exception):
                await self._bot.shutdown()
                await self._messenger.close()

    def _loops(self) -> list[Loop]:
        parts, clock = self._parts, self._parts.clock
        planning = Planning(
            parts.jobs(self._configuration, self._database, clock),
            queued=self._sender.nudge,
            alarm=self._alarm,
        )
        keeping = Keeping(self._database, clock, self._beats, self._lock, self._metrics)
        planner = Ticker(_PLANNER_EVERY, planning, self._beat("planner"))
        keeper = Ticker(EVERY, keeping, self._beat("keeper"))
        menus = Ticker(_MENUS_EVERY, self._set_menus, lambda: None)
        return [
            Loop("poller", self._poll, self._stop_polling),
            Loop("worker", self._work, self._stop_working),
            Loop("menus", menus.run, menus.stop),
            Loop("planner", planner.run, planner.stop),
            Loop("sender", partial(self._sender.run, self._sending), self._sending.set),
            Loop("keeper", keeper.run, keeper.stop),
        ]

    async def _poll(self) -> None:
        """Be introduced, then fetch updates."""
        me = await introduce(self._bot, self._polling, beat=self._beat("poller"))
        if me is None:
            return
        _log.info("the bot is @%s (%d)", me.username, me.id)
        self._introduced.set_result(me)
        await self._poller.run()

    async def _set_menus(self) -> None:
        if not self._introduced.done():
            return
        try:
            self._menus.put(await self._database.aread(self._parts.menus))
            await self._menus.send()
        except Exception as exc:  # menus are a convenience
            _log.warning("the command menus could not be set: %r", exc)

    def _stop_polling(self) -> None:
        self._polling.set()
        self._poller.stop()

    async def _work(self) -> None:
        """Handle updates, as soon as it is known who the bot is."""
        try:
            me = await self._introduced
        except asyncio.CancelledError:
            if self._introduced.cancelled():
                return
            raise
        if self._polling.is_set():
            return
        handler = self._parts.handler(self._configuration, me)
        self._worker = Worker(self._database, handler, self._surroundings(me), self._parts.clock)
        await self._worker.run()

    def _stop_working(self) -> None:
        if self._worker is not None:
            self._worker.stop()
        else:
            self._introduced.cancel()

    def _received(self, number: int) -> None:
        if self._metrics is not None:
            self._metrics.received(number)
        if self._worker is not None:
            self._worker.nudge()

    def _make_poller(self) -> Poller:
        configuration, clock = self._configuration, self._parts.clock
        presence = Presence(self._database, clock, configuration.zone, enqueue, self._sender.nudge)
        return Poller(
            self._bot,
            self._database,
            clock,
            beat=self._beat("poller"),
            received=self._received,
            reached=presence.reached,
            alarm=self._alarm,
            long_poll=self._parts.long_poll,
        )

    def _surroundings(self, me: Me) -> Surroundings:
        return Surroundings(
            read=partial(read_update, me=me),
            prepare=self._parts.prepare(self._asker, self._configuration, self._metrics),
            enqueue=enqueue,
            known=_known,
            queued=self._sender.nudge,
            toast=self._messenger.toast,
            leave=self._messenger.leave,
            alarm=self._alarm,
            beat=self._beat("worker"),
            handled=self._metrics.handled if self._metrics else (lambda _: None),
        )

    def _beat(self, name: str) -> Callable[[], None]:
        return partial(self._beats.beat, name)

    async def _alarm(self, kind: str, words: str) -> None:
        """Tell the office; where the database fails, the log."""
        now = self._parts.clock()
        try:
            if await self._database.awrite(lambda session: alarm(session, now, kind, words)):
                self._sender.nudge()
        except StateError as exc:
            _log.critical("the alarm %s could not be queued: %s", kind, exc)


def _known(session: Session, incoming: Incoming) -> bool:
    return actor_for(session, incoming.user, incoming.chat, incoming.thread) is not None

"""The loop that sends: claims, sends to different chats at once, records what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from bot.delivery.alarms import LOCAL, alarm
from bot.delivery.claiming import Claimed, cancel, check_task, claim, next_due
from bot.delivery.messenger import Messenger, NotSent, Outcome, Uncertain
from bot.delivery.outage import Outage
from bot.delivery.pacing import Pacer
from bot.delivery.recovering import recover
from bot.delivery.settling import hasten, settle
from bot.records import Clock
from bot.reminding.cancelling import still_true
from bot.state.database import Database
from corpus.errors import SettingsError, StateError

T = TypeVar("T")
_log = logging.getLogger(__name__)

# How long an idle sender sleeps when nobody nudges it.
_POLL = 1.0
# How long after a nudge it looks: what was queued meanwhile is claimed in the same transaction.
_BREATH = 0.01
# How long the sender waits for one answer; a lease is longer than this.
_LONGEST_SEND = 90.0
_RECOVER_EVERY = 30.0
_DATABASE_AWAY = 10.0
# What the planner's keys begin with: such a message may speak of many tasks.
_REMINDER = "remind:"


def _nothing(*_: str) -> None:
    """What is done at a point nobody watches."""


class Sender:
    """Sends what is due: several chats at once, one message of a chat at a time.

    Nothing is sent whose claim is not on disk, and no transaction is open while sending.
    `beat` is called every round; `hook` at `after_claim`, `before_send` and
    `after_send_before_mark` of each message.
    """

    def __init__(
        self,
        database: Database,
        messenger: Messenger,
        pacer: Pacer,
        clock: Clock,
        name: str = "sender",
        *,
        concurrency: int = 40,
        beat: Callable[[], None] = _nothing,
        hook: Callable[[str], None] = _nothing,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare. No second sender of this name may run beside it."""
        self._database = database
        self._messenger = messenger
        self._pacer = pacer
        self._clock = clock
        self._name = name
        self._concurrency = concurrency
        self._beat = beat
        self._hook = hook
        self._monotonic = monotonic
        self._outage = Outage()
        self._flying: dict[int, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._refused = ""
        self._database_failures = 0
        self._recover_at = 0.0
        self._hasten = False

    def nudge(self) -> None:
        """Something was queued: look at once. May be called from any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just ended
                self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop, and finish what is under way.

        :raises SettingsError: the messenger does not accept the bot's token.
        """
        self._loop, self._stop = asyncio.get_running_loop(), stop
        watching = asyncio.create_task(self._wake_at_stop())
        name = self._name
        try:
            while not stop.is_set() and not self._refused:
                self._wake.clear()
                self._beat()
                try:
                    name = await self._recover(name)
                    rest = await self._round()
                    self._database_failures = 0
                except StateError as exc:
                    rest = self._database_failed(exc)
                if rest > 0:
                    await self._sleep(rest)
        finally:
            watching.cancel()
            await asyncio.gather(*self._flying.values())
        if self._refused:
            raise SettingsError(
                f"Telegram 不接受机器人的令牌({self._refused}),已停止发送:"
                "请核对 GONGJIAN_TELEGRAM_TOKEN 或 GONGJIAN_TELEGRAM_TOKEN_FILE"
            )

    async def _recover(self, name: str) -> str:
        """Now and then, and at the start all that an earlier sender of this name left behind."""
        if not name and self._monotonic() < self._recover_at:
            return name
        count = await self._write(lambda session: recover(session, self._clock(), name))
        if count:
            _log.warning("%d messages were given up while being sent", count)
        self._recover_at = self._monotonic() + _RECOVER_EVERY
        return ""

    async def _round(self) -> float:
        """Claim and start what may go now; seconds to rest, unless nudged."""
        limit = min(self._concurrency - len(self._flying), self._pacer.ready())
        if self._hasten:
            await self._write(lambda session: hasten(session, self._clock()))
            self._hasten = False
        if self._outage.on:
            await self._tell_outage()
            limit = min(limit, 1 - len(self._flying))
            if (left := self._outage.until - self._monotonic()) > 0:
                return min(left, _POLL)
        if limit <= 0:
            return min(self._pacer.wait() or _POLL, _POLL)
        now = self._clock()
        busy = self._pacer.resting() | self._flying.keys()
        claimed, later = await self._write(lambda s: _claim(s, self._name, now, limit, busy))
        for one in claimed:
            self._pacer.take(one.chat)
            self._flying[one.chat] = asyncio.create_task(self._deliver(one))
        if len(claimed) == limit:
            return 0.0
        waits = [_POLL, self._pacer.wait() or _POLL]
        if later is not None:
            waits.append((later - now).total_seconds())
        return min(waits)

    async def _deliver(self, claimed: Claimed) -> None:
        """One message from its claim to its mark."""
        try:
            self._hook("after_claim")
            outcome = await self._send(claimed)
            if outcome is not None:
                self._note(outcome)
                await self._settle(claimed, outcome)
        except Exception:  # the row stays leased, and is found to be uncertain later
            _log.exception("what became of %s is not known", claimed.key)
        finally:
            del self._flying[claimed.chat]
            self._wake.set()

    async def _send(self, claimed: Claimed) -> Outcome | None:
        """What came of sending it; None where its task wants it no more."""
        try:
            if not await self._wanted(claimed):
                return None
        except StateError as exc:
            return NotSent(str(exc))
        self._hook("before_send")
        try:
            async with asyncio.timeout(_LONGEST_SEND):
                outcome = await self._messenger.send(claimed.parcel)
        except TimeoutError:
            outcome = Uncertain(f"{_LONGEST_SEND:g} 秒没有回应")
        except Exception as exc:
            _log.exception("sending %s failed in an unforeseen way", claimed.key)
            outcome = Uncertain(f"程序出错:{type(exc).__name__}")
        self._hook("after_send_before_mark")
        return outcome

    async def _wanted(self, claimed: Claimed) -> bool:
        """Whether it still says what is so; where not, it is cancelled."""
        if claimed.key.startswith(_REMINDER):
            return await self._write(lambda session: _still_reminds(session, claimed))
        if not claimed.version:
            return True
        if await self._database.aread(lambda session: check_task(session, claimed)):
            return True
        await self._write(lambda session: cancel(session, claimed))
        return False

    def _note(self, outcome: Outcome) -> None:
        """Learn from an outcome whether the messenger is there at all."""
        if isinstance(outcome, NotSent | Uncertain):
            _log.warning("%s: %s", type(outcome).__name__, outcome.reason)
            self._outage.failed(self._monotonic(), certain=isinstance(outcome, NotSent))
        elif self._outage.answered():
            self._hasten = True

    async def _settle(self, claimed: Claimed, outcome: Outcome) -> None:
        """Write down what happened, for as long as the lease lasts if the database is away."""
        while True:
            try:
                settled = await self._write(
                    lambda session: settle(session, claimed, outcome, self._clock())
                )
                break
            except StateError as exc:
                _log.error("cannot record what became of %s: %s", claimed.key, exc)
                if self._stop.is_set() or self._clock() >= claimed.until:
                    return  # left as it is, the row is found to be uncertain later
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), _POLL)
        self._refused = self._refused or settled.stop
        if settled.pause and self._pacer.throttled(claimed.chat, settled.pause):
            _log.warning("many chats are throttled: all sending pauses")

    async def _tell_outage(self) -> None:
        now = self._monotonic()
        if not self._outage.alarming(now):
            return
        began = self._clock() - timedelta(seconds=now - self._outage.since)
        words = (
            f"自 {began.astimezone(LOCAL):%m-%d %H:%M} 起发不出消息,已积压待发,恢复后自动续发;"
            "请检查网络和代理。"
        )
        await self._write(lambda session: alarm(session, self._clock(), "outage", words))

    def _database_failed(self, exc: StateError) -> float:
        """Nothing is claimed, so nothing is sent; seconds until the next attempt."""
        self._database_failures += 1
        _log.error("nothing can be claimed, so nothing is sent: %s", exc)
        return min(_DATABASE_AWAY, _POLL * 2.0 ** min(self._database_failures - 1, 10))

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        if not self._stop.is_set():
            await asyncio.sleep(_BREATH)

    async def _wake_at_stop(self) -> None:
        await self._stop.wait()
        self._wake.set()

    async def _write(self, work: Callable[[Session], T]) -> T:
        return await self._database.awrite(work)


def _still_reminds(session: Session, claimed: Claimed) -> bool:
    """Ask, cancel and plan anew in one step: nothing can change in between."""
    stands = still_true(session, claimed.id)
    if stands and (not claimed.version or check_task(session, claimed)):
        return True
    cancel(session, claimed)
    return False


def _claim(
    session: Session, name: str, now: datetime, limit: int, busy: frozenset[int]
) -> tuple[list[Claimed], datetime | None]:
    claimed = claim(session, name, now, limit, busy)
    # With fewer than there was room for, nothing more can go now.
    return claimed, None if len(claimed) == limit else next_due(session, now)

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select
from telegram.error import (
    Conflict,
    EndPointNotFound,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.state.tables import Inbox
from bot.telegram import poller as module
from bot.telegram.poller import Poller, Stop, backoff
from corpus.errors import StateError

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


class Script:
    """A Telegram that says one thing after the other, then nothing more for ever."""

    def __init__(self, *script):
        self.script = list(script)
        self.offsets = []
        self.calls = []
        self.over = asyncio.Event()

    async def do_api_request(self, endpoint, api_kwargs=None, *, read_timeout=None):
        self.offsets.append(api_kwargs.get("offset"))
        self.calls.append((endpoint, api_kwargs, read_timeout))
        if not self.script:
            self.over.set()
            await asyncio.sleep(60)
        step = self.script.pop(0)
        if callable(step):
            step = step()
        if asyncio.iscoroutine(step):
            step = await step
        if isinstance(step, Exception):
            raise step
        return step


def caused(error, cause):
    error.__cause__ = cause
    return error


class Run:
    """What a poller did with a script."""

    def __init__(self, database, *script, clock=None, **options):
        self.database, self.script, self.options = database, script, options
        self.clock = clock or (lambda: NOW)
        self.beats = self.reached = self.received = 0
        self.alarms, self.waits = [], []

    def go(self):
        asyncio.run(self._go())
        return self

    async def _go(self):
        self.source = Script(*self.script)

        def beat():
            self.beats += 1

        def received(number):
            self.received += number

        async def reached():
            self.reached += 1

        async def alarm(name, words):
            self.alarms.append(name)

        def wait(failures):
            self.waits.append(failures)
            return 0.0 if failures == 0 else 0.001

        poller = Poller(
            self.source, self.database, self.clock, beat=beat, received=received,
            reached=reached, alarm=alarm, wait=wait, **self.options,
        )  # fmt: skip
        running = asyncio.create_task(poller.run())
        ended = asyncio.create_task(self.source.over.wait())
        async with asyncio.timeout(5):
            await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
            poller.stop()
            await running
        ended.cancel()

    @property
    def kept(self):
        query = select(Inbox.update_id).order_by(Inbox.received_at, Inbox.update_id)
        return list(self.database.read(lambda s: s.scalars(query).all()))


def updates(*numbers):
    return [{"update_id": number, "message": {"text": str(number)}} for number in numbers]


def test_it_begins_without_an_offset_and_confirms_only_what_is_kept(database):
    kept_before_call = []
    run = Run(database, updates(5, 6), lambda: kept_before_call.append(run.kept) or updates(7), [])
    run.go()
    assert run.source.offsets == [None, 7, 8, 8]
    assert kept_before_call == [[5, 6]]
    assert (run.kept, run.received, run.waits) == ([5, 6, 7], 3, [])
    assert (run.beats, run.reached) == (3, 3)


def test_it_asks_for_four_kinds_and_for_a_long_poll_with_a_timeout_of_its_own(database):
    run = Run(database, []).go()
    endpoint, arguments, read_timeout = run.source.calls[0]
    assert endpoint == "get_updates_"
    assert arguments == {
        "timeout": 30,
        "limit": 100,
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
    }
    assert 30 < read_timeout < 45


def test_failure_01_what_was_not_kept_is_fetched_again(database, monkeypatch):
    real, down = module.keep, [True, True]

    def keep(session, batch, now):
        if down:
            down.pop()
            raise StateError("disk full")
        return real(session, batch, now)

    monkeypatch.setattr(module, "keep", keep)
    run = Run(database, updates(5), updates(5), updates(5)).go()
    assert run.source.offsets == [None, None, None, 6]
    assert (run.kept, run.waits) == ([5], [1, 2])


def test_failure_04_updates_are_kept_whatever_is_in_them(database):
    odd = [{"update_id": 5, "message": {"nonsense": 1}}, {"update_id": 6, "poll": []}]
    run = Run(database, odd, []).go()
    assert (run.kept, run.source.offsets) == ([5, 6], [None, 7, 7])


@pytest.mark.parametrize("batch", [None, {}, "x", True, [{"no": "number"}], ["x", None]])
def test_failure_04_a_batch_that_is_none_is_passed_over_with_a_pause(database, batch):
    run = Run(database, batch, batch, updates(5)).go()
    assert (run.kept, run.waits, run.source.offsets) == ([5], [1, 2], [None, None, None, 6])


def test_failure_04_an_update_without_a_number_does_not_hold_up_the_others(database):
    run = Run(database, [*updates(5), {"no": "number"}, "x", {"update_id": True}, *updates(6)]).go()
    assert (run.kept, run.source.offsets) == ([5, 6], [None, 7])


@pytest.mark.parametrize(
    "error",
    [
        NetworkError("Bad Gateway"),
        caused(TimedOut(), httpx.ConnectTimeout("")),
        caused(NetworkError("x"), httpx.ConnectError("refused")),
        RuntimeError("a bug of the library"),
    ],
)
def test_failure_06_an_outage_is_waited_out(database, error):
    run = Run(database, *[error] * 7, updates(5)).go()
    assert (run.kept, run.waits, run.beats) == ([5], [1, 2, 3, 4, 5, 6, 7], 8)


def test_failures_are_counted_anew_after_a_success(database):
    run = Run(database, NetworkError("x"), NetworkError("x"), [], NetworkError("x")).go()
    assert run.waits == [1, 2, 1]


def test_waits_grow_and_differ_a_little():
    for failures, seconds in enumerate([1, 2, 5, 10, 30, 30, 30], start=1):
        waits = {backoff(failures) for _ in range(20)}
        assert all(0.8 * seconds <= wait <= 1.2 * seconds for wait in waits)
        assert len(waits) > 1


def test_failure_08_a_call_that_is_never_answered_is_given_up_and_gives_no_sign_of_life(database):
    hanging = [lambda: asyncio.sleep(60)] * 2
    run = Run(database, *hanging, updates(5), long_poll=0, grace=0.05).go()
    assert run.kept == [5]
    assert run.waits[:2] == [1, 2]
    assert run.beats == 1


@pytest.mark.parametrize("cause", [httpx.ReadTimeout(""), httpx.PoolTimeout("")])
def test_failure_08_a_call_taken_and_not_answered_is_no_sign_of_life(database, cause):
    run = Run(database, caused(TimedOut(), cause), caused(TimedOut(), cause)).go()
    assert (run.beats, run.waits) == (0, [1, 2])


@pytest.mark.parametrize("error", [InvalidToken("Unauthorized"), EndPointNotFound("Not Found")])
def test_failure_09_a_refused_token_stops_it_loudly(database, error):
    with pytest.raises(Stop, match=r"不认这个令牌.*GONGJIAN_TELEGRAM_TOKEN"):
        Run(database, updates(5), error).go()


def test_failure_10_a_second_poller_is_alarmed_about_and_waited_for(database):
    conflict = Conflict("terminated by other getUpdates request")
    run = Run(database, conflict, conflict, updates(5)).go()
    assert (run.alarms, run.waits, run.kept) == (["conflict", "conflict"], [1, 2], [5])


def test_failure_11_a_wanted_pause_is_kept(database, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    paused = []

    async def rest(self, seconds):
        paused.append(seconds)

    monkeypatch.setattr(Poller, "_rest", rest)
    run = Run(database, RetryAfter(timedelta(seconds=17)), updates(5)).go()
    assert (paused, run.kept) == ([17.001], [5])


def test_failure_26_a_number_below_the_offset_is_received_and_the_offset_follows(database):
    run = Run(database, updates(900, 901), updates(3), updates(4)).go()
    assert run.source.offsets == [None, 902, 4, 5]
    assert sorted(run.kept) == [3, 4, 900, 901]


def test_failure_26_after_six_quiet_days_the_offset_is_forgotten(database):
    now = NOW

    def later(batch, **time):
        def step():
            nonlocal now
            now += timedelta(**time)
            return batch

        return step

    run = Run(
        database, updates(900), later([], days=5), later([], days=1), later(updates(3), hours=1), [],
        clock=lambda: now,
    ).go()  # fmt: skip
    assert run.source.offsets == [None, 901, 901, None, 4, 4]
    assert sorted(run.kept) == [3, 900]


def test_given_again_an_update_is_received_once(database):
    run = Run(database, updates(5), updates(5, 6)).go()
    assert (run.received, run.kept) == (2, [5, 6])


def test_failure_33_stopped_in_a_long_poll_it_ends_at_once(database):
    run = Run(database).go()  # which fails when it takes five seconds
    assert (run.source.offsets, run.beats, run.waits) == ([None], 0, [])

import asyncio
import os
import signal

import pytest

from bot.service.supervising import Loop, stop_on_signals, supervise
from corpus.errors import StateError


class Fake:
    """A loop that notes when it ends, and takes its time."""

    def __init__(self, name, notes, *, takes=0.0, fails=None):
        self.name, self.notes, self.takes, self.fails = name, notes, takes, fails
        self.stopping = asyncio.Event()

    async def run(self):
        if self.fails:
            raise self.fails
        await self.stopping.wait()
        await asyncio.sleep(self.takes)
        self.notes.append(self.name)

    def loop(self):
        return Loop(self.name, self.run, self.stopping.set)


def supervised(make, *, stop=True, limit=5.0):
    notes, ended = [], []

    async def run():
        stopping = asyncio.Event()
        if stop:
            asyncio.get_running_loop().call_later(0.01, stopping.set)
        loops = [fake.loop() for fake in make(notes)]
        async with asyncio.timeout(5):
            return await supervise(loops, stopping, ended=ended.append, limit=limit)

    return asyncio.run(run()), notes, ended


def test_failure_33_loops_are_stopped_one_after_the_other(caplog):
    code, notes, ended = supervised(
        lambda notes: [
            Fake("poller", notes, takes=0.05),
            Fake("worker", notes),
            Fake("sender", notes),
        ]
    )
    assert (code, notes, ended) == (
        0,
        ["poller", "worker", "sender"],
        ["poller", "worker", "sender"],
    )


def test_failure_33_what_is_not_done_in_time_is_cut_off():
    code, notes, ended = supervised(
        lambda notes: [Fake("worker", notes, takes=60), Fake("sender", notes)], limit=0.05
    )
    assert (code, notes, ended) == (0, ["sender"], ["worker", "sender"])


@pytest.mark.parametrize("error", [StateError("锁丢了"), RuntimeError("a bug")])
def test_failure_09_a_loop_that_fails_brings_the_service_down(caplog, error):
    code, notes, _ = supervised(
        lambda notes: [Fake("poller", notes), Fake("keeper", notes, fails=error)], stop=False
    )
    assert (code, notes) == (1, ["poller"])
    assert str(error) in caplog.text


def test_a_loop_that_ends_by_itself_brings_the_service_down(caplog):
    def make(notes):
        done = Fake("sender", notes)
        done.stopping.set()
        return [Fake("poller", notes), done]

    assert supervised(make, stop=False)[0] == 1
    assert "the sender has ended, and with it the service" in caplog.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_failure_33_a_signal_asks_to_stop(number):
    async def run():
        stopping = asyncio.Event()
        stop_on_signals(stopping)
        os.kill(os.getpid(), number)
        async with asyncio.timeout(5):
            await stopping.wait()

    asyncio.run(run())

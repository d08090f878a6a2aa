"""One process that plans and sends, to be killed: ``python -m tests.bot.chaos.worker …``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
from pathlib import Path

from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.reminding.planner import plan
from bot.state.database import Database
from bot.telegram.messenger import TelegramMessenger, make_bot
from corpus.errors import StateError
from tests.bot.chaos.clock import SharedClock

# Short, so that an answer that never comes is waited for a second and not half a minute.
_READ_TIMEOUT = 1.0
_TICK = 0.3
_CHECK = 0.02


async def _run(options: argparse.Namespace) -> None:
    clock = SharedClock(options.clock)
    database = Database(options.database)
    bot = make_bot(options.token, api_url=options.api, read_timeout=_READ_TIMEOUT)
    await bot.request.initialize()
    pacer = Pacer(options.rate, per_chat=0.0, per_group=0.0)
    sender = Sender(database, TelegramMessenger(bot), pacer, clock, options.name)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sending = asyncio.create_task(sender.run(stop))
    watching = asyncio.create_task(_end_with_parent(stop))
    while not stop.is_set():
        # A database that is busy for too long is met again at the next tick.
        with contextlib.suppress(StateError):
            if await database.awrite(lambda session: plan(session, clock())):
                sender.nudge()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _TICK)
    await sending
    watching.cancel()
    await bot.request.shutdown()
    database.close()


async def _end_with_parent(stop: asyncio.Event) -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(_CHECK)
    stop.set()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--api", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--clock", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--rate", type=float, default=100.0)
    logging.disable(logging.CRITICAL)  # the faults are wanted, and judged elsewhere
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()

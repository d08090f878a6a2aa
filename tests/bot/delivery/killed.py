"""A sender that kills its own process at a named point: python -m ... DATABASE POINT API NOW."""

import asyncio
import os
import signal
import sys
from datetime import datetime

from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.state.database import Database
from bot.telegram.messenger import TelegramMessenger, make_bot
from tests.bot.botapi import TOKEN


def main(url: str, point: str, api: str, now: str) -> None:
    def hook(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGKILL)

    async def run() -> None:
        clock = datetime.fromisoformat(now)
        messenger = TelegramMessenger(make_bot(TOKEN, api_url=api))
        sender = Sender(Database(url), messenger, Pacer(), lambda: clock, hook=hook)
        await sender.run(asyncio.Event())

    asyncio.run(run())


if __name__ == "__main__":
    main(*sys.argv[1:])

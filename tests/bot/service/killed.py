"""A worker whose handler kills its own process: python -m ... URL POINT."""

import asyncio
import os
import signal
import sys

from bot.service.worker import Worker
from bot.state.database import Database
from tests.bot.service.fakes import NOW, Around, FakeHandler


def main(url: str, point: str) -> None:
    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    async def prepare(need):
        if point == "preparing":
            die()

    class Handler(FakeHandler):
        def handle(self, session, incoming, now, prepared=None):
            reply = super().handle(session, incoming, now, prepared)
            if point == "in_handler" and incoming.text == "?二":
                session.flush()
                die()
            return reply

    around = Around(prepare=prepare)
    if point == "after_commit":
        around.queued = die

    async def run():
        worker = Worker(Database(url), Handler(), around.surroundings(), lambda: NOW)
        await worker.run()

    asyncio.run(run())


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A sender that kills its own process at a named point: python -m ... URL POINT FILE."""

import asyncio
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from bot.delivery.messenger import Outcome, Parcel, Sent
from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.state.database import Database


class Noting:
    """Notes in a file what has really gone out."""

    def __init__(self, file: Path) -> None:
        self.file = file

    async def send(self, parcel: Parcel) -> Outcome:
        with self.file.open("a") as out:
            out.write(f"{parcel.text}\n")
        return Sent(1)


def main(url: str, point: str, file: str, now: str) -> None:
    def hook(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGKILL)

    async def run() -> None:
        clock = datetime.fromisoformat(now)
        sender = Sender(Database(url), Noting(Path(file)), Pacer(), lambda: clock, hook=hook)
        await sender.run(asyncio.Event())

    asyncio.run(run())


if __name__ == "__main__":
    main(*sys.argv[1:])

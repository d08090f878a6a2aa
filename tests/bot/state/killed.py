"""A process that is killed at the very moment it is told of a commit: python -m ... DATABASE HOW."""

import os
import signal
import sys
import threading

from bot.state.database import Database
from bot.state.tables import Note


def main(url: str, how: str) -> None:
    database = Database(url)

    def told(name: str) -> None:
        os.write(1, f"{name}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)

    started, gate = threading.Event(), threading.Event()

    def hold(session):
        started.set()
        gate.wait(10)

    if how == "together":  # what is submitted meanwhile is committed at once
        database._submit(hold)
        started.wait(10)
    for number in range(3 if how == "together" else 1):
        name = f"{how}-{number}"
        work = database._submit(lambda session, name=name: session.add(Note(name=name, value="")))
        # Called by the writer itself, before it does anything else.
        work.add_done_callback(lambda _, name=name: told(name))
    gate.set()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Ticks of the planner, each killed one statement later: python -m ... DATABASE NOW.

Prints how many were killed before one came to its end.
"""

import os
import signal
import sys
from datetime import datetime
from itertools import count

from sqlalchemy import event

from bot.reminding.planner import plan
from bot.state.database import Database
from tests.bot.reminding.ledgers import RULES


def tick(url: str, now: datetime, last: int) -> None:
    """One tick in this process, which is killed before the statement of this number."""
    database = Database(url)
    done = 0

    def counted(*_) -> None:
        nonlocal done
        done += 1
        if done == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def planned(session) -> int:
        event.listen(database.writer, "before_cursor_execute", counted)
        event.listen(database.writer, "commit", counted)
        return plan(session, now, RULES)

    database.write(planned)
    os._exit(0)


def main(url: str, now: str) -> None:
    for last in count(1):
        child = os.fork()
        if not child:
            try:
                tick(url, datetime.fromisoformat(now), last)
            finally:
                os._exit(1)
        status = os.waitpid(child, 0)[1]
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0
            print(last - 1)  # noqa: T201
            return


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Reading for the event loop: what waits together is read in one transaction.

A thread and a session for every look would cost more than the look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.state.crew import Crew, Job
from bot.state.errors import foreign_errors

T = TypeVar("T")

_GROUP = 16
# One may be busy with something long; the other goes on meanwhile.
_THREADS = 2


def readers(engine: Engine) -> Crew:
    """A crew that reads: each piece within one consistent state no older than its asking."""

    def read(jobs: Sequence[Job]) -> None:
        with Session(engine) as session:
            for work, future in jobs:
                _look(session, work, future)

    return Crew("reader", _THREADS, _GROUP, read)


class Glances:
    """Reads on the event loop itself, in one go what is asked for in one turn of the loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: list[tuple[Callable[[Session], Any], asyncio.Future[Any]]] = []

    async def look(self, work: Callable[[Session], T]) -> T:
        """Have something read that takes no longer than a thread takes to wake.

        :raises StateError: the database failed.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if not self._jobs:
            loop.call_soon(self._all)
        self._jobs.append((work, future))
        return await future

    def _all(self) -> None:
        jobs, self._jobs = self._jobs, []
        with Session(self._engine) as session:
            for work, future in jobs:
                if not future.done():
                    _look(session, work, future)


def _look(
    session: Session,
    work: Callable[[Session], Any],
    future: Future[Any] | asyncio.Future[Any],
) -> None:
    """One look; what it has loaded, and what it has broken, is not the next one's."""
    try:
        with foreign_errors():
            result = work(session)
            session.expunge_all()
    except Exception as exc:
        session.close()  # the next begins anew
        future.set_exception(exc)
        return
    future.set_result(result)

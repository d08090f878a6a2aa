"""Reading for the event loop: what waits together is read in one transaction.

A thread and a session for every look would cost more than the look.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.state.errors import foreign_errors
from corpus.errors import StateError

T = TypeVar("T")

_GROUP = 16
# One may be busy with something long; the other goes on meanwhile.
_THREADS = 2

_Job = tuple[Callable[[Session], Any], Future[Any]]


class Readers:
    """Does what it is given, each within one consistent state no older than its asking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"reader-{number}", daemon=True)
            for number in range(_THREADS)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[Session], T]) -> Future[T]:
        """Have something read.

        :raises StateError: the database was closed.
        """
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise StateError("数据库已关闭")
            self._jobs.put((work, future))
        return future

    def close(self) -> None:
        """Finish what was submitted, and end."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            for _ in self._threads:
                self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            jobs, last = self._more([job])
            with Session(self._engine) as session:
                for work, future in jobs:
                    if future.set_running_or_notify_cancel():
                        _look(session, work, future)
            if last:
                return

    def _more(self, jobs: list[_Job]) -> tuple[list[_Job], bool]:
        """What else is waiting; and whether the end was called meanwhile."""
        while len(jobs) < _GROUP:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False


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

"""Threads that take work from one queue, several pieces at once where several wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from corpus.errors import StateError

T = TypeVar("T")
Job = tuple[Callable[[Session], Any], Future[Any]]


class Crew:
    """Hands work to `do`, in groups of those that wait together."""

    def __init__(
        self, name: str, threads: int, group: int, do: Callable[[Sequence[Job]], None]
    ) -> None:
        """Start the threads; `do` settles the future of every job it is given."""
        self._group, self._do = group, do
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[Session], T]) -> Future[T]:
        """Have something done.

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
            if live := [one for one in jobs if one[1].set_running_or_notify_cancel()]:
                self._do(live)
            if last:
                return

    def _more(self, jobs: list[Job]) -> tuple[list[Job], bool]:
        """What else is waiting; and whether the end was called meanwhile."""
        while len(jobs) < self._group:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

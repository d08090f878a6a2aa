"""One queue for each chat: what is of one chat goes in order, different chats side by side."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lanes(Generic[T]):
    """Runs work in lanes; nothing of a lane starts before what stood ahead of it is done."""

    def __init__(self, work: Callable[[T], Awaitable[None]]) -> None:
        self._work = work
        self._queues: dict[Hashable, deque[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def put(self, lane: Hashable, item: T) -> None:
        """Put an item at the end of a lane."""
        queue = self._queues.get(lane)
        if queue is not None:
            queue.append(item)
            return
        queue = self._queues[lane] = deque([item])
        task = asyncio.create_task(self._go(lane, queue))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def drain(self, limit: float) -> None:
        """Start nothing more, and wait for what runs; what takes longer is cancelled."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=limit)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _go(self, lane: Hashable, queue: deque[T]) -> None:
        try:
            while queue and not self._stopping:
                await self._work(queue.popleft())
        finally:
            del self._queues[lane]

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) and not self.broken.done():
            self.broken.set_exception(error)

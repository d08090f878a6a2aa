"""Questions are answered off the event loop, so that a slow one holds up nobody's reminder."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any, Self

from bot.opening import Place
from bot.records import PreparedAnswer
from bot.service.seats import Late, ProcessSeat, Seat, ThreadSeat
from corpus.errors import EngineError, GongjianError

_log = logging.getLogger(__name__)

_LIMIT = 10.0
_LATE = "这个问题查了很久还没有结果。请换个说法,或者问得具体一些,再试一次。"
_BROKEN = "查询出了故障,已记录,请稍后再试。"


class Asker:
    """Several desks; a conversation always goes to the same one, which knows what it is about."""

    def __init__(self, seats: list[Seat], *, limit: float = _LIMIT) -> None:
        self._seats, self._limit = seats, limit
        self._turn = count()

    @classmethod
    def over(cls, place: Place, workers: int, *, limit: float = _LIMIT) -> Self:
        """Ask the index of a place, in so many processes; in a thread where there are none."""
        processes: list[Seat] = [ProcessSeat(place) for _ in range(workers)]
        return cls(processes or [ThreadSeat(place)], limit=limit)

    async def start(self) -> None:
        """Open every engine.

        :raises GongjianError: the index cannot be opened.
        """
        await asyncio.gather(*(asyncio.wrap_future(seat.open()) for seat in self._seats))

    async def ask(self, conversation: str, question: str, as_of: date) -> PreparedAnswer:
        """Answer a question; where that fails, the answer says so."""
        seat = self._seats[zlib.crc32(conversation.encode()) % len(self._seats)]
        try:
            answer: PreparedAnswer = await self._call(
                seat, "ask", conversation, question, as_of, limit=self._limit
            )
        except Late:
            _log.error("a question was not answered within %.0f s", self._limit)
            return PreparedAnswer(question, None, as_of, apology=_LATE)
        except GongjianError as exc:
            _log.error("a question could not be answered: %s", exc)
            return PreparedAnswer(question, None, as_of, apology=_BROKEN)
        return answer

    async def run(
        self, function: Callable[..., Any], *arguments: Any, limit: float | None = None
    ) -> Any:
        """Call `function(engine, *arguments)`, a function of a module, where the engine is.

        :param limit: seconds it may take, where that is not the usual.
        :raises GongjianError: it raised one, or anything else, or took too long.
        """
        seat = self._seats[next(self._turn) % len(self._seats)]
        return await self._call(seat, "run", function, arguments, limit=limit or self._limit)

    def close(self) -> None:
        """End every worker."""
        for seat in self._seats:
            seat.close()

    async def _call(self, seat: Seat, method: str, *arguments: Any, limit: float) -> Any:
        future = seat.submit(method, arguments, limit)
        waiting = asyncio.wrap_future(future)
        waiting.add_done_callback(_forget)
        done, _ = await asyncio.wait({waiting}, timeout=limit + 0.5)
        if not done:
            future.cancel()  # if it has not begun
            raise Late("超过了时限")
        try:
            return waiting.result()
        except GongjianError:
            raise
        except Exception as exc:  # a bug; in a process it arrives as an EngineError
            raise EngineError(f"{type(exc).__name__}:{exc}") from exc


def _forget(waiting: asyncio.Future[Any]) -> None:
    """Perhaps nobody waits for it any more; then it is no fault that nobody looks."""
    if not waiting.cancelled():
        waiting.exception()

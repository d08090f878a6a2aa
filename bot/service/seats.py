"""A worker of the asker: a process that can be killed, or a thread that cannot."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any, Protocol

from bot.opening import Place
from bot.service.desk import Desk
from bot.service.interpreter import settle_down
from corpus.errors import EngineError, GongjianError

# Opening an index on a busy machine; it does not count as answering.
_OPENING = 120.0
_KILLED = 5.0


class Late(GongjianError):
    """There was no answer in time."""


class Seat(Protocol):
    """Does one thing after the other with an engine."""

    def submit(self, method: str, arguments: tuple[Any, ...], limit: float) -> Future[Any]:
        """Call a method of the desk, by a limit of seconds from now."""
        ...

    def open(self) -> Future[None]:
        """Open the engine now rather than with the first question."""
        ...

    def close(self) -> None:
        """End it."""
        ...


class ThreadSeat:
    """A desk in a thread of this process; what takes too long cannot be stopped."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._desk: Desk | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="asker")

    def submit(self, method: str, arguments: tuple[Any, ...], limit: float) -> Future[Any]:
        """Call a method of the desk."""
        deadline = time.monotonic() + limit
        return self._thread.submit(self._call, method, arguments, deadline)

    def open(self) -> Future[None]:
        """Open the engine."""
        return self._thread.submit(self._open)

    def close(self) -> None:
        """End the thread, when it is done with what it does."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _open(self) -> None:
        self._desk = self._desk or Desk(self._place)

    def _call(self, method: str, arguments: tuple[Any, ...], deadline: float) -> Any:
        if time.monotonic() > deadline:
            raise Late("没有轮到")
        self._open()
        return getattr(self._desk, method)(*arguments)


class ProcessSeat:
    """A desk in a process of its own, replaced when it dies or takes too long."""

    def __init__(self, place: Place, *, make: Callable[[Place], Any] = Desk) -> None:
        """Nothing is started yet.

        :param make: makes the desk, in the new process; a function of a module.
        """
        self._place, self._make = place, make
        self._spawning = multiprocessing.get_context("spawn")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="asker")
        self._process: Any = None
        self._pipe: Connection | None = None
        self._closed = False

    def submit(self, method: str, arguments: tuple[Any, ...], limit: float) -> Future[Any]:
        """Call a method of the desk; asked once more where the process died of it."""
        deadline = time.monotonic() + limit
        return self._thread.submit(self._call, method, arguments, deadline)

    def open(self) -> Future[None]:
        """Start the process."""
        return self._thread.submit(self._start)

    def close(self) -> None:
        """Kill the process; what it was asked last is not answered."""
        self._closed = True
        if self._process is not None:
            self._process.kill()  # the thread that waits for it notices
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._kill()

    def _call(self, method: str, arguments: tuple[Any, ...], deadline: float) -> Any:
        for last in (False, True):
            if time.monotonic() > deadline:
                raise Late("没有轮到")
            began = time.monotonic()
            self._start()
            # Whoever waits has a clock of its own; starting must not cost the process its life.
            deadline += time.monotonic() - began
            try:
                return self._exchange((method, arguments), deadline - time.monotonic())
            except (EOFError, OSError) as exc:
                self._kill()
                if last:
                    raise EngineError("回答问题的进程两次中途退出") from exc
        raise AssertionError("unreachable")

    def _start(self) -> None:
        if self._process is not None and self._process.is_alive():
            return
        self._kill()
        if self._closed:
            raise EngineError("服务正在停止")
        self._pipe, theirs = self._spawning.Pipe()
        self._process = self._spawning.Process(
            target=_sit, args=(theirs, self._make, self._place), name="asker", daemon=True
        )
        self._process.start()
        theirs.close()
        try:
            self._receive(_OPENING)
        except (EOFError, OSError) as exc:
            self._kill()
            raise EngineError("回答问题的进程无法启动") from exc

    def _exchange(self, request: tuple[str, tuple[Any, ...]], limit: float) -> Any:
        if self._pipe is None:
            raise EOFError
        self._pipe.send(request)
        return self._receive(limit)

    def _receive(self, limit: float) -> Any:
        if self._pipe is None:
            raise EOFError
        if not self._pipe.poll(max(limit, 0.0)):
            self._kill()
            raise Late("超过了时限")
        result, error = self._pipe.recv()
        if error is not None:
            raise error
        return result

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join(_KILLED)
        if self._pipe is not None:
            with contextlib.suppress(OSError):
                self._pipe.close()
        self._process = self._pipe = None


def _sit(pipe: Connection, make: Callable[[Place], Any], place: Place) -> None:
    """The life of the process; it ends when the other end of the pipe is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the service says when it is over
    try:
        desk = make(place)
    except Exception as exc:
        pipe.send((None, _portable(exc)))
        return
    settle_down()
    pipe.send((None, None))
    with contextlib.suppress(EOFError, OSError):
        while True:
            method, arguments = pipe.recv()
            _answer(pipe, desk, method, arguments)


def _answer(pipe: Connection, desk: Any, method: str, arguments: tuple[Any, ...]) -> None:
    try:
        result = getattr(desk, method)(*arguments)
    except Exception as exc:
        pipe.send((None, _portable(exc)))
        return
    try:
        pipe.send((result, None))
    except OSError:
        raise
    except Exception as exc:  # it cannot be pickled
        pipe.send((None, _portable(exc)))


def _portable(exc: Exception) -> GongjianError:
    """An error that is sure to cross the pipe."""
    if isinstance(exc, GongjianError):
        return type(exc)(str(exc))
    return EngineError(f"{type(exc).__name__}:{exc}")

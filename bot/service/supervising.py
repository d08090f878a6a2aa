"""The loops run together: one that fails ends them all, and a signal ends them in order."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from corpus.errors import GongjianError

_log = logging.getLogger(__name__)

_LIMIT = 25.0


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop of the service; `stop` asks it to finish what it has in hand and return."""

    name: str
    run: Callable[[], Awaitable[None]]
    stop: Callable[[], None]


async def supervise(
    loops: Sequence[Loop],
    stopping: asyncio.Event,
    *,
    ended: Callable[[str], None],
    limit: float = _LIMIT,
) -> int:
    """Run loops until asked to stop, or until one ends by itself; the exit code.

    They are stopped one after the other in the order given, so that what the first has taken in
    the next ones still finish; all of it within a limit of seconds, after which they are
    cancelled. `ended` is told of each loop that was told to stop, which gives no more signs.
    """
    tasks = {loop.name: asyncio.create_task(_run(loop), name=loop.name) for loop in loops}
    asked = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait({*tasks.values(), asked}, return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in done if task is not asked]
    code = 1 if failed else 0
    for task in failed:
        _log.critical("the %s has ended, and with it the service", task.get_name())
    asked.cancel()
    deadline = asyncio.get_running_loop().time() + limit
    for loop in loops:
        code = await _finish(loop, tasks[loop.name], deadline) or code
        ended(loop.name)
    return code


async def _finish(loop: Loop, task: asyncio.Task[bool], deadline: float) -> int:
    loop.stop()
    left = max(deadline - asyncio.get_running_loop().time(), 0.0)
    await asyncio.wait({task}, timeout=left)
    if not task.done():
        _log.warning("the %s is not done in time and is cut off", loop.name)
        task.cancel()
        await asyncio.wait({task})
        return 0
    return 0 if task.result() else 1


async def _run(loop: Loop) -> bool:
    """Whether a loop ended well."""
    try:
        await loop.run()
    except GongjianError as exc:  # said for people; where it arose helps nobody
        _log.critical("%s: %s", loop.name, exc)
        return False
    except Exception:
        _log.critical("the %s failed", loop.name, exc_info=True)
        return False
    return True


def stop_on_signals(stopping: asyncio.Event) -> None:
    """Let SIGTERM and Ctrl-C stop the service; a second Ctrl-C ends it at once."""
    running = asyncio.get_running_loop()

    def asked() -> None:
        if stopping.is_set():
            running.remove_signal_handler(signal.SIGINT)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(number, asked)

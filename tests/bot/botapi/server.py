"""The server itself: in its own thread, or on the loop of whoever enters it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.bot.botapi.actions import actions
from tests.bot.botapi.control import Control
from tests.bot.botapi.controls import Controls
from tests.bot.botapi.listening import Listener
from tests.bot.botapi.routing import Router
from tests.bot.botapi.state import State

# Looks like a real one (id, colon, 35 characters), so that checks of its form accept it.
TOKEN = "110201543:" + "T" * 35
_ACTION_TIMEOUT = 10.0


class BotApi(Controls):
    """A Bot API on loopback.

    ``with BotApi() as server:`` runs it in its own thread; ``async with`` runs it on the
    current loop. ``server.base_url + token`` is what a bot calls.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        tokens: Iterable[str] = (),
        host: str = "127.0.0.1",
        port: int = 0,
        control_port: int | None = None,
        username: str = "gongjian_test_bot",
        first_update_id: int = 1,
        log: Path | str | None = None,
    ) -> None:
        self.token = token
        known = {token, *tokens}
        number = token.partition(":")[0]
        bot = {
            "id": int(number) if number.isdigit() else 1,
            "is_bot": True,
            "first_name": "攻坚",
            "username": username,
        }
        self._state = State(bot, first_update_id, Path(log) if log else None)
        self._listener = Listener(host, port, Router(self._state, known))
        self._actions = actions(self._state, known, self._listener)
        # A port of its own: it must answer while the other one is down.
        self._control = (
            None if control_port is None else Listener(host, control_port, Control(self._actions))
        )
        self._host = host
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port, known once the server runs."""
        return self._listener.port

    @property
    def url(self) -> str:
        """``http://host:port``."""
        return f"http://{self._host}:{self.port}"

    @property
    def base_url(self) -> str:
        """What python-telegram-bot calls ``base_url``."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What python-telegram-bot calls ``base_file_url``."""
        return f"{self.url}/file/bot"

    @property
    def control_url(self) -> str | None:
        """Where :class:`RemoteBotApi` connects, if there is a control port."""
        return f"http://{self._host}:{self._control.port}" if self._control else None

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        await self._listener.open()
        if self._control is not None:
            await self._control.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._listener.close()
        if self._control is not None:
            await self._control.close()
        self._loop = None
        self._state.close()

    def __enter__(self) -> Self:
        started: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._serve, args=(started,), name="botapi")
        self._thread.start()
        started.result(_ACTION_TIMEOUT)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(_ACTION_TIMEOUT)

    def _serve(self, started: concurrent.futures.Future[None]) -> None:
        asyncio.run(self._until_ended(started))

    async def _until_ended(self, started: concurrent.futures.Future[None]) -> None:
        self._ended = asyncio.Event()
        try:
            await self.__aenter__()
        except OSError as error:
            started.set_exception(error)
            return
        started.set_result(None)
        await self._ended.wait()
        await self.__aexit__(None, None, None)

    def _perform(self, action: str, **arguments: Any) -> Any:
        return self._on_loop(lambda: self._actions[action](**arguments))

    def _on_loop(self, run: Callable[[], Any]) -> Any:
        """Run on the server's loop: at once when already there, else by handing over."""
        if self._loop is None or self._loop is _running_loop():
            return run()
        done: concurrent.futures.Future[Any] = concurrent.futures.Future()

        def hand_over() -> None:
            try:
                done.set_result(run())
            except Exception as error:
                done.set_exception(error)

        self._loop.call_soon_threadsafe(hand_over)
        return done.result(_ACTION_TIMEOUT)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None

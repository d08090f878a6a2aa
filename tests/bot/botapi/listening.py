"""A port that can go down and come up again without being lost to another process."""

from __future__ import annotations

import asyncio
import socket

from tests.bot.botapi.wire import App, Connection

_BACKLOG = 256


class Listener:
    """One listening port and the connections made to it."""

    def __init__(self, host: str, port: int, app: App) -> None:
        self._host = host
        self.port = port
        self._app = app
        self._opened: set[Connection] = set()
        # A socket that is bound but not listening refuses connections and keeps the port ours.
        self._held: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._starting: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Bind and accept."""
        self._held = self._bound()
        await self._start()

    def down(self) -> None:
        """Refuse new connections and cut the open ones."""
        self._stop()
        self._held = self._bound()

    def up(self) -> None:
        """Accept again; clients that connect at once wait in the backlog."""
        if self._held is None:
            return
        self._held.listen(_BACKLOG)
        self._starting = asyncio.ensure_future(self._start())

    async def close(self) -> None:
        """Give the port back."""
        self._stop()
        # Two rounds: one runs connection_lost, the next the cancellations it caused.
        for _ in range(3):
            await asyncio.sleep(0)

    def _bound(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        try:
            sock.bind((self._host, self.port))
        except OSError:
            sock.close()
            raise
        self.port = sock.getsockname()[1]
        return sock

    async def _start(self) -> None:
        sock, self._held = self._held, None
        if sock is None:
            return
        loop = asyncio.get_running_loop()
        # Not serving at first: the server object must be known before anything is awaited.
        self._server = await loop.create_server(
            lambda: Connection(self._app, self._opened),
            sock=sock,
            backlog=_BACKLOG,
            start_serving=False,
        )
        await self._server.start_serving()

    def _stop(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
            self._starting = None
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._held is not None:
            self._held.close()
            self._held = None
        for connection in list(self._opened):
            connection.abort()

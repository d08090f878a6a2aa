"""HTTP for python-telegram-bot over aiohttp: a message costs half the processor time of httpcore.

What matters is what a failure says of the request: an error that comes before anything was
written says so by its class, everything else leaves open whether Telegram has it.
"""

from __future__ import annotations

import ssl
from typing import Any

import aiohttp
import httpx

# Lost before anything was written. The order matters: these are kinds of each other.
_BEFORE: tuple[tuple[type[Exception], type[httpx.RequestError]], ...] = (
    (aiohttp.ClientProxyConnectionError, httpx.ProxyError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
)
_AFTER: tuple[tuple[type[Exception], type[httpx.RequestError]], ...] = (
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError),
    (TimeoutError, httpx.ReadTimeout),
)


class Transport(httpx.AsyncBaseTransport):
    """Makes requests with one session of aiohttp, which is opened by the first of them."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._tls: ssl.SSLContext = httpx.create_ssl_context()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Make a request and read its answer whole.

        :raises httpx.RequestError: it failed; the class says how far it had come.
        """
        limits: dict[str, Any] = request.extensions.get("timeout", {})
        timeout = aiohttp.ClientTimeout(
            connect=limits.get("pool"),
            sock_connect=limits.get("connect"),
            sock_read=limits.get("read"),
        )
        body = await request.aread()
        try:
            async with self._opened().request(
                request.method,
                str(request.url),
                headers=request.headers.multi_items(),
                data=body or None,
                allow_redirects=False,
                timeout=timeout,
            ) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as exc:
            raise _said_in_httpx(exc, request) from exc
        return httpx.Response(answer.status, content=content, request=request)

    async def aclose(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, ssl=self._tls)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True)
        return self._session


def _said_in_httpx(exc: Exception, request: httpx.Request) -> httpx.RequestError:
    for known, said in (*_BEFORE, *_AFTER):
        if isinstance(exc, known):
            return said(type(exc).__name__, request=request)
    return httpx.ReadError(type(exc).__name__, request=request)

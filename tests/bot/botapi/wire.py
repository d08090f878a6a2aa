"""HTTP/1.1 with keep-alive, as little of it as a Bot API client needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

# Telegram takes uploads of 50 MB; the rest is room for the multipart frame.
MAX_BODY = 51 * 1024 * 1024
_REASONS = {int(status): status.phrase for status in HTTPStatus}


class Ending(Enum):
    """What happens on the connection once a request was handled."""

    SEND = "send"
    DROP = "drop"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Request:
    """One parsed request; header names are in lower case."""

    verb: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, or the refusal to give one."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    ending: Ending = Ending.SEND

    def encoded(self) -> bytes:
        """The bytes that go on the wire."""
        head = (
            f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Unknown')}\r\n"
            f"Content-Type: {self.content_type}\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode("latin-1") + self.body


App = Callable[[Request], "Reply | Awaitable[Reply]"]


class Connection(asyncio.Protocol):
    """One client connection; requests on it are answered in order."""

    def __init__(self, app: App, opened: set[Connection]) -> None:
        self._app = app
        self._opened = opened
        self._buffer = bytearray()
        self._head: tuple[str, str, str, dict[str, str]] | None = None
        self._length = 0
        self._busy = False
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport, so that an outage can cut it."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._opened.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """A client that left gets no answer, so whatever waits for it is given up."""
        self._opened.discard(self)
        self._transport = None
        if self._task is not None:
            self._task.cancel()

    def abort(self) -> None:
        """Cut the connection as an outage does."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Collect bytes and serve every request that is complete."""
        self._buffer += data
        self._advance()

    def _advance(self) -> None:
        while not self._busy and self._transport is not None:
            request = self._parsed()
            if request is None:
                return
            self._serve(request)

    def _parsed(self) -> Request | None:
        if self._head is None and not self._read_head():
            return None
        if self._head is None or len(self._buffer) < self._length:
            return None
        body = bytes(self._buffer[: self._length])
        del self._buffer[: self._length]
        verb, path, query, headers = self._head
        self._head = None
        return Request(verb, path, query, headers, body)

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        first, *lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        words = first.split(" ")
        length = headers.get("content-length", "0")
        if len(words) != 3 or not length.isdigit():
            return self._refuse(400)
        if "transfer-encoding" in headers or int(length) > MAX_BODY:
            return self._refuse(411 if "transfer-encoding" in headers else 413)
        path, _, query = words[1].partition("?")
        self._length = int(length)
        self._head = (words[0], path, query, headers)
        return True

    def _refuse(self, status: int) -> bool:
        if self._transport is not None:
            self._transport.write(Reply(status=status).encoded())
            self._transport.close()
            self._transport = None
        return False

    def _serve(self, request: Request) -> None:
        closing = request.headers.get("connection", "").lower() == "close"
        result = self._app(request)
        if isinstance(result, Reply):
            self._answer(result, closing)
            return
        self._busy = True
        self._task = asyncio.ensure_future(self._answer_later(result, closing))

    async def _answer_later(self, result: Awaitable[Reply], closing: bool) -> None:
        reply = await result
        self._task = None
        self._busy = False
        self._answer(reply, closing)
        self._advance()

    def _answer(self, reply: Reply, closing: bool) -> None:
        if reply.ending is Ending.HANG:
            self._busy = True
            return
        if self._transport is None:
            return
        if reply.ending is Ending.SEND:
            self._transport.write(reply.encoded())
        if closing or reply.ending is Ending.DROP:
            self._transport.close()

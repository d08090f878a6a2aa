"""The messenger that is Telegram: calls of its Bot API, and what their failures mean."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import EndPointNotFound, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.delivery.messenger import Outcome, Parcel, Sent, StoredFile
from bot.telegram.outcomes import StatusError, outcome_of
from bot.telegram.transport import Transport
from corpus.errors import LoadError

_log = logging.getLogger(__name__)

_CONNECT, _READ, _WRITE, _UPLOAD, _POOL = 10.0, 25.0, 15.0, 45.0, 10.0
_LONGEST_TOAST = 200
# The library warns of names it has a method for; this one becomes sendMessage all the same.
_SEND = "send_message_"
# When Telegram wants quiet but does not say how long.
_QUIET = 30.0
# python-telegram-bot tells these apart by itself.
_UNDERSTOOD = frozenset({400, 401, 403, 404, 409})


class Request(HTTPXRequest):
    """Keeps the status of answers, and knows an answer of a proxy from one of Telegram's."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make a request.

        :raises StatusError: the answer is an error, and its status says more than its class.
        """
        status, payload = await super().do_request(*args, **kwargs)
        if 200 <= status < 300:
            return status, payload
        answer = _answer(payload)
        if answer is None:
            raise StatusError(status, f"HTTP {status}", spoken=False)
        parameters = answer.get("parameters") or {}
        words = str(answer.get("description") or f"HTTP {status}")
        if (seconds := parameters.get("retry_after")) or status == httpx.codes.TOO_MANY_REQUESTS:
            raise StatusError(429, words, spoken=True, retry_after=float(seconds or _QUIET))
        if status in _UNDERSTOOD:
            return status, payload
        raise StatusError(status, words, spoken=True)


def make_bot(
    token: str,
    *,
    api_url: str = "",
    proxy: str = "",
    connections: int = 64,
    read_timeout: float = _READ,
) -> Bot:
    """A bot with its own connections, which repeats nothing by itself.

    The logs of what it is built on are turned down, for they would hold the token.
    """
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    base = (api_url or "https://api.telegram.org").rstrip("/")
    return Bot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=_request(connections, proxy, read_timeout),
        get_updates_request=_request(1, proxy, read_timeout),
    )


class TelegramMessenger:
    """Sends through a bot of python-telegram-bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, parcel: Parcel) -> Outcome:
        """Try once, and say what came of it."""
        try:
            message = await self._call(parcel)
        except TelegramError as exc:
            return outcome_of(exc, parcel)
        if isinstance(message, Message):
            return Sent(message.message_id)
        # An edit of the bot's own message comes back as a message, or else as True.
        return Sent(parcel.edits or message)

    async def toast(self, press_id: str, text: str, alarm: bool) -> None:
        """Answer a pressed button; lost is lost."""
        # Telegram counts in halves of UTF-16; half a character is none.
        words = text.encode("utf-16-le")[: 2 * _LONGEST_TOAST].decode("utf-16-le", "ignore")
        await self._try(
            lambda: self._bot.answer_callback_query(press_id, words or None, show_alert=alarm)
        )

    async def leave(self, chat: int) -> None:
        """Leave a chat; failed is failed."""
        await self._try(lambda: self._bot.leave_chat(chat))

    async def fetch(self, file_id: str) -> bytes:
        """The content of a file that somebody sent.

        :raises LoadError: it cannot be had.
        """
        try:
            file = await self._bot.get_file(file_id)
            return bytes(await file.download_as_bytearray())
        except TelegramError as exc:
            raise LoadError(f"文件取不回来({exc}):请稍后再试,或重新发送该文件") from exc

    async def close(self) -> None:
        """Let go of the connections."""
        await self._bot.request.shutdown()

    async def _call(self, parcel: Parcel) -> Message | int:
        common: dict[str, Any] = {
            "chat_id": parcel.to.chat,
            "parse_mode": ParseMode.HTML,
            "reply_markup": _keyboard(parcel),
        }
        quiet = LinkPreviewOptions(is_disabled=True)
        if parcel.edits:
            return await self._bot.edit_message_text(
                parcel.text, message_id=parcel.edits, link_preview_options=quiet, **common
            )
        common |= {
            "message_thread_id": parcel.to.thread or None,
            "disable_notification": parcel.silent,
            "reply_parameters": ReplyParameters(parcel.reply_to, allow_sending_without_reply=True)
            if parcel.reply_to
            else None,
        }
        file = parcel.file
        if parcel.stored is not None:
            return await self._send_stored(parcel.stored, common | {"caption": parcel.text or None})
        if file is None:
            return await self._send_text(
                common | {"text": parcel.text, "link_preview_options": quiet}
            )
        common |= {"caption": parcel.text or None, "filename": file.name}
        if file.kind == "picture":
            return await self._bot.send_photo(photo=file.content, **common)
        return await self._bot.send_document(document=file.content, **common)

    async def _send_stored(self, file: StoredFile, arguments: dict[str, Any]) -> Message:
        """A file that Telegram has already; one of a kind it may not be sent as is a document."""
        match file.kind:
            case "photo":
                return await self._bot.send_photo(photo=file.file_id, **arguments)
            case "video":
                return await self._bot.send_video(video=file.file_id, **arguments)
            case "voice":
                return await self._bot.send_voice(voice=file.file_id, **arguments)
        return await self._bot.send_document(document=file.file_id, **arguments)

    async def _send_text(self, arguments: dict[str, Any]) -> int:
        """Most of all that is sent: of what comes back only the number is read."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            sent: Any = await self._bot.do_api_request(_SEND, given)
        except (InvalidToken, EndPointNotFound) as exc:
            # Said of methods the library does not know; what was meant stands behind it.
            raise (exc.__cause__ or exc) from None
        return int(sent["message_id"])

    async def _try(self, call: Callable[[], Awaitable[object]]) -> None:
        try:
            await call()
        except TelegramError as exc:
            _log.info("a call that may fail has failed: %s", exc)


def _request(connections: int, proxy: str, read_timeout: float) -> Request:
    return Request(
        connection_pool_size=connections,
        # A proxy is the library's own business, which then takes no other transport.
        httpx_kwargs={} if proxy else {"transport": Transport(connections)},
        connect_timeout=_CONNECT,
        read_timeout=read_timeout,
        write_timeout=_WRITE,
        media_write_timeout=_UPLOAD,
        pool_timeout=_POOL,
        proxy=proxy or None,
    )


def _answer(payload: bytes) -> dict[str, Any] | None:
    """An error as the Bot API says it; None for a page that something else has sent."""
    try:
        found = json.loads(payload)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.get("ok") is False else None


def _keyboard(parcel: Parcel) -> InlineKeyboardMarkup | None:
    rows = [
        [
            InlineKeyboardButton(button.text, url=button.url)
            if button.url
            else InlineKeyboardButton(button.text, callback_data=button.data)
            for button in row
        ]
        for row in parcel.buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None

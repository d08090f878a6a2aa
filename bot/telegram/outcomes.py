"""What the failure of a call of the Bot API says about the message it was to send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.delivery.messenger import (
    BadText,
    Blocked,
    Migrated,
    NoEdit,
    NoThread,
    NotSent,
    Outcome,
    Parcel,
    Refused,
    Sent,
    Throttled,
    Unauthorised,
    Uncertain,
)

# The request had not left when these were raised.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
# Other server errors come from between us and Telegram, which may have done its part.
_FAILED_THERE = frozenset({500, 501, 503, 511})
# Telegram's words for what else is a 400, in lower case.
_SAME = ("message is not modified", "message_not_modified")
_NO_EDIT = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)
_NO_THREAD = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_BAD_TEXT = (
    "can't parse entities",
    "is too long",
    "message_too_long",
    "caption_too_long",
    "entities_too_long",
)
_BLOCKED = (
    "chat not found",
    "peer_id_invalid",
    "have no rights to send a message",
    "not enough rights to send text messages",
    "chat_write_forbidden",
    "chat_restricted",
    "user is deactivated",
    "group chat was deactivated",
    "bot was kicked",
)


class StatusError(NetworkError):
    """An answer that python-telegram-bot does not tell from others.

    `spoken`: whether it is of the Bot API itself, not of something on the way to it.
    """

    __slots__ = ("retry_after", "spoken", "status")

    def __init__(self, status: int, message: str, *, spoken: bool, retry_after: float = 0) -> None:
        super().__init__(message)
        self.status = status
        self.spoken = spoken
        self.retry_after = retry_after


def outcome_of(error: TelegramError, parcel: Parcel) -> Outcome:
    """What a failed call says about the message that it was to send."""
    words = str(error)
    # The order matters: several of these are kinds of NetworkError.
    match error:
        case RetryAfter():
            return Throttled(_seconds(error.retry_after))
        case ChatMigrated():
            return Migrated(error.new_chat_id)
        case Forbidden():
            return Blocked(words)
        case InvalidToken() | EndPointNotFound():
            return Unauthorised(words)
        case BadRequest():
            return _of_bad_request(words, parcel)
        case StatusError():
            return _of_status(error)
        case NetworkError() if isinstance(error.__cause__, _BEFORE_SENDING):
            return NotSent(_cause(error))
        case _:
            return Uncertain(_cause(error))


def _of_bad_request(words: str, parcel: Parcel) -> Outcome:
    said = words.lower()
    if parcel.edits and any(known in said for known in _SAME):
        return Sent(parcel.edits)
    kinds: tuple[tuple[tuple[str, ...], Callable[[str], Outcome]], ...] = (
        (_NO_EDIT if parcel.edits else (), NoEdit),
        (_NO_THREAD, NoThread),
        (_BAD_TEXT, BadText),
        (_BLOCKED, Blocked),
    )
    for phrases, outcome in kinds:
        if any(phrase in said for phrase in phrases):
            return outcome(words)
    return Refused(words)


def _of_status(error: StatusError) -> Outcome:
    words = f"HTTP {error.status}"
    if error.retry_after:
        return Throttled(error.retry_after)
    if error.status in _FAILED_THERE or (error.status < 500 and not error.spoken):
        return NotSent(words)
    if error.status < 500:
        return Refused(f"{words}: {error}")
    return Uncertain(words)


def _cause(error: TelegramError) -> str:
    """The class says it all; the words may hold an address with the token in it."""
    return type(error.__cause__ or error).__name__


def _seconds(value: float | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)

"""What the sender asks of a messenger, and what may come of asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.records import Address, Button


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message: `picture` or `document`."""

    kind: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the messenger keeps: `photo`, `document`, `video` or `voice`."""

    kind: str
    file_id: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as it is handed over; `text` is HTML, with a file its caption.

    `edits` is the message of the same chat whose place it takes.
    """

    to: Address
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False
    reply_to: int = 0
    edits: int = 0
    file: File | None = None
    stored: StoredFile | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived, as this message of its chat."""

    message: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not leave: nobody was reached, or the server says it failed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """The messenger wants some seconds of quiet."""

    retry_after: float


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The answer was lost: it may have arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """Nothing reaches this chat any more: blocked, kicked, never started."""

    reason: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """The chat goes on under another number."""

    chat: int


@dataclass(frozen=True, slots=True)
class NoThread:
    """The topic is closed or gone; the chat is there."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoEdit:
    """The message to be edited is gone, or cannot be edited any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class BadText:
    """The messenger cannot parse the text, or finds it too long."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The messenger will never take this message."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unauthorised:
    """The messenger does not know this bot (any more)."""

    reason: str


Outcome: TypeAlias = (
    Sent
    | NotSent
    | Throttled
    | Uncertain
    | Blocked
    | Migrated
    | NoThread
    | NoEdit
    | BadText
    | Refused
    | Unauthorised
)


class Messenger(Protocol):
    """A way to people. None of it raises for what the network does; `fetch` alone may."""

    async def send(self, parcel: Parcel) -> Outcome:
        """Try once, and say what came of it."""
        ...

    async def toast(self, press_id: str, text: str, alarm: bool) -> None:
        """Answer a pressed button; lost is lost."""
        ...

    async def leave(self, chat: int) -> None:
        """Leave a chat; failed is failed."""
        ...

    async def fetch(self, file_id: str) -> bytes:
        """The content of a file that somebody sent.

        :raises LoadError: it cannot be had.
        """
        ...

"""What the server remembers of a test: calls, messages, files."""

from __future__ import annotations

import base64
import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Call:
    """One call; ``outcome`` changes from ``pending`` once it is answered.

    ``outcome`` is ok, error, dropped, hung, garbage or abandoned (the client left first);
    ``message_id`` is set when a message was recorded, whatever the client was told.
    """

    index: int
    method: str
    params: dict[str, Any]
    chat_id: int | str | None
    at: float
    outcome: str = "pending"
    status: int | None = None
    description: str | None = None
    fault: str | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that the bot sent; its bytes are at ``server.content(file_id)``."""

    file_id: str
    file_name: str
    mime_type: str
    size: int


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that Telegram would now show to people; ``text`` is the caption of a file."""

    index: int
    method: str
    chat_id: int
    message_id: int
    text: str
    at: float
    time: float
    thread: int | None = None
    reply_to: int | None = None
    silent: bool = False
    reply_markup: dict[str, Any] | None = None
    files: tuple[SentFile, ...] = ()
    message: dict[str, Any] = field(default_factory=dict)

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Text and callback data (or URL) of every inline button, in order."""
        rows = (self.reply_markup or {}).get("inline_keyboard", [])
        return [
            (b["text"], b.get("callback_data") or b.get("url", "")) for row in rows for b in row
        ]


def dumps(value: Any) -> str:
    """JSON of records and bytes."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    """The inverse of :func:`dumps`, with records as dictionaries."""
    return json.loads(text, object_hook=_unwrapped)


def call_of(found: dict[str, Any]) -> Call:
    """A call from its JSON object."""
    return Call(**found)


def sent_of(found: dict[str, Any]) -> SentMessage:
    """A sent message from its JSON object."""
    files = tuple(SentFile(**file) for file in found["files"])
    return SentMessage(**(found | {"files": files}))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def _unwrapped(found: dict[str, Any]) -> Any:
    if found.keys() == {"$bytes"}:
        return base64.b64decode(found["$bytes"])
    return found

"""Queueing messages: a row for each, under a key that is never queued twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.records import Address, Button, OutboxState, Outgoing
from bot.state.database import insert_new
from bot.state.tables import Blob, Outbox

# The column holds 200; what is left over is for the marks of copies.
LONGEST_KEY = 160
# What marks the key of a copy; the rest of the key is the original's.
RESENT, PART, FORWARDED = "#补发", "#续", "#转"
# What is kept of a secret message once it is sent, or given up.
_CONCEALED = "(已发出,内容不留存)"


def enqueue(session: Session, outgoing: Outgoing, now: datetime) -> int | None:
    """Queue a message; None where its key was queued before, whatever became of it.

    With a `task` and a `version` it is cancelled if the task is no longer open, or its
    `due_version` is another, when it is about to be sent; without a version it always goes.

    :raises ValueError: the key is empty or too long, or an edit carries a file.
    """
    if not 0 < len(outgoing.key) <= LONGEST_KEY:
        raise ValueError(f"a key has 1 to {LONGEST_KEY} characters: {outgoing.key!r}")
    if outgoing.edits and (outgoing.blob or outgoing.file_id):
        raise ValueError(f"an edit cannot carry a file: {outgoing.key!r}")
    return _insert(
        session,
        now,
        {
            "key": outgoing.key,
            "chat": outgoing.to.chat,
            "thread": outgoing.to.thread,
            "payload": _payload(outgoing),
            "blob_id": outgoing.blob or None,
            "task_id": outgoing.task or None,
            "task_version": outgoing.version,
            "priority": int(outgoing.priority),
            "resend": outgoing.resend,
            "not_before": outgoing.not_before or now,
            "expires_at": outgoing.expires_at,
        },
    )


def store_blob(session: Session, kind: str, name: str, content: bytes, now: datetime) -> int:
    """Keep a file (`picture` or `document`) for the messages that will carry it."""
    blob = Blob(kind=kind, name=name, content=content, created_at=now)
    session.add(blob)
    session.flush()
    return blob.id


def copy(
    session: Session,
    row: Outbox,
    now: datetime,
    *,
    key: str,
    to: Address | None = None,
    payload: Mapping[str, Any] | None = None,
    **changes: Any,
) -> int | None:
    """Queue what a row says once more, under another key, with some things changed.

    Of its payload what speaks of other messages of the chat does not go to another chat.
    """
    content = dict(row.payload) | dict(payload or {})
    if to is not None:
        content |= {"reply_to": 0, "edits": 0}
    values = {
        "key": key,
        "chat": to.chat if to else row.chat,
        "thread": to.thread if to else row.thread,
        "payload": content,
        "blob_id": row.blob_id,
        "task_id": row.task_id,
        "task_version": row.task_version,
        "priority": row.priority,
        "resend": row.resend,
        "not_before": now,
        "expires_at": row.expires_at,
    }
    return _insert(session, now, values | changes)


def concealed(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a message that will not be sent any more: of a secret one, no words."""
    gone = {"text": _CONCEALED, "buttons": []} if payload.get("secret") else {}
    return dict(payload) | gone


def original_key(key: str) -> str:
    """The key of the message that a copy was first made of."""
    for mark in (RESENT, PART, FORWARDED):
        key = key.split(mark)[0]
    return key


def buttons_of(payload: Mapping[str, Any]) -> tuple[tuple[Button, ...], ...]:
    """The buttons that a row keeps in its payload."""
    return tuple(tuple(Button(*button) for button in line) for line in payload["buttons"])


def _payload(outgoing: Outgoing) -> dict[str, Any]:
    return {
        "text": outgoing.text,
        "buttons": [[[b.text, b.data, b.url] for b in line] for line in outgoing.buttons],
        "silent": outgoing.silent,
        "reply_to": outgoing.reply_to,
        "edits": outgoing.edits,
        "file_id": outgoing.file_id,
        "file_kind": outgoing.file_kind,
        "secret": outgoing.secret,
        "for": outgoing.audience,
    }


def _insert(session: Session, now: datetime, values: dict[str, Any]) -> int | None:
    found = insert_new(session, Outbox, values | {"state": OutboxState.DUE, "created_at": now})
    return found[0] if found else None

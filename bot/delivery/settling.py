"""What becomes of a message after it was tried: the whole policy of retrying, in one place."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from bot.delivery.alarms import alarm
from bot.delivery.claiming import Claimed
from bot.delivery.messenger import (
    BadText,
    Blocked,
    Migrated,
    NoEdit,
    NoThread,
    NotSent,
    Outcome,
    Refused,
    Sent,
    Throttled,
    Unauthorised,
    Uncertain,
)
from bot.delivery.outbox import PART, RESENT, concealed, copy
from bot.delivery.rooms import block, break_topic, move, unblock
from bot.delivery.undeliverable import on_undeliverable
from bot.records import OutboxState
from bot.state.base import table_of
from bot.state.tables import Outbox
from bot.telegram.html import LIMIT, escape, pack, plain

_log = logging.getLogger(__name__)

# Seconds until a message that was certainly not sent is tried again.
_BACKOFF = (5, 15, 60, 300, 900)
# Many messages that failed together must not all come back in the same second.
_JITTER = (1.0, 1.2)
# Telegram's own seconds are the least it wants.
_EXTRA = (1.0, 3.0)
# Longer than one sending may take: an answer that is merely late still prevents the second one.
_RESEND_AFTER = timedelta(minutes=3)
# Telegram takes 1024 units under a file.
_CAPTION = 1000
# A chat moves once in its life; a circle of moves would never end.
_MOVES = 3
_NOT_SENT = "未发出:"
# Nothing more is to come of these.
_ENDED = frozenset({OutboxState.SENT, OutboxState.FAILED, OutboxState.DEAD, OutboxState.CANCELLED})
_TABLE = table_of(Outbox)
_ROWS = _TABLE.c
_ARRIVED = (
    update(_TABLE)
    .where(
        _ROWS.id == bindparam("number"),
        _ROWS.state == OutboxState.SENDING,
        _ROWS.lease_until == bindparam("until"),
    )
    .values(
        state=OutboxState.SENT,
        message=bindparam("as_message"),
        sent_at=bindparam("now"),
        lease_by="",
        lease_until=None,
    )
    .returning(_ROWS.id)
)


@dataclass(frozen=True, slots=True)
class Settled:
    """The row's new state; `pause`: seconds of quiet for its chat; `stop`: why to stop at all."""

    state: OutboxState
    pause: float = 0.0
    stop: str = ""


def settle(session: Session, claimed: Claimed, outcome: Outcome, now: datetime) -> Settled:
    """Record what came of a claimed message, and queue what follows from it."""
    if isinstance(outcome, Sent) and claimed.blocked:
        unblock(session, claimed.chat)
    if isinstance(outcome, Sent) and _arrived(session, claimed, outcome, now):
        return Settled(OutboxState.SENT)
    row = session.get(Outbox, claimed.id, with_for_update=True)
    if row is None:
        return Settled(OutboxState.CANCELLED)
    if row.state != OutboxState.SENDING or row.lease_until != claimed.until:
        settled = _too_late(session, row, outcome, now)
    else:
        release(row)
        settled = _follow(session, row, outcome, now)
    if settled.state in _ENDED:
        row.payload = concealed(row.payload)
    return settled


def _arrived(session: Session, claimed: Claimed, outcome: Sent, now: datetime) -> bool:
    """Record what nearly always comes, in one step; False where the lease is not held any more."""
    if claimed.secret:  # its words have to go too
        return False
    session.flush()  # the table is written to past the session
    held = {"number": claimed.id, "until": claimed.until, "as_message": outcome.message}
    return session.execute(_ARRIVED, held | {"now": now}).first() is not None


def release(row: Outbox) -> None:
    """Let go of a row's lease."""
    row.lease_by, row.lease_until = "", None


def doubt(session: Session, row: Outbox, reason: str, now: datetime) -> OutboxState:
    """Nobody knows whether a row arrived: never send it again but marked, and only once.

    An edit is the exception: made twice, it is the same.
    """
    if row.payload["edits"]:
        return _again_later(row, reason, now).state
    row.state, row.last_error = OutboxState.UNCERTAIN, reason
    if row.resend:  # the one that is sent marked may not be sent once more itself
        send_marked(session, row, now, now + _RESEND_AFTER)
    return OutboxState.UNCERTAIN


def send_marked(
    session: Session, row: Outbox, now: datetime, at: datetime, **changes: Any
) -> int | None:
    """Queue an uncertain row once more, saying so; the row itself stays as a record."""
    mark = f"(补发,编号 R-{row.id},如已收到请忽略)"
    words = f"{row.payload['text']}\n{mark}".strip()
    number = copy(
        session,
        row,
        now,
        key=row.key + RESENT,
        payload={"text": words},
        not_before=at,
        resend=False,
        resent=True,
        **changes,
    )
    row.payload = concealed(row.payload)
    return number


def hasten(session: Session, now: datetime) -> None:
    """The messenger is reached again: what waits because it was not need wait no longer."""
    session.execute(
        update(Outbox)
        .where(
            Outbox.state == OutboxState.DUE,
            Outbox.tries > 0,
            Outbox.not_before > now,
            Outbox.last_error.startswith(_NOT_SENT),
        )
        .values(not_before=now)
    )


def _follow(session: Session, row: Outbox, outcome: Outcome, now: datetime) -> Settled:
    match outcome:
        case Sent():
            return _sent(row, outcome, now)
        case NotSent(reason):
            return _again_later(row, reason, now)
        case Throttled(seconds):
            return _throttled(session, row, seconds, now)
        case Uncertain(reason):
            return Settled(doubt(session, row, reason, now))
        case Unauthorised(reason):
            return Settled(_due(row, now, reason), stop=reason)
        case Migrated() | NoThread() | NoEdit() | BadText():
            return Settled(_changed(session, row, outcome, now))
        case Blocked(reason):
            return Settled(_blocked(session, row, reason, now))
        case Refused(reason):
            return Settled(_failed(session, row, reason, now))


def _sent(row: Outbox, outcome: Sent, now: datetime) -> Settled:
    row.state, row.message, row.sent_at = OutboxState.SENT, outcome.message, now
    return Settled(OutboxState.SENT)


def _too_late(session: Session, row: Outbox, outcome: Outcome, now: datetime) -> Settled:
    """The lease ended meanwhile and the row was given up; that it arrived is still good news."""
    if isinstance(outcome, Sent) and row.state in (OutboxState.UNCERTAIN, OutboxState.DUE):
        _sent(row, outcome, now)
        gone = {"payload": concealed(row.payload)} if row.payload.get("secret") else {}
        session.execute(
            update(Outbox)
            .where(Outbox.key == row.key + RESENT, Outbox.state == OutboxState.DUE)
            .values(state=OutboxState.CANCELLED, **gone)
        )
    return Settled(OutboxState(row.state))


def _due(row: Outbox, at: datetime, reason: str) -> OutboxState:
    row.state, row.not_before, row.last_error = OutboxState.DUE, at, reason
    return OutboxState.DUE


def _again_later(row: Outbox, reason: str, now: datetime) -> Settled:
    row.tries += 1
    seconds = _BACKOFF[min(row.tries, len(_BACKOFF)) - 1] * random.uniform(*_JITTER)
    return Settled(_due(row, now + timedelta(seconds=seconds), _NOT_SENT + reason))


def _throttled(session: Session, row: Outbox, seconds: float, now: datetime) -> Settled:
    """The whole chat waits; it is nobody's fault and counts as no try."""
    pause = seconds + random.uniform(*_EXTRA)
    until = now + timedelta(seconds=pause)
    state = _due(row, until, f"限流,{seconds:g} 秒后再发")
    session.execute(
        update(Outbox)
        .where(Outbox.chat == row.chat, Outbox.state == OutboxState.DUE, Outbox.not_before < until)
        .values(not_before=until)
    )
    return Settled(state, pause)


def _changed(
    session: Session, row: Outbox, outcome: Migrated | NoThread | NoEdit | BadText, now: datetime
) -> OutboxState:
    """Send it at once in another way; each way is open only once, so that it ends."""
    match outcome:
        case Migrated(chat):
            moves = row.payload.get("moves", 0)
            if moves >= _MOVES:
                return _failed(session, row, f"会话一再迁移,最后到 {chat}", now)
            move(session, row.chat, chat)
            row.chat, row.payload = chat, row.payload | {"moves": moves + 1}
            return _due(row, now, "会话已升级为超级群")
        case NoThread(reason):
            if not row.thread:
                return _failed(session, row, reason, now)
            break_topic(session, row.chat, row.thread, now)
            row.thread = 0
            return _due(row, now, reason)
        case NoEdit(reason):
            if not row.payload["edits"]:
                return _failed(session, row, reason, now)
            row.payload = row.payload | {"edits": 0}
            return _due(row, now, reason)
        case BadText(reason):
            return _as_plain(session, row, reason, now)


def _as_plain(session: Session, row: Outbox, reason: str, now: datetime) -> OutboxState:
    """Its words alone, in as many messages as they need; the buttons go with the last."""
    if row.payload.get("plain"):
        return _failed(session, row, reason, now)
    _log.error("message %s was not well made: %s", row.key, reason)
    words = [escape(line) for line in plain(row.payload["text"]).split("\n")]
    caption = row.blob_id or row.payload.get("file_id")
    first, *others = pack(words, _CAPTION if caption else LIMIT) or ("",)
    buttons = row.payload["buttons"]
    for number, part in enumerate(others, start=2):
        last = number == len(others) + 1
        copy(
            session,
            row,
            now,
            key=f"{row.key}{PART}{number}",
            payload={
                "text": part,
                "buttons": buttons if last else [],
                "plain": True,
                "edits": 0,
                "file_id": "",
            },
            blob_id=None,
            resent=row.resent,
        )
    kept = [] if others else buttons
    row.payload = row.payload | {"text": first, "plain": True, "buttons": kept}
    return _due(row, now, reason)


def _blocked(session: Session, row: Outbox, reason: str, now: datetime) -> OutboxState:
    row.state, row.last_error = OutboxState.FAILED, reason
    block(session, row.chat)
    on_undeliverable(session, row, now)
    return OutboxState.FAILED


def _failed(session: Session, row: Outbox, reason: str, now: datetime) -> OutboxState:
    row.state, row.last_error = OutboxState.FAILED, reason
    words = f"有消息发不出去,已停止重试(编号 R-{row.id},会话 {row.chat}):{reason}"
    alarm(session, now, f"refused:{reason[:60]}", words, about=row.key)
    return OutboxState.FAILED

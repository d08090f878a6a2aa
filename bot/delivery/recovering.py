"""After a crash, and after a backup was restored: what may have been sent is not sent blindly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.delivery.outbox import RESENT, concealed
from bot.delivery.settling import doubt, release, send_marked
from bot.records import OutboxState
from bot.state.tables import Outbox

_CRASHED = "发送途中程序中断"
_RESTORED = "恢复备份后待核:可能早已发出"
_LEFT = "攻坚办决定不补发"


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A message of which nobody knows whether it arrived."""

    id: int
    key: str
    chat: int
    text: str
    reason: str
    at: datetime
    resent: bool


def recover(session: Session, now: datetime, worker: str = "") -> int:
    """Give up what was being sent when its lease ended, or by a worker that has just started.

    Return how many there were.
    """
    ended = or_(Outbox.lease_until.is_(None), Outbox.lease_until <= now)
    mine = ended if not worker else or_(ended, Outbox.lease_by == worker)
    rows = session.scalars(
        select(Outbox)
        .where(Outbox.state == OutboxState.SENDING, mine)
        .order_by(Outbox.id)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        release(row)
        doubt(session, row, _CRASHED, now)
    return len(rows)


def restore_mode(session: Session, now: datetime) -> int:
    """Hold everything that may have been sent since the backup was made, for the office to see.

    Return how many there are.
    """
    overdue = and_(Outbox.state == OutboxState.DUE, Outbox.not_before < now)
    held = session.scalars(
        update(Outbox)
        .where(or_(overdue, Outbox.state == OutboxState.SENDING))
        .values(state=OutboxState.UNCERTAIN, last_error=_RESTORED, lease_by="", lease_until=None)
        .returning(Outbox.id)
    )
    return len(held.all())


def uncertain(session: Session, limit: int = 0) -> list[Doubtful]:
    """What the office may still decide about, the oldest first (limit 0: all of it)."""
    second = aliased(Outbox)
    again = select(second.id).where(second.key == Outbox.key + RESENT).exists()
    query = select(Outbox).where(Outbox.state == OutboxState.UNCERTAIN, ~again)
    return [
        Doubtful(
            row.id,
            row.key,
            row.chat,
            row.payload["text"],
            row.last_error,
            row.not_before,
            row.resent,
        )
        for row in session.scalars(query.order_by(Outbox.id).limit(limit or None))
    ]


def decide(session: Session, number: int, resend: bool, now: datetime) -> bool:
    """Send an uncertain message once more, marked, or let it be; whether it was there to decide.

    Sent once more, it is valid whatever its time: somebody has just asked for it.
    """
    row = session.get(Outbox, number, with_for_update=True)
    if row is None or row.state != OutboxState.UNCERTAIN:
        return False
    if not resend:
        row.state, row.last_error = OutboxState.DEAD, _LEFT
        row.payload = concealed(row.payload)
        return True
    return send_marked(session, row, now, now, expires_at=None) is not None

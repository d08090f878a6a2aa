"""The inbox: every update as it came, kept before the messenger may forget it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from bot.records import InboxState
from bot.state.database import insert_once
from bot.state.tables import Inbox

_WEEK = 7 * 24 * 3600
# The messenger keeps an update for a day: what comes again later than this is another one.
_AGAIN = timedelta(hours=25)
# Settled updates are kept to look into what happened; never shorter than numbers may return.
_KEPT = timedelta(days=30)
_MOST = 2**63
_ERROR = 1000

Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Letter:
    """One update waiting to be handled."""

    key: Key
    raw: dict[str, Any]
    tries: int


def update_number(raw: object) -> int | None:
    """The number of an update; None where it has none, and so cannot be told from others."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    if type(number) is int and 0 <= number < _MOST:
        return number
    return None


def keep(session: Session, updates: Iterable[dict[str, Any]], now: datetime) -> int:
    """Keep updates that have a number, each once; how many were new."""
    return sum(_keep(session, raw, now) for raw in updates)


def _keep(session: Session, raw: dict[str, Any], now: datetime) -> bool:
    number = update_number(raw)
    if number is None:
        return False
    week = int(now.timestamp()) // _WEEK
    # The clock may have crossed into another week, either way, since it came before.
    before = select(Inbox.week).where(
        Inbox.update_id == number,
        Inbox.week.in_((week - 1, week + 1)),
        Inbox.received_at.between(now - _AGAIN, now + _AGAIN),
    )
    if session.execute(before).first() is not None:
        return False
    row = {
        "update_id": number,
        "week": week,
        "raw": _storable(raw),
        "state": InboxState.NEW,
        "tries": 0,
        "error": "",
        "received_at": now,
    }
    return insert_once(session, Inbox, row)


def _storable(raw: dict[str, Any]) -> dict[str, Any]:
    """The update, or as much of it as a database takes: one bad row must not stop a batch."""
    try:
        json.dumps(raw, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return {"update_id": raw["update_id"], "message": {"unstorable": repr(raw)[:2000]}}
    return raw


def waiting(session: Session, limit: int, known: Sequence[Key] | frozenset[Key]) -> list[Letter]:
    """The next updates in the order they came, but for those already in hand."""
    keys = session.execute(
        select(Inbox.update_id, Inbox.week)
        .where(Inbox.state == InboxState.NEW)
        .order_by(Inbox.received_at, Inbox.update_id)
        .limit(limit)
    )
    new = [(number, week) for number, week in keys if (number, week) not in known]
    letters: list[Letter] = []
    for start in range(0, len(new), 100):
        rows = session.scalars(
            select(Inbox).where(tuple_(Inbox.update_id, Inbox.week).in_(new[start : start + 100]))
        )
        found = {(row.update_id, row.week): row for row in rows}
        letters += [
            Letter(key, found[key].raw, found[key].tries)
            for key in new[start : start + 100]
            if key in found
        ]
    return letters


def settle(
    session: Session, key: Key, state: InboxState, now: datetime, *, error: str = ""
) -> bool:
    """Say that an update is done with; False where it was already."""
    done = session.execute(
        update(Inbox)
        .where(_is(key), Inbox.state == InboxState.NEW)
        .values(state=state, done_at=now, error=error[:_ERROR])
        .execution_options(synchronize_session=False)
    )
    return bool(getattr(done, "rowcount", 0))


def tried(session: Session, key: Key, error: str) -> int:
    """Count a failed try; how many that makes."""
    session.execute(
        update(Inbox)
        .where(_is(key))
        .values(tries=Inbox.tries + 1, error=error[:_ERROR])
        .execution_options(synchronize_session=False)
    )
    return int(session.execute(select(Inbox.tries).where(_is(key))).scalar_one())


def purge(session: Session, now: datetime) -> int:
    """Forget updates settled long ago; how many."""
    gone = session.execute(
        delete(Inbox)
        .where(Inbox.state != InboxState.NEW, Inbox.received_at < now - _KEPT)
        .execution_options(synchronize_session=False)
    )
    return int(getattr(gone, "rowcount", 0))


def _is(key: Key) -> Any:
    number, week = key
    return (Inbox.update_id == number) & (Inbox.week == week)

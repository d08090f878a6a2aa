"""The inbox: every update as it came, kept before the messenger may forget it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from bot.records import InboxState
from bot.state.base import table_of
from bot.state.database import insert_new
from bot.state.tables import Inbox

_WEEK = 7 * 24 * 3600
# The messenger keeps an update for a day: what comes again later than this is another one.
_AGAIN = timedelta(hours=25)
# Settled updates are kept to look into what happened; never shorter than numbers may return.
_KEPT = timedelta(days=30)
_MOST = 2**63
_ERROR = 1000
_CHUNK = 100

Key = tuple[int, int]

# Made once, and of columns alone: every update passes through them.
_TABLE = table_of(Inbox)
_ROWS = _TABLE.c
_BEFORE = select(_ROWS.update_id).where(
    _ROWS.update_id.in_(bindparam("numbers", expanding=True)),
    _ROWS.week.in_(bindparam("weeks", expanding=True)),
    _ROWS.received_at.between(bindparam("since"), bindparam("until")),
)
_KEYS = (
    select(_ROWS.update_id, _ROWS.week)
    .where(_ROWS.state == InboxState.NEW)
    .order_by(_ROWS.received_at, _ROWS.update_id)
    .limit(bindparam("limit"))
)
_WAITING = _KEYS.add_columns(_ROWS.raw, _ROWS.tries)
_NUMBERED = select(_ROWS.update_id, _ROWS.week, _ROWS.raw, _ROWS.tries).where(
    _ROWS.update_id.in_(bindparam("numbers", expanding=True)), _ROWS.state == InboxState.NEW
)
_SETTLE = (
    update(_TABLE)
    .where(
        _ROWS.update_id == bindparam("number"),
        _ROWS.week == bindparam("of"),
        _ROWS.state == InboxState.NEW,
    )
    .values(state=bindparam("to"), done_at=bindparam("now"), error=bindparam("why"))
)


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
    numbered = {number: raw for raw in updates if (number := update_number(raw)) is not None}
    week = int(now.timestamp()) // _WEEK
    before = _came_before(session, list(numbered), week, now)
    rows = [
        {
            "update_id": number,
            "week": week,
            "raw": _storable(raw),
            "state": InboxState.NEW,
            "tries": 0,
            "error": "",
            "received_at": now,
        }
        for number, raw in numbered.items()
        if number not in before
    ]
    return len(insert_new(session, Inbox, rows)) if rows else 0


def _came_before(session: Session, numbers: list[int], week: int, now: datetime) -> set[int]:
    """Which came in another week: the clock may have crossed into this one, either way."""
    period = {"weeks": (week - 1, week + 1), "since": now - _AGAIN, "until": now + _AGAIN}
    return {
        number
        for start in range(0, len(numbers), _CHUNK)
        for number in session.scalars(
            _BEFORE, period | {"numbers": numbers[start : start + _CHUNK]}
        )
    }


def _storable(raw: dict[str, Any]) -> dict[str, Any]:
    """The update, or as much of it as a database takes: one bad row must not stop a batch."""
    try:
        json.dumps(raw, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return {"update_id": raw["update_id"], "message": {"unstorable": repr(raw)[:2000]}}
    return raw


def waiting(session: Session, limit: int, known: Collection[Key]) -> list[Letter]:
    """The next updates in the order they came, but for those already in hand."""
    if not known:
        rows = session.execute(_WAITING, {"limit": limit}).all()
        return [Letter((row.update_id, row.week), row.raw, row.tries) for row in rows]
    keys = session.execute(_KEYS, {"limit": limit}).all()
    new = [(number, week) for number, week in keys if (number, week) not in known]
    letters: list[Letter] = []
    for start in range(0, len(new), _CHUNK):
        part = new[start : start + _CHUNK]
        rows = session.execute(_NUMBERED, {"numbers": [number for number, _ in part]}).all()
        found = {(row.update_id, row.week): row for row in rows}
        letters += [Letter(key, found[key].raw, found[key].tries) for key in part if key in found]
    return letters


def settle(
    session: Session, key: Key, state: InboxState, now: datetime, *, error: str = ""
) -> bool:
    """Say that an update is done with; False where it was already."""
    number, week = key
    values = {"number": number, "of": week, "to": state, "now": now, "why": error[:_ERROR]}
    return bool(getattr(session.execute(_SETTLE, values), "rowcount", 0))


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

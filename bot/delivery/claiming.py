"""Taking messages to be sent: leased, one of a chat at a time, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, or_, select, text, update
from sqlalchemy.orm import Session

from bot.delivery.messenger import File, Parcel, StoredFile
from bot.delivery.outbox import buttons_of, concealed
from bot.records import OPEN_STATES, Address, ChatState, OutboxState
from bot.state.base import table_of
from bot.state.tables import Blob, Chat, LedgerTask, Outbox

# Longer than any sending may take, so that a lease never ends while its message is under way.
LEASE = timedelta(seconds=180)
# A message that failed so often holds the later ones of its chat back, to keep their order;
# one that fails even more often may be at fault itself, and they pass it.
_HOLDING = 5
# How many times more rows are read than are wanted: several may be of one chat.
_READ_AHEAD = 8
# Of no meaning but to be the same for everybody who claims.
_LOCK = 7_281_063

# Made once, and of columns alone: every message passes through them.
_TABLE = table_of(Outbox)
_ROWS = _TABLE.c
_UNDER_WAY = _TABLE.alias().c
_ROOMS = table_of(Chat).c
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(:lock)")
_QUEUE = (
    select(_ROWS.id, _ROWS.chat, _ROWS.priority, _ROWS.not_before)
    .where(
        _ROWS.state == OutboxState.DUE,
        or_(_ROWS.not_before <= bindparam("now"), _ROWS.tries.between(1, _HOLDING)),
        _ROWS.chat.not_in(bindparam("blocked", expanding=True)),
        _ROWS.chat.not_in(select(_UNDER_WAY.chat).where(_UNDER_WAY.state == OutboxState.SENDING)),
    )
    .order_by(_ROWS.priority, _ROWS.id)
    .limit(bindparam("count"))
    .subquery()
)
_READ = select(func.count()).select_from(_QUEUE)
_PLACED = select(
    _QUEUE,
    func.count().over().label("read"),
    func.row_number()
    .over(partition_by=_QUEUE.c.chat, order_by=(_QUEUE.c.priority, _QUEUE.c.id))
    .label("place"),
).subquery()
# Few rows come back: with every one of them Python lets another thread go first.
_HEADS = (
    select(_PLACED.c.id, _PLACED.c.read)
    .where(_PLACED.c.place == 1, _PLACED.c.not_before <= bindparam("now"))
    .order_by(_PLACED.c.priority, _PLACED.c.id)
    .limit(bindparam("most"))
)
_FIRST = (
    select(
        _ROWS.id,
        _ROWS.key,
        _ROWS.chat,
        _ROWS.thread,
        _ROWS.payload,
        _ROWS.blob_id,
        _ROWS.task_id,
        _ROWS.task_version,
        _ROWS.expires_at,
        _ROWS.last_error,
        # So that nothing more is asked of a chat that is reached anyway.
        exists()
        .where(_ROOMS.chat == _ROWS.chat, _ROOMS.state == ChatState.BLOCKED)
        .label("blocked"),
    )
    .where(_ROWS.id.in_(bindparam("numbers", expanding=True)), _ROWS.state == OutboxState.DUE)
    .order_by(_ROWS.priority, _ROWS.id)
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(_TABLE)
    .where(_ROWS.id == bindparam("number"))
    .values(
        state=OutboxState.SENDING,
        thread=bindparam("topic"),
        lease_by=bindparam("by"),
        lease_until=bindparam("lease"),
    )
)
_NEXT = select(func.min(_ROWS.not_before)).where(
    _ROWS.state == OutboxState.DUE, _ROWS.not_before > bindparam("now")
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker alone may send, until its lease ends."""

    id: int
    key: str
    worker: str
    until: datetime
    parcel: Parcel
    task: int = 0
    version: int = 0
    secret: bool = False
    blocked: bool = False

    @property
    def chat(self) -> int:
        """The chat it goes to."""
        return self.parcel.to.chat


def claim(
    session: Session,
    worker: str,
    now: datetime,
    limit: int,
    blocked_chats: Collection[int] = (),
    *,
    lease: timedelta = LEASE,
) -> list[Claimed]:
    """Lease the first message of each chat, the most urgent first; commit before sending any.

    Of a chat only the first by priority and number is ever taken, and none while another is
    being sent or waits to be tried again. What came too late is `dead`, and what its task
    has overtaken is `cancelled`: neither is returned.
    """
    if limit <= 0:
        return []
    session.flush()  # what follows goes past the session
    rows = _first_of_each_chat(session, now, limit, blocked_chats)
    overtaken = _overtaken(session, [(r.id, r.task_id, r.task_version) for r in rows])
    broken = _broken_topics(session, rows)
    kept, claimed = [], []
    for row in rows:
        if row.expires_at is not None and row.expires_at <= now:
            why = row.last_error or "过了时限,没有发出"
            kept_of_it = concealed(row.payload)
            _change(session, row.id, state=OutboxState.DEAD, last_error=why, payload=kept_of_it)
        elif row.id in overtaken:
            kept_of_it = concealed(row.payload)
            _change(session, row.id, state=OutboxState.CANCELLED, payload=kept_of_it)
        else:
            thread = 0 if (row.chat, row.thread) in broken else row.thread
            kept.append({"number": row.id, "topic": thread})
            claimed.append(_claimed(session, row, thread, worker, now + lease))
    if kept:
        taken = {"by": worker, "lease": now + lease}
        session.execute(_TAKE, [one | taken for one in kept])
    return claimed


def _change(session: Session, number: int, **values: object) -> None:
    session.execute(update(_TABLE).where(_ROWS.id == number).values(**values))


def check_task(session: Session, claimed: Claimed) -> bool:
    """Whether the task still wants a claimed message; to be asked just before sending."""
    return not _overtaken(session, [(claimed.id, claimed.task, claimed.version)])


def cancel(session: Session, claimed: Claimed) -> None:
    """Let go of a claimed message that its task has overtaken."""
    session.execute(
        update(Outbox)
        .where(
            Outbox.id == claimed.id,
            Outbox.state == OutboxState.SENDING,
            Outbox.lease_by == claimed.worker,
        )
        .values(state=OutboxState.CANCELLED, lease_by="", lease_until=None)
    )


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the next message that has to wait may go."""
    found: datetime | None = session.scalar(_NEXT, {"now": now})
    return found


def _first_of_each_chat(
    session: Session, now: datetime, limit: int, blocked_chats: Collection[int]
) -> Sequence[Row[Any]]:
    if session.get_bind().dialect.name == "postgresql":
        # Two who claim at once might see two different messages as the first of a chat.
        session.execute(_ONE_AT_A_TIME, {"lock": _LOCK})
    first = _heads(session, now, limit, blocked_chats)
    if not first:
        return []
    return list(session.execute(_FIRST, {"numbers": first}))


def _heads(
    session: Session, now: datetime, limit: int, blocked_chats: Collection[int]
) -> list[int]:
    """The numbers of the messages that may go now, at most one of a chat.

    The queue is read from its front: however long it is, mostly a few dozen rows are enough.
    """
    count = limit
    while True:
        count *= _READ_AHEAD
        wanted = {"now": now, "blocked": list(blocked_chats), "count": count, "most": limit}
        rows = session.execute(_HEADS, wanted).all()
        if len(rows) >= limit:
            return [row.id for row in rows]
        read: int = rows[0].read if rows else session.scalar(_READ, wanted) or 0
        if read < count:
            return [row.id for row in rows]


def _overtaken(session: Session, wanted: Iterable[tuple[int, int | None, int]]) -> set[int]:
    """The messages whose task is not open any more, or has other dates than they speak of."""
    checked = [(row, task, version) for row, task, version in wanted if task and version]
    if not checked:
        return set()
    tasks = select(LedgerTask.id, LedgerTask.due_version).where(
        LedgerTask.id.in_({task for _, task, _ in checked}),
        LedgerTask.state.in_(OPEN_STATES),
    )
    versions = {task: version for task, version in session.execute(tasks)}
    return {row for row, task, version in checked if versions.get(task) != version}


def _broken_topics(session: Session, rows: Sequence[Row[Any]]) -> set[tuple[int, int]]:
    chats = {row.chat for row in rows if row.thread}
    if not chats:
        return set()
    broken = select(Chat.chat, Chat.thread).where(Chat.chat.in_(chats), Chat.thread_broken)
    return {(chat, thread) for chat, thread in session.execute(broken)}


def _claimed(session: Session, row: Row[Any], thread: int, worker: str, until: datetime) -> Claimed:
    blob = session.get(Blob, row.blob_id) if row.blob_id else None
    kept = row.payload.get("file_id", "")
    parcel = Parcel(
        Address(row.chat, thread),
        row.payload["text"],
        buttons_of(row.payload),
        row.payload["silent"],
        row.payload["reply_to"],
        row.payload["edits"],
        File(blob.kind, blob.name, blob.content) if blob else None,
        StoredFile(row.payload["file_kind"], kept) if kept else None,
    )
    secret = bool(row.payload.get("secret"))
    task, version = row.task_id or 0, row.task_version
    blocked = bool(row.blocked)
    return Claimed(row.id, row.key, worker, until, parcel, task, version, secret, blocked)

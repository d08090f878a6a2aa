"""Taking messages to be sent: leased, one of a chat at a time, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from bot.delivery.messenger import File, Parcel
from bot.delivery.outbox import buttons_of
from bot.records import OPEN_STATES, Address, OutboxState
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
    rows = _first_of_each_chat(session, now, limit, blocked_chats)
    overtaken = _overtaken(session, [(r.id, r.task_id, r.task_version) for r in rows])
    broken = _broken_topics(session, rows)
    claimed = []
    for row in rows:
        if row.expires_at is not None and row.expires_at <= now:
            row.state, row.last_error = OutboxState.DEAD, row.last_error or "过了时限,没有发出"
        elif row.id in overtaken:
            row.state = OutboxState.CANCELLED
        else:
            if (row.chat, row.thread) in broken:
                row.thread = 0
            row.state = OutboxState.SENDING
            row.lease_by, row.lease_until = worker, now + lease
            claimed.append(_claimed(session, row, worker, now + lease))
    return claimed


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
    return session.scalar(
        select(func.min(Outbox.not_before)).where(
            Outbox.state == OutboxState.DUE, Outbox.not_before > now
        )
    )


def _first_of_each_chat(
    session: Session, now: datetime, limit: int, blocked_chats: Collection[int]
) -> Sequence[Outbox]:
    if session.get_bind().dialect.name == "postgresql":
        # Two who claim at once might see two different messages as the first of a chat.
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    first = _heads(session, now, limit, blocked_chats)
    return session.scalars(
        select(Outbox)
        .where(Outbox.id.in_(first), Outbox.state == OutboxState.DUE)
        .order_by(Outbox.priority, Outbox.id)
        .with_for_update(skip_locked=True)
    ).all()


def _heads(
    session: Session, now: datetime, limit: int, blocked_chats: Collection[int]
) -> list[int]:
    """The numbers of the messages that may go now, at most one of a chat.

    The queue is read from its front: however long it is, mostly a few dozen rows are enough.
    """
    under_way = aliased(Outbox)
    queue = (
        select(Outbox.id, Outbox.chat, Outbox.not_before)
        .where(
            Outbox.state == OutboxState.DUE,
            or_(Outbox.not_before <= now, Outbox.tries.between(1, _HOLDING)),
            Outbox.chat.not_in(blocked_chats),
            Outbox.chat.not_in(
                select(under_way.chat).where(under_way.state == OutboxState.SENDING)
            ),
        )
        .order_by(Outbox.priority, Outbox.id)
    )
    count = limit
    while True:
        count *= _READ_AHEAD
        rows = session.execute(queue.limit(count)).all()
        first: dict[int, tuple[int, datetime]] = {}
        for number, chat, not_before in rows:
            first.setdefault(chat, (number, not_before))
        heads = [number for number, not_before in first.values() if not_before <= now]
        if len(heads) >= limit or len(rows) < count:
            return heads[:limit]


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


def _broken_topics(session: Session, rows: Sequence[Outbox]) -> set[tuple[int, int]]:
    chats = {row.chat for row in rows if row.thread}
    if not chats:
        return set()
    broken = select(Chat.chat, Chat.thread).where(Chat.chat.in_(chats), Chat.thread_broken)
    return {(chat, thread) for chat, thread in session.execute(broken)}


def _claimed(session: Session, row: Outbox, worker: str, until: datetime) -> Claimed:
    blob = session.get(Blob, row.blob_id) if row.blob_id else None
    parcel = Parcel(
        Address(row.chat, row.thread),
        row.payload["text"],
        buttons_of(row),
        row.payload["silent"],
        row.payload["reply_to"],
        row.payload["edits"],
        File(blob.kind, blob.name, blob.content) if blob else None,
    )
    return Claimed(row.id, row.key, worker, until, parcel, row.task_id or 0, row.task_version)

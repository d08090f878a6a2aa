"""A worker's surroundings that write down what they are told."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from bot.delivery.outbox import enqueue
from bot.records import ChatKind, Incoming, IncomingKind, Outgoing, Reply
from bot.service.inbox import keep
from bot.service.surroundings import Surroundings
from bot.service.worker import Worker
from bot.state.tables import AccessEvent, Inbox, Outbox
from corpus.errors import GongjianError

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


class Unreadable(GongjianError):
    pass


def raw(number: int, text: str = "问题", chat: int = 7, **more: Any) -> dict[str, Any]:
    return {"update_id": number, "chat": chat, "text": text} | more


def read(raw: dict[str, Any]) -> Incoming | None:
    if raw["text"] == "unreadable":
        raise Unreadable("读不懂")
    if raw["text"] == "nothing":
        return None
    return Incoming(
        kind=IncomingKind(raw.get("kind", "message")),
        user=raw.get("user", 70),
        user_name="张三",
        chat=raw["chat"],
        chat_kind=ChatKind.PRIVATE,
        message=raw["update_id"] * 10,
        text=raw["text"],
        addressed=raw.get("addressed", True),
        press_id=raw.get("press_id", ""),
    )


class FakeHandler:
    """Writes an event and says it back; what else it does is given from outside."""

    def __init__(self, also: Callable[[Any, Incoming], Reply | None] | None = None) -> None:
        self.also = also
        self.seen: list[str] = []
        self.prepared: list[object] = []

    def need(self, session, incoming, now):
        return incoming.text if incoming.text.startswith("?") else None

    def handle(self, session, incoming, now, prepared=None):
        self.seen.append(incoming.text)
        self.prepared.append(prepared)
        session.add(
            AccessEvent(at=now, kind="test", user=1, chat=incoming.chat, text=incoming.text)
        )
        reply = self.also(session, incoming) if self.also else None
        if reply is not None:
            return reply
        return Reply((Outgoing(f"u:{incoming.update}", incoming.address, incoming.text),))


class Around:
    def __init__(self, known: bool = True, prepare=None) -> None:
        self.known = known
        self.alarms: list[tuple[str, str]] = []
        self.toasts: list[tuple[str, str, bool]] = []
        self.left: list[int] = []
        self.needs: list[object] = []
        self.nudges = self.beats = 0
        self._prepare = prepare

    def surroundings(self) -> Surroundings:
        return Surroundings(
            read=read,
            prepare=self.prepare,
            enqueue=enqueue,
            known=lambda session, incoming: self.known,
            queued=self.queued,
            toast=self.toast,
            leave=self.leave,
            alarm=self.alarm,
            beat=self.beat,
        )

    async def prepare(self, need):
        self.needs.append(need)
        return await self._prepare(need) if self._prepare else f"made {need}"

    def queued(self):
        self.nudges += 1

    def beat(self):
        self.beats += 1

    async def toast(self, press, text, alarm):
        self.toasts.append((press, text, alarm))

    async def leave(self, chat):
        self.left.append(chat)

    async def alarm(self, name, words):
        self.alarms.append((name, words))


def put(database, *raws, now=NOW):
    database.write(lambda session: keep(session, raws, now))


def states(database) -> dict[int, str]:
    rows = database.read(lambda s: s.execute(select(Inbox.update_id, Inbox.state)).all())
    return dict(rows)


def events(database) -> list[str]:
    return list(
        database.read(lambda s: s.scalars(select(AccessEvent.text).order_by(AccessEvent.id)).all())
    )


def said(database) -> list[str]:
    rows = database.read(lambda s: s.scalars(select(Outbox).order_by(Outbox.id)).all())
    return [row.payload["text"] for row in rows]


def waiting(database) -> int:
    count = select(func.count()).select_from(Inbox).where(Inbox.state == "new")
    return database.read(lambda s: s.execute(count).scalar_one())


def work(database, handler, around, until=None, *, during=None, **options):
    """Run a worker until nothing waits, or until something is true; at most five seconds."""
    options = {"backoff": (0.01, 0.01, 0.01)} | options

    async def run():
        worker = Worker(database, handler, around.surroundings(), lambda: NOW, **options)
        task = asyncio.create_task(worker.run())
        async with asyncio.timeout(5):
            if during:
                await during(worker)
            while not (until() if until else waiting(database) == 0):
                assert not task.done(), task.result()
                await asyncio.sleep(0.01)
        worker.stop()
        async with asyncio.timeout(5):
            await task

    asyncio.run(run())

"""A play on a real database: people talk to the bot, and each chat shows what was sent there."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.outbox import enqueue
from bot.handling.handler import Handler
from bot.handling.needs import BulletinNeed, DraftsNeed, Need, Paper, SheetNeed, TimelineNeed
from bot.handling.scene import Desk
from bot.ledger.actions import perform
from bot.ledger.importing import Draft
from bot.ledger.records import Deed
from bot.records import (
    Action,
    Actor,
    Attachment,
    ChatKind,
    Incoming,
    IncomingKind,
    Reply,
    Role,
)
from bot.state.database import Database
from bot.state.tables import (
    Chat,
    Evidence,
    LedgerTask,
    Membership,
    Outbox,
    Person,
    TaskEvent,
    TaskMilestone,
    TaskUnit,
    Unit,
)
from bot.telegram.buttons import MOST_BYTES, decode
from tests.bot.telegram.strict import units, visible

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 5)
DUE = date(2026, 6, 30)
ZONE = ZoneInfo("Asia/Shanghai")
FARM, TOBACCO, MARKET, WEATHER = 1, 2, 3, 4
UNITS = {
    FARM: "市农业农村局",
    TOBACCO: "市烟草专卖局(市烟草公司)",
    MARKET: "市市场监管局",
    WEATHER: "市气象局",
}
WANG, LI = 11, 12  # the office
ZHANG, SUN, ZHAO, QIAN, WU = 21, 22, 31, 41, 51
PEOPLE = {
    WANG: ("王办", Role.OFFICE, None),
    LI: ("李办", Role.OFFICE, None),
    ZHANG: ("张局", Role.LEAD, FARM),
    SUN: ("孙科", Role.MEMBER, FARM),
    ZHAO: ("赵局", Role.LEAD, TOBACCO),
    QIAN: ("钱局", Role.LEAD, MARKET),
    WU: ("吴局", Role.LEAD, WEATHER),
}
FARM_GROUP, OFFICE_GROUP = -210, -110
TITLE = "农业生产中烤烟用煤、食用菌养殖用煤现象还比较普遍,目前还没有针对性的治理措施。"


@dataclass(frozen=True)
class Message:
    """What one sees in a chat."""

    id: int
    chat: int
    html: str
    buttons: tuple[tuple[tuple[str, str], ...], ...]
    file: int | None
    reply_to: int
    stored: tuple[str, str] | None = None

    @property
    def text(self) -> str:
        return visible(self.html)

    @property
    def labels(self) -> list[list[str]]:
        return [[text for text, _ in line] for line in self.buttons]

    def data(self, label: str) -> str:
        flat = [button for line in self.buttons for button in line]
        exact = [data for text, data in flat if text == label]
        return (exact or [data for text, data in flat if label in text])[0]

    def has(self, label: str) -> bool:
        return any(label in text for line in self.buttons for text, _ in line)


@dataclass
class Play:
    """Everything goes through `send`, `command` and `press`."""

    database: Database
    now: datetime = NOW
    drafts: list[Draft] = field(default_factory=list)
    drawing: bool = True
    chats: dict[int, list[Message]] = field(default_factory=dict)
    toasts: list[tuple[str, bool]] = field(default_factory=list)
    needs: list[Need | None] = field(default_factory=list)
    handler: Handler = field(default_factory=lambda: Handler(Desk(ZONE, "gongjian_bot")))
    numbers: Any = field(default_factory=lambda: itertools.count(1000))
    seen: int = 0

    def send(
        self,
        user: int,
        text: str = "",
        chat: int | None = None,
        files: tuple[Attachment, ...] = (),
        album: str = "",
    ) -> Reply:
        command, words = "", text
        if text.startswith("/"):
            command, _, words = text[1:].partition(" ")
        incoming = self._incoming(user, chat, IncomingKind.MESSAGE)
        return self.take(
            replace(incoming, text=words, command=command, attachments=files, album=album)
        )

    def press(self, user: int, label: str, chat: int | None = None, on: int = 0) -> Reply:
        """Press the newest button of these words in a chat."""
        place = user if chat is None else chat
        found = [m for m in self.chats.get(place, []) if m.has(label) and on in (0, m.id)]
        assert found, (label, [m.labels for m in self.chats.get(place, [])])
        return self.press_data(user, found[-1].data(label), chat, found[-1].id)

    def press_data(self, user: int, data: str, chat: int | None = None, message: int = 1) -> Reply:
        incoming = self._incoming(user, chat, IncomingKind.PRESS)
        return self.take(replace(incoming, text=data, message=message, press_id="p"))

    def take(self, incoming: Incoming) -> Reply:
        need = self.database.read(lambda s: self.handler.need(s, incoming, self.now))
        self.needs.append(need)
        prepared = self._prepare(need)

        def work(session: Session) -> Reply:
            reply = self.handler.handle(session, incoming, self.now, prepared)
            for message in reply.messages:
                enqueue(session, message, self.now)
            return reply

        reply = self.database.write(work)
        if reply.toast:
            assert len(reply.toast) <= 200
            self.toasts.append((reply.toast, reply.alarm))
        self.database.read(self._look)
        return reply

    def _incoming(self, user: int, chat: int | None, kind: IncomingKind) -> Incoming:
        number = next(self.numbers)
        place = user if chat is None else chat
        return Incoming(
            kind=kind,
            user=user,
            user_name=str(user),
            chat=place,
            chat_kind=ChatKind.GROUP if place < 0 else ChatKind.PRIVATE,
            message=number,
            update=f"1:{number}",
        )

    def _prepare(self, need: Need | None) -> object | None:
        if isinstance(need, DraftsNeed):
            wanted = need.numbers
            return [d for d in self.drafts if wanted is None or d.task.number in wanted]
        if not self.drawing:
            return None
        if isinstance(need, TimelineNeed):
            return Paper("picture", "时限图.png", b"png")
        if isinstance(need, SheetNeed):
            return Paper("document", "台账.xlsx", b"xlsx")
        if isinstance(need, BulletinNeed):
            return (Paper("picture", "排名.png", b"png"), Paper("document", "通报.docx", b"docx"))
        return None

    def _look(self, session: Session) -> None:
        """What the messenger would show now, checked as strictly as it would check it."""
        for row in session.scalars(select(Outbox).where(Outbox.id > self.seen).order_by(Outbox.id)):
            self.seen = row.id
            payload = row.payload
            lines = tuple(tuple((t, d) for t, d, _ in line) for line in payload["buttons"])
            number = payload["edits"] or next(self.numbers)
            shown = Message(
                number, row.chat, payload["text"], lines, row.blob_id, payload["reply_to"],
                (payload["file_kind"], payload["file_id"]) if payload["file_id"] else None,
            )  # fmt: skip
            checked(shown)
            before = self.chats.setdefault(row.chat, [])
            places = [at for at, message in enumerate(before) if message.id == number]
            if places:
                before[places[0]] = shown
            else:
                before.append(shown)

    def last(self, chat: int) -> Message:
        return self.chats[chat][-1]

    def text(self, chat: int) -> str:
        return self.last(chat).text

    def count(self, chat: int) -> int:
        return len(self.chats.get(chat, []))

    def task(self, task_id: int = 1) -> LedgerTask:
        return self.database.read(lambda s: s.get_one(LedgerTask, task_id))

    def all(self, table: type) -> list[Any]:
        query = select(table).order_by(*table.__mapper__.primary_key)
        return self.database.read(lambda s: list(s.scalars(query)))

    def do(self, action: Action, user: int = WANG, task: int = 1, **more: Any) -> None:
        """Something that was done before the scene begins."""
        name, role, unit = PEOPLE[user]
        actor = Actor(user, user, user, name, frozenset({(role, unit or 0)}))
        deed = Deed(action, task, actor, self.now, **more)
        self.database.write(lambda s: perform(s, deed))

    def issued(self, task: int = 1) -> None:
        self.do(Action.ISSUE, task=task)

    def reported(self, user: int = ZHANG, task: int = 1, text: str = "已完成改造") -> None:
        self.do(Action.REPORT, user, task, text=text)

    def evidence(self) -> list[tuple[str, str]]:
        return [(e.kind, e.text or e.file_name) for e in self.all(Evidence)]

    def events(self) -> list[tuple[str, str]]:
        return [(e.action, e.who) for e in self.all(TaskEvent)]


def checked(message: Message) -> None:
    """What Telegram would refuse, or break without saying so."""
    assert message.text.strip()
    assert units(message.text) <= (1024 if message.file or message.stored else 4096)
    flat = [button for line in message.buttons for button in line]
    assert len(flat) <= 100
    assert all(1 <= len(line) <= 8 for line in message.buttons)
    for text, data in flat:
        assert text.strip()
        assert len(data.encode()) <= MOST_BYTES
        assert decode(data) is not None, data


def photo(number: int = 1, name: str = "") -> Attachment:
    return Attachment("photo", f"f{number}", f"u{number}", name, 1000)


def paper(name: str) -> Attachment:
    return Attachment("document", f"f-{name}", f"u-{name}", name, 1000)


def furnish(session: Session, *, groups: bool = False) -> None:
    """Everybody in their private chats; with groups also those."""
    for unit, name in UNITS.items():
        session.add(Unit(id=unit, name=name, created_at=NOW))
    session.flush()
    for user, (name, role, of) in PEOPLE.items():
        session.add(Person(id=user, user=user, name=name, created_at=NOW))
        session.flush()
        session.add(Membership(person_id=user, unit_id=of, role=role, since=NOW))
        session.add(Chat(chat=user, kind="private", person_id=user, title=name, created_at=NOW))
    if groups:
        session.add(Chat(chat=FARM_GROUP, kind="group", unit_id=FARM, title="群", created_at=NOW))
        session.add(Chat(chat=OFFICE_GROUP, kind="group", office=True, title="群", created_at=NOW))
    session.flush()


def add_task(session: Session, number: int = 17, **more: Any) -> LedgerTask:
    """A draft of a plan, led by two units, helped by a third."""
    parts = more.pop("parts", ((FARM, "lead"), (TOBACCO, "lead"), (MARKET, "cooperating")))
    steps = more.pop("steps", ())
    values: dict[str, Any] = {
        "source_key": f"plan#{number}",
        "number": number,
        "section": "三、散煤治理领域还存在较多漏洞",
        "title": TITLE,
        "target": "完成燃煤烤房改造",
        "measures": ["摸清底数。", "制定改造计划。"],
        "leaders": ["余伟", "乔彦强"],
        "document_id": "d",
        "plan": "关于印发《整改方案》的通知",
        "document_number": "漯发〔2020〕13号",
        "heading": ["三、散煤", f"第{number}项"],
        "quote": "整改时限:2026年6月底前",
        "kind": "fixed",
        "deadline_text": "2026年6月底前",
        "due": DUE,
        "inferred": [],
        "state": "draft",
        "created_at": NOW,
    }
    task = LedgerTask(**(values | more))
    session.add(task)
    session.flush()
    for unit, role in parts:
        session.add(TaskUnit(task_id=task.id, unit_id=unit, role=role))
    for step in steps:
        session.add(TaskMilestone(task_id=task.id, **step))
    session.flush()
    return task

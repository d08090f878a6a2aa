"""A small town: its people and chats, and updates that reach the handler as they come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.access.links import make_link, redeem
from bot.access.people import actor_for, ensure_admins, remove_person, unit_named
from bot.delivery.outbox import enqueue
from bot.handling.handler import Handler
from bot.handling.needs import AnswerNeed, Need, SourceNeed
from bot.handling.scene import Desk
from bot.records import (
    Actor,
    Button,
    ChatKind,
    Incoming,
    IncomingKind,
    Outgoing,
    PreparedAnswer,
    Reply,
    Role,
)
from bot.state.tables import Unit
from bot.telegram.answers import SourcePage
from bot.telegram.updates import Me, read_update
from corpus.records import Deadline, DeadlineKind, Span, Task
from retrieval.records import Answer, AnswerKind, Citation
from tests.bot.botapi.makers import Makers

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
ME = Me(9000, "gongjian_bot")
DESK = Desk(ZoneInfo("Asia/Shanghai"), "gongjian_bot", frozenset({1}))
ADMIN, OFFICER, LEAD, MEMBER, OTHER, REMOVED, STRANGER = 1, 2, 3, 4, 5, 6, 99
POLICE_GROUP, WEATHER_GROUP, OFFICE_GROUP, UNBOUND_GROUP = -100, -200, -300, -400
CHANNEL = -1000000000500
POLICE, WEATHER = "市公安局", "市气象局"


class Raw(Makers):
    """Updates as the messenger writes them, numbered on."""

    def __init__(self) -> None:
        self.update = 0
        self.number = 500

    def inject(self, update: dict[str, Any], *, force: bool = False) -> dict[str, Any]:
        self.update += 1
        for kind in ("message", "edited_message", "channel_post", "edited_channel_post"):
            if kind in update:
                self.number += 1
                update[kind] = {"message_id": self.number, "date": 1772676000} | update[kind]
        if "callback_query" in update:
            press = update["callback_query"] = {"id": f"p{self.update}"} | update["callback_query"]
            press["message"] = {"date": 1772676000} | press["message"]
        return {"update_id": self.update} | update

    def add_file(
        self,
        file_name: str,
        content: bytes,
        *,
        mime_type: str | None = None,
        file_size: int | None = None,
    ) -> dict[str, Any]:
        size = file_size or len(content)
        name = {"file_name": file_name, "file_size": size}
        return {"file_id": f"f-{file_name}", "file_unique_id": f"u-{file_name}"} | name


def citation(quote: str, document: str = "d1", source: str = "004.txt") -> Citation:
    return Citation(document, "方案", None, source, ("一",), quote, 10, 20, 10, 20)


def task(number: int = 17) -> Task:
    span = Span("d1", 0, 1)
    due = Deadline(DeadlineKind.FIXED, "2022年年底", span, due=date(2022, 12, 31))
    return Task(
        f"d1#{number}", "d1", "004.txt", number, "三", "烤烟用煤", "改造", ("改",), (),
        ("市农业农村局",), (), due,
    )  # fmt: skip


def answer(text: str = "2022年年底", *, cited: int = 1, **more: Any) -> Answer:
    quotes = tuple(citation(f"整改时限:{text}") for _ in range(cited))
    return replace(Answer("问", AnswerKind.FIELD, text, quotes, 1.0), **more)


@dataclass
class Town:
    """Everything a test does goes through `send`, `press` and `take`."""

    session: Session
    now: datetime = NOW
    answers: dict[str, Answer] = field(default_factory=dict)
    raw: Raw = field(default_factory=Raw)
    prepared: object | None = None
    needs: list[Need | None] = field(default_factory=list)
    handler: Handler = field(default_factory=lambda: Handler(DESK))

    def send(self, user: int, text: str = "", chat: int | None = None, **more: Any) -> Reply:
        """A message; in a group addressed to the bot unless it says otherwise."""
        place = user if chat is None else chat
        if place < 0 and not text.startswith("/"):
            more.setdefault("reply_to_message", from_bot(place))
        return self.take(self.raw.message(place, user, text, **more))

    def press(self, user: int, data: str, chat: int | None = None, below: int = 700) -> Reply:
        return self.take(self.raw.press(user if chat is None else chat, user, data, below))

    def take(self, raw: dict[str, Any]) -> Reply:
        """What the worker does with an update: read, need, prepare, handle, queue."""
        incoming = read_update(raw, ME)
        if incoming is None or incoming.kind is IncomingKind.EDITED:
            return Reply()
        return self.handle(replace(incoming, update=f"1:{raw['update_id']}"))

    def handle(self, incoming: Incoming) -> Reply:
        need = self.handler.need(self.session, incoming, self.now)
        self.needs.append(need)
        reply = self.handler.handle(self.session, incoming, self.now, self._prepare(need))
        for message in reply.messages:
            assert enqueue(self.session, message, self.now) is not None
        return reply

    def _prepare(self, need: Need | None) -> object | None:
        if self.prepared is not None:
            return self.prepared
        if isinstance(need, AnswerNeed):
            found = self.answers.get(need.question, answer())
            return PreparedAnswer(need.question, found, need.as_of, "v1", 12)
        if isinstance(need, SourceNeed):
            return SourcePage((f"{need.document_id} 第 {need.page or 2} 页",), need.page or 2, 3)
        return None

    def secret(self, role: Role, unit: str | None, *, group: bool = False) -> str:
        made_for = unit_named(self.session, unit, self.now) if unit else None
        return make_link(self.session, None, role=role, unit=made_for, now=self.now, group=group)

    def let_in(self, user: int, role: Role, unit: str | None) -> None:
        came = Incoming(IncomingKind.MESSAGE, user, f"人{user}", user, ChatKind.PRIVATE)
        redeem(self.session, self.secret(role, unit), came, self.now)

    def bind(self, chat: int, role: Role, unit: str | None) -> None:
        came = Incoming(IncomingKind.MESSAGE, ADMIN, "", chat, ChatKind.GROUP, f"群{chat}")
        redeem(self.session, self.secret(role, unit, group=True), came, self.now)

    def actor(self, user: int) -> Actor:
        found = actor_for(self.session, user, user)
        assert found is not None
        return found

    def unit(self, name: str) -> Unit:
        found = self.session.scalar(select(Unit).where(Unit.name == name))
        assert found is not None
        return found


def settled(session: Session) -> Town:
    """The town with everybody in it, and one who was put out."""
    town = Town(session)
    ensure_admins(session, [ADMIN], NOW)
    for user, role, unit in (
        (OFFICER, Role.OFFICE, None),
        (LEAD, Role.LEAD, POLICE),
        (MEMBER, Role.MEMBER, POLICE),
        (OTHER, Role.MEMBER, WEATHER),
        (REMOVED, Role.OFFICE, None),
    ):
        town.let_in(user, role, unit)
    remove_person(session, town.actor(ADMIN), REMOVED, NOW)
    town.bind(POLICE_GROUP, Role.MEMBER, POLICE)
    town.bind(WEATHER_GROUP, Role.MEMBER, WEATHER)
    town.bind(OFFICE_GROUP, Role.OFFICE, None)
    session.flush()
    return town


def from_bot(chat: int) -> dict[str, Any]:
    """The message of the bot's that somebody answers in a group."""
    bot = {"id": ME.id, "is_bot": True, "first_name": "攻坚", "username": ME.username}
    place = {"id": chat, "type": "group", "title": "群"}
    return {"message_id": 1, "date": 1772676000, "chat": place, "from": bot, "text": "好"}


def only(reply: Reply) -> Outgoing:
    (message,) = reply.messages
    return message


def said(reply: Reply) -> str:
    return "\n".join(message.text for message in reply.messages)


def labels(reply: Reply) -> list[list[str]]:
    """The words on the buttons, line by line, of all messages."""
    return [[b.text for b in line] for message in reply.messages for line in message.buttons]


def button(reply: Reply, text: str) -> str:
    """The data of the button with these words."""
    return pressable(reply, text).data


def pressable(reply: Reply, text: str) -> Button:
    (found,) = [
        b for message in reply.messages for line in message.buttons for b in line if b.text == text
    ]
    return found

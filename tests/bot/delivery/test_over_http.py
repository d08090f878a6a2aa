"""Failures between the outbox and Telegram: the real library, real HTTP, a server that fails."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.records import Button, Priority, Role
from bot.state.tables import Chat
from bot.telegram.html import escape, pack
from bot.telegram.messenger import TelegramMessenger, make_bot
from tests.bot.botapi import TOKEN, BotApi, Fault
from tests.bot.delivery.fakes import office, person, put, room, rows, to, unit

# Of what only Telegram's answers decide, one kind of database is enough.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROOT = Path(__file__).parents[3]
# The longest that the first and the second pause before another try may be, with some to spare.
SOON, LATER = 7, 20


class Wire:
    """Sends through the real library to a server of its own."""

    def __init__(self, database, server, clock):
        self.database, self.server, self.clock = database, server, clock

    def send(self):
        """Send until nothing is under way and nothing that is due is left."""
        asyncio.run(self._send())

    async def _send(self):
        bot = make_bot(TOKEN, api_url=self.server.url, read_timeout=0.4)
        messenger, stop = TelegramMessenger(bot), asyncio.Event()
        pacer = Pacer(10_000, per_chat=0, per_group=0)
        sender = Sender(self.database, messenger, pacer, self.clock)
        running = asyncio.create_task(sender.run(stop))
        deadline = time.monotonic() + 20
        try:
            while self._busy() and not running.done():
                assert time.monotonic() < deadline, "it never ends"
                await asyncio.sleep(0.01)
        finally:
            stop.set()
            await running
            await messenger.close()

    def _busy(self):
        return any(
            row.state == "sending" or (row.state == "due" and row.not_before <= self.clock())
            for row in rows(self.database).values()
        )

    def killed(self, point):
        """Send in a process that kills itself at a point."""
        command = [sys.executable, "-m", "tests.bot.delivery.killed", self.database.url, point]
        ended = subprocess.run(
            [*command, self.server.url, self.clock().isoformat()],
            cwd=ROOT,
            timeout=30,
            check=False,
        )
        assert ended.returncode == -signal.SIGKILL

    @property
    def states(self):
        return {key: row.state for key, row in rows(self.database).items()}

    @property
    def texts(self):
        """What really arrived, in order."""
        return [message.text for message in self.server.sent]

    @property
    def tries(self):
        return len(self.server.calls_of("sendMessage"))


@pytest.fixture
def server():
    with BotApi() as running:
        yield running


@pytest.fixture
def wire(database, server, clock):
    return Wire(database, server, clock)


def marked(wire, key):
    return f"{key}\n(补发,编号 R-{rows(wire.database)[key].id},如已收到请忽略)"


@pytest.mark.parametrize(
    ("point", "arrived"),
    [("after_claim", []), ("before_send", []), ("after_send_before_mark", ["k"])],
)
def test_failure_02_killed_while_sending_it_is_uncertain_and_never_sent_blindly(
    wire, clock, point, arrived
):
    put(wire.database, clock(), to(1, "k"))
    wire.killed(point)
    assert (wire.texts, wire.states) == (arrived, {"k": "sending"})
    wire.send()
    assert wire.states == {"k": "uncertain"}
    clock.advance(days=1)
    put(wire.database, clock(), to(1, "next"))
    wire.send()
    assert wire.texts == [*arrived, "next"]


def test_failure_02_killed_at_both_sendings_an_important_one_is_sent_again_once_and_marked(
    wire, clock
):
    put(wire.database, clock(), to(1, "k", resend=True))
    wire.killed("after_send_before_mark")
    wire.send()
    assert wire.states == {"k": "uncertain", "k#补发": "due"}
    clock.advance(minutes=3)
    wire.killed("after_send_before_mark")
    assert wire.texts == ["k", marked(wire, "k")]
    for _ in range(3):
        wire.send()
        clock.advance(days=1)
    assert wire.states == {"k": "uncertain", "k#补发": "uncertain"}
    assert wire.texts == ["k", marked(wire, "k")]


@one_database
def test_failure_11_a_throttled_chat_waits_as_long_as_it_is_told_and_loses_nothing(
    wire, server, clock
):
    put(wire.database, clock(), to(1, "a"), to(1, "b"), to(2, "c"))
    server.faults.add(Fault.TOO_MANY_REQUESTS, chat=1, retry_after=30)
    wire.send()
    assert wire.texts == ["c"]
    clock.advance(30)
    wire.send()
    assert wire.texts == ["c"]
    clock.advance(3)
    wire.send()
    assert wire.texts == ["c", "a", "b"]
    assert wire.tries == 4


LOST = [Fault.RECORD_THEN_DROP, Fault.RECORD_THEN_HANG, Fault.RECORD_THEN_GARBAGE]


@one_database
@pytest.mark.parametrize("fault", LOST)
def test_failure_12_an_answer_lost_after_sending_is_no_reason_to_send_again(
    wire, server, clock, fault
):
    # The connection is one that has been used before: the library must not try that again either.
    put(wire.database, clock(), to(1, "before"), to(1, "k"))
    server.faults.add(fault, after=1)
    wire.send()
    assert wire.states == {"before": "sent", "k": "uncertain"}
    clock.advance(days=1)
    put(wire.database, clock(), to(1, "next"))
    wire.send()
    assert wire.texts == ["before", "k", "next"]
    assert wire.tries == 3


@one_database
@pytest.mark.parametrize("fault", LOST)
def test_failure_12_what_is_important_is_sent_once_more_and_says_so(wire, server, clock, fault):
    put(wire.database, clock(), to(1, "k", resend=True))
    server.faults.add(fault, times=None)
    for _ in range(4):
        wire.send()
        clock.advance(minutes=3)
    assert wire.texts == ["k", marked(wire, "k")]
    assert wire.states == {"k": "uncertain", "k#补发": "uncertain"}
    assert wire.tries == 2


@one_database
@pytest.mark.parametrize("html", [False, True])
def test_failure_13_after_a_500_it_is_tried_again_until_it_arrives_once(wire, server, clock, html):
    put(wire.database, clock(), to(1, "k"))
    server.faults.add(Fault.INTERNAL_ERROR, times=2, html=html)
    for tries, seconds in enumerate((SOON, LATER, SOON), start=1):
        wire.send()
        assert wire.tries == tries
        clock.advance(seconds)
    assert (wire.texts, wire.states) == (["k"], {"k": "sent"})


@one_database
@pytest.mark.parametrize("html", [False, True])
@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        (Fault.BAD_GATEWAY, False),
        (Fault.GATEWAY_TIMEOUT, False),
        (Fault.RECORD_THEN_BAD_GATEWAY, True),
        (Fault.RECORD_THEN_GATEWAY_TIMEOUT, True),
    ],
)
def test_failure_13_after_a_502_or_504_it_may_have_arrived_and_is_not_sent_blindly(
    wire, server, clock, fault, arrived, html
):
    put(wire.database, clock(), to(1, "k"), to(1, "due day", resend=True))
    server.faults.add(fault, times=2, html=html)
    wire.send()
    assert wire.states == {"k": "uncertain", "due day": "uncertain", "due day#补发": "due"}
    clock.advance(minutes=3)
    wire.send()
    assert wire.texts == [*(["k", "due day"] if arrived else []), marked(wire, "due day")]
    assert wire.tries == 3


GONE = [
    "Forbidden: bot was kicked from the supergroup chat",
    "Forbidden: bot was blocked by the user",
    "Forbidden: user is deactivated",
]


@pytest.mark.parametrize("words", GONE)
def test_failure_14_what_a_chat_does_not_take_goes_to_its_units_people_and_the_office_hears(
    wire, server, clock, now, words
):
    home = office(wire.database, now)

    def work(session):
        number = unit(session, now, "住建局")
        room(session, now, -1, unit_id=number, title="住建局群")
        for user in (11, 12):
            person(session, now, user, unit=number, role=Role.MEMBER)

    wire.database.write(work)
    server.bar(-1, words)
    put(wire.database, now, to(-1, "k", priority=Priority.DUE), to(-1, "l", priority=Priority.DUE))
    wire.send()
    copies = [(user, f"(原会话无法送达,转发至此)\n{key}") for user in (11, 12) for key in "kl"]
    told = f"⚠️ 会话“住建局群”无法送达({words})。本条已改发 2 个其他会话。"
    found = sorted((message.chat_id, message.text) for message in server.sent)
    assert found == [(home, told), *copies]
    standing = wire.database.read(
        lambda s: s.scalars(select(Chat.state).where(Chat.chat == -1)).one()
    )
    assert standing == "blocked"


def test_failure_14_when_nobody_of_a_unit_is_reached_the_office_is_told_to_pass_it_on(
    wire, server, clock, now
):
    home = office(wire.database, now)

    def work(session):
        number = unit(session, now, "住建局")
        room(session, now, -1, unit_id=number, title="住建局群")
        person(session, now, 11, unit=number, role=Role.LEAD)

    wire.database.write(work)
    for chat, words in ((-1, GONE[0]), (11, GONE[1])):
        server.bar(chat, words)
    put(wire.database, now, to(-1, "k", priority=Priority.DUE))
    wire.send()
    assert [(message.chat_id, message.text) for message in server.sent] == [
        (home, f"⚠️ 会话“住建局群”无法送达({GONE[0]})。本条已改发 1 个其他会话。"),
        (home, f"⚠️ 会话“会话11”无法送达({GONE[1]})。本条没有其他会话可发,请设法转告。内容:“k”"),
    ]
    assert wire.tries == 4


def test_failure_15_an_upgraded_group_is_followed_and_each_message_arrives_once(
    wire, server, clock, now
):
    wire.database.write(lambda s: room(s, now, -5, title="一组"))
    put(wire.database, now, to(-5, "a"), to(-5, "b"))
    server.migrate(-5, -1005)
    wire.send()
    assert [(message.chat_id, message.text) for message in server.sent] == [
        (-1005, "a"),
        (-1005, "b"),
    ]
    assert [call.chat_id for call in server.calls_of("sendMessage")] == [-5, -1005, -1005]
    found = wire.database.read(lambda s: s.execute(select(Chat.chat, Chat.state)).all())
    assert [tuple(row) for row in found] == [(-1005, "active")]


@pytest.mark.parametrize("fault", [Fault.TOPIC_CLOSED, Fault.THREAD_NOT_FOUND])
def test_failure_16_without_its_topic_a_group_still_gets_everything_and_the_topic_is_flagged(
    wire, server, clock, now, fault
):
    home = office(wire.database, now)
    wire.database.write(lambda s: room(s, now, -5, thread=7, title="一组"))
    put(wire.database, now, to(-5, "a", thread=7), to(-5, "b", thread=7))
    server.faults.add(fault, times=None)
    wire.send()
    assert [(m.thread, m.text) for m in server.sent_to(-5)] == [(None, "a"), (None, "b")]
    assert [message.text for message in server.sent_to(home)] == [
        "⚠️ 群“一组”里绑定的话题已关闭或删除,消息改发到群里;请重新绑定。"
    ]
    # The second one is not even tried in the topic.
    asked = [c.params.get("message_thread_id") for c in server.calls if c.chat_id == -5]
    assert asked == [7, None, None]
    broken = wire.database.read(
        lambda s: s.scalars(select(Chat.thread_broken).where(Chat.chat == -5)).one()
    )
    assert broken


# Nine thousand characters of what Telegram counts or reads otherwise than Python does.
HARD = [f'{n:03d} <b>A&B</b> a < b > c "引\'号" &lt; {"😀🧑‍🌾" * 12}{"字" * 40}' for n in range(90)]


@one_database
def test_failure_27_longer_than_a_message_with_signs_and_emoji_it_arrives_whole(
    wire, server, clock
):
    parts = pack([escape(line) for line in HARD])
    assert len(parts) > 2
    put(wire.database, clock(), *(to(1, f"k{n}", text=part) for n, part in enumerate(parts)))
    wire.send()
    assert "\n".join(wire.texts).split("\n") == HARD
    assert [call.outcome for call in server.calls_of("sendMessage")] == ["ok"] * len(parts)


@one_database
def test_failure_27_made_badly_it_still_arrives_as_plain_words_in_parts(wire, server, clock):
    words = [f"{n:03d} 1 < 2 & 3 {'😀' * 60}{'字' * 40}" for n in range(60)]
    buttons = ((Button("签收", data="x"),),)
    put(wire.database, clock(), to(1, "k", text="\n".join(words), buttons=buttons))
    wire.send()
    assert "\n".join(wire.texts).split("\n") == words
    assert [message.buttons for message in server.sent] == [[], [], [("签收", "x")]]

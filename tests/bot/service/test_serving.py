import asyncio
import contextlib
import time
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from bot.delivery.pacing import Pacer
from bot.records import Incoming, Outgoing, Reply
from bot.service.configuration import configure
from bot.service.locking import InstanceLock
from bot.service.metrics import Metrics
from bot.service.serving import Parts, Service
from bot.service.watch import Heartbeats
from bot.settings import Settings
from bot.state.database import Database
from bot.state.tables import Heartbeat, Inbox
from tests.bot.botapi import TOKEN, BotApi, Fault

pytestmark = pytest.mark.usefixtures("loopback")


class Echo:
    """Answers everybody with their own words, a question with what was made for it."""

    def need(self, session, incoming, now):
        return incoming.text if incoming.text.startswith("?") else None

    def handle(self, session, incoming: Incoming, now, prepared=None):
        text = f"{prepared or incoming.text}"
        return Reply((Outgoing(f"u:{incoming.update}", incoming.address, text),), toast="好")


@dataclass
class Menu:
    chat: int
    commands: tuple


async def made(need):
    return f"答{need}"


def parts(**more):
    usual = {
        "handler": lambda configuration, me: Echo(),
        "jobs": lambda configuration, database, clock: {},
        "prepare": lambda asker, configuration, metrics: made,
        "menus": lambda session: [],
        "pacer": lambda configuration: Pacer(1000, per_chat=0, per_group=0),
        "long_poll": 1,
        "drain": 3.0,
    }
    return Parts(**{**usual, **more})


@pytest.fixture
def database(tmp_path):
    opened = Database.open(f"sqlite:///{tmp_path / 'gongjian.db'}")
    yield opened
    opened.close()


@pytest.fixture
def server():
    with BotApi() as running:
        yield running


class Running:
    def __init__(self, server, database, home, **more):
        settings = Settings(home=str(home), token=TOKEN, api_url=server.url, ask_workers="0")
        self.heartbeats, self.metrics = Heartbeats(), Metrics()
        self.ready = False
        self.service = Service(
            configure(settings), database, InstanceLock(None), self.heartbeats,
            metrics=self.metrics, parts=parts(**more),
        )  # fmt: skip

    async def run(self, stopping):
        def ready():
            self.ready = True

        return await self.service.run(stopping, ready=ready)


def serve(server, database, home, scenario, **more):
    """Run a service during a scenario, then stop it; its exit code."""

    async def run():
        running, stopping = Running(server, database, home, **more), asyncio.Event()
        task = asyncio.create_task(running.run(stopping))
        try:
            async with asyncio.timeout(15):
                await scenario(running, task)
                stopping.set()
                return await task
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task

    return asyncio.run(run())


async def until(true, seconds=8.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.02)


def texts(server):
    return [message.text for message in server.sent]


def test_a_message_is_answered_and_a_press_toasted(server, database, shipped_home):
    async def scenario(running, task):
        server.message(70, 70, "你好")
        server.message(70, 70, "?问")
        server.press(70, 70, "a:1", 1)
        await until(lambda: len(server.sent) == 3 and server.calls_of("answerCallbackQuery"))
        await until(lambda: "keeper" in running.heartbeats.ages())

    assert serve(server, database, shipped_home, scenario) == 0
    assert sorted(texts(server)) == sorted(["你好", "答?问", "a:1"])
    assert server.calls_of("answerCallbackQuery")[0].params["text"] == "好"
    states = database.read(lambda s: s.scalars(select(Inbox.state)).all())
    assert states == ["done"] * 3
    names = database.read(lambda s: s.scalars(select(Heartbeat.name)).all())
    assert {"sender", "planner"} <= set(names)


def test_failure_04_what_telegram_sends_unparsable_does_not_stop_the_rest(
    server, database, shipped_home
):
    async def scenario(running, task):
        server.unparsable()
        server.poll(allows_revoting=False)
        server.message(70, 70, "后面的")
        await until(lambda: texts(server) == ["后面的"])

    assert serve(server, database, shipped_home, scenario) == 0
    rows = database.read(lambda s: s.execute(select(Inbox.state, Inbox.error)).all())
    assert sorted(state for state, _ in rows) == ["dead", "done", "done"]


def test_failure_07_down_at_the_start_it_waits_and_then_works(
    server, database, shipped_home, monkeypatch
):
    monkeypatch.setattr("bot.service.serving.introduce", _impatient)
    fault = server.faults.add(Fault.DROP, method="getMe", times=3)

    async def scenario(running, task):
        server.message(70, 70, "早")
        await until(lambda: running.ready)
        await until(lambda: texts(server) == ["早"])

    assert serve(server, database, shipped_home, scenario) == 0
    assert server.faults.hits(fault) == 3


async def _impatient(bot, stopping, *, beat):
    from bot.telegram.introducing import introduce

    return await introduce(bot, stopping, beat=beat, wait=lambda failures: 0.02)


def test_failure_06_an_outage_is_waited_out_and_nothing_is_lost(server, database, shipped_home):
    async def scenario(running, task):
        server.message(70, 70, "一")
        await until(lambda: texts(server) == ["一"])
        server.faults.add(Fault.BAD_GATEWAY, method="getUpdates", times=1)
        server.message(70, 70, "二")
        await until(lambda: texts(server) == ["一", "二"])

    assert serve(server, database, shipped_home, scenario) == 0


def test_failure_09_a_refused_token_ends_the_service_with_a_failure(
    server, database, shipped_home, caplog
):
    async def scenario(running, task):
        server.faults.add(Fault.UNAUTHORIZED, method="getUpdates")
        await until(task.done)

    assert serve(server, database, shipped_home, scenario) == 1
    assert "Telegram 不认这个令牌" in caplog.text
    assert TOKEN not in caplog.text


def test_failure_26_after_a_restart_numbers_that_begin_lower_are_received(
    server, database, shipped_home
):
    def receiving(number, text):
        async def scenario(running, task):
            server.inject(_numbered(number, text), force=True)
            await until(lambda: texts(server)[-1:] == [text])
            await until(lambda: number in server.confirmed)

        return scenario

    assert serve(server, database, shipped_home, receiving(9000, "高")) == 0
    assert serve(server, database, shipped_home, receiving(5, "低")) == 0
    assert texts(server) == ["高", "低"]


def _numbered(number, text):
    person = {"id": 70, "is_bot": False, "first_name": "张"}
    chat = {"id": 70, "type": "private", "first_name": "张"}
    body = {"message_id": number, "date": 1, "chat": chat, "from": person, "text": text}
    return {"update_id": number, "message": body}


def test_failure_28_while_a_question_is_answered_others_are_served(server, database, shipped_home):
    release = asyncio.Event()

    async def slow(need):
        await release.wait()
        return "终于"

    async def scenario(running, task):
        server.message(70, 70, "?慢")
        server.message(71, 71, "快")
        await until(lambda: texts(server) == ["快"])
        release.set()
        await until(lambda: texts(server) == ["快", "终于"])

    slow_parts = {"prepare": lambda asker, configuration, metrics: slow}
    assert serve(server, database, shipped_home, scenario, **slow_parts) == 0


def test_failure_33_stopped_it_finishes_the_answer_in_hand(server, database, shipped_home):
    begun = asyncio.Event()

    async def slow(need):
        begun.set()
        await asyncio.sleep(0.3)
        return "答完"

    async def scenario(running, task):
        server.message(70, 70, "?慢")
        await begun.wait()

    slow_parts = {"prepare": lambda asker, configuration, metrics: slow}
    assert serve(server, database, shipped_home, scenario, **slow_parts) == 0
    assert database.read(lambda s: s.scalars(select(Inbox.state)).all()) == ["done"]


def test_a_planner_that_fails_is_alarmed_about_and_the_others_run(
    server, database, shipped_home, caplog
):
    ran = []

    async def bad():
        raise ValueError("a bug")

    async def good():
        ran.append(1)
        return 0

    async def scenario(running, task):
        await until(lambda: ran)
        server.message(70, 70, "还在")
        await until(lambda: texts(server) == ["还在"])

    jobs = {"jobs": lambda configuration, database, clock: {"bad": bad, "good": good}}
    assert serve(server, database, shipped_home, scenario, **jobs) == 0
    assert "planner-bad: 安排提醒时程序出错(bad:ValueError)" in caplog.text


def test_menus_are_told_once_per_change(server, database, shipped_home, monkeypatch):
    monkeypatch.setattr("bot.service.serving._MENUS_EVERY", 0.02)
    menus = [Menu(70, (("ask", "提问"), ("tasks", "任务"))), Menu(71, (("ask", "提问"),))]

    async def scenario(running, task):
        await until(lambda: len(server.calls_of("setMyCommands")) == 2)
        await asyncio.sleep(0.3)
        menus[1] = Menu(71, (("tasks", "任务"),))
        await until(lambda: len(server.calls_of("setMyCommands")) == 3)
        del menus[0]
        await until(lambda: server.calls_of("deleteMyCommands"))
        await asyncio.sleep(0.3)

    assert serve(server, database, shipped_home, scenario, menus=lambda s: list(menus)) == 0
    scopes = [call.params["scope"]["chat_id"] for call in server.calls_of("setMyCommands")]
    assert scopes == [70, 71, 71]
    assert [c.params["scope"]["chat_id"] for c in server.calls_of("deleteMyCommands")] == [70]


def test_what_happens_is_measured(server, database, shipped_home):
    async def scenario(running, task):
        server.message(70, 70, "一")
        await until(lambda: texts(server) == ["一"])
        registry = running.metrics.registry
        assert registry.get_sample_value("gongjian_updates_total") == 1
        await until(lambda: registry.get_sample_value("gongjian_update_seconds_count") == 1)

    assert serve(server, database, shipped_home, scenario) == 0

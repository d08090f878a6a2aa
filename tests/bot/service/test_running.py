import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from bot.service.inbox import keep
from bot.state.database import Database
from bot.state.tables import Outbox
from tests.bot.botapi import TOKEN, BotApi
from tests.bot.service.fakes import NOW

ADMIN = 70

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
def server():
    with BotApi() as running:
        yield running


@pytest.fixture
def home(shipped_home, tmp_path):
    """A home of its own with the shipped index in it."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("segments", "versions", "CURRENT"):
        (folder / name).symlink_to(shipped_home / name)
    return folder


def environment(server, home, **more):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return (
        kept
        | {
            "GONGJIAN_HOME": str(home),
            "GONGJIAN_TELEGRAM_TOKEN": TOKEN,
            "GONGJIAN_TELEGRAM_API": server.url,
            "GONGJIAN_ADMIN": str(ADMIN),
            "PYTHONWARNINGS": "error::ResourceWarning",
        }
        | more
    )


@contextlib.contextmanager
def bot(server, home, *arguments, log, **more):
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "bot", *arguments],
            env=environment(server, home, **more),
            stderr=errors,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(true, log, seconds=40.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.05)


def test_the_whole_bot_answers_a_question_refuses_a_second_and_stops_when_told(
    server, home, tmp_path
):
    log, other = tmp_path / "log", tmp_path / "other"
    server.message(ADMIN, ADMIN, "烤烟用煤整改时限")
    server.message(71, 71, "我是谁")
    with bot(server, home, log=log, GONGJIAN_LOG="json") as process:
        until(lambda: server.sent, log)
        with bot(server, home, log=other) as second:
            assert second.wait(30) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert f"机器人已经在运行(进程 {process.pid}," in other.read_text()
    assert "2022年年底" in server.sent[0].text
    assert {message.chat_id for message in server.sent} == {ADMIN}
    assert TOKEN not in log.read_text()
    assert "ResourceWarning" not in log.read_text()


def test_failure_01_killed_it_does_at_the_next_start_what_was_received(server, home, tmp_path):
    log = tmp_path / "log"
    database = Database.open(f"sqlite:///{home / 'gongjian.db'}")
    update = server.message(ADMIN, ADMIN, "/help")
    database.write(lambda s: keep(s, [update], datetime.now(UTC)))
    database.close()
    with bot(server, home, log=log) as process:
        until(lambda: server.sent, log)
        until(lambda: len(server.calls_of("getUpdates")) > 1, log)
        process.kill()
    assert len(server.sent) == 1


def test_failure_32_restored_what_was_due_is_held_and_not_sent(server, home, tmp_path):
    log = tmp_path / "log"
    database = Database.open(f"sqlite:///{home / 'gongjian.db'}")
    row = {
        "chat": ADMIN, "payload": {"text": "旧", "buttons": [], "silent": False, "reply_to": 0, "edits": 0},
        "priority": 1, "not_before": NOW, "created_at": NOW,
    }  # fmt: skip
    database.write(lambda s: s.add(Outbox(key="old", state="due", **row)))
    with bot(server, home, "--restored", log=log) as process:
        server.message(ADMIN, ADMIN, "/help")
        until(lambda: len(server.sent) >= 2, log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert database.read(lambda s: s.get(Outbox, 1).state) == "uncertain"
    database.close()
    texts = [message.text for message in server.sent]
    assert "旧" not in texts
    assert any("已从备份恢复。有 1 条消息可能早已发出" in text for text in texts)


def test_failure_09_a_token_that_is_refused_is_said_in_one_line_and_the_exit_code(
    server, home, tmp_path
):
    log = tmp_path / "log"
    wrong = "110201544:" + "W" * 35
    with bot(server, home, log=log, GONGJIAN_TELEGRAM_TOKEN=wrong) as process:
        assert process.wait(40) == 1
    assert "Telegram 不认这个令牌" in log.read_text()
    assert wrong not in log.read_text()

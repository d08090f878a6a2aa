"""The whole bot against a Bot API that others wrote, and that was not made to fit it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import platformdirs
import pytest

from bot.telegram.html import plain

PACKAGE, VERSION = "telegram-test-api", "4.2.1"
FRONT = Path(__file__).with_name("emulator") / "front.js"
TOKEN = "110201543:" + "T" * 35
ADMIN = 70

# The judge of a change must not depend on a registry that is not Python's.
pytestmark = pytest.mark.skipif(
    os.environ.get("CI") == "true", reason="the emulator is not installed where the tests judge"
)


@pytest.fixture(scope="module")
def modules():
    """The folder of the installed package, which is kept for the next time."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not installed")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    if int(version.stdout.removeprefix("v").partition(".")[0]) < 18:
        pytest.skip(f"node is too old: {version.stdout.strip()}")
    kept = platformdirs.user_cache_path("gongjian-tests") / f"{PACKAGE}-{VERSION}"
    if not kept.exists():
        install(kept)
    return kept / "node_modules"


def install(folder):
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        command = [
            "npm",
            "install",
            "--prefix",
            made,
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ]
        limits = ["--fetch-retries=0", "--fetch-timeout=20000"]
        try:
            done = subprocess.run(
                [*command, *limits, f"{PACKAGE}@{VERSION}"],
                capture_output=True, text=True, check=False, timeout=60, cwd=made,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            pytest.skip("npm does not reach its registry")
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["npm says nothing"]
            pytest.skip(f"npm does not install {PACKAGE}: {lines[0]}")
        with contextlib.suppress(OSError):  # another run was faster
            Path(made).rename(folder)
        Path(made).mkdir(exist_ok=True)


class Emulator:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def act(self, action, **given):
        """Let the person do something; all that the bot has said since the start."""
        request = urllib.request.Request(
            f"{self.url}/client/{action}", json.dumps(given).encode(), method="POST"
        )
        with self._opener.open(request, timeout=10) as response:
            return json.load(response)


@contextlib.contextmanager
def process(command, errors, **options):
    with errors.open("w") as log:
        running = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=log, text=True, **options
        )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


@pytest.fixture
def emulator(modules, tmp_path):
    command = ["node", str(FRONT), TOKEN, str(ADMIN)]
    environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(modules)}
    log = tmp_path / "emulator.log"
    with process(command, log, env=environment, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        port = running.stdout.readline()
        assert port, log.read_text()
        yield Emulator(int(port))
        assert log.read_text() == ""


@contextlib.contextmanager
def bot(emulator, home, log):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GONGJIAN_HOME": str(home),
        "GONGJIAN_DATABASE": f"sqlite:///{log.with_name('gongjian.db')}",
        "GONGJIAN_TELEGRAM_TOKEN": TOKEN,
        "GONGJIAN_TELEGRAM_API": emulator.url,
        "GONGJIAN_ADMIN": str(ADMIN),
    }
    with process([sys.executable, "-m", "bot", "bot"], log, env=environment) as running:
        yield running


def said(emulator, beginning, log):
    """The message that begins so, as soon as the bot has said it; it may say other things too."""
    deadline = time.monotonic() + 40
    while True:
        messages = emulator.act("history")
        for message in messages:
            if message["text"].startswith(beginning):
                return message
        assert time.monotonic() < deadline, (messages, log.read_text()[-3000:])
        time.sleep(0.05)


def buttons(message):
    lines = message["reply_markup"]["inline_keyboard"]
    return {one["text"]: one["callback_data"] for line in lines for one in line}


def test_a_question_is_answered_with_its_citation_and_its_buttons_do_something(
    emulator, shipped_home, tmp_path
):
    log, home = tmp_path / "log", tmp_path / "home"
    home.mkdir()
    for name in ("segments", "versions", "CURRENT"):
        (home / name).symlink_to(shipped_home / name)
    with bot(emulator, home, log) as running:
        emulator.act("say", text="烤烟用煤整改时限")
        answer = said(emulator, "<b>2022年年底</b>", log)
        assert (answer["chat_id"], answer["parse_mode"]) == (str(ADMIN), "HTML")
        assert json.loads(answer["reply_parameters"])["message_id"] == 1
        assert "<blockquote>整改时限:2022年年底</blockquote>" in answer["text"]
        emulator.act("press", data=buttons(answer)["原文[1]"], message=answer["id"])
        original = said(emulator, "<b>原文</b> 《关于印发", log)
        assert "整改时限:2022年年底" in plain(original["text"])
        emulator.act("press", data=buttons(answer)["有误"], message=answer["id"])
        asked = said(emulator, "已记下:“烤烟用煤整改时限”答得有误。", log)
        emulator.act("press", data=buttons(asked)["跳过"], message=asked["id"])
        assert said(emulator, "已记下,谢谢。", log)["id"] == asked["id"]
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    words = log.read_text()
    assert TOKEN not in words
    assert [line for line in words.splitlines() if "ERROR" in line or "Traceback" in line] == []

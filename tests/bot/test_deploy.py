import contextlib
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.settings import Settings
from bot.state.database import Database
from bot.state.tables import Heartbeat
from tests.bot.botapi import TOKEN, BotApi
from tests.bot.deployment import Containerfile, Unit, notified

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "bot" / "deploy"
UNITS = ("gongjian-bot.service", "gongjian-backup.service", "gongjian-backup.timer")
# Where the commands of this very installation are.
HERE = Path(sys.executable).parent
ADMIN = 70

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="systemd and containers are Linux's"
)


@pytest.fixture
def server():
    with BotApi() as running:
        yield running


@dataclass
class Machine:
    """The folders that a service manager makes, and the files an administrator writes."""

    root: Path

    def __post_init__(self):
        for folder in (self.state, self.cache, self.credentials):
            folder.mkdir(parents=True, mode=0o700)
        self.token.write_text(f"{TOKEN}\n")
        self.token.chmod(0o400)

    state = property(lambda self: self.root / "lib" / "gongjian")
    cache = property(lambda self: self.root / "cache" / "gongjian")
    credentials = property(lambda self: self.root / "credentials")
    token = property(lambda self: self.credentials / "token")
    log = property(lambda self: self.root / "log")

    def unit(self, name):
        folders = {"S": self.state.parent, "C": self.cache.parent, "d": self.credentials}
        return Unit.read(DEPLOY / name, {key: str(folder) for key, folder in folders.items()})

    def settings_file(self, server):
        file = self.root / "bot.env"
        file.write_text(f"GONGJIAN_ADMIN={ADMIN}\nGONGJIAN_TELEGRAM_API={server.url}\n")
        return file

    @contextlib.contextmanager
    def running(self, command, environment, umask=0o022):
        with self.log.open("a") as log:
            process = subprocess.Popen(
                command, env=here(environment), umask=umask, cwd="/", stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def here(environment):
    """The environment of a unit or image, with the commands of this installation before its own."""
    return environment | {"PATH": f"{HERE}:{environment.get('PATH', os.defpath)}"}


def until(true, machine, seconds=40.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, machine.log.read_text()[-3000:]
        time.sleep(0.05)


def answered(server):
    return any("2022年年底" in message.text for message in server.sent)


def test_the_service_unit_starts_a_bot_that_is_ready_alive_answers_and_stops(server, machine):
    unit = machine.unit("gongjian-bot.service")
    environment = unit.environment(machine.settings_file(server))
    umask = int(unit.one("UMask"), 8)
    assert unit.one("LoadCredential").partition(":")[0] == machine.token.name
    for command in unit.commands("ExecStartPre"):
        with machine.running(command, environment, umask) as process:
            assert process.wait(unit.seconds("TimeoutStartSec")) == 0, machine.log.read_text()
    assert (machine.state / "CURRENT").exists()
    server.message(ADMIN, ADMIN, "烤烟用煤整改时限")
    (start,) = unit.commands("ExecStart")
    with notified() as channel:
        environment["NOTIFY_SOCKET"] = channel.path
        with machine.running(start, environment, umask) as process:
            # systemd hears only the process that it has started itself.
            assert (unit.one("Type"), unit.one("NotifyAccess")) == ("notify", "main")
            assert channel.wait_for("READY=1", unit.seconds("TimeoutStartSec")) == process.pid
            assert channel.wait_for("WATCHDOG=1", unit.seconds("WatchdogSec")) == process.pid
            until(lambda: answered(server) or process.poll() is not None, machine)
            process.send_signal(signal.SIGTERM)
            assert process.wait(unit.seconds("TimeoutStopSec")) == 0, machine.log.read_text()
            assert channel.wait_for("STOPPING=1", 1) == process.pid
    assert answered(server)
    assert TOKEN not in machine.log.read_text()
    made = [file for file in machine.state.rglob("*") if file.is_file()]
    assert machine.state / "gongjian.db" in made
    assert [file for file in made if file.stat().st_mode & 0o077] == []


def test_the_backup_unit_makes_a_copy_that_opens_and_lets_old_ones_go(server, machine):
    unit = machine.unit("gongjian-backup.service")
    database = Database.open(f"sqlite:///{machine.state / 'gongjian.db'}")
    backups = machine.state / "backups"
    backups.mkdir()
    old, other = backups / "gongjian-20260101T000000Z.db", backups / "mine.db"
    for file in (old, other):
        file.touch()
        os.utime(file, (time.time() - 20 * 86400,) * 2)
    environment = unit.environment(machine.settings_file(server))
    for command in unit.commands("ExecStart") + unit.commands("ExecStartPost"):
        with machine.running(command, environment, int(unit.one("UMask"), 8)) as process:
            assert process.wait(30) == 0, machine.log.read_text()
    database.close()
    assert (old.exists(), other.exists()) == (False, True)
    (copy,) = backups.glob("gongjian-*.db")
    assert copy.stat().st_mode & 0o077 == 0
    with contextlib.closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("pragma integrity_check").fetchone() == ("ok",)
        assert opened.execute("select count(*) from alembic_version").fetchone() == (1,)


def test_both_services_are_one_user_s_with_one_folder_that_is_closed_to_others(machine):
    bot, backup = machine.unit(UNITS[0]), machine.unit(UNITS[1])
    # systemd sets the mode of the folder again whenever either is started.
    for name in ("User", "StateDirectory", "StateDirectoryMode", "EnvironmentFile", "UMask"):
        assert bot.one(name) == backup.one(name)
    assert (bot.one("StateDirectoryMode"), bot.one("UMask")) == ("0700", "0077")
    homes = [dict(e.split("=", 1) for e in unit.settings["Environment"]) for unit in (bot, backup)]
    assert homes[0]["GONGJIAN_HOME"] == homes[1]["GONGJIAN_HOME"] == str(machine.state)


def test_systemd_finds_no_fault_in_the_units():
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    files = [str(DEPLOY / name) for name in UNITS]
    command = ["systemd-analyze", "verify", "--man=no", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    ours = [line for line in done.stderr.splitlines() if "gongjian" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_timer_s_times_are_times(machine):
    times = machine.unit("gongjian-backup.timer").settings["OnCalendar"]
    assert times == ["hourly"]  # a word that systemd.time(7) has
    if shutil.which("systemd-analyze"):
        command = ["systemd-analyze", "calendar", *times]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def placed(machine, value):
    """Where a path of the image is in this test."""
    places = {
        "/var/lib/gongjian": machine.state,
        "/run/secrets": machine.credentials,
        "/tmp": machine.cache,
    }
    image = "|".join(map(re.escape, places))
    return re.sub(f"^({image})(?=/|$)", lambda found: str(places[found[1]]), value)


def test_the_image_runs_a_bot_whose_health_check_tells_when_it_has_stood_still(server, machine):
    image = Containerfile.read(DEPLOY / "Containerfile")
    environment = {name: placed(machine, value) for name, value in image.environment().items()}
    environment |= {"GONGJIAN_ADMIN": str(ADMIN), "GONGJIAN_TELEGRAM_API": server.url}
    assert all(str(machine.root) in environment[name] for name in environment if "HOME" in name)

    def healthy():
        with machine.running(image.health(), environment) as check:
            return check.wait(30) == 0

    server.message(ADMIN, ADMIN, "/help")
    with machine.running(image.command(), environment) as process:
        until(lambda: server.sent or process.poll() is not None, machine)
        until(healthy, machine)
        (stop,) = image.all("STOPSIGNAL")
        process.send_signal(signal.Signals[stop])
        assert process.wait(40) == 0, machine.log.read_text()
    database = Database.open(f"sqlite:///{machine.state / 'gongjian.db'}")
    database.write(age)
    database.close()
    assert not healthy()


def age(session):
    """As if minutes had gone by since the loops wrote down that they live."""
    for row in session.scalars(select(Heartbeat)):
        row.at -= timedelta(minutes=4)


def test_the_image_holds_what_the_package_is_made_of_and_nothing_else():
    image = Containerfile.read(DEPLOY / "Containerfile")
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = pyproject["project"]
    copied = {name for rest in image.all("COPY") for name in shlex.split(rest)[:-1]}
    assert copied == {
        "pyproject.toml",
        project["readme"],
        *project["license-files"],
        *pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
    }
    installed = next(rest for rest in image.all("RUN") if "pip install" in rest)
    (extras,) = re.findall(r"\.\[([\w,-]+)\]", installed)
    assert set(extras.split(",")) == {"postgres", "metrics"}
    assert set(extras.split(",")) <= project["optional-dependencies"].keys()
    (minor,) = re.findall(r"python:(3\.\d+)-", image.all("FROM")[0])
    assert f"Programming Language :: Python :: {minor}" in project["classifiers"]


def test_the_commands_of_the_image_are_shell_and_its_user_is_made_before_it_is_used():
    image = Containerfile.read(DEPLOY / "Containerfile")
    for line in image.all("RUN"):
        subprocess.run(["sh", "-n", "-c", line], check=True)
    (user,) = image.all("USER")
    (made,) = [line for line in image.all("RUN") if line.startswith("useradd ")]
    assert made.split()[-1] == user
    names = [name for name, _ in image.instructions]
    assert names.index("USER") > image.instructions.index(("RUN", made))
    # The instructions at the top give the secret to this user by number.
    (number,) = re.findall(r"--uid (\d+)", made)
    assert f"uid={number},mode=0400" in (DEPLOY / "Containerfile").read_text("utf-8")


@pytest.mark.parametrize(
    "file",
    [*(DEPLOY / name for name in UNITS[:2]), DEPLOY / "Containerfile", *ROOT.glob("README*.md")],
    ids=lambda file: file.name,
)
def test_every_setting_that_is_written_about_exists(file):
    known = {item.metadata["variable"] for item in fields(Settings)}
    named = set(re.findall(r"GONGJIAN_[A-Z_]*[A-Z]", file.read_text("utf-8")))
    tests_own = {name for name in named if name.startswith("GONGJIAN_TEST_")}
    assert named - tests_own - known == set()
    assert "GONGJIAN_HOME" in named

"""Reminders under faults and kills: ``python -m tests.bot.chaos`` (``make chaos``).

Every unit has a chat and a task for each of ten working days. Two processes plan and send them
through the real python-telegram-bot to a Bot API server that fails one call in twenty in every
way there is; at random moments one of them is killed (``kill -9``) and started again. In the
end the server's own record says what arrived. One JSON line a database.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.orm import Session

from bot.records import OutboxState, ReminderState
from bot.reminding.workdays import WorkCalendar
from bot.state.database import Database
from bot.state.tables import Chat, LedgerTask, Outbox, Reminder, TaskUnit, Unit
from tests.bot.botapi import Fault, RemoteBotApi, launched
from tests.bot.chaos.clock import SharedClock

_TOKEN = "5:CHAOS"
_START = date(2026, 3, 2)
_SENDERS = 2
_MARK = re.compile(r"任务(\d+)号")
# Of the recorded ones, a 500 after the message was kept is left out: that is Telegram saying
# "not sent" of a message it has sent, and no client can tell. The rest that is left out ends a
# chat's or the bot's life and has tests of its own.
_KINDS = [
    Fault.TOO_MANY_REQUESTS,
    Fault.INTERNAL_ERROR,
    Fault.BAD_GATEWAY,
    Fault.GATEWAY_TIMEOUT,
    Fault.RECORD_THEN_BAD_GATEWAY,
    Fault.RECORD_THEN_GATEWAY_TIMEOUT,
    Fault.DROP,
    Fault.RECORD_THEN_DROP,
    Fault.DELAY,
    Fault.RECORD_THEN_DELAY,
    Fault.HANG,
    Fault.RECORD_THEN_HANG,
    Fault.GARBAGE,
    Fault.RECORD_THEN_GARBAGE,
]


@dataclass
class _Crew:
    """The processes that work, and how often one of them was killed."""

    command: list[str]
    processes: list[subprocess.Popen[bytes]]
    kills: int = 0

    def kill(self, place: int) -> None:
        """Kill one at once, and start another in its place."""
        self.processes[place].kill()
        self.processes[place].wait()
        self.kills += 1
        self.start(place)

    def start(self, place: int) -> None:
        process = subprocess.Popen([*self.command, "--name", f"sender-{place}"])
        if place == len(self.processes):
            self.processes.append(process)
        else:
            self.processes[place] = process

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)


def _days(count: int) -> list[date]:
    calendar, days, day = WorkCalendar(), [], _START
    while len(days) < count:
        if calendar.is_workday(day):
            days.append(day)
        day += timedelta(days=1)
    return days


def _furnish(session: Session, chats: int, days: list[date]) -> None:
    """Every unit has one group, and a task that is due on each of the days."""
    before = datetime(2026, 2, 26, 1, tzinfo=UTC)
    for unit in range(1, chats + 1):
        session.add(Unit(id=unit, name=f"单位{unit}", created_at=before))
    session.flush()
    for unit in range(1, chats + 1):
        session.add(Chat(chat=-1000 - unit, kind="group", unit_id=unit, created_at=before))
    number = 0
    for day in days:
        for _ in range(chats):
            number += 1
            session.add(_task(number, day, before))
    session.flush()
    for number in range(1, chats * len(days) + 1):
        unit = (number - 1) % chats + 1
        session.add(TaskUnit(task_id=number, unit_id=unit, role="lead"))


def _task(number: int, due: date, before: datetime) -> LedgerTask:
    return LedgerTask(
        id=number,
        source_key=f"plan:{number}",
        number=number,
        title=f"任务{number}号",
        measures=[],
        leaders=[],
        document_id="plan",
        plan="整改方案",
        heading=[],
        kind="fixed",
        deadline_text=f"{due}前",
        due=due,
        stages="0",
        inferred=[],
        state="issued",
        created_at=before,
        issued_at=before,
    )


def _left(database: Database, now: datetime, wanted: int) -> int:
    """How many of the reminders wanted by now are not queued, and messages not sent."""

    def count(session: Session) -> int:
        queued = select(func.count(Reminder.id)).where(Reminder.state == ReminderState.QUEUED)
        waiting = select(func.count(Outbox.id)).where(
            Outbox.state.in_((OutboxState.DUE, OutboxState.SENDING)), Outbox.not_before <= now
        )
        return wanted - (session.scalar(queued) or 0) + (session.scalar(waiting) or 0)

    return database.read(count)


def _pending(database: Database) -> int:
    waiting = select(func.count(Outbox.id)).where(
        Outbox.state.in_((OutboxState.DUE, OutboxState.SENDING))
    )
    return database.read(lambda session: session.scalar(waiting) or 0)


def _play(
    database: Database,
    crew: _Crew,
    clock: SharedClock,
    days: list[date],
    options: argparse.Namespace,
) -> None:
    """Let the days come, and kill while their reminders go out."""
    dice = random.Random(options.seed)
    kills, chats = options.kills, options.chats
    for place, day in enumerate(days):
        morning = datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)  # 09:00 in China
        clock.jump_to(morning)
        kill_until = kills * (place + 1) // len(days)
        wanted = chats * (place + 1)
        began = time.monotonic()
        while (
            time.monotonic() - began < 1.0
            or _left(database, clock(), wanted)
            or crew.kills < kill_until
        ):
            if crew.kills < kill_until:
                time.sleep(dice.uniform(0.1, 1.5))
                crew.kill(dice.randrange(_SENDERS))
            time.sleep(0.05)
            if time.monotonic() - began > 120:
                raise SystemExit(
                    f"{day}: {_left(database, clock(), wanted)} reminders do not go out"
                )
        # Later in the same day: what was put off, and what is to be sent again, goes now.
        for hour in (3, 5, 7):
            clock.jump_to(morning + timedelta(hours=hour))
            end = time.monotonic() + 60
            while _left(database, clock(), wanted) and time.monotonic() < end:
                time.sleep(0.05)
    end = time.monotonic() + 60
    while _pending(database) and time.monotonic() < end:
        time.sleep(0.2)


def _judge(database: Database, remote: RemoteBotApi, reminders: int) -> dict[str, Any]:
    """What arrived, by the server's own record, against what should have."""
    plain: Counter[int] = Counter()
    marked: Counter[int] = Counter()
    for message in remote.sent:
        numbers = {int(number) for number in _MARK.findall(message.text or "")}
        (marked if "补发" in (message.text or "") else plain).update(numbers)

    def doubtful(session: Session) -> dict[int, str]:
        rows = session.scalars(select(Outbox).where(Outbox.state == OutboxState.UNCERTAIN))
        found = {}
        for row in rows:
            for number in _MARK.findall(row.payload["text"]):
                found[int(number)] = row.last_error
        return found

    uncertain = database.read(doubtful)
    wanted = range(1, reminders + 1)
    missing = [number for number in wanted if not plain[number] and not marked[number]]
    return {
        "lost": sum(number not in uncertain for number in missing),
        "doubled": sum(plain[number] > 1 for number in wanted),
        "uncertain": sum(number in uncertain for number in missing),
        "resent_marked": sum(marked[number] > 0 for number in wanted),
        "uncertain_tasks": [number for number in missing if number in uncertain],
    }


def _one(url: str, name: str, options: argparse.Namespace) -> dict[str, Any]:
    days = _days(options.reminders // options.chats)
    reminders = len(days) * options.chats
    database = Database.open(url)
    database.write(lambda session: _furnish(session, options.chats, days))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, launched("--token", _TOKEN) as (remote, printed):
        clock = SharedClock(Path(folder) / "clock")
        clock.jump_to(datetime(2026, 2, 27, 12, tzinfo=UTC))
        remote.faults.random(
            options.faults,
            _KINDS,
            seed=options.seed,
            method="sendMessage",
            retry_after=1,
            seconds=2.0,
        )
        crew = _Crew(_command(url, printed["url"], Path(folder) / "clock"), [])
        try:
            for place in range(_SENDERS):
                crew.start(place)
            _play(database, crew, clock, days, options)
        finally:
            crew.stop()
        found = _judge(database, remote, reminders)
    database.close()
    seconds = round(time.monotonic() - began, 1)
    counts = {"database": name, "reminders": reminders, "kills": crew.kills}
    return counts | found | {"seconds": seconds, "senders": _SENDERS}


def _command(url: str, api: str, clock: Path) -> list[str]:
    module = [sys.executable, "-m", "tests.bot.chaos.worker"]
    return [*module, "--database", url, "--api", api, "--token", _TOKEN, "--clock", str(clock)]


@contextmanager
def _address(name: str) -> Iterator[str]:
    """The address of an empty database that is gone afterwards."""
    if name == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/chaos.db"
        return
    server = os.environ.get("GONGJIAN_TEST_POSTGRES")
    if not server:
        raise SystemExit("GONGJIAN_TEST_POSTGRES must name a PostgreSQL server for this database")
    url = make_url(server).set(drivername="postgresql+psycopg")
    own = f"gongjian_chaos_{uuid.uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {own}"))
    try:
        yield url.set(database=own).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {own} WITH (FORCE)"))
        engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bot.chaos", description=__doc__)
    parser.add_argument("--reminders", type=int, default=2000)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--faults", type=float, default=0.05, help="share of calls that fail")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    failed = False
    for name in options.databases:
        with _address(name) as url:
            line = _one(url, name, options)
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        failed |= bool(line["lost"] or line["doubled"])
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

"""Questions at a high rate to the running bot: ``python -m tests.bot.load`` (``make load``).

The real `gongjian bot`, as a process of its own, polls a Bot API server that is another one;
cadres in private chats ask the questions of the question sets, several in a row each. What is
measured stands in the server's record: when a question came, when its answer was there, and
whether the answers of a chat came in the order of its questions. One JSON line.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy.orm import Session

from bot.access.people import add_role, bind_private
from bot.indexing import collect, run_build
from bot.records import Role
from bot.state.database import Database
from bot.state.tables import Person, Unit
from tests.bot.botapi import RemoteBotApi, launched

_TOKEN = "6:LOAD"
_ROOT = Path(__file__).parents[3]
_FIRST_USER = 1000


@dataclass(frozen=True)
class _Asked:
    chat: int
    message: int
    at: float


def _questions() -> list[str]:
    found = []
    for name in ("dev", "test"):
        lines = (_ROOT / "eval" / "questions" / f"{name}.jsonl").read_text("utf-8").splitlines()
        for line in lines:
            item = json.loads(line)
            found += [turn["question"] for turn in item.get("turns", [item])]
    return found


def _let_in(session: Session, chats: int) -> None:
    now = datetime.now(UTC)
    unit = Unit(name="市公安局", created_at=now)
    session.add(unit)
    session.flush()
    for number in range(chats):
        person = Person(user=_FIRST_USER + number, name=f"干部{number}", created_at=now)
        session.add(person)
        session.flush()
        add_role(session, person, Role.MEMBER, unit.id, now)
        bind_private(session, person, now)


@contextmanager
def _bot(home: Path, url: str, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {
        "GONGJIAN_HOME": str(home),
        "GONGJIAN_TELEGRAM_TOKEN": _TOKEN,
        "GONGJIAN_TELEGRAM_API": url,
        "GONGJIAN_RATE": "1000",
        "GONGJIAN_ASK_WORKERS": str(workers),
    }
    log = (home / "bot.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "bot"], env=environment, stderr=log, stdout=log
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        log.close()


def _tree(process: subprocess.Popen[bytes]) -> list[int]:
    """A process and all it has started."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [process.pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def _cpu_s(pid: int) -> float:
    """Processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of a process and all it has started."""
    total = 0
    for pid in _tree(process):
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()[0])
    return total / 1024


def _ask(
    remote: RemoteBotApi, options: argparse.Namespace, process: subprocess.Popen[bytes]
) -> tuple[list[_Asked], list[float]]:
    """Inject at an even rate, each chat in its turn; memory every few seconds."""
    questions, asked, memory = _questions(), [], []
    began = time.monotonic()
    for number in range(options.rate * options.seconds):
        wait = began + number / options.rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        chat = _FIRST_USER + number % options.chats
        # A chat asks the set in its own order, so that follow-ups follow.
        place = (number // options.chats + 7 * (number % options.chats)) % len(questions)
        at = time.monotonic()
        update = remote.message(chat, chat, questions[place])
        asked.append(_Asked(chat, update["message"]["message_id"], at))
        if number % (options.rate * 5) == 0:
            memory.append(_rss_mb(process))
    return asked, memory


def _judge(asked: list[_Asked], sent: list[Any]) -> dict[str, Any]:
    first: dict[tuple[int, int], float] = {}
    order: dict[int, list[int]] = {}
    for message in sent:
        if message.reply_to is not None:
            first.setdefault((message.chat_id, message.reply_to), message.at)
            order.setdefault(message.chat_id, []).append(message.reply_to)
    waits = [
        first[one.chat, one.message] - one.at for one in asked if (one.chat, one.message) in first
    ]
    cuts = quantiles(waits, n=100) if len(waits) > 1 else [0.0] * 99
    return {
        "asked": len(asked),
        "answered": len(waits),
        "out_of_order": sum(numbers != sorted(numbers) for numbers in order.values()),
        "p50_ms": round(cuts[49] * 1000),
        "p95_ms": round(cuts[94] * 1000),
        "p99_ms": round(cuts[98] * 1000),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bot.load", description=__doc__)
    parser.add_argument("--rate", type=int, default=200, help="questions a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--chats", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2, help="processes that answer")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, launched("--token", _TOKEN) as (remote, printed):
        home = Path(folder)
        files, _ = collect([])
        run_build(files, home, None)
        database = Database.open(f"sqlite:///{home / 'gongjian.db'}")
        database.write(lambda session: _let_in(session, options.chats))
        database.close()
        with _bot(home, printed["url"], options.workers) as process:
            remote.message(_FIRST_USER, _FIRST_USER, "烤烟用煤整改时限")
            remote.wait_until(lambda: remote.sent, timeout=60)
            pids = _tree(process)
            before = {pid: _cpu_s(pid) for pid in pids}
            asked, memory = _ask(remote, options, process)
            end = time.monotonic() + 30
            while time.monotonic() < end and len(_answered(remote)) < len(asked) + 1:
                time.sleep(0.5)
            memory.append(_rss_mb(process))
            spent = [_cpu_s(pid) - before[pid] for pid in pids]
        line = _judge(asked, remote.sent)
        if options.seconds and line["answered"] < line["asked"]:
            sys.stderr.write((home / "bot.log").read_text("utf-8", "replace")[-4000:])
    rss = {"rss_mb_start": round(memory[min(1, len(memory) - 1)]), "rss_mb_end": round(memory[-1])}
    done = max(line["answered"], 1)
    cpu = {
        "service_cpu_ms": round(spent[0] * 1000 / done, 2),
        "answering_cpu_ms": round(sum(spent[1:]) * 1000 / done, 2),
    }
    line = {"rate": options.rate, "seconds": options.seconds} | line | cpu | rss
    sys.stdout.write(json.dumps(line) + "\n")


def _answered(remote: RemoteBotApi) -> set[tuple[int, int | None]]:
    return {(message.chat_id, message.reply_to) for message in remote.sent}


if __name__ == "__main__":
    main()

"""Desks for a seat of the asker, made in its process."""

import os
import time
from datetime import date
from pathlib import Path

from bot.records import PreparedAnswer
from corpus.errors import EngineError, IndexMissing


class FakeDesk:
    """Says who it is, and does what the question says."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.asked: list[str] = []

    def ask(self, conversation: str, question: str, as_of: date) -> PreparedAnswer:
        self.asked.append(question)
        if question == "die":
            os._exit(3)
        if question == "die once" and not (self.home / "died").exists():
            (self.home / "died").touch()
            os._exit(3)
        if question == "sleep":
            time.sleep(60)
        if question == "fail":
            raise ValueError("a bug")
        return PreparedAnswer(question, None, as_of, str(os.getpid()), len(self.asked))

    def run(self, function, arguments):
        return function(self, *arguments)


def no_index(home: Path) -> FakeDesk:
    raise IndexMissing("还没有索引")


def dying(home: Path) -> FakeDesk:
    os._exit(1)


def add(_, first, second):
    return first + second


def refuse(_):
    raise EngineError("不行")


def unsendable(_):
    return lambda: None


def engine_version(engine) -> str:
    return engine.version

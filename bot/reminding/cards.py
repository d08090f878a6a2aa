"""What every message about a task has: its short name, and the button of its card."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.records import Address, Button
from bot.state.tables import Chat, LedgerTask
from bot.telegram.buttons import TaskPress, encode

# The press that shows a task's card.
DETAIL = "detail"
_BUTTONS_IN_A_ROW = 5
_TITLE = 36
_HALF_A_DATE = re.compile("[0-9.,年月]+$")


def headline(number: int, title: str) -> str:
    """The item number and the first words of a task."""
    first = " ".join(title.split()).split("。")[0]
    if len(first) > _TITLE:
        # Never inside a number: 2019年12月9 would be another day.
        first = _HALF_A_DATE.sub("", first[:_TITLE]) + "…"
    return f"第{number}项 {first}"


def task_buttons(tasks: Iterable[LedgerTask]) -> tuple[tuple[Button, ...], ...]:
    """A button for each task's own card."""
    buttons = [
        Button(f"第{task.number}项", encode(TaskPress(DETAIL, task.id, task.version)))
        for task in {task.id: task for task in tasks}.values()
    ]
    starts = range(0, len(buttons), _BUTTONS_IN_A_ROW)
    return tuple(tuple(buttons[at : at + _BUTTONS_IN_A_ROW]) for at in starts)


def address(room: Chat) -> Address:
    """Where messages to a chat go; past its topic, where that is broken."""
    return Address(room.chat, 0 if room.thread_broken else room.thread)

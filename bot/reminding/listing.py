"""Lists of tasks for the office and the units, with a button for each task's card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.records import Outgoing, Priority
from bot.reminding.cards import address, task_buttons
from bot.state.tables import Chat, LedgerTask

# With two lines each, about as much as is read at one glance.
_ITEMS = 10


@dataclass(frozen=True, slots=True)
class Item:
    """What is said of one task, as HTML lines."""

    task: LedgerTask
    lines: tuple[str, ...]


def listed(
    head: str, items: Sequence[Item], key: str, room: Chat, audience: str
) -> tuple[Outgoing, ...]:
    """The messages that hold a list, each under the same head."""
    parts = [items[at : at + _ITEMS] for at in range(0, len(items), _ITEMS)]
    return tuple(
        Outgoing(
            key=f"{key}:{room.id}:{number}",
            to=address(room),
            text="\n".join(
                [
                    f"{head}({number}/{len(parts)})" if len(parts) > 1 else head,
                    *(line for item in part for line in item.lines),
                ]
            ),
            buttons=task_buttons(item.task for item in part),
            priority=Priority.ROUTINE,
            audience=audience,
        )
        for number, part in enumerate(parts, start=1)
    )

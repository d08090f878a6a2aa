"""The actions behind the controls, run on the server's own loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.bot.botapi.files import add_file
from tests.bot.botapi.listening import Listener
from tests.bot.botapi.state import State


def actions(state: State, known: set[str], listener: Listener) -> dict[str, Callable[..., Any]]:
    """Every action by its name."""
    return {
        "add_fault": state.rules.add,
        "add_file": lambda **given: add_file(state, **given),
        "bar": lambda chat_id, description: state.barred.update({chat_id: description}),
        "calls": lambda since=0: state.calls[int(since) :],
        "commands": lambda: dict(state.commands),
        "confirmed": lambda: list(state.queue.confirmed),
        "content": lambda file_id: state.files[file_id][1],
        "down": lambda seconds=None: _down(listener, seconds),
        "fault_hits": state.rules.hits,
        "filtered": lambda: list(state.queue.filtered),
        "inject": state.inject,
        "message_now": lambda chat_id, message_id: state.messages.get(
            (int(chat_id), int(message_id))
        ),
        "migrate": lambda chat_id, new_chat_id: state.migrated.update({chat_id: new_chat_id}),
        "pending": lambda: list(state.queue.pending),
        "remove_faults": lambda number=None: state.rules.remove(number),
        "reset": state.reset,
        "restart_update_ids": lambda at: setattr(state.queue, "next_id", int(at)),
        "sent": lambda since=0: state.sent[int(since) :],
        "set_status": lambda chat_id, user_id, status: state.statuses.update(
            {(chat_id, user_id): status}
        ),
        "set_tokens": lambda tokens=(): _replace(known, tokens),
        "unbar": lambda chat_id: state.barred.pop(chat_id, None),
        "up": listener.up,
    }


def _replace(known: set[str], tokens: list[str]) -> None:
    known.clear()
    known.update(tokens)


def _down(listener: Listener, seconds: float | None) -> None:
    listener.down()
    if seconds is not None:
        asyncio.get_running_loop().call_later(float(seconds), listener.up)

"""The control API: ``POST /control/<action>`` with a JSON object of arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from tests.bot.botapi.records import dumps, loads
from tests.bot.botapi.wire import Reply, Request


class Control:
    """Runs actions for other processes; reads may be asked by GET with a query string."""

    def __init__(self, actions: Mapping[str, Callable[..., Any]]) -> None:
        self._actions = actions

    def __call__(self, request: Request) -> Reply:
        """Answer one request of the control API."""
        area, _, name = request.path.lstrip("/").partition("/")
        action = self._actions.get(name)
        if area != "control" or action is None:
            return _answer({"ok": False, "error": f"no action {request.path!r}"}, 404)
        try:
            arguments: dict[str, Any] = dict(parse_qsl(request.query))
            arguments |= loads(request.body) if request.body else {}
            return _answer({"ok": True, "result": action(**arguments)}, 200)
        except (LookupError, TypeError, ValueError) as error:
            return _answer({"ok": False, "error": f"{type(error).__name__}: {error}"}, 400)


def _answer(body: dict[str, Any], status: int) -> Reply:
    return Reply(dumps(body).encode(), status)

"""Updates that wait for the bot, and the one long poll that may wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from tests.bot.botapi.errors import ApiError
from tests.bot.botapi.faults import ANSWERS, Fault

# Telegram leaves these out unless they are asked for by name.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class UpdateQueue:
    """Pending updates in the order they happened; an offset confirms all below it."""

    def __init__(self, first_update_id: int) -> None:
        self.next_id = first_update_id
        self.pending: list[dict[str, Any]] = []
        self.confirmed: list[int] = []
        self.filtered: list[dict[str, Any]] = []
        self._allowed: list[str] | None = None
        self._waiter: asyncio.Future[bool] | None = None

    def wants(self, kind: str) -> bool:
        """Whether the last getUpdates call asked for this kind; before any call, yes."""
        if self._allowed is None:
            return True
        return kind in self._allowed if self._allowed else kind not in _ON_REQUEST

    def number(self, update: dict[str, Any]) -> None:
        """Give an update the next id, or go on from the id it brings."""
        update.setdefault("update_id", self.next_id)
        self.next_id = max(self.next_id, update["update_id"] + 1)

    def push(self, update: dict[str, Any]) -> None:
        """Make an update available and wake the poll that waits."""
        self.pending.append(update)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    def poll(self, params: dict[str, Any]) -> list[dict[str, Any]] | Awaitable[Any]:
        """Answer getUpdates at once if there is something, else when there is."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(False)
        if params.get("allowed_updates") is not None:
            self._allowed = list(params["allowed_updates"])
        self._confirm(int(params.get("offset") or 0))
        limit = min(max(int(params.get("limit") or 100), 1), 100)
        timeout = float(params.get("timeout") or 0)
        if self.pending or timeout <= 0:
            return self.pending[:limit]
        self._waiter = asyncio.get_running_loop().create_future()
        return self._wait(self._waiter, limit, timeout)

    def _confirm(self, offset: int) -> None:
        if offset == 0:
            return
        if offset < 0:
            kept = self.pending[offset:]
        else:
            kept = [update for update in self.pending if update["update_id"] >= offset]
        if len(kept) < len(self.pending):
            left = {id(update) for update in kept}
            gone = [update["update_id"] for update in self.pending if id(update) not in left]
            self.confirmed.extend(gone)
            self.pending = kept

    async def _wait(
        self, waiter: asyncio.Future[bool], limit: int, timeout: float
    ) -> list[dict[str, Any]]:
        try:
            done, _ = await asyncio.wait({waiter}, timeout=timeout)
        finally:
            # Done in any case, so that a client that left is no rival of the next poll.
            if not waiter.done():
                waiter.cancel()
        if done and not waiter.result():
            raise ApiError(*ANSWERS[Fault.CONFLICT])
        return self.pending[:limit]

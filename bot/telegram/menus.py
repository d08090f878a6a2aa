"""The command menus, told to Telegram chat by chat; only what has changed is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Protocol

from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden

_log = logging.getLogger(__name__)

# Menus must not take the place of messages among what Telegram lets through.
_APART = 0.1
_LONGEST = 256


class MenuOfChat(Protocol):
    """The commands of one chat."""

    @property
    def chat(self) -> int:
        """Which chat."""
        ...

    @property
    def commands(self) -> Sequence[tuple[str, str]]:
        """Names, and a word on each."""
        ...


class Menus:
    """What each chat's menu is, and what Telegram was told that it is."""

    def __init__(self, bot: Bot, *, apart: float = _APART) -> None:
        self._bot, self._apart = bot, apart
        self._wanted: dict[int, tuple[tuple[str, str], ...]] = {}
        self._told: dict[int, tuple[tuple[str, str], ...]] = {}

    def put(self, menus: Iterable[MenuOfChat]) -> None:
        """Say what the menus should be; a chat that has none any more loses its own."""
        gone = dict.fromkeys(self._told, ())
        self._wanted = {**gone, **{menu.chat: tuple(menu.commands) for menu in menus}}

    async def send(self) -> int:
        """Tell Telegram what it does not know yet; how many chats that were.

        :raises TelegramError: Telegram is out of reach; what is left is told another time.
        """
        news = {c: menu for c, menu in self._wanted.items() if self._told.get(c) != menu}
        for chat, commands in news.items():
            try:
                await self._set(chat, commands)
            except (BadRequest, Forbidden) as exc:  # a chat that is gone; not to be tried again
                _log.warning("no menu for the chat %d: %s", chat, exc)
            self._told[chat] = commands
            await asyncio.sleep(self._apart)
        return len(news)

    async def _set(self, chat: int, commands: tuple[tuple[str, str], ...]) -> None:
        scope = BotCommandScopeChat(chat)
        if not commands:
            await self._bot.delete_my_commands(scope=scope)
            return
        shown = [BotCommand(name, words[:_LONGEST]) for name, words in commands]
        await self._bot.set_my_commands(shown, scope=scope)

"""The first call: who the bot is; repeated until Telegram is there."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from telegram import Bot
from telegram.error import TelegramError

from bot.telegram.poller import REFUSED, Stop, backoff, refused
from bot.telegram.updates import Me

_log = logging.getLogger(__name__)


async def introduce(
    bot: Bot,
    stopping: asyncio.Event,
    *,
    beat: Callable[[], None],
    wait: Callable[[int], float] = backoff,
) -> Me | None:
    """Return who the bot is; None where it is to stop before Telegram has said so.

    :raises Stop: Telegram does not know the token.
    """
    failures = 0
    while not stopping.is_set():
        beat()
        try:
            await bot.initialize()
            return Me(bot.id, bot.username)
        except TelegramError as exc:
            if refused(exc):
                raise Stop(REFUSED) from exc
            failures += 1
            _log.warning("Telegram is out of reach (%d in a row): %r", failures, exc)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), wait(failures))
    return None

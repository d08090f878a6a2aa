"""A stage for a story: the whole service over real HTTP, an hour hand that is moved, and actors."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import func, select

from bot.delivery.pacing import Pacer
from bot.records import InboxState, OutboxState
from bot.service import presence, serving
from bot.service.configuration import configure
from bot.service.locking import InstanceLock
from bot.service.serving import Parts, Service
from bot.service.ticking import Job
from bot.service.watch import Heartbeats
from bot.settings import Settings
from bot.state.database import Database
from bot.state.tables import Inbox, Outbox
from bot.telegram.html import plain
from tests.bot.botapi import TOKEN, BotApi

_SECRET = re.compile(r"(start=|startgroup=|/bind |/start )[A-Za-z0-9_-]{32}")
_WORDS = {
    "sendMessage": "",
    "editMessageText": "(消息改为)",
    "sendPhoto": "(图片)",
    "sendDocument": "(文件)",
}


class Stage:
    """Plays messages and presses, and writes down what everybody sees."""

    def __init__(self, server: BotApi, database: Database, names: dict[int, str]) -> None:
        self.now = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
        self._server, self._database, self._names = server, database, names
        self._seen = 0
        self._lines: list[str] = []
        self._buttons: dict[tuple[int, str], tuple[str, int]] = {}
        self._done: set[str] = set()
        self.last_text = ""

    def clock(self) -> datetime:
        return self.now

    def title(self, words: str) -> None:
        """A heading of the story."""
        self._lines += ["", f"## {words}", ""]

    async def say(self, user: int, text: str, **more: Any) -> None:
        """Somebody writes to the bot in private."""
        files = "".join(f" 〔{kind}〕" for kind in more)
        self._lines.append(f"**{self._names[user]}**:{_hidden(text)}{files}\n")
        self._server.message(user, user, text, name=self._names[user], **more)
        await self.settle()

    async def press(self, user: int, label: str) -> None:
        """Somebody presses the newest button of that label."""
        known = [text for one, text in self._buttons if one == user]
        assert label in known, f"{self._names[user]} sees no button {label}, only {known}"
        data, message = self._buttons[user, label]
        self._lines.append(f"**{self._names[user]}** 按下 `{label}`\n")
        self._server.press(user, user, data, message)
        await self.settle()

    async def wait_until(self, now: datetime, words: str) -> None:
        """Time passes, and every job of the planner is done once at least."""
        self._lines.append(f"*{words}*\n")
        self.now = now
        self._done.clear()
        async with asyncio.timeout(60):
            while self._done != {"reminders", "routine"}:
                await asyncio.sleep(0.05)
        await self.settle()

    def jobs(self, *given: Any) -> dict[str, Job]:
        """The planner's jobs, each of which says when it is done."""
        return {name: self._noted(name, job) for name, job in serving._jobs(*given).items()}

    def _noted(self, name: str, job: Job) -> Job:
        async def noted() -> int:
            began = self.now
            queued = await job()
            if began == self.now:
                self._done.add(name)
            return queued

        return noted

    async def settle(self) -> None:
        """Wait until everything said was heard and everything heard was answered."""
        for _ in range(400):
            await asyncio.sleep(0.02)
            if not self._server.pending and not await self._database.aread(self._waiting):
                break
        else:
            raise AssertionError("the stage does not come to rest")
        await asyncio.sleep(0.1)
        self._write_down()

    def text(self) -> str:
        """The story so far."""
        return "\n".join(self._lines).strip() + "\n"

    def _waiting(self, session: Any) -> int:
        new = select(func.count()).where(Inbox.state == InboxState.NEW)
        due = select(func.count()).where(
            Outbox.state.in_((OutboxState.DUE, OutboxState.SENDING)),
            Outbox.not_before <= self.now,
        )
        return int(session.scalar(new)) + int(session.scalar(due))

    def _write_down(self) -> None:
        calls = self._server.calls_since(self._seen)
        self._seen += len(calls)
        # Chats are served side by side; told is what each of them sees, one after the other.
        for call in sorted(calls, key=lambda call: call.chat_id or 0):
            if call.method == "answerCallbackQuery" and call.params.get("text"):
                self._lines.append(f"> *提示:{call.params['text']}*\n")
            elif call.method in _WORDS:
                self._write(call)

    def _write(self, call: Any) -> None:
        user = int(call.chat_id)
        self.last_text = plain(str(call.params.get("text") or call.params.get("caption") or ""))
        head = f"> **机器人 → {self._names[user]}**{_WORDS[call.method]}  "
        body = [f"> {line}  " for line in _hidden(self.last_text).splitlines()]
        shown = []
        markup = call.params.get("reply_markup") or {}
        message = call.message_id or int(call.params.get("message_id") or 0)
        for row in markup.get("inline_keyboard", []):
            for button in row:
                if "callback_data" in button:
                    self._buttons[user, button["text"]] = (button["callback_data"], message)
            shown.append("> " + " ".join(f"`{button['text']}`" for button in row) + "  ")
        self._lines += [head, *body, *shown, ""]


def _hidden(text: str) -> str:
    """Secrets are chance, and nobody's business."""
    return _SECRET.sub(r"\1⋯⋯", text)


@contextlib.asynccontextmanager
async def stage(home: Path, url: str, names: dict[int, str], admin: int) -> AsyncIterator[Stage]:
    """Open the curtain: a server, a database, the service."""
    database = Database.open(url)
    ticking = patch.object(serving, "_PLANNER_EVERY", 0.1)
    # Months pass in a moment here; that is no failure to reach the messenger.
    passing = patch.object(presence, "_LONG", timedelta(days=3650))
    with BotApi() as server, ticking, passing:
        play = Stage(server, database, names)
        settings = Settings(
            home=str(home), token=TOKEN, api_url=server.url, ask_workers="0", admin=str(admin)
        )
        configuration = configure(settings)
        from bot.access.people import ensure_admins

        database.write(lambda session: ensure_admins(session, [admin], play.now))
        parts = Parts(
            clock=play.clock,
            jobs=play.jobs,
            pacer=lambda _: Pacer(1000, per_chat=0, per_group=0),
            long_poll=1,
            drain=3.0,
        )
        service = Service(configuration, database, InstanceLock(None), Heartbeats(), parts=parts)
        stopping = asyncio.Event()
        running = asyncio.create_task(service.run(stopping, ready=lambda: None))
        try:
            yield play
        finally:
            stopping.set()
            await running
    database.close()

"""The world behind the server: chats, messages, files and everything that was recorded."""

from __future__ import annotations

import copy
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, TextIO

from tests.bot.botapi.bodies import Ask
from tests.bot.botapi.errors import ApiError, bad_request
from tests.bot.botapi.faults import RuleBook
from tests.bot.botapi.queueing import UpdateQueue
from tests.bot.botapi.records import Call, SentFile, SentMessage, dumps

_SUPERGROUP = -(10**12)
BLOCKED = "Forbidden: bot was blocked by the user"
_MESSAGES = {
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_message",
    "edited_business_message",
    "guest_message",
}


def chat_of(chat_id: int, chat_type: str | None = None) -> dict[str, Any]:
    """A chat object; without a type the id tells it, as Telegram's ids do."""
    if chat_type is None:
        group = "supergroup" if chat_id <= _SUPERGROUP else "group"
        chat_type = "private" if chat_id > 0 else group
    named = (
        {"first_name": f"用户{chat_id}"} if chat_type == "private" else {"title": f"群{chat_id}"}
    )
    return {"id": chat_id, "type": chat_type, **named}


class State:
    """Everything a running server knows; touched on the server's own loop only."""

    def __init__(self, bot: dict[str, Any], first_update_id: int, log: Path | None) -> None:
        self.bot = bot
        self.queue = UpdateQueue(first_update_id)
        self.rules = RuleBook()
        self.calls: list[Call] = []
        self.sent: list[SentMessage] = []
        self.chats: dict[int, dict[str, Any]] = {}
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.files: dict[str, tuple[dict[str, Any], bytes]] = {}
        self.barred: dict[int, str] = {}
        self.migrated: dict[int, int] = {}
        self.statuses: dict[tuple[int, int], str] = {}
        self.queries: set[str] = set()
        self.commands: dict[str, list[dict[str, str]]] = {}
        self._message_ids: defaultdict[int, int] = defaultdict(int)
        self._queries = 0
        self._log: TextIO | None = log.open("a", encoding="utf-8") if log else None

    def close(self) -> None:
        """Close the log of sends."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def reset(self) -> None:
        """Forget records, pending updates, faults and bans; ids go on counting."""
        self.rules.remove(None)
        for memory in (self.calls, self.sent, self.queue.pending, self.queue.confirmed):
            memory.clear()
        self.queue.filtered.clear()
        for known in (self.barred, self.migrated, self.statuses, self.commands):
            known.clear()

    # Updates

    def inject(self, update: dict[str, Any], *, force: bool = False) -> dict[str, Any]:
        """Complete an update and queue it; one the bot did not ask for gets no id."""
        full = copy.deepcopy(update)
        kind = next((name for name in full if name != "update_id"), "")
        if not force and not self.queue.wants(kind):
            self.queue.filtered.append(full)
            return full
        self.queue.number(full)
        body = full.get(kind)
        if isinstance(body, dict):
            self._complete(kind, body)
        self.queue.push(full)
        return full

    def _complete(self, kind: str, body: dict[str, Any]) -> None:
        if kind in _MESSAGES:
            self._complete_message(body)
        elif kind == "callback_query":
            self._queries += 1
            body.setdefault("id", f"{self._queries}")
            self.queries.add(body["id"])
            if isinstance(body.get("message"), dict):
                body["message"] = self._looked_up(body["message"], sender=self.bot)
        elif kind == "my_chat_member":
            self._complete_membership(body)

    def _complete_membership(self, body: dict[str, Any]) -> None:
        for side in ("old_chat_member", "new_chat_member"):
            body.get(side, {}).setdefault("user", self.bot)
        chat, status = body.get("chat", {}), body.get("new_chat_member", {}).get("status")
        if status in {"left", "kicked"}:
            group = f"Forbidden: bot was kicked from the {chat.get('type')} chat"
            self.barred[chat["id"]] = BLOCKED if chat.get("type") == "private" else group
        elif "id" in chat:
            self.barred.pop(chat["id"], None)

    def _complete_message(self, message: dict[str, Any]) -> None:
        chat = message.get("chat")
        if not isinstance(chat, dict) or "id" not in chat:
            return
        self.chats[chat["id"]] = chat
        if "message_id" not in message:
            message["message_id"] = self._next_message_id(chat["id"])
        message.setdefault("date", int(time.time()))
        if isinstance(message.get("reply_to_message"), dict):
            replied = message["reply_to_message"] | {"chat": chat}
            message["reply_to_message"] = self._looked_up(replied, sender=self.bot)
        self._keep(message)

    def _looked_up(self, stub: dict[str, Any], *, sender: dict[str, Any]) -> dict[str, Any]:
        """The whole message a stub names; one that nobody knows becomes the bot's."""
        if "date" in stub or "message_id" not in stub:
            return stub
        known = self.messages.get((stub["chat"]["id"], stub["message_id"]))
        if known is None:
            known = {"date": int(time.time()), "from": sender, "text": "…", **stub}
            self._keep(known)
        return {key: value for key, value in known.items() if key != "reply_to_message"}

    def _next_message_id(self, chat_id: int) -> int:
        self._message_ids[chat_id] += 1
        return self._message_ids[chat_id]

    def _keep(self, message: dict[str, Any]) -> None:
        chat_id, number = message["chat"]["id"], message["message_id"]
        self.messages[chat_id, number] = message
        self._message_ids[chat_id] = max(self._message_ids[chat_id], number)

    # Calls

    def note(self, method: str, params: dict[str, Any]) -> Call:
        """Write down that a call has come in."""
        chat = params.get("chat_id")
        call = Call(len(self.calls), method, params, chat, time.monotonic())
        self.calls.append(call)
        return call

    def target(self, ask: Ask) -> dict[str, Any]:
        """The chat a call is for.

        :raises ApiError: when there is none, or the bot may not write to it.
        """
        chat_id = ask.params.get("chat_id")
        if chat_id in (None, ""):
            raise bad_request("chat_id is empty")
        if not isinstance(chat_id, int):
            raise bad_request("chat not found")
        if chat_id in self.migrated:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, words, {"migrate_to_chat_id": self.migrated[chat_id]})
        if chat_id in self.barred:
            raise ApiError(403, self.barred[chat_id])
        return self.chats.get(chat_id) or chat_of(chat_id)

    def record(
        self,
        ask: Ask,
        chat: dict[str, Any],
        content: dict[str, Any],
        files: tuple[SentFile, ...] = (),
    ) -> dict[str, Any]:
        """Put a message of the bot into a chat and write it to the log."""
        chat_id = chat["id"]
        now = time.time()
        thread, reply_to = ask.params.get("message_thread_id"), self._reply_to(ask, chat_id)
        number = self._next_message_id(chat_id)
        sender = {"sender_chat": chat} if chat["type"] == "channel" else {"from": self.bot}
        message = {"message_id": number, "date": int(now), "chat": chat, **sender, **content}
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        if reply_to is not None:
            stub = {"message_id": reply_to, "chat": chat}
            message["reply_to_message"] = self._looked_up(stub, sender=self.bot)
        self._keep(message)
        sent = SentMessage(
            index=len(self.sent),
            method=ask.method,
            chat_id=chat_id,
            message_id=number,
            text=content.get("text") or content.get("caption") or "",
            at=time.monotonic(),
            time=now,
            thread=thread,
            reply_to=reply_to,
            silent=bool(ask.params.get("disable_notification")),
            reply_markup=content.get("reply_markup"),
            files=files,
            message=message,
        )
        self.sent.append(sent)
        if self._log is not None:
            self._log.write(dumps(sent) + "\n")
            self._log.flush()
        return message

    def _reply_to(self, ask: Ask, chat_id: int) -> int | None:
        asked = ask.params.get("reply_parameters") or {}
        number = asked.get("message_id") or ask.params.get("reply_to_message_id")
        if number is None or (chat_id, number) in self.messages:
            return number
        lenient = asked.get("allow_sending_without_reply")
        if lenient or ask.params.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")

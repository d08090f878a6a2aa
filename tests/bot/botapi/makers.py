"""Updates as tests speak of them: a message, a press, a person who blocks the bot."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import Any

from tests.bot.botapi import samples
from tests.bot.botapi.methods import member
from tests.bot.botapi.samples import sample, user_of
from tests.bot.botapi.state import chat_of
from tests.bot.botapi.texts import command_entities

# Bytes, or a name with bytes, or a file object as Telegram describes it.
GivenFile = bytes | tuple[str, bytes] | dict[str, Any]


class Makers(ABC):
    """Each maker queues one update and returns it complete, ids included."""

    @abstractmethod
    def inject(self, update: dict[str, Any], *, force: bool = False) -> dict[str, Any]:
        """Queue an update; ``force`` sends it even if ``allowed_updates`` leaves it out."""

    @abstractmethod
    def add_file(
        self,
        file_name: str,
        content: bytes,
        *,
        mime_type: str | None = None,
        file_size: int | None = None,
    ) -> dict[str, Any]:
        """Store a file; ``file_size`` pretends another size than that of ``content``."""

    def message(
        self,
        chat_id: int,
        user_id: int,
        text: str = "",
        *,
        chat_type: str | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
        document: GivenFile | None = None,
        photo: GivenFile | None = None,
        media_group_id: str | None = None,
        name: str | None = None,
        kind: str = "message",
        **extra: Any,
    ) -> dict[str, Any]:
        """A message; with a file, ``text`` is its caption; ``extra`` are more fields."""
        chat = chat_of(chat_id, chat_type)
        body: dict[str, Any] = {"chat": chat, "from": user_of(user_id, name)}
        worded = "text"
        if document is not None:
            body["document"] = self._stored(document, "file.pdf")
            worded = "caption"
        if photo is not None:
            size = {"width": 1280, "height": 720}
            stored = self._stored(photo, "photo.jpg")
            kept = {key: stored[key] for key in ("file_id", "file_unique_id", "file_size")}
            body["photo"] = [kept | size]
            worded = "caption"
        if text:
            body[worded] = text
            body |= {"entities": found} if (found := command_entities(text)) else {}
        if reply_to is not None:
            body["reply_to_message"] = {"message_id": reply_to}
        if thread is not None:
            chat["is_forum"] = True
            body |= {"message_thread_id": thread, "is_topic_message": True}
        if media_group_id is not None:
            body["media_group_id"] = media_group_id
        return self.inject({kind: body | extra})

    def _stored(self, given: GivenFile, default_name: str) -> dict[str, Any]:
        if isinstance(given, dict):
            return given
        name, content = given if isinstance(given, tuple) else (default_name, given)
        return self.add_file(name, content)

    def edited(
        self, chat_id: int, user_id: int, text: str, message_id: int, **options: Any
    ) -> dict[str, Any]:
        """A person edits a message of theirs."""
        changed: dict[str, Any] = {"message_id": message_id, "edit_date": int(time.time())}
        return self.message(chat_id, user_id, text, kind="edited_message", **changed, **options)

    def press(
        self,
        chat_id: int,
        user_id: int,
        data: str,
        message_id: int,
        *,
        chat_type: str | None = None,
        force: bool = False,
    ) -> dict[str, Any]:
        """A press of an inline button under a message."""
        query = sample("callback_query", chat_id, user_id) | {
            "message": {"message_id": message_id, "chat": chat_of(chat_id, chat_type)},
            "data": data,
        }
        return self.inject({"callback_query": query}, force=force)

    def my_chat_member(
        self,
        chat_id: int,
        user_id: int,
        status: str,
        *,
        old: str | None = None,
        chat_type: str | None = None,
    ) -> dict[str, Any]:
        """The bot's own membership changes; ``kicked`` and ``left`` bar it from the chat."""
        was = old or ("left" if status in {"member", "administrator"} else "member")
        changes: dict[str, Any] = {
            "chat": chat_of(chat_id, chat_type),
            "old_chat_member": member({}, was),
            "new_chat_member": member({}, status),
        }
        return self.any_update("my_chat_member", chat_id, user_id, **changes)

    def chat_member(
        self, chat_id: int, user_id: int, status: str, *, old: str = "member", by: int | None = None
    ) -> dict[str, Any]:
        """The membership of a person changes."""
        user = user_of(user_id)
        changes: dict[str, Any] = {
            "from": user_of(by or user_id),
            "old_chat_member": member(user, old),
            "new_chat_member": member(user, status),
        }
        return self.any_update("chat_member", chat_id, user_id, **changes)

    def channel_post(self, chat_id: int, text: str) -> dict[str, Any]:
        """A post in a channel."""
        return self.any_update("channel_post", chat_id, 0, text=text)

    def inline_query(self, user_id: int, query: str) -> dict[str, Any]:
        """A person types the name of the bot and a query."""
        return self.any_update("inline_query", user_id, user_id, query=query)

    def poll(self, *, allows_revoting: bool = True, force: bool = True) -> dict[str, Any]:
        """A poll changes; without ``allows_revoting`` python-telegram-bot cannot parse it.

        It is sent whatever ``allowed_updates`` says, unless ``force`` is off.
        """
        return self.inject({"poll": samples.poll(allows_revoting=allows_revoting)}, force=force)

    def unparsable(self) -> dict[str, Any]:
        """An update that is no valid message."""
        return self.inject({"message": {"nonsense": 1}}, force=True)

    def any_update(
        self, kind: str, chat_id: int, user_id: int, *, force: bool = False, **changes: Any
    ) -> dict[str, Any]:
        """An update of any of ``UPDATE_KINDS``, with fields of its body replaced."""
        return self.inject({kind: sample(kind, chat_id, user_id) | changes}, force=force)

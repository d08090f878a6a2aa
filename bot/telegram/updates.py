"""A raw update of Telegram's becomes an `Incoming`, or nothing at all, or is unreadable.

Only the part that is looked at is given to the library: a kind of update that it has no
knowledge of cannot hurt. Text arrives with the mention of the bot and the command taken out:
`/ask@ourbot 问题` has the command `ask` and the text `问题`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, MessageEntity, Update, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import filters

from bot.records import Attachment, ChatKind, Incoming, IncomingKind
from corpus.errors import GongjianError

# What the poller asks for; the server keeps all else to itself.
WATCHED = ("message", "edited_message", "callback_query", "my_chat_member")
# 中文 often follows a command without a space.
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?\s*")
_SERVICE = filters.StatusUpdate.ALL
_SURROGATE = re.compile("[\ud800-\udfff]")


class UnreadableUpdate(GongjianError):
    """An update that is not what the messenger's documentation says."""


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself, as the messenger knows it."""

    id: int
    username: str


def read_update(raw: dict[str, Any], me: Me) -> Incoming | None:
    """Return what came; None for what the bot does not look at, or that no person sent.

    :raises UnreadableUpdate: it is of a kind that is looked at, but not of its form.
    """
    kind = next((name for name in WATCHED if raw.get(name) is not None), None)
    if kind is None:
        return None
    try:
        update = Update.de_json({"update_id": int(raw["update_id"]), kind: raw[kind]}, None)
        return _checked(_incoming(update, me))
    except Exception as exc:  # the library promises nothing about what it cannot read
        reason = f"{type(exc).__name__}:{exc}"
        raise UnreadableUpdate(f"读不懂的更新({kind}):{reason[:200]}") from exc


def _incoming(update: Update, me: Me) -> Incoming | None:
    if update.callback_query:
        return _press(update.callback_query)
    if update.my_chat_member:
        return _membership(update.my_chat_member)
    if update.message:
        return None if _SERVICE.check_update(update) else _message(update.message, me)
    if update.edited_message:
        return _message(update.edited_message, me, IncomingKind.EDITED)
    return None


def _message(
    message: Message, me: Me, kind: IncomingKind = IncomingKind.MESSAGE
) -> Incoming | None:
    person = message.from_user
    # An anonymous admin, a linked channel and another bot are nobody that could be let in.
    if person is None or person.is_bot or message.sender_chat or _is_channel(message.chat):
        return None
    private = message.chat.type == ChatType.PRIVATE
    text, mentioned = _without_mentions(message, me)
    command, text = _command(text, me)
    if command is None:
        return None
    attachments = _attachments(message)
    addressed = private or bool(command) or mentioned or _is_reply_to(message, me)
    if not private and not text and not command and not attachments and not mentioned:
        return None
    return Incoming(
        kind=kind,
        **_sender(person, message.chat),
        thread=_thread(message),
        message=message.message_id,
        text=text,
        command=command,
        addressed=addressed,
        attachments=attachments,
        album=message.media_group_id or "",
        sent_at=message.date,
    )


def _press(press: CallbackQuery) -> Incoming | None:
    below = press.message  # with an old one only its chat and number are known
    if press.from_user.is_bot or below is None or press.data is None or _is_channel(below.chat):
        return None
    return Incoming(
        kind=IncomingKind.PRESS,
        **_sender(press.from_user, below.chat),
        thread=_thread(below) if isinstance(below, Message) else 0,
        message=below.message_id,
        text=_clean(press.data),
        press_id=press.id,
    )


def _membership(change: ChatMemberUpdated) -> Incoming:
    """The bot's own standing; who changed it may be anybody, even nobody known."""
    new = change.new_chat_member
    inside = new.status in {
        ChatMemberStatus.MEMBER,
        ChatMemberStatus.ADMINISTRATOR,
        ChatMemberStatus.OWNER,
    } or (new.status == ChatMemberStatus.RESTRICTED and bool(getattr(new, "is_member", False)))
    kicked = new.status == ChatMemberStatus.BANNED
    return Incoming(
        kind=IncomingKind.MEMBERSHIP,
        **_sender(change.from_user, change.chat),
        member="member" if inside else "kicked" if kicked else "left",
        sent_at=change.date,
    )


def _sender(person: User, chat: Chat) -> dict[str, Any]:
    private = chat.type == ChatType.PRIVATE
    return {
        "user": person.id,
        "user_name": _clean(person.full_name),
        "chat": chat.id,
        "chat_kind": ChatKind.PRIVATE if private else ChatKind.GROUP,
        "chat_title": _clean(chat.title or chat.full_name or ""),
    }


def _is_channel(chat: Chat) -> bool:
    return chat.type == ChatType.CHANNEL


def _thread(message: Message) -> int:
    """A reply in an ordinary group has a thread id too, which is no topic."""
    return (message.message_thread_id or 0) if message.is_topic_message else 0


def _is_reply_to(message: Message, me: Me) -> bool:
    """Whether it answers the bot; in a topic everything answers the topic's first message."""
    answered = message.reply_to_message
    if answered is None or answered.forum_topic_created:
        return False
    return answered.from_user is not None and answered.from_user.id == me.id


def _without_mentions(message: Message, me: Me) -> tuple[str, bool]:
    """The text or caption without mentions of the bot, and whether there were any."""
    text = message.text or message.caption or ""
    entities = message.entities if message.text else message.caption_entities
    units = text.encode("utf-16-le", "surrogatepass")  # entities count in these, two bytes each
    mentioned = False
    for entity in sorted(entities, key=lambda entity: -entity.offset):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        name = units[start:end].decode("utf-16-le", "replace")
        if _names(entity, name, me):
            units = units[:start] + units[end:]
            mentioned = True
    return _clean(units.decode("utf-16-le", "surrogatepass")).strip(), mentioned


def _names(entity: MessageEntity, name: str, me: Me) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    return entity.type == MessageEntity.MENTION and _is_me(name.removeprefix("@"), me)


def _is_me(username: str, me: Me) -> bool:
    return username.casefold() == me.username.casefold()


def _command(text: str, me: Me) -> tuple[str | None, str]:
    """The command and what follows it; None for one meant for another bot."""
    found = _COMMAND.match(text)
    if found is None:
        return "", text
    if found[2] and not _is_me(found[2], me):
        return None, text
    return found[1].lower(), text[found.end() :].strip()


def _attachments(message: Message) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        found.append(_attachment("photo", largest))
    for kind in ("document", "video", "voice"):
        file = getattr(message, kind)
        if file is not None:
            found.append(_attachment(kind, file))
    return tuple(found)


def _attachment(kind: str, file: Any) -> Attachment:
    return Attachment(
        kind=kind,
        file_id=file.file_id,
        file_unique_id=file.file_unique_id,
        name=_clean(getattr(file, "file_name", None) or ""),
        size=file.file_size or 0,
    )


def _clean(text: str) -> str:
    """Text without what no database takes: half characters and NUL."""
    return _SURROGATE.sub("\ufffd", text).replace("\0", "")


def _checked(incoming: Incoming | None) -> Incoming | None:
    """Refuse values of a wrong type; the library takes them as they come.

    :raises TypeError: a number is none, or is larger than a number can be, or a text is none.
    """
    if incoming is None:
        return None
    for number in (incoming.user, incoming.chat, incoming.thread, incoming.message):
        if type(number) is not int or not -(2**63) <= number < 2**63:
            raise TypeError(f"not a number: {number!r}")
    texts = [incoming.text, incoming.press_id, incoming.album]
    for file in incoming.attachments:
        texts += [file.kind, file.file_id, file.file_unique_id, file.name]
        if type(file.size) is not int:
            raise TypeError(f"not a size: {file.size!r}")
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("not a text")
    if incoming.sent_at is not None and not isinstance(incoming.sent_at, datetime):
        raise TypeError("not a time")
    return incoming

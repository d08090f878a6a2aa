"""The methods of the Bot API that the server answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.bot.botapi.bodies import Ask
from tests.bot.botapi.errors import ApiError, bad_request
from tests.bot.botapi.faults import ANSWERS, Fault
from tests.bot.botapi.files import get_file, send_file, send_media_group
from tests.bot.botapi.records import dumps
from tests.bot.botapi.state import State
from tests.bot.botapi.texts import checked_markup, checked_text, command_entities, units

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_COMMAND_LIMIT = 100
_DESCRIPTION_LIMIT = 256
_ANSWER_LIMIT = 200
_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def member(user: dict[str, Any], status: str) -> dict[str, Any]:
    """A ChatMember object with the fields its status requires."""
    extra: dict[str, Any] = {}
    if status == "administrator":
        extra = dict.fromkeys(_RIGHTS, False)
    elif status == "creator":
        extra = {"is_anonymous": False}
    elif status == "kicked":
        extra = {"until_date": 0}
    return {"status": status, **({"user": user} if user else {}), **extra}


def _text_content(ask: Ask) -> dict[str, Any]:
    text, entities = checked_text(ask.params, caption=False)
    entities = entities or command_entities(text)
    return {"text": text} | ({"entities": entities} if entities else {})


def _send_message(state: State, ask: Ask) -> dict[str, Any]:
    chat = state.target(ask)
    content = _text_content(ask)
    markup = checked_markup(ask.params.get("reply_markup"))
    return state.record(ask, chat, content | ({"reply_markup": markup} if markup else {}))


def _edited(state: State, ask: Ask, content: dict[str, Any]) -> Any:
    """Replace content of one of the bot's own messages."""
    if ask.params.get("inline_message_id"):
        return True
    chat = state.target(ask)
    key = (chat["id"], int(ask.params.get("message_id") or 0))
    old = state.messages.get(key)
    if old is None:
        raise bad_request("message to edit not found")
    if old.get("from", state.bot)["id"] != state.bot["id"]:
        raise bad_request("message can't be edited")
    gone = {"reply_markup", *content} | ({"entities"} if "text" in content else set())
    kept = {name: value for name, value in old.items() if name not in gone}
    markup = checked_markup(ask.params.get("reply_markup"))
    new = kept | content | ({"reply_markup": markup} if markup else {})
    if new == old:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    new["edit_date"] = old["date"]
    state.messages[chat["id"], old["message_id"]] = new
    return new


def _edit_text(state: State, ask: Ask) -> Any:
    return _edited(state, ask, _text_content(ask))


def _edit_caption(state: State, ask: Ask) -> Any:
    return _edited(state, ask, {"caption": checked_text(ask.params, caption=True)[0]})


def _edit_markup(state: State, ask: Ask) -> Any:
    return _edited(state, ask, {})


def _delete_message(state: State, ask: Ask) -> bool:
    key = (state.target(ask)["id"], int(ask.params.get("message_id") or 0))
    if state.messages.pop(key, None) is None:
        raise bad_request("message to delete not found")
    return True


def _answer_callback(state: State, ask: Ask) -> bool:
    if ask.params.get("callback_query_id") not in state.queries:
        raise ApiError(*ANSWERS[Fault.QUERY_TOO_OLD])
    if units(str(ask.params.get("text") or "")) > _ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    return True


def _scope(ask: Ask) -> str:
    scope = ask.params.get("scope") or {"type": "default"}
    return dumps([scope, ask.params.get("language_code") or ""])


def _set_commands(state: State, ask: Ask) -> bool:
    commands = ask.params.get("commands") or []
    if len(commands) > _COMMAND_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command.get("command", "").removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= _DESCRIPTION_LIMIT:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    state.commands[_scope(ask)] = commands
    return True


def _delete_commands(state: State, ask: Ask) -> bool:
    state.commands.pop(_scope(ask), None)
    return True


def _leave_chat(state: State, ask: Ask) -> bool:
    chat = state.target(ask)
    if chat["type"] == "private":
        raise bad_request("chat member status can't be changed in private chats")
    state.barred[chat["id"]] = f"Forbidden: bot is not a member of the {chat['type']} chat"
    return True


def _get_chat(state: State, ask: Ask) -> dict[str, Any]:
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    return state.target(ask) | full


def _get_member(state: State, ask: Ask) -> dict[str, Any]:
    chat, user_id = state.target(ask), int(ask.params.get("user_id") or 0)
    user = {"id": user_id, "is_bot": False, "first_name": f"用户{user_id}"}
    if user_id == state.bot["id"]:
        user = state.bot
    return member(user, state.statuses.get((chat["id"], user_id), "member"))


def _get_administrators(state: State, ask: Ask) -> list[dict[str, Any]]:
    chat_id = state.target(ask)["id"]
    return [
        member({"id": user_id, "is_bot": False, "first_name": f"用户{user_id}"}, status)
        for (where, user_id), status in state.statuses.items()
        if where == chat_id and status in {"administrator", "creator"}
    ]


def _delete_webhook(state: State, ask: Ask) -> bool:
    if ask.params.get("drop_pending_updates"):
        state.queue.pending.clear()
    return True


def _webhook_info(state: State, _: Ask) -> dict[str, Any]:
    waiting = len(state.queue.pending)
    return {"url": "", "has_custom_certificate": False, "pending_update_count": waiting}


def _in_a_chat(state: State, ask: Ask) -> bool:
    state.target(ask)
    return True


Method = Callable[[State, Ask], Any]
METHODS: dict[str, Method] = {
    "answercallbackquery": _answer_callback,
    "deletemessage": _delete_message,
    "deletemycommands": _delete_commands,
    "deletewebhook": _delete_webhook,
    "editmessagecaption": _edit_caption,
    "editmessagereplymarkup": _edit_markup,
    "editmessagetext": _edit_text,
    "getchat": _get_chat,
    "getchatadministrators": _get_administrators,
    "getchatmember": _get_member,
    "getfile": get_file,
    "getme": lambda state, _: state.bot,
    "getmycommands": lambda state, ask: state.commands.get(_scope(ask), []),
    "getupdates": lambda state, ask: state.queue.poll(ask.params),
    "getwebhookinfo": _webhook_info,
    "leavechat": _leave_chat,
    "pinchatmessage": _in_a_chat,
    "sendchataction": _in_a_chat,
    "senddocument": partial(send_file, kind="document"),
    "sendmediagroup": send_media_group,
    "sendmessage": _send_message,
    "sendphoto": partial(send_file, kind="photo"),
    "setmycommands": _set_commands,
    "unpinchatmessage": _in_a_chat,
}

"""One update of every kind, for tests that go through all of them."""

from __future__ import annotations

import time
from typing import Any

from tests.bot.botapi.state import chat_of

UPDATE_KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
)


def user_of(user_id: int, name: str | None = None) -> dict[str, Any]:
    """A person."""
    return {
        "id": user_id,
        "is_bot": False,
        "first_name": name or f"用户{user_id}",
        "language_code": "zh-hans",
    }


def sample(kind: str, chat_id: int, user_id: int) -> dict[str, Any]:
    """A valid body for an update of this kind, from this person in this chat.

    :raises ValueError: for a kind that does not exist.
    """
    user, chat = user_of(user_id), chat_of(chat_id)
    if kind.endswith("channel_post"):
        channel = chat_of(chat_id, "channel")
        return {"chat": channel, "sender_chat": channel, "text": "通知", **_edit(kind)}
    if kind in {"message", "guest_message", "edited_message"}:
        return {"chat": chat, "from": user, "text": "你好", **_edit(kind)}
    if kind in {"business_message", "edited_business_message"}:
        business = {"business_connection_id": "b1"}
        return {"chat": chat, "from": user, "text": "你好", **business, **_edit(kind)}
    for table in (_of_a_chat(user, chat), _of_a_user(user, chat)):
        if kind in table:
            return table[kind]
    raise ValueError(f"no update of the kind {kind!r}")


def _edit(kind: str) -> dict[str, Any]:
    return {"edit_date": int(time.time())} if kind.startswith("edited") else {}


def poll(*, allows_revoting: bool = True) -> dict[str, Any]:
    """A poll; servers older than Bot API 9.6 leave out whether votes can be changed."""
    body = {
        "id": "p1",
        "question": "是否完成",
        "options": [{"text": "是", "voter_count": 1, "persistent_id": "o1"}],
        "total_voter_count": 1,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "members_only": False,
    }
    return body | ({"allows_revoting": True} if allows_revoting else {})


def _of_a_chat(user: dict[str, Any], chat: dict[str, Any]) -> dict[str, dict[str, Any]]:
    now = int(time.time())
    like = {"type": "emoji", "emoji": "👍"}
    source = {"source": "premium", "user": user}
    boost = {"boost_id": "b1", "add_date": now, "expiration_date": now + 60, "source": source}
    was, became = {"status": "left"}, {"status": "member"}
    return {
        "deleted_business_messages": {
            "business_connection_id": "b1",
            "chat": chat,
            "message_ids": [1],
        },
        "message_reaction": {
            "chat": chat,
            "message_id": 1,
            "user": user,
            "date": now,
            "old_reaction": [],
            "new_reaction": [like],
        },
        "message_reaction_count": {
            "chat": chat,
            "message_id": 1,
            "date": now,
            "reactions": [{"type": like, "total_count": 1}],
        },
        "my_chat_member": {
            "chat": chat,
            "from": user,
            "date": now,
            "old_chat_member": was,
            "new_chat_member": became,
        },
        "chat_member": {
            "chat": chat,
            "from": user,
            "date": now,
            "old_chat_member": was | {"user": user},
            "new_chat_member": became | {"user": user},
        },
        "chat_join_request": {
            "chat": chat,
            "from": user,
            "user_chat_id": user["id"],
            "date": now,
        },
        "chat_boost": {"chat": chat, "boost": boost},
        "removed_chat_boost": {
            "chat": chat,
            "boost_id": "b1",
            "remove_date": now,
            "source": source,
        },
    }


def _of_a_user(user: dict[str, Any], chat: dict[str, Any]) -> dict[str, dict[str, Any]]:
    address = {
        "country_code": "CN",
        "state": "",
        "city": "商丘",
        "street_line1": "人民路1号",
        "street_line2": "",
        "post_code": "476000",
    }
    order = {"currency": "CNY", "total_amount": 100, "invoice_payload": "x"}
    return {
        "business_connection": {
            "id": "b1",
            "user": user,
            "user_chat_id": user["id"],
            "date": int(time.time()),
            "is_enabled": True,
        },
        "inline_query": {"id": "q1", "from": user, "query": "任务", "offset": ""},
        "chosen_inline_result": {"result_id": "r1", "from": user, "query": "任务"},
        "callback_query": {
            "from": user,
            "message": {"message_id": 1, "chat": chat},
            "chat_instance": str(chat["id"]),
            "data": "x",
        },
        "shipping_query": {
            "id": "s1",
            "from": user,
            "invoice_payload": "x",
            "shipping_address": address,
        },
        "pre_checkout_query": {"id": "c1", "from": user, **order},
        "purchased_paid_media": {"from": user, "paid_media_payload": "x"},
        "poll": poll(),
        "poll_answer": {
            "poll_id": "p1",
            "user": user,
            "option_ids": [0],
            "option_persistent_ids": ["o1"],
        },
        "managed_bot": {"user": user, "bot": {"id": 7, "is_bot": True, "first_name": "机器人"}},
    }

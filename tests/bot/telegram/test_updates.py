from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records import Attachment, ChatKind, Incoming, IncomingKind
from bot.telegram.updates import Me, UnreadableUpdate, read_update
from tests.bot.botapi.samples import UPDATE_KINDS, sample

ME = Me(110, "ourBot")
PERSON = {"id": 70, "is_bot": False, "first_name": "三", "last_name": "张"}
BOT = {"id": 110, "is_bot": True, "first_name": "攻坚", "username": "ourBot"}
PRIVATE = {"id": 70, "type": "private", "first_name": "三", "last_name": "张"}
GROUP = {"id": -100500, "type": "supergroup", "title": "市公安局"}


def message(text=None, chat=PRIVATE, **more):
    body = {"message_id": 9, "date": 1772676000, "chat": chat, "from": PERSON}
    if text is not None:
        body["text"] = text
    return {"update_id": 5, "message": body | more}


def read(update):
    return read_update(update, ME)


def mention(text, name="@ourBot", kind="mention", **more):
    before = text.partition(name)[0]
    return {
        "type": kind,
        "offset": len(before.encode("utf-16-le")) // 2,
        "length": len(name.encode("utf-16-le")) // 2,
    } | more


def test_a_private_message_becomes_what_it_is():
    assert read(message("烤烟用煤整改时限")) == Incoming(
        kind=IncomingKind.MESSAGE,
        user=70,
        user_name="三 张",
        chat=70,
        chat_kind=ChatKind.PRIVATE,
        chat_title="三 张",
        message=9,
        text="烤烟用煤整改时限",
        sent_at=datetime(2026, 3, 5, 2, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("/ask@ourbot 问题", "ask", "问题"),
        ("/ask 问题", "ask", "问题"),
        ("/ask烤烟时限", "ask", "烤烟时限"),
        ("/Start a1b2", "start", "a1b2"),
        ("/tasks", "tasks", ""),
        ("/ask\n两行\n问题", "ask", "两行\n问题"),
    ],
)
def test_a_command_is_taken_apart(text, command, rest):
    found = read(message(text, GROUP))
    assert (found.command, found.text, found.addressed) == (command, rest, True)


def test_a_command_for_another_bot_is_not_ours():
    assert read(message("/ask@otherbot 问题", GROUP)) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [("@ourBot 时限", "时限"), ("😀请 @ourBot 回答", "😀请  回答"), ("@OURBOT", "")],
)
def test_a_mention_is_taken_out_and_makes_it_ours(text, left):
    name = next(word for word in text.split() if word.startswith("@"))
    found = read(message(text, GROUP, entities=[mention(text, name)]))
    assert (found.text, found.addressed) == (left, True)


def test_a_mention_without_a_username_is_one_too():
    text = "攻坚 时限"
    entity = mention(text, "攻坚", "text_mention", user=BOT)
    found = read(message(text, GROUP, entities=[entity]))
    assert (found.text, found.addressed) == ("时限", True)


def test_a_mention_then_a_command_is_a_command():
    text = "@ourBot /tasks"
    found = read(message(text, GROUP, entities=[mention(text)]))
    assert (found.command, found.text) == ("tasks", "")


def test_a_mention_of_somebody_else_stays():
    text = "@ourBotter 时限"
    found = read(message(text, GROUP, entities=[mention(text, "@ourBotter")]))
    assert (found.text, found.addressed) == (text, False)


def test_talk_in_a_group_is_not_for_the_bot():
    assert read(message("今天开会", GROUP)).addressed is False


def reply_to(sender, **more):
    return {"message_id": 3, "date": 1, "chat": GROUP, "from": sender} | more


def test_an_answer_to_the_bot_is_for_it():
    assert read(message("好", GROUP, reply_to_message=reply_to(BOT))).addressed is True
    assert read(message("好", GROUP, reply_to_message=reply_to(PERSON))).addressed is False


def test_a_topic_that_the_bot_opened_is_no_message_of_its():
    created = {"name": "台账", "icon_color": 1}
    topic = reply_to(BOT, forum_topic_created=created)
    assert read(message("好", GROUP, reply_to_message=topic)).addressed is False


def test_only_a_topic_has_a_thread():
    replying = message("好", GROUP, message_thread_id=3)
    topic = message("好", GROUP, message_thread_id=3, is_topic_message=True)
    assert (read(replying).thread, read(topic).thread) == (0, 3)


def test_a_caption_is_the_text_and_the_largest_photo_the_attachment():
    sizes = [
        {
            "file_id": name,
            "file_unique_id": f"u{name}",
            "width": side,
            "height": side,
            "file_size": side,
        }
        for name, side in (("small", 90), ("large", 1280), ("middle", 320))
    ]
    found = read(message(None, photo=sizes, caption="佐证", media_group_id="album"))
    assert (found.text, found.album) == ("佐证", "album")
    assert found.attachments == (Attachment("photo", "large", "ularge", "", 1280),)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("document", {}),
        ("video", {"width": 1, "height": 1, "duration": 1}),
        ("voice", {"duration": 1}),
    ],
)
def test_files_are_attachments(kind, more):
    file = {"file_id": "f", "file_unique_id": "u", "file_size": 12} | more
    file |= {} if kind == "voice" else {"file_name": "报告\0.pdf"}
    found = read(message(None, GROUP, **{kind: file}))
    name = "" if kind == "voice" else "报告.pdf"
    assert found.attachments == (Attachment(kind, "f", "u", name, 12),)


def test_an_edited_message_says_so():
    found = read({"update_id": 5, "edited_message": message("改")["message"] | {"edit_date": 2}})
    assert (found.kind, found.text) == (IncomingKind.EDITED, "改")


def press(**more):
    body = {"id": "p1", "from": PERSON, "chat_instance": "c", "data": "a:1:2"}
    body["message"] = {"message_id": 9, "date": 1, "chat": GROUP, "from": BOT}
    return {"update_id": 5, "callback_query": body | more}


def test_a_press_is_what_its_button_says():
    found = read(press())
    assert (found.kind, found.text, found.press_id) == (IncomingKind.PRESS, "a:1:2", "p1")
    assert (found.user, found.chat, found.message) == (70, -100500, 9)


def test_a_press_under_an_old_message_still_counts():
    old = {"message_id": 9, "date": 0, "chat": GROUP}
    assert (read(press(message=old)).chat, read(press(message=old)).message) == (-100500, 9)


@pytest.mark.parametrize(
    "more", [{"message": None, "inline_message_id": "i"}, {"data": None, "game_short_name": "g"}]
)
def test_a_press_without_a_chat_or_data_is_nothing(more):
    update = press(**more)
    update["callback_query"] = {k: v for k, v in update["callback_query"].items() if v is not None}
    assert read(update) is None


def membership(status, chat=GROUP, **more):
    old = {"user": BOT, "status": "left"}
    new = {"user": BOT, "status": status} | more
    body = {"chat": chat, "from": PERSON, "date": 1, "old_chat_member": old, "new_chat_member": new}
    return {"update_id": 5, "my_chat_member": body}


@pytest.mark.parametrize(
    ("status", "standing"), [("member", "member"), ("left", "left"), ("kicked", "kicked")]
)
def test_the_bots_standing_is_told(status, standing):
    more = {"until_date": 0} if status == "kicked" else {}
    found = read(membership(status, **more))
    assert (found.kind, found.member, found.chat) == (IncomingKind.MEMBERSHIP, standing, -100500)


def test_being_added_to_a_channel_is_told_so_that_it_can_be_left():
    found = read(membership("left", {"id": -100600, "type": "channel", "title": "频道"}))
    assert (found.chat, found.chat_kind) == (-100600, ChatKind.GROUP)


@pytest.mark.parametrize(
    "more",
    [
        {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}, "sender_chat": GROUP},
        {"from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}, "sender_chat": GROUP},
        {"from": {"id": 8, "is_bot": True, "first_name": "别的机器人"}},
        {"new_chat_members": [PERSON]},
    ],
    ids=["anonymous admin", "linked channel", "bot", "service message"],
)
def test_what_no_person_says_is_nothing(more):
    text = None if "new_chat_members" in more else "烤烟时限"
    assert read(message(text, GROUP, **more)) is None


@pytest.mark.parametrize(
    "kind",
    sorted(set(UPDATE_KINDS) - {"message", "edited_message", "callback_query", "my_chat_member"}),
)
def test_kinds_that_are_not_looked_at_are_nothing(kind):
    assert read({"update_id": 5, kind: sample(kind, -100500, 70)}) is None


def test_failure_04_a_poll_that_the_library_cannot_parse_is_nothing():
    assert read({"update_id": 5, "poll": {"id": "1", "question": "?"}}) is None


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 5, "message": {"nonsense": 1}},
        {"update_id": 5, "message": "x"},
        {"update_id": 5, "message": []},
        message(7),
        message("好", {"id": "x", "type": "private"}),
        message("好", message_id=2**63),
        message("好", date="yesterday"),
        press(id=5),
        {"message": message("好")["message"]},
    ],
)
def test_failure_04_what_is_not_of_its_form_is_unreadable(update):
    with pytest.raises(UnreadableUpdate):
        read(update)


def test_half_characters_and_nul_do_not_reach_the_database():
    assert read(message("烤\ud83d烟\0")).text == "烤�烟"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "type",
                    "chat",
                    "from",
                    "text",
                    "date",
                    "message_id",
                    "data",
                    "entities",
                    "photo",
                    "is_bot",
                    "first_name",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]), JSON)
def test_whatever_comes_is_read_or_refused(kind, body):
    try:
        found = read({"update_id": 5, kind: body})
    except UnreadableUpdate:
        return
    assert found is None or isinstance(found, Incoming)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "text",
                "entities",
                "from",
                "chat",
                "photo",
                "caption",
                "date",
                "reply_to_message",
                "message_thread_id",
                "is_topic_message",
                "media_group_id",
            ]
        ),
        JSON,
        max_size=3,
    )
)
def test_a_message_with_anything_in_it_is_read_or_refused(more):
    try:
        found = read({"update_id": 5, "message": message("烤烟", GROUP)["message"] | more})
    except UnreadableUpdate:
        return
    assert found is None or (isinstance(found.text, str) and type(found.user) is int)

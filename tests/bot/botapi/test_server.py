import asyncio
import json
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from tests.bot.botapi import TOKEN, UPDATE_KINDS, BotApi, Controls, Fault, launched

# python-telegram-bot prefers its own wrappers to raw calls; the raw ones are what is tested.
pytestmark = pytest.mark.filterwarnings("ignore:Please use 'Bot")

GROUP, NEW_GROUP, PERSON = -4001, -1001000004001, 70


@pytest.fixture(autouse=True)
def _no_network():
    """Loopback is what these tests are about."""


@pytest.fixture(autouse=True)
def _timedelta(monkeypatch):
    # Without it, python-telegram-bot warns whenever it raises RetryAfter.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(scope="module")
def running():
    with BotApi() as server:
        yield server


@pytest.fixture
def server(running):
    running.reset()
    return running


def bot_of(server: Any, token: str = TOKEN, read_timeout: float = 5.0) -> Bot:
    def request() -> HTTPXRequest:
        # httpx.Client would otherwise read proxies from the environment.
        return HTTPXRequest(read_timeout=read_timeout, httpx_kwargs={"trust_env": False})

    return Bot(
        token,
        base_url=server.base_url,
        base_file_url=server.base_file_url,
        request=request(),
        get_updates_request=request(),
    )


def with_bot(server, body, **options):
    """Run ``body(bot)`` with an initialised bot."""

    async def run():
        bot = bot_of(server, **options)
        # initialize() would call getMe, which not every token here may.
        await bot._request[0].initialize()
        await bot._request[1].initialize()
        try:
            return await body(bot)
        finally:
            await bot._request[0].shutdown()
            await bot._request[1].shutdown()

    return asyncio.run(run())


def post(server, method, token=TOKEN, **params):
    with httpx.Client(trust_env=False) as client:
        return client.post(f"{server.base_url}{token}/{method}", json=params)


def failing(server, error, method="sendMessage", timeout=5.0, **params):
    """The error that python-telegram-bot raises for one call."""

    async def body(bot):
        if method == "sendMessage":
            call = bot.send_message(**({"chat_id": PERSON, "text": "你好"} | params))
        else:
            call = bot.do_api_request(method, params)
        with pytest.raises(error) as caught:
            await call
        return caught.value

    return with_bot(server, body, read_timeout=timeout)


class TestCalls:
    def test_a_message_is_sent_and_recorded(self, server):
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("签收", callback_data="a:1:0:t7")]])
        message = with_bot(
            server,
            lambda bot: bot.send_message(
                PERSON, "<b>任务</b>一", parse_mode=ParseMode.HTML, reply_markup=keyboard
            ),
        )
        (sent,) = server.sent
        assert (message.text, message.message_id) == ("任务一", sent.message_id)
        assert (sent.chat_id, sent.text, sent.buttons) == (PERSON, "任务一", [("签收", "a:1:0:t7")])
        assert message.entities[0].type == "bold"
        (call,) = server.calls
        assert (call.method, call.chat_id, call.outcome, call.status, call.message_id) == (
            "sendMessage",
            PERSON,
            "ok",
            200,
            sent.message_id,
        )

    @pytest.mark.parametrize("encoding", ["json", "data", "files", "query"])
    def test_every_encoding_of_parameters_is_read(self, server, encoding):
        params = {"chat_id": str(PERSON), "text": "a=1&b 二"}
        given = {name: (None, value) for name, value in params.items()}
        options = {"files": {"files": given}, "query": {"params": params}}
        with httpx.Client(trust_env=False) as client:
            answer = client.post(
                f"{server.base_url}{TOKEN}/sendMessage", **options.get(encoding, {encoding: params})
            )
        assert answer.json()["result"]["text"] == "a=1&b 二"
        assert server.sent[0].chat_id == PERSON

    def test_an_unknown_token_is_unauthorized(self, server):
        answer = post(server, "getMe", token="1:other")
        assert answer.status_code == 401
        assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        with pytest.raises(InvalidToken):
            with_bot(server, lambda bot: bot.get_me(), token="1:other")

    def test_a_token_can_be_revoked(self, server):
        server.set_tokens("2:new")
        assert post(server, "getMe").status_code == 401
        server.set_tokens(TOKEN)
        assert post(server, "getMe").status_code == 200

    def test_an_unknown_method_is_not_found(self, server):
        assert post(server, "sendPigeon").status_code == 404

    def test_a_call_that_breaks_the_server_is_answered_and_noted(self, server, caplog):
        answer = post(server, "getUpdates", offset="x")
        assert answer.status_code == 500
        assert "test server" in answer.json()["description"]
        assert server.calls[0].outcome == "error"
        assert "ValueError" in caplog.text

    def test_edits_change_the_message_and_not_the_record(self, server):
        async def body(bot):
            sent = await bot.send_message(PERSON, "一")
            edited = await bot.edit_message_text("二", PERSON, sent.message_id)
            with pytest.raises(BadRequest, match="Message is not modified"):
                await bot.edit_message_text("二", PERSON, sent.message_id)
            with pytest.raises(BadRequest, match="Message to edit not found"):
                await bot.edit_message_text("二", PERSON, 999_999)
            return edited

        edited = with_bot(server, body)
        assert edited.text == "二"
        assert [message.text for message in server.sent] == ["一"]
        assert server.message_now(PERSON, edited.message_id)["text"] == "二"

    def test_a_keyboard_can_be_taken_away(self, server):
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("签收", callback_data="a")]])

        async def body(bot):
            sent = await bot.send_message(PERSON, "一", reply_markup=keyboard)
            await bot.edit_message_reply_markup(PERSON, sent.message_id, reply_markup=None)
            return sent.message_id

        number = with_bot(server, body)
        assert "reply_markup" not in server.message_now(PERSON, number)

    def test_a_deleted_message_is_gone(self, server):
        async def body(bot):
            sent = await bot.send_message(PERSON, "一")
            assert await bot.delete_message(PERSON, sent.message_id)
            return sent.message_id

        assert server.message_now(PERSON, with_bot(server, body)) is None

    def test_only_a_known_query_can_be_answered(self, server):
        query = server.press(PERSON, PERSON, "a", 1)["callback_query"]["id"]

        async def body(bot):
            assert await bot.answer_callback_query(query, "好")
            with pytest.raises(BadRequest, match="Query is too old"):
                await bot.answer_callback_query("nobody's")

        with_bot(server, body)

    def test_the_remaining_methods_parse(self, server):
        async def body(bot):
            await bot.set_my_commands([BotCommand("tasks", "任务")])
            commands = await bot.get_my_commands()
            await bot.delete_my_commands()
            chat = await bot.get_chat(GROUP)
            info = await bot.get_webhook_info()
            server.set_status(GROUP, PERSON, "administrator")
            admins = await bot.get_chat_administrators(GROUP)
            assert await bot.delete_webhook()
            return commands[0].command, chat.type, info.url, [a.user.id for a in admins]

        assert with_bot(server, body) == ("tasks", "group", "", [PERSON])
        assert server.commands == {}

    def test_a_chat_that_was_left_refuses(self, server):
        async def body(bot):
            await bot.leave_chat(GROUP)
            with pytest.raises(Forbidden, match="not a member of the group chat"):
                await bot.send_message(GROUP, "一")

        with_bot(server, body)
        assert server.sent == []

    def test_a_reply_needs_its_message(self, server):
        server.message(PERSON, PERSON, "问", message_id=5000)
        failing(server, BadRequest, reply_to_message_id=12345)
        assert post(
            server, "sendMessage", chat_id=PERSON, text="答", reply_parameters={"message_id": 5000}
        ).json()["result"]["reply_to_message"]["text"] == ("问")


class TestChecks:
    @pytest.mark.parametrize(
        ("params", "words"),
        [
            ({"text": "😀" * 2048 + "x"}, "message is too long"),
            ({"text": " "}, "message text is empty"),
            ({"text": "<b>x", "parse_mode": "HTML"}, "Can't find end tag corresponding to start"),
            ({"text": "<b><i>x</b></i>", "parse_mode": "HTML"}, 'expected "</i>", found "</b>"'),
            ({"text": "x</b>", "parse_mode": "HTML"}, "Unexpected end tag at byte offset 1"),
            ({"text": "中<x>", "parse_mode": "HTML"}, 'start tag "x" at byte offset 3'),
            ({"text": "1 < 2", "parse_mode": "HTML"}, 'Unsupported start tag ""'),
            ({"text": "<b", "parse_mode": "HTML"}, "Unclosed start tag"),
            ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ],
    )
    def test_a_bad_text_is_refused(self, server, params, words):
        answer = post(server, "sendMessage", chat_id=PERSON, **params)
        assert answer.status_code == 400
        assert words in answer.json()["description"]
        assert server.sent == []

    @pytest.mark.parametrize(
        ("source", "shown"),
        [
            ("a &lt;b&gt; &amp; &#20013;&#x6587;", "a <b> & 中文"),
            ('<a href="https://x.cn/?a=1">链接</a>', "链接"),
            ("<blockquote expandable>x</blockquote>", "x"),
            ('<pre><code class="language-py">x</code></pre>', "x"),
            ("<b>" + "😀" * 2048 + "</b>", "😀" * 2048),
        ],
    )
    def test_good_html_is_shown_without_tags(self, server, source, shown):
        post(server, "sendMessage", chat_id=PERSON, text=source, parse_mode="HTML")
        assert [message.text for message in server.sent] == [shown]

    @pytest.mark.parametrize(("count", "taken"), [(64, True), (65, False), (0, False)])
    def test_callback_data_has_at_most_64_bytes(self, server, count, taken):
        data = "务" * (count // 3) + "x" * (count % 3)
        markup = {"inline_keyboard": [[{"text": "签收", "callback_data": data}]]}
        answer = post(server, "sendMessage", chat_id=PERSON, text="x", reply_markup=markup)
        assert answer.json().get("description") == (
            None if taken else "Bad Request: BUTTON_DATA_INVALID"
        )
        assert len(server.sent) == taken

    def test_a_caption_has_at_most_1024_units(self, server):
        async def body(bot):
            await bot.send_document(PERSON, b"x", filename="a.txt", caption="中" * 1024)
            with pytest.raises(BadRequest, match="caption is too long"):
                await bot.send_document(PERSON, b"x", filename="a.txt", caption="中" * 1025)

        with_bot(server, body)
        assert len(server.sent) == 1


class TestFiles:
    def test_an_upload_keeps_its_name_and_bytes(self, server):
        content = bytes(range(256)) + b"\r\n--x\r\n"
        message = with_bot(
            server, lambda bot: bot.send_document(PERSON, content, filename="台账 7月.xlsx")
        )
        (file,) = server.sent[0].files
        assert (file.file_name, file.size) == ("台账 7月.xlsx", len(content))
        assert server.content(message.document.file_id) == content

    def test_a_photo_and_an_album_are_recorded(self, server):
        album = [InputMediaDocument(name, filename=f"{name}.txt") for name in (b"a", b"b")]

        async def body(bot):
            photo = await bot.send_photo(PERSON, b"png", caption="图")
            again = await bot.send_photo(PERSON, photo.photo[0].file_id)
            return photo, again, await bot.send_media_group(PERSON, album)

        photo, again, group = with_bot(server, body)
        assert photo.caption == "图"
        assert again.photo[0].file_id == photo.photo[0].file_id
        assert len({message.media_group_id for message in group}) == 1
        assert [server.content(m.files[0].file_id) for m in server.sent] == [
            b"png",
            b"png",
            b"a",
            b"b",
        ]

    def test_a_file_from_a_person_can_be_downloaded(self, server):
        update = server.message(PERSON, PERSON, "证明", document=("证明.pdf", b"%PDF"))
        file_id = update["message"]["document"]["file_id"]

        async def body(bot):
            file = await bot.get_file(file_id)
            return bytes(await file.download_as_bytearray())

        assert with_bot(server, body) == b"%PDF"
        assert update["message"]["caption"] == "证明"

    def test_a_file_above_20_mb_cannot_be_fetched(self, server):
        stored = server.add_file("大.zip", b"", file_size=20 * 1024 * 1024 + 1)
        with pytest.raises(BadRequest, match="File is too big"):
            with_bot(server, lambda bot: bot.get_file(stored["file_id"]))


class TestUpdates:
    @pytest.mark.parametrize("kind", UPDATE_KINDS)
    def test_every_kind_is_understood(self, server, kind):
        full = server.any_update(kind, GROUP, PERSON, force=True)
        update = Update.de_json(full, None)
        assert getattr(update, kind) is not None

    def test_no_kind_is_missing(self):
        assert set(UPDATE_KINDS) == {str(kind.value) for kind in Update.ALL_TYPES}

    def test_the_oldest_come_first_and_an_offset_confirms_all_below(self, server):
        first = [server.message(PERSON, PERSON, f"{n}")["update_id"] for n in range(3)]

        async def body(bot):
            seen = await bot.do_api_request("getUpdates", {"limit": 2})
            again = await bot.do_api_request("getUpdates", {"offset": first[1]})
            return [u["update_id"] for u in seen], [u["update_id"] for u in again]

        assert with_bot(server, body) == (first[:2], first[1:])
        assert server.confirmed == first[:1]

    def test_ids_can_restart_lower_and_are_lost_to_a_high_offset(self, server):
        server.restart_update_ids(900_000)
        assert server.message(PERSON, PERSON, "旧")["update_id"] == 900_000
        server.restart_update_ids(7)
        assert server.message(PERSON, PERSON, "新")["update_id"] == 7
        assert post(server, "getUpdates", offset=900_001).json()["result"] == []
        assert server.confirmed == [900_000, 7]

    def test_a_long_poll_ends_when_something_comes(self, server):
        async def body(bot):
            poll = asyncio.create_task(bot.do_api_request("getUpdates", {"timeout": 5}))
            await server.until(lambda: server.calls)
            server.message(PERSON, PERSON, "/start x")
            return await asyncio.wait_for(poll, 1)

        (update,) = with_bot(server, body)
        assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]

    def test_a_long_poll_ends_empty_after_its_timeout(self, server):
        began = time.monotonic()
        assert post(server, "getUpdates", timeout=0.2).json()["result"] == []
        assert 0.2 <= time.monotonic() - began < 1

    def test_the_older_of_two_polls_ends_in_conflict(self, server):
        async def body(bot):
            older = asyncio.create_task(bot.do_api_request("getUpdates", {"timeout": 5}))
            await server.until(lambda: server.calls)
            await bot.do_api_request("getUpdates", {"timeout": 0})
            with pytest.raises(Conflict, match="terminated by other getUpdates request"):
                await older

        with_bot(server, body)

    def test_a_client_that_left_is_no_rival(self, server):
        async def body(bot):
            poll = asyncio.create_task(bot.do_api_request("getUpdates", {"timeout": 5}))
            await server.until(lambda: server.calls)
            poll.cancel()
            await server.until(lambda: server.calls[0].outcome == "abandoned")

        with_bot(server, body)
        assert post(server, "getUpdates").json()["result"] == []

    def test_kinds_that_were_not_asked_for_are_left_out(self):
        with BotApi() as server:
            server.inline_query(PERSON, "早")
            post(server, "getUpdates", offset=99, allowed_updates=["message"])
            server.inline_query(PERSON, "晚")
            server.poll(allows_revoting=False)
            server.message(PERSON, PERSON, "在")
            kinds = [next(iter(update)) for update in server.pending]
            assert [set(update) - {"update_id"} for update in server.filtered] == [{"inline_query"}]
        assert kinds == ["poll", "message"]

    @pytest.mark.parametrize("make", ["poll", "nonsense"])
    def test_an_unparsable_update_breaks_the_parser_and_not_the_raw_call(self, server, make):
        if make == "poll":
            server.poll(allows_revoting=False)
        else:
            server.unparsable()
        with pytest.raises((TypeError, KeyError)):
            with_bot(server, lambda bot: bot.get_updates())
        (raw,) = with_bot(server, lambda bot: bot.do_api_request("getUpdates", {}))
        assert raw["update_id"] == server.pending[0]["update_id"]

    def test_a_negative_offset_keeps_only_the_last(self, server):
        ids = [server.message(PERSON, PERSON, f"{n}")["update_id"] for n in range(3)]
        (kept,) = post(server, "getUpdates", offset=-1).json()["result"]
        assert kept["update_id"] == ids[2]
        assert server.confirmed == ids[:2]

    def test_a_press_brings_the_message_it_is_under(self, server):
        sent = with_bot(server, lambda bot: bot.send_message(GROUP, "任务"))
        query = server.press(GROUP, PERSON, "a:1", sent.message_id)["callback_query"]
        assert query["message"]["text"] == "任务"
        assert query["from"]["id"] == PERSON

    def test_a_reply_and_an_edit_belong_to_their_message(self, server):
        sent = with_bot(server, lambda bot: bot.send_message(GROUP, "任务"))
        reply = server.message(GROUP, PERSON, "好", reply_to=sent.message_id, thread=3)["message"]
        edited = server.edited(GROUP, PERSON, "改", reply["message_id"])["edited_message"]
        assert reply["reply_to_message"]["text"] == "任务"
        assert reply["message_thread_id"] == 3
        assert (edited["message_id"], edited["text"]) == (reply["message_id"], "改")

    def test_blocking_and_coming_back_are_obeyed(self, server):
        server.my_chat_member(PERSON, PERSON, "kicked")
        assert str(failing(server, Forbidden)) == "Forbidden: bot was blocked by the user"
        server.my_chat_member(PERSON, PERSON, "member")
        assert post(server, "sendMessage", chat_id=PERSON, text="x").status_code == 200
        assert [
            Update.de_json(u, None).my_chat_member.new_chat_member.status for u in server.pending
        ] == [
            "kicked",
            "member",
        ]

    def test_a_migrated_group_names_its_successor(self, server):
        server.migrate(GROUP, NEW_GROUP)
        assert failing(server, ChatMigrated, chat_id=GROUP).new_chat_id == NEW_GROUP
        old, new = (update["message"] for update in server.pending)
        assert old["migrate_to_chat_id"] == new["chat"]["id"] == NEW_GROUP


# What python-telegram-bot makes of each fault, its words, and whether the message is there.
ERRORS = [
    (Fault.TOO_MANY_REQUESTS, RetryAfter, "Retry in 0:00:01", 0),
    (Fault.INTERNAL_ERROR, NetworkError, "Internal Server Error", 0),
    (Fault.BAD_GATEWAY, NetworkError, "Bad Gateway", 0),
    (Fault.GATEWAY_TIMEOUT, NetworkError, "Gateway Timeout", 0),
    (Fault.RECORD_THEN_INTERNAL_ERROR, NetworkError, "Internal Server Error", 1),
    (Fault.RECORD_THEN_BAD_GATEWAY, NetworkError, "Bad Gateway", 1),
    (Fault.RECORD_THEN_GATEWAY_TIMEOUT, NetworkError, "Gateway Timeout", 1),
    (Fault.UNAUTHORIZED, InvalidToken, "Unauthorized", 0),
    (Fault.NOT_FOUND, InvalidToken, "Not Found", 0),
    (Fault.BLOCKED, Forbidden, "bot was blocked by the user", 0),
    (Fault.KICKED, Forbidden, "bot was kicked from the group chat", 0),
    (Fault.CANNOT_INITIATE, Forbidden, "can't initiate conversation", 0),
    (Fault.DEACTIVATED, Forbidden, "user is deactivated", 0),
    (Fault.BAD_REQUEST, BadRequest, "wrong parameter", 0),
    (Fault.CHAT_NOT_FOUND, BadRequest, "chat not found", 0),
    (Fault.MIGRATED, ChatMigrated, "-1000000000070", 0),
    (Fault.THREAD_NOT_FOUND, BadRequest, "message thread not found", 0),
    (Fault.TOPIC_CLOSED, BadRequest, "TOPIC_CLOSED", 0),
    (Fault.CANNOT_PARSE, BadRequest, "can't parse entities", 0),
    (Fault.QUERY_TOO_OLD, BadRequest, "query is too old", 0),
    (Fault.CONFLICT, Conflict, "terminated by other", 0),
    (Fault.DROP, NetworkError, "RemoteProtocolError", 0),
    (Fault.RECORD_THEN_DROP, NetworkError, "RemoteProtocolError", 1),
    (Fault.HANG, TimedOut, "Timed out", 0),
    (Fault.RECORD_THEN_HANG, TimedOut, "Timed out", 1),
    (Fault.DELAY, TimedOut, "Timed out", 0),
    (Fault.RECORD_THEN_DELAY, TimedOut, "Timed out", 1),
    (Fault.GARBAGE, TelegramError, "Invalid server response", 0),
    (Fault.RECORD_THEN_GARBAGE, TelegramError, "Invalid server response", 1),
]


class TestFaults:
    def test_every_fault_is_tried_here(self):
        assert [fault for fault, *_ in ERRORS] == list(Fault)

    @pytest.mark.parametrize(("fault", "error", "words", "recorded"), ERRORS)
    def test_python_telegram_bot_sees_the_fault_once(self, server, fault, error, words, recorded):
        rule = server.faults.add(fault, method="sendMessage", chat=PERSON)
        raised = failing(server, error, timeout=0.2, message_thread_id=3)
        # It writes the words of a BadRequest in its own case: "Topic_closed".
        assert words.lower() in str(raised).lower()
        assert len(server.sent) == recorded
        assert server.faults.hits(rule) == 1
        (call,) = server.calls
        assert call.fault == fault.value
        assert post(server, "sendMessage", chat_id=PERSON, text="x").status_code == 200
        assert len(server.sent) == recorded + 1

    def test_retry_after_and_successor_can_be_chosen(self, server):
        server.faults.add(Fault.TOO_MANY_REQUESTS, retry_after=17)
        assert failing(server, RetryAfter).retry_after.total_seconds() == 17
        server.faults.add(Fault.MIGRATED, migrate_to=NEW_GROUP)
        assert failing(server, ChatMigrated).new_chat_id == NEW_GROUP

    def test_a_fault_strikes_its_method_and_chat_as_often_as_told(self, server):
        server.faults.add(Fault.INTERNAL_ERROR, method="sendMessage", chat=5, times=2, after=1)
        post(server, "getMe")

        def status(chat):
            return post(server, "sendMessage", chat_id=chat, text="x").status_code

        assert [status(chat) for chat in (6, 5, 5, 6, 5, 5)] == [200, 200, 500, 200, 500, 200]

    def test_a_fault_can_last_until_it_is_removed(self, server):
        rule = server.faults.add(Fault.BLOCKED, times=None)
        assert [post(server, "sendMessage", chat_id=5, text="x").status_code for _ in "abc"] == [
            403
        ] * 3
        server.faults.remove(rule)
        assert post(server, "sendMessage", chat_id=5, text="x").status_code == 200

    def test_a_topic_fault_spares_messages_without_topic(self, server):
        server.faults.add(Fault.TOPIC_CLOSED, times=None)
        params = {"chat_id": NEW_GROUP, "text": "x"}
        assert post(server, "sendMessage", message_thread_id=9, **params).status_code == 400
        assert post(server, "sendMessage", **params).status_code == 200

    def test_chance_is_the_same_for_the_same_seed(self, server):
        def run():
            server.reset()
            server.faults.random(0.5, [Fault.INTERNAL_ERROR, Fault.BAD_GATEWAY], seed=1)
            with httpx.Client(trust_env=False) as client:
                return [
                    client.get(f"{server.base_url}{TOKEN}/getMe").status_code for _ in range(40)
                ]

        first = run()
        assert first == run()
        assert set(first) == {200, 500, 502}

    def test_a_short_delay_is_only_slow(self, server):
        server.faults.add(Fault.DELAY, seconds=0.05)
        assert post(server, "sendMessage", chat_id=5, text="x").status_code == 200
        assert [message.text for message in server.sent] == ["x"]

    def test_a_gateway_can_answer_with_a_page(self, server):
        server.faults.add(Fault.BAD_GATEWAY, html=True)
        assert "Parsing the server response" in str(failing(server, NetworkError))

    def test_a_fault_of_getupdates_leaves_the_updates(self, server):
        server.message(PERSON, PERSON, "在")
        server.faults.add(Fault.RECORD_THEN_DROP, method="getUpdates")
        failing(server, NetworkError, method="getUpdates")
        assert len(post(server, "getUpdates").json()["result"]) == 1


class TestOutage:
    def test_a_server_that_is_down_refuses_and_comes_back_on_its_port(self):
        with BotApi() as server:
            port = server.port
            server.down()
            with pytest.raises(httpx.ConnectError):
                post(server, "getMe")
            server.up()
            assert post(server, "getMe").status_code == 200
            assert server.port == port

    def test_going_down_cuts_a_poll(self, server):
        async def body(bot):
            poll = asyncio.create_task(bot.do_api_request("getUpdates", {"timeout": 5}))
            await server.until(lambda: server.calls)
            server.down(0.1)
            with pytest.raises(NetworkError):
                await poll

        with_bot(server, body)
        server.wait_until(lambda: _connects(server.port))

    def test_down_and_up_may_follow_at_once(self, server):
        for _ in range(3):
            server.down()
            server.up()
            server.up()
        assert post(server, "getMe").status_code == 200


def _connects(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


class TestWaysToRun:
    def test_it_runs_on_the_loop_of_the_test(self):
        async def run():
            async with BotApi() as server:
                bot = bot_of(server)
                async with bot:
                    server.message(PERSON, PERSON, "在")
                    (update,) = await bot.get_updates()
                    server.down()
                    with pytest.raises(NetworkError):
                        await bot.send_message(PERSON, "x")
                    server.up()
                    await bot.send_message(PERSON, update.message.text)
                return [message.text for message in server.sent]

        assert asyncio.run(run()) == ["在"]

    def test_it_runs_as_a_process_and_logs_each_send(self, tmp_path: Path):
        log = tmp_path / "sent.jsonl"
        with launched("--token", "5:T", "--log", str(log), "--first-update-id", "40") as (
            remote,
            printed,
        ):
            update = remote.message(PERSON, PERSON, document=("a.pdf", b"\x00\xff"))
            remote.faults.add(Fault.RECORD_THEN_DROP, method="sendMessage")
            with httpx.Client(base_url=f"{printed['base_url']}5:T/", trust_env=False) as client:
                with pytest.raises(httpx.RemoteProtocolError):
                    client.get("sendMessage", params={"chat_id": 5, "text": "一"})
                written = [json.loads(line)["text"] for line in log.read_text().splitlines()]
                remote.down()
                with pytest.raises(httpx.TransportError):
                    client.get("getMe")
                remote.up()
                assert client.get("getUpdates").json()["result"] == [update]
            assert update["update_id"] == 40
            assert remote.content(update["message"]["document"]["file_id"]) == b"\x00\xff"
            assert written == [message.text for message in remote.sent] == ["一"]
            assert [call.outcome for call in remote.calls] == ["dropped", "ok"]
            with pytest.raises(ValueError, match="flying"):
                remote._perform("add_fault", kinds=["flying"])
            remote.reset()
            assert (remote.calls, remote.sent, remote.pending) == ([], [], [])

    def test_a_busy_port_is_reported(self, server):
        with pytest.raises(OSError, match="in use"), BotApi(port=server.port):
            pass

    def test_controls_are_the_same_near_and_far(self):
        assert isinstance(BotApi(), Controls)

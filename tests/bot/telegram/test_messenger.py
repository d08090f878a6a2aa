import asyncio
import logging
import socket

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.delivery.messenger import (
    BadText,
    Blocked,
    File,
    Migrated,
    NoEdit,
    NoThread,
    NotSent,
    Parcel,
    Refused,
    Sent,
    StoredFile,
    Throttled,
    Unauthorised,
    Uncertain,
)
from bot.records import Address, Button
from bot.telegram.messenger import TelegramMessenger, make_bot
from bot.telegram.outcomes import StatusError, outcome_of
from corpus.errors import LoadError
from tests.bot.botapi import TOKEN, BotApi, Fault

HELLO = Parcel(Address(5), "你好")
EDIT = Parcel(Address(5), "你好", edits=9)
TOPIC = Parcel(Address(-5, 7), "你好")


def using(act, *, token=TOKEN, **more):
    """Let `act(messenger, server)` talk to a Bot API of its own."""

    async def main():
        async with BotApi() as server:
            address = more.pop("api_url", server.url)
            messenger = TelegramMessenger(make_bot(token, api_url=address, **more))
            try:
                return await act(messenger, server)
            finally:
                await messenger.close()

    return asyncio.run(main())


def outcome(fault, parcel=HELLO, **options):
    """What comes of sending when the server has a fault; and how many messages it recorded."""

    async def act(messenger, server):
        server.faults.add(fault, **options)
        result = await messenger.send(parcel)
        return result, len(server.sent), len(server.calls)

    return using(act, read_timeout=0.3)


def test_a_message_arrives_as_it_was_meant():
    buttons = (
        (Button("签收", data="a:1:1:"), Button("原文", url="https://www.gov.cn/")),
        (Button("有用", data="v:x:1"),),
    )
    parcel = Parcel(Address(-5, 7), "<b>到期</b> A &lt; B", buttons, silent=True, reply_to=3)

    async def act(messenger, server):
        return await messenger.send(parcel), server.sent, server.calls

    result, [sent], [call] = using(act)
    assert result == Sent(sent.message_id)
    assert (sent.chat_id, sent.thread, sent.text) == (-5, 7, "到期 A < B")
    assert sent.silent
    assert sent.buttons == [
        ("签收", "a:1:1:"),
        ("原文", "https://www.gov.cn/"),
        ("有用", "v:x:1"),
    ]
    assert call.params["link_preview_options"] == {"is_disabled": True}
    assert call.params["reply_parameters"] == {
        "message_id": 3,
        "allow_sending_without_reply": True,
    }


@pytest.mark.parametrize("kind", ["photo", "document", "video", "voice"])
def test_a_stored_file_is_sent_by_its_id_as_what_it_is(kind, monkeypatch):
    asked = []

    async def post(self, endpoint, data, **_):
        asked.append((endpoint, data[kind], data["caption"], data["chat_id"]))
        chat = {"id": 5, "type": "private"}
        return {"message_id": 7, "date": 1772676000, "chat": chat}

    monkeypatch.setattr("telegram.Bot._post", post)

    async def act(messenger, server):
        return await messenger.send(
            Parcel(Address(5), "<b>佐证</b>", stored=StoredFile(kind, "AgAC"))
        )

    assert using(act) == Sent(7)
    assert asked == [(f"send{kind.capitalize()}", "AgAC", "<b>佐证</b>", 5)]


@pytest.mark.parametrize(
    ("kind", "method"), [("picture", "sendPhoto"), ("document", "sendDocument")]
)
def test_a_file_arrives_with_its_name_and_caption(kind, method):
    parcel = Parcel(Address(5), "<b>台账</b>", file=File(kind, "台账.png", b"\x89PNG data"))

    async def act(messenger, server):
        result = await messenger.send(parcel)
        [sent] = server.sent
        return result, sent, server.content(sent.files[0].file_id)

    result, sent, content = using(act)
    assert result == Sent(sent.message_id)
    assert (sent.method, sent.text, content) == (method, "台账", b"\x89PNG data")
    assert sent.files[0].file_name == "台账.png" or kind == "picture"


def test_an_edit_takes_the_place_of_a_message_and_twice_is_the_same():
    async def act(messenger, server):
        first = await messenger.send(HELLO)
        edit = Parcel(Address(5), "<b>已签收</b>", edits=first.message)
        results = [await messenger.send(edit), await messenger.send(edit)]
        lost = await messenger.send(Parcel(Address(5), "x", edits=999))
        return first, results, lost, server.message_now(5, first.message), len(server.sent)

    first, results, lost, message, sent = using(act)
    assert results == [first, first]
    assert message["text"] == "已签收"
    assert lost == NoEdit("Message to edit not found")
    assert sent == 1


@pytest.mark.parametrize(
    ("fault", "expected", "recorded"),
    [
        (Fault.INTERNAL_ERROR, NotSent("HTTP 500"), 0),
        (Fault.BAD_GATEWAY, Uncertain("HTTP 502"), 0),
        (Fault.GATEWAY_TIMEOUT, Uncertain("HTTP 504"), 0),
        (Fault.RECORD_THEN_BAD_GATEWAY, Uncertain("HTTP 502"), 1),
        (Fault.UNAUTHORIZED, Unauthorised("Unauthorized"), 0),
        (Fault.NOT_FOUND, Unauthorised("Not Found"), 0),
        (Fault.BLOCKED, Blocked("Forbidden: bot was blocked by the user"), 0),
        (Fault.KICKED, Blocked("Forbidden: bot was kicked from the group chat"), 0),
        (Fault.CHAT_NOT_FOUND, Blocked("Chat not found"), 0),
        (Fault.BAD_REQUEST, Refused("Wrong parameter"), 0),
        (Fault.DROP, Uncertain("RemoteProtocolError"), 0),
        (Fault.RECORD_THEN_DROP, Uncertain("RemoteProtocolError"), 1),
        (Fault.HANG, Uncertain("ReadTimeout"), 0),
        (Fault.RECORD_THEN_HANG, Uncertain("ReadTimeout"), 1),
        (Fault.RECORD_THEN_GARBAGE, Uncertain("TelegramError"), 1),
    ],
)
def test_what_went_wrong_is_told_apart_and_tried_once(fault, expected, recorded):
    result, sent, calls = outcome(fault, times=None)
    assert type(result) is type(expected)
    assert result.reason.lower() == expected.reason.lower() or "GARBAGE" in fault.name
    assert (sent, calls) == (recorded, 1)


def test_failure_11_a_throttled_message_says_how_long():
    assert outcome(Fault.TOO_MANY_REQUESTS, retry_after=17)[0] == Throttled(17.0)


def test_an_upgraded_group_says_its_new_number():
    parcel = Parcel(Address(-5), "x")
    assert outcome(Fault.MIGRATED, parcel, migrate_to=-1005)[0] == Migrated(-1005)


@pytest.mark.parametrize("fault", [Fault.THREAD_NOT_FOUND, Fault.TOPIC_CLOSED])
def test_a_topic_that_is_gone_is_no_reason_to_give_the_chat_up(fault):
    assert isinstance(outcome(fault, TOPIC)[0], NoThread)


@pytest.mark.parametrize("text", ["<b>x", "字" * 4097])
def test_a_text_that_telegram_does_not_take_is_bad_text(text):
    async def act(messenger, _):
        return await messenger.send(Parcel(Address(5), text))

    assert isinstance(using(act), BadText)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.BLOCKED, NotSent("HTTP 403")),
        (Fault.NOT_FOUND, NotSent("HTTP 404")),
        (Fault.BAD_REQUEST, NotSent("HTTP 400")),
        (Fault.INTERNAL_ERROR, NotSent("HTTP 500")),
        (Fault.BAD_GATEWAY, Uncertain("HTTP 502")),
    ],
)
def test_a_page_of_a_proxy_blocks_no_chat_and_stops_no_bot(fault, expected):
    assert outcome(fault, html=True)[0] == expected


def test_a_server_that_is_not_there_was_not_sent_to():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{held.getsockname()[1]}"

        async def act(messenger, _):
            return await messenger.send(HELLO)

        assert using(act, api_url=closed) == NotSent("ConnectError")
        assert using(act, proxy=closed) == NotSent("ConnectError")


def test_no_free_connection_is_not_sent():
    async def act(messenger, server):
        server.faults.add(Fault.HANG)
        request = messenger._bot.request
        request._client.timeout = httpx.Timeout(0.3, pool=0.1)
        return await asyncio.gather(messenger.send(HELLO), messenger.send(HELLO))

    assert sorted(using(act, connections=1), key=str) == [
        NotSent("ConnectTimeout"),
        Uncertain("ReadTimeout"),
    ]


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (caused(NetworkError("x"), httpx.ConnectError("x")), NotSent("ConnectError")),
        (caused(TimedOut(), httpx.ConnectTimeout("x")), NotSent("ConnectTimeout")),
        (caused(TimedOut(), httpx.PoolTimeout("x")), NotSent("PoolTimeout")),
        (caused(NetworkError("x"), httpx.ProxyError("x")), NotSent("ProxyError")),
        (caused(TimedOut(), httpx.ReadTimeout("x")), Uncertain("ReadTimeout")),
        (caused(TimedOut(), httpx.WriteTimeout("x")), Uncertain("WriteTimeout")),
        (caused(NetworkError("x"), httpx.WriteError("x")), Uncertain("WriteError")),
        (caused(NetworkError("x"), httpx.ReadError("x")), Uncertain("ReadError")),
        (
            caused(NetworkError("x"), httpx.RemoteProtocolError("x")),
            Uncertain("RemoteProtocolError"),
        ),
        (NetworkError("Bad Gateway"), Uncertain("NetworkError")),
        (TelegramError("Invalid server response"), Uncertain("TelegramError")),
        (Conflict("x"), Uncertain("Conflict")),
        (ChatMigrated(-7), Migrated(-7)),
        (Forbidden("x"), Blocked("x")),
        (InvalidToken("x"), Unauthorised("x")),
        (EndPointNotFound("x"), Unauthorised("x")),
        (StatusError(413, "too large", spoken=True), Refused("HTTP 413: too large")),
        (StatusError(413, "x", spoken=False), NotSent("HTTP 413")),
        (StatusError(503, "x", spoken=True), NotSent("HTTP 503")),
        (StatusError(302, "x", spoken=False), NotSent("HTTP 302")),
        (StatusError(524, "x", spoken=False), Uncertain("HTTP 524")),
        (StatusError(429, "x", spoken=True, retry_after=9), Throttled(9)),
    ],
)
def test_each_error_means_one_thing(error, expected):
    assert outcome_of(error, HELLO) == expected


@pytest.mark.parametrize(
    ("words", "parcel", "expected"),
    [
        ("Message is not modified: exactly the same", EDIT, Sent(9)),
        ("MESSAGE_NOT_MODIFIED", EDIT, Sent(9)),
        ("Message to edit not found", EDIT, NoEdit),
        ("Message can't be edited", EDIT, NoEdit),
        ("There is no text in the message to edit", EDIT, NoEdit),
        ("MESSAGE_ID_INVALID", HELLO, Refused),
        ("Message thread not found", TOPIC, NoThread),
        ("TOPIC_CLOSED", TOPIC, NoThread),
        ("TOPIC_DELETED", TOPIC, NoThread),
        ("Can't parse entities: unsupported start tag", HELLO, BadText),
        ("Message is too long", HELLO, BadText),
        ("Message caption is too long", HELLO, BadText),
        ("MEDIA_CAPTION_TOO_LONG", HELLO, BadText),
        ("Chat not found", HELLO, Blocked),
        ("Not enough rights to send text messages to the chat", HELLO, Blocked),
        ("Not enough rights to send photos to the chat", HELLO, Refused),
        ("BUTTON_DATA_INVALID", HELLO, Refused),
    ],
)
def test_the_words_of_a_bad_request_tell_what_is_bad(words, parcel, expected):
    found = outcome_of(BadRequest(words), parcel)
    assert found == expected if isinstance(expected, Sent) else found == expected(words)


def test_a_press_is_answered_in_no_more_than_telegram_takes():
    async def act(messenger, server):
        press = server.press(5, 5, "data", 1)
        await messenger.toast(press["callback_query"]["id"], "好" * 199 + "😀", True)
        await messenger.toast(press["callback_query"]["id"], "", False)
        await messenger.toast("gone", "x", False)  # too old: lost is lost
        return server.calls_of("answerCallbackQuery")

    first, second, third = using(act)
    assert (first.params["text"], first.params["show_alert"]) == ("好" * 199, True)
    assert "text" not in second.params
    assert [call.outcome for call in (first, second, third)] == ["ok", "ok", "error"]


def test_a_chat_is_left_and_failing_to_is_no_error():
    async def act(messenger, server):
        await messenger.leave(-5)
        await messenger.leave(-5)
        return server.calls_of("leaveChat")

    assert [call.outcome for call in using(act)] == ["ok", "error"]


def test_a_file_that_somebody_sent_is_fetched():
    async def act(messenger, server):
        file = server.add_file("佐证.pdf", b"%PDF" * 1000)
        with pytest.raises(LoadError, match=r"文件取不回来\(.*\):请稍后再试"):
            await messenger.fetch("unknown")
        return await messenger.fetch(file["file_id"])

    assert using(act) == b"%PDF" * 1000


def test_the_token_is_in_no_log_even_when_all_is_logged(caplog):
    async def act(messenger, server):
        server.faults.add(Fault.DROP)
        await messenger.send(HELLO)
        await messenger.send(HELLO)

    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    with caplog.at_level(logging.DEBUG):
        using(act)
    assert TOKEN not in caplog.text
    for name in ("httpx", "httpcore", "telegram"):
        assert logging.getLogger(name).level == logging.WARNING

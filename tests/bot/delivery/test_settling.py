from datetime import timedelta

import pytest

from bot.delivery.claiming import LEASE
from bot.delivery.messenger import (
    BadText,
    Blocked,
    Migrated,
    NoEdit,
    NoThread,
    NotSent,
    Refused,
    Sent,
    StoredFile,
    Throttled,
    Unauthorised,
    Uncertain,
)
from bot.delivery.outbox import store_blob
from bot.delivery.recovering import recover
from bot.delivery.settling import hasten
from bot.records import Button, Priority
from bot.state.tables import Chat, Dialog, StoredAnswer
from bot.telegram.html import plain
from tests.bot.delivery.fakes import mark, office, put, room, rows, take, to, try_once

RETRIES = [(5, 6), (15, 18), (60, 72), (300, 360), (900, 1080), (900, 1080)]


def rooms(database):
    return database.read(lambda s: s.query(Chat).order_by(Chat.id).all())


def test_not_sent_is_tried_again_ever_more_rarely_without_end(database, now):
    put(database, now, to(1, "k"))
    for tries, (least, most) in enumerate(RETRIES, start=1):
        assert try_once(database, now, NotSent("ConnectError")).state == "due"
        row = rows(database)["k"]
        assert row.tries == tries
        assert least <= (row.not_before - now).total_seconds() <= most
        assert take(database, row.not_before - timedelta(milliseconds=1)) == []
        now = row.not_before
    assert row.last_error == "未发出:ConnectError"


def test_not_sent_ends_with_its_time(database, now):
    put(database, now, to(1, "k", expires_at=now + timedelta(seconds=4)))
    try_once(database, now, NotSent("ConnectError"))
    assert take(database, now + timedelta(seconds=10)) == []
    row = rows(database)["k"]
    assert (row.state, row.last_error) == ("dead", "未发出:ConnectError")


def test_once_the_messenger_is_back_nobody_waits_for_their_next_try(database, now):
    put(database, now, to(1, "failed"), to(2, "later", not_before=now + timedelta(hours=1)))
    try_once(database, now, NotSent("ConnectError"))
    database.write(lambda s: hasten(s, now))
    assert [one.key for one in take(database, now)] == ["failed"]


def test_failure_11_throttled_holds_the_chat_alone_and_counts_as_no_try(database, now):
    put(database, now, to(1, "a"), to(1, "b"), to(2, "c"))
    [first, other] = take(database, now)
    settled = mark(database, first, Throttled(30), now)
    assert settled.state == "due"
    assert 31 <= settled.pause <= 33
    mark(database, other, Sent(1), now)
    found = rows(database)
    until = now + timedelta(seconds=settled.pause)
    assert [found[key].not_before for key in "ab"] == [until, until]
    assert (found["a"].tries, found["c"].state) == (0, "sent")
    assert [one.key for one in take(database, until)] == ["a"]


def test_uncertain_is_never_sent_again_by_itself(database, now):
    put(database, now, to(1, "k"))
    assert try_once(database, now, Uncertain("ReadTimeout")).state == "uncertain"
    assert list(rows(database)) == ["k"]
    assert rows(database)["k"].last_error == "ReadTimeout"
    assert take(database, now + timedelta(days=1)) == []


def test_uncertain_and_important_is_sent_once_more_later_and_says_so(database, now):
    buttons = ((Button("签收", data="x"),),)
    message = to(1, "k", text="<b>到期</b>", resend=True, buttons=buttons, priority=Priority.DUE)
    [number] = put(database, now, message)
    try_once(database, now, Uncertain("ReadTimeout"))
    assert take(database, now + timedelta(minutes=2)) == []
    now += timedelta(minutes=3)
    [again] = take(database, now)
    assert again.key == "k#补发"
    assert again.parcel.text == f"<b>到期</b>\n(补发,编号 R-{number},如已收到请忽略)"
    assert again.parcel.buttons == buttons
    mark(database, again, Uncertain("ReadTimeout"), now)
    found = rows(database)
    assert {key: (row.state, row.resent) for key, row in found.items()} == {
        "k": ("uncertain", False),
        "k#补发": ("uncertain", True),
    }


def test_an_edit_may_be_made_again_for_twice_is_the_same(database, now):
    put(database, now, to(1, "k", edits=44, resend=True))
    assert try_once(database, now, Uncertain("ReadTimeout")).state == "due"
    [again] = take(database, now + timedelta(seconds=6))
    assert (again.key, again.parcel.edits, again.parcel.text) == ("k", 44, "k")


def test_an_answer_later_than_the_lease_still_prevents_the_second_sending(database, now):
    put(database, now, to(1, "k", resend=True))
    [one] = take(database, now)
    late = now + LEASE
    assert database.write(lambda s: recover(s, late)) == 1
    assert rows(database)["k#补发"].state == "due"
    assert mark(database, one, Sent(5), late).state == "sent"
    found = rows(database)
    assert (found["k"].state, found["k"].message) == ("sent", 5)
    assert found["k#补发"].state == "cancelled"


def test_a_failure_later_than_the_lease_changes_nothing(database, now):
    put(database, now, to(1, "k"))
    [one] = take(database, now)
    database.write(lambda s: recover(s, now + LEASE))
    assert mark(database, one, NotSent("ConnectError"), now + LEASE).state == "uncertain"
    assert rows(database)["k"].state == "uncertain"


def test_an_answer_to_an_earlier_claim_does_not_end_a_later_one(database, now):
    put(database, now, to(1, "k", edits=4))
    [first] = take(database, now)
    now += LEASE
    database.write(lambda s: recover(s, now))
    now += timedelta(seconds=10)
    [second] = take(database, now)
    assert mark(database, first, Refused("x"), now).state == "sending"
    assert mark(database, second, Sent(4), now).state == "sent"


def test_an_upgraded_group_is_followed_with_its_bindings_and_messages(database, now):
    database.write(lambda s: room(s, now, -5, title="一组"))
    put(database, now, to(-5, "a"), to(-5, "b"), to(-6, "c"))
    [first, _] = take(database, now)
    assert mark(database, first, Migrated(-1005), now).state == "due"
    assert [(one.chat, one.state) for one in rooms(database)] == [(-1005, "active")]
    assert {key: row.chat for key, row in rows(database).items()} == {
        "a": -1005,
        "b": -1005,
        "c": -6,
    }
    assert [(one.key, one.chat) for one in take(database, now)] == [("a", -1005)]


def test_an_upgraded_group_that_was_bound_anew_is_not_bound_twice(database, now):
    database.write(lambda s: [room(s, now, -5), room(s, now, -1005)])
    put(database, now, to(-5, "a"))
    try_once(database, now, Migrated(-1005))
    assert [(one.chat, one.state) for one in rooms(database)] == [
        (-5, "removed"),
        (-1005, "active"),
    ]


def test_a_circle_of_upgrades_ends(database, now):
    put(database, now, to(-1, "a"))
    for chat in (-2, -1, -2):
        assert try_once(database, now, Migrated(chat)).state == "due"
    assert try_once(database, now, Migrated(-1)).state == "failed"


def test_a_closed_topic_is_left_at_once_and_flagged(database, now):
    home = office(database, now)
    database.write(lambda s: room(s, now, -5, thread=7, title="一组"))
    put(database, now, to(-5, "a", thread=7))
    assert try_once(database, now, NoThread("TOPIC_CLOSED")).state == "due"
    claimed = {one.chat: one for one in take(database, now)}
    assert claimed[-5].parcel.to.thread == 0
    assert [one.thread_broken for one in rooms(database)] == [False, True]
    assert claimed[home].parcel.text == (
        "⚠️ 群“一组”里绑定的话题已关闭或删除,消息改发到群里;请重新绑定。"
    )
    assert mark(database, claimed[-5], NoThread("TOPIC_CLOSED"), now).state == "failed"


def test_an_edit_of_a_lost_message_becomes_a_new_message(database, now):
    put(database, now, to(1, "k", edits=44))
    assert try_once(database, now, NoEdit("message to edit not found")).state == "due"
    [again] = take(database, now)
    assert again.parcel.edits == 0
    assert mark(database, again, Uncertain("ReadTimeout"), now).state == "uncertain"


def test_a_badly_made_text_is_sent_once_as_plain_words(database, now):
    put(database, now, to(1, "k", text="<b>A &lt; B</i>"))
    assert try_once(database, now, BadText("can't parse entities")).state == "due"
    [again] = take(database, now)
    assert again.parcel.text == "A &lt; B"
    assert mark(database, again, BadText("can't parse entities"), now).state == "failed"


def test_a_text_too_long_goes_in_parts_in_order_with_buttons_under_the_last(database, now):
    lines = [f"{number:04d}" + "字" * 96 for number in range(90)]
    buttons = ((Button("签收", data="x"),),)
    put(database, now, to(1, "k", text="\n".join(lines), buttons=buttons))
    try_once(database, now, BadText("message is too long"))
    parts = []
    for _ in range(3):
        [one] = take(database, now)
        parts.append(one.parcel)
        mark(database, one, Sent(1), now)
    assert take(database, now) == []
    assert "\n".join(plain(part.text) for part in parts).split("\n") == lines
    assert [part.buttons for part in parts] == [(), (), buttons]
    assert list(rows(database)) == ["k", "k#续2", "k#续3"]


def test_a_caption_too_long_goes_on_under_a_file_the_messenger_keeps(database, now):
    put(database, now, to(1, "k", text="字" * 1500, file_id="AgAC", file_kind="photo"))
    try_once(database, now, BadText("caption is too long"))
    [first] = take(database, now)
    mark(database, first, Sent(1), now)
    [second] = take(database, now)
    assert (first.parcel.stored, second.parcel.stored) == (StoredFile("photo", "AgAC"), None)
    assert [len(part.parcel.text) <= 1024 for part in (first, second)] == [True, True]
    assert len(first.parcel.text) + len(second.parcel.text) == 1500


def test_a_caption_too_long_goes_on_under_the_file(database, now):
    blob = database.write(lambda s: store_blob(s, "document", "a.docx", b"x", now))
    put(database, now, to(1, "k", text="字" * 1500, blob=blob))
    try_once(database, now, BadText("caption is too long"))
    [first] = take(database, now)
    mark(database, first, Sent(1), now)
    [second] = take(database, now)
    assert first.parcel.file is not None
    assert second.parcel.file is None
    assert len(first.parcel.text) == 1000
    assert first.parcel.text + second.parcel.text == "字" * 1500


def test_a_refused_message_fails_and_the_office_is_told_once_a_day(database, now):
    home = office(database, now)
    [number, _] = put(database, now, to(1, "k"), to(2, "l"))
    for one in take(database, now):
        assert mark(database, one, Refused("BUTTON_DATA_INVALID"), now).state == "failed"
    [told] = take(database, now)
    assert (told.chat, told.parcel.text) == (
        home,
        f"⚠️ 有消息发不出去,已停止重试(编号 R-{number},会话 1):BUTTON_DATA_INVALID",
    )
    assert mark(database, told, Refused("BUTTON_DATA_INVALID"), now).state == "failed"
    assert len(rows(database)) == 3


def test_a_blocked_chat_is_marked_but_not_one_that_was_taken_out(database, now):
    database.write(lambda s: [room(s, now, 1), room(s, now, 2, state="removed")])
    put(database, now, to(1, "k"), to(2, "l"))
    for one in take(database, now):
        assert mark(database, one, Blocked("blocked by the user"), now).state == "failed"
    assert [one.state for one in rooms(database)] == ["blocked", "removed"]


def test_an_unknown_bot_stops_and_loses_nothing(database, now):
    put(database, now, to(1, "k"))
    settled = try_once(database, now, Unauthorised("Unauthorized"))
    assert (settled.state, settled.stop) == ("due", "Unauthorized")
    assert rows(database)["k"].tries == 0
    assert len(take(database, now)) == 1


@pytest.mark.parametrize("outcome", [NoEdit("x"), NoThread("x")])
def test_an_answer_that_does_not_fit_the_message_ends_it(database, now, outcome):
    put(database, now, to(1, "k"))
    assert try_once(database, now, outcome).state == "failed"


@pytest.mark.parametrize("late", [False, True])
def test_a_message_that_arrives_shows_that_its_chat_is_reached_again(database, now, late):
    def work(session):
        room(session, now, 1, state="blocked")
        room(session, now, 2, state="blocked")
        room(session, now, 3, state="removed")

    database.write(work)
    put(database, now, to(1, "a"), to(3, "c"))
    found = take(database, now)
    if late:
        database.write(lambda s: recover(s, now + LEASE))
    for one in found:
        mark(database, one, Sent(9), now)
    assert [one.state for one in rooms(database)] == ["active", "blocked", "removed"]


def test_of_a_chat_that_is_reached_nothing_more_is_written(database, now):
    database.write(lambda s: room(s, now, 1))
    put(database, now, to(1, "a"))
    [one] = take(database, now)
    assert not one.blocked


def test_what_people_were_told_and_asked_follows_an_upgraded_group(database, now):
    def work(session):
        room(session, now, -5)
        answer = {"question": "问", "data": {}, "created_at": now}
        session.add_all([StoredAnswer(chat=chat, user=1, **answer) for chat in (-5, -6)])
        for chat, user in ((-5, 1), (-5, 2), (-1005, 2), (-6, 1)):
            session.add(Dialog(chat=chat, user=user, kind=str(chat), data={}, updated_at=now))

    database.write(work)
    put(database, now, to(-5, "a"))
    try_once(database, now, Migrated(-1005))

    def look(session):
        answers = session.query(StoredAnswer).order_by(StoredAnswer.id).all()
        dialogs = session.query(Dialog).order_by(Dialog.chat, Dialog.user).all()
        return [a.chat for a in answers], [(one.chat, one.user, one.kind) for one in dialogs]

    assert database.read(look) == (
        [-1005, -6],
        [(-1005, 1, "-5"), (-1005, 2, "-1005"), (-6, 1, "-6"), (-5, 2, "-5")],
    )


def test_a_binding_taken_out_at_the_new_number_does_not_take_the_live_one_down(database, now):
    def work(session):
        room(session, now, -5, title="在用", thread=7)
        room(session, now, -1005, title="移除", thread=7, state="removed")

    database.write(work)
    put(database, now, to(-5, "a", thread=7))
    try_once(database, now, Migrated(-1005))
    assert [(one.title, one.chat, one.state) for one in rooms(database)] == [
        ("在用", -1005, "active"),
        ("移除", -5, "removed"),
    ]

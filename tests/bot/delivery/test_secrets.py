import json
from datetime import timedelta

import pytest

from bot.delivery.claiming import LEASE
from bot.delivery.messenger import BadText, Blocked, NotSent, Refused, Sent, Throttled, Uncertain
from bot.delivery.recovering import decide, recover
from bot.records import Button
from tests.bot.delivery.fakes import change_task, mark, put, rows, take, task, to, try_once

WORDS = "绑定链接:/bind abc123"
BUTTONS = ((Button("打开", url="https://t.me/x?start=abc123"),),)
GONE = "(已发出,内容不留存)"


def secret(key="k", **more):
    return to(1, key, text=WORDS, buttons=BUTTONS, secret=True, **more)


def kept(database, key="k"):
    row = rows(database)[key]
    return row.state, row.payload["text"], "abc123" in json.dumps(row.payload)


def test_a_secret_is_sent_whole_and_then_not_kept(database, now):
    put(database, now, secret(), to(2, "other", text=WORDS, buttons=BUTTONS))
    for one in take(database, now):
        assert (one.parcel.text, one.parcel.buttons) == (WORDS, BUTTONS)
        assert mark(database, one, Sent(44), now).state == "sent"
    assert kept(database) == ("sent", GONE, False)
    assert kept(database, "other") == ("sent", WORDS, True)
    row = rows(database)["k"]
    assert (row.message, row.sent_at, row.lease_by, row.lease_until) == (44, now, "", None)
    assert row.payload["buttons"] == []


@pytest.mark.parametrize("outcome", [NotSent("ConnectError"), Throttled(30)])
def test_a_secret_that_is_to_be_tried_again_is_still_there(database, now, outcome):
    put(database, now, secret())
    assert try_once(database, now, outcome).state == "due"
    now = rows(database)["k"].not_before
    [again] = take(database, now)
    assert (again.parcel.text, again.parcel.buttons) == (WORDS, BUTTONS)
    mark(database, again, Sent(1), now)
    assert kept(database) == ("sent", GONE, False)


@pytest.mark.parametrize(
    "outcome", [Refused("BUTTON_DATA_INVALID"), Blocked("blocked by the user")]
)
def test_a_secret_that_is_given_up_is_not_kept(database, now, outcome):
    put(database, now, secret())
    assert try_once(database, now, outcome).state == "failed"
    assert kept(database) == ("failed", GONE, False)


def test_a_secret_that_came_too_late_is_not_kept(database, now):
    put(database, now, secret(expires_at=now))
    assert take(database, now) == []
    assert kept(database) == ("dead", GONE, False)


def test_a_secret_whose_task_has_changed_is_not_kept(database, now):
    number = database.write(lambda s: task(s, now))
    put(database, now, secret(task=number, version=1))
    change_task(database, number, due_version=2)
    assert take(database, now) == []
    assert kept(database) == ("cancelled", GONE, False)


def test_a_secret_of_which_nobody_knows_waits_for_the_office_and_is_then_not_kept(database, now):
    dropped, again = put(database, now, secret("drop"), secret("again"))
    for _ in range(2):
        assert try_once(database, now, Uncertain("ReadTimeout")).state == "uncertain"
    assert kept(database, "drop") == ("uncertain", WORDS, True)
    assert database.write(lambda s: decide(s, dropped, False, now))
    assert database.write(lambda s: decide(s, again, True, now))
    assert kept(database, "drop") == ("dead", GONE, False)
    assert kept(database, "again") == ("uncertain", GONE, False)
    [marked] = take(database, now)
    assert marked.parcel.text == f"{WORDS}\n(补发,编号 R-{again},如已收到请忽略)"
    mark(database, marked, Sent(1), now)
    assert kept(database, "again#补发") == ("sent", GONE, False)


def test_a_secret_whose_answer_came_after_its_lease_is_kept_nowhere(database, now):
    put(database, now, secret(resend=True))
    [one] = take(database, now)
    late = now + LEASE
    database.write(lambda s: recover(s, late))
    assert kept(database, "k#补发")[0] == "due"
    assert mark(database, one, Sent(5), late).state == "sent"
    assert kept(database) == ("sent", GONE, False)
    assert kept(database, "k#补发") == ("cancelled", GONE, False)
    assert take(database, late + timedelta(days=1)) == []


def test_a_secret_in_parts_is_kept_in_none(database, now):
    put(database, now, to(1, "k", text=f"{'字' * 5000}\nabc123", secret=True))
    try_once(database, now, BadText("message is too long"))
    for _ in range(2):
        try_once(database, now, Sent(1))
    assert [kept(database, key) for key in ("k", "k#续2")] == [("sent", GONE, False)] * 2

from datetime import timedelta

from bot.delivery.claiming import LEASE
from bot.delivery.messenger import Sent, Uncertain
from bot.delivery.recovering import decide, recover, restore_mode, uncertain
from tests.bot.delivery.fakes import mark, put, rows, take, to, try_once


def states(database):
    return {key: row.state for key, row in rows(database).items()}


def test_failure_02_a_lease_that_ended_leaves_its_message_uncertain_not_sent_again(database, now):
    put(database, now, to(1, "k"), to(2, "due day", resend=True), to(3, "edit", edits=5))
    take(database, now)
    early = now + LEASE - timedelta(seconds=1)
    assert database.write(lambda s: recover(s, early)) == 0
    assert database.write(lambda s: recover(s, now + LEASE)) == 3
    assert states(database) == {
        "k": "uncertain",
        "due day": "uncertain",
        "edit": "due",
        "due day#补发": "due",
    }
    assert rows(database)["k"].last_error == "发送途中程序中断"
    assert database.write(lambda s: recover(s, now + 2 * LEASE)) == 0


def test_a_worker_that_starts_gives_up_at_once_what_it_was_sending_before(database, now):
    put(database, now, to(1, "k"))
    take(database, now)
    assert database.write(lambda s: recover(s, now, "somebody else")) == 0
    assert database.write(lambda s: recover(s, now, "w")) == 1
    assert states(database) == {"k": "uncertain"}


def test_failure_32_after_a_restore_what_may_have_been_sent_is_held_for_the_office(database, now):
    later = now + timedelta(days=1)
    put(
        database,
        now,
        to(1, "under way"),
        to(2, "due", resend=True),
        to(3, "sent"),
        to(4, "tomorrow", not_before=later),
    )
    claimed = {one.key: one for one in take(database, now, blocked=[2])}
    mark(database, claimed["sent"], Sent(1), now)
    restored = now + timedelta(hours=3)
    assert database.write(lambda s: restore_mode(s, restored)) == 2
    assert states(database) == {
        "under way": "uncertain",
        "due": "uncertain",
        "sent": "sent",
        "tomorrow": "due",
    }
    assert take(database, restored) == []
    assert rows(database)["due"].last_error == "恢复备份后待核:可能早已发出"


def test_the_office_decides_about_each_uncertain_message_once(database, now):
    numbers = put(database, now, to(1, "a"), to(2, "b"), to(3, "c", resend=True))
    for one in take(database, now):
        mark(database, one, Uncertain("ReadTimeout"), now)
    found = database.read(uncertain)
    assert [(one.id, one.chat, one.text, one.reason) for one in found] == [
        (numbers[0], 1, "a", "ReadTimeout"),
        (numbers[1], 2, "b", "ReadTimeout"),
    ]  # c is being sent again already
    assert database.write(lambda s: decide(s, numbers[0], True, now))
    assert database.write(lambda s: decide(s, numbers[1], False, now))
    assert not database.write(lambda s: decide(s, numbers[0], True, now))
    assert not database.write(lambda s: decide(s, numbers[1], True, now))
    assert not database.write(lambda s: decide(s, 999, True, now))
    assert database.read(uncertain) == []
    assert states(database) == {
        "a": "uncertain",
        "b": "dead",
        "c": "uncertain",
        "c#补发": "due",
        "a#补发": "due",
    }
    assert [one.key for one in take(database, now)] == ["a#补发"]


def test_what_the_office_sends_again_goes_even_after_its_time(database, now):
    [number] = put(database, now, to(1, "a", expires_at=now + timedelta(minutes=1)))
    try_once(database, now, Uncertain("ReadTimeout"))
    now += timedelta(days=1)
    database.write(lambda s: decide(s, number, True, now))
    [again] = take(database, now)
    mark(database, again, Uncertain("ReadTimeout"), now)
    [left] = database.read(uncertain)
    assert (left.key, left.resent) == ("a#补发", True)
    database.write(lambda s: decide(s, left.id, True, now))
    assert [one.key for one in take(database, now)] == ["a#补发#补发"]

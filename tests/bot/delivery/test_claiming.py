import threading
from datetime import timedelta

import pytest

from bot.delivery.claiming import LEASE, cancel, check_task, claim, next_due
from bot.delivery.messenger import NotSent, Sent
from bot.records import OutboxState, Priority, TaskState
from bot.state.database import Database
from tests.bot.delivery.fakes import (
    change_task,
    mark,
    put,
    room,
    rows,
    take,
    task,
    to,
    try_once,
)


def keys(claimed):
    return [one.key for one in claimed]


def test_only_the_first_of_each_chat_is_claimed_by_priority_then_number(database, now):
    put(
        database,
        now,
        to(1, "routine", priority=Priority.ROUTINE),
        to(1, "first", priority=Priority.DUE),
        to(1, "second", priority=Priority.DUE),
        to(2, "answer", priority=Priority.ANSWER),
    )
    claimed = take(database, now)
    assert keys(claimed) == ["answer", "first"]
    assert keys(take(database, now)) == []  # both chats have one under way
    for one in claimed:
        mark(database, one, Sent(9), now)
    assert keys(take(database, now)) == ["second"]


def test_a_claim_leases_the_message_to_its_worker(database, now):
    put(database, now, to(1, "k"))
    [one] = take(database, now)
    row = rows(database)["k"]
    assert (row.state, row.lease_by, row.lease_until) == ("sending", "w", now + LEASE)
    assert (one.worker, one.until) == ("w", now + LEASE)


def test_no_more_are_claimed_than_asked_for_the_urgent_ones_first(database, now):
    put(database, now, *(to(n, f"k{n}", priority=Priority(4 - n)) for n in range(1, 5)))
    assert keys(take(database, now, limit=2)) == ["k4", "k3"]
    assert take(database, now, limit=0) == []


def test_chats_that_must_rest_are_passed_over(database, now):
    put(database, now, to(1, "a"), to(2, "b"), to(3, "c"))
    assert keys(take(database, now, blocked=[1, 3])) == ["b"]


def test_a_message_waits_for_its_time_and_holds_nothing_back(database, now):
    later = now + timedelta(hours=1)
    put(database, now, to(1, "later", not_before=later), to(1, "now"))
    assert database.read(lambda s: next_due(s, now)) == later
    assert keys(take(database, now)) == ["now"]
    assert keys(take(database, later)) == []  # the chat has one under way
    assert database.read(lambda s: next_due(s, later)) is None


def test_what_waits_to_be_tried_again_keeps_the_order_of_its_chat(database, now):
    put(database, now, to(1, "part 1"), to(1, "part 2"), to(2, "elsewhere"))
    claimed = take(database, now)
    assert keys(claimed) == ["part 1", "elsewhere"]
    mark(database, claimed[0], NotSent("ConnectError"), now)
    assert keys(take(database, now)) == []
    put(database, now, to(1, "answer", priority=Priority.ANSWER))
    assert keys(take(database, now)) == ["answer"]  # more urgent ones may pass


def test_one_that_fails_again_and_again_holds_its_chat_no_longer(database, now):
    put(database, now, to(1, "broken"), to(1, "good"))
    for _ in range(6):
        [one] = take(database, now)
        assert one.key == "broken"
        mark(database, one, NotSent("HTTP 500"), now)
        held = take(database, now)
        now += timedelta(minutes=20)
    assert keys(held) == ["good"]


def test_what_comes_too_late_is_dead(database, now):
    put(database, now, to(1, "old", expires_at=now), to(1, "new", expires_at=now + LEASE))
    assert take(database, now) == []
    row = rows(database)["old"]
    assert (row.state, row.last_error) == ("dead", "过了时限,没有发出")
    assert keys(take(database, now)) == ["new"]


@pytest.mark.parametrize(
    ("change", "goes"),
    [
        ({}, True),
        ({"version": 9}, True),  # its text has changed, its dates have not
        ({"state": TaskState.REPORTED}, True),
        ({"due_version": 2}, False),
        ({"state": TaskState.CLOSED}, False),
        ({"state": TaskState.SUSPENDED}, False),
        ({"state": TaskState.CANCELLED}, False),
    ],
)
def test_failure_21_what_its_task_has_overtaken_is_cancelled(database, now, change, goes):
    number = database.write(lambda s: task(s, now))
    put(database, now, to(1, "k", task=number, version=1), to(2, "notice", task=number))
    change_task(database, number, **change)
    assert keys(take(database, now)) == (["k", "notice"] if goes else ["notice"])
    assert rows(database)["k"].state == ("sending" if goes else "cancelled")


def test_failure_22_a_task_is_asked_again_after_the_claim(database, now):
    number = database.write(lambda s: task(s, now))
    put(database, now, to(1, "k", task=number, version=1))
    [one] = take(database, now)
    assert database.read(lambda s: check_task(s, one))
    change_task(database, number, state=TaskState.CLOSED)
    assert not database.read(lambda s: check_task(s, one))
    database.write(lambda s: cancel(s, one))
    row = rows(database)["k"]
    assert (row.state, row.lease_by, row.lease_until) == ("cancelled", "", None)


def test_a_topic_known_to_be_broken_is_left_out(database, now):
    database.write(lambda s: room(s, now, -1, thread=7, thread_broken=True))
    put(database, now, to(-1, "k", thread=7), to(-2, "other", thread=7))
    assert [(one.chat, one.parcel.to.thread) for one in take(database, now)] == [(-1, 0), (-2, 7)]
    assert rows(database)["k"].thread == 0


def test_two_who_claim_at_once_never_get_the_same_message_or_chat(database, database_url, now):
    put(database, now, *(to(n % 40, f"k{n}") for n in range(120)))
    taken: list[tuple[str, int]] = []
    other = Database(database_url)

    def work(database: Database, worker: str) -> None:
        for _ in range(10):
            found = database.write(lambda s: claim(s, worker, now, 3))
            taken.extend((one.key, one.chat) for one in found)

    threads = [
        threading.Thread(target=work, args=(each, name))
        for each, name in ((database, "w1"), (database, "w2"), (other, "w3"), (other, "w4"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert sorted(chat for _, chat in taken) == list(range(40))
    states = [row.state for row in rows(database).values()]
    assert states.count(OutboxState.SENDING) == 40


def test_one_try_is_all_that_one_claim_is_good_for(database, now):
    put(database, now, to(1, "k"))
    assert try_once(database, now, Sent(77)).state == "sent"
    row = rows(database)["k"]
    assert (row.message, row.sent_at, row.lease_by, row.tries) == (77, now, "", 0)
    assert take(database, now + timedelta(days=9)) == []

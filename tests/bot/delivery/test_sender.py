import asyncio
import threading
import time
from collections import Counter

import pytest

from bot.delivery.messenger import (
    Blocked,
    NotSent,
    Sent,
    Throttled,
    Unauthorised,
    Uncertain,
)
from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.records import TaskState
from corpus.errors import SettingsError, StateError
from tests.bot.delivery.fakes import (
    FakeMessenger,
    change_task,
    put,
    rows,
    take,
    task,
    to,
)


class Slow(FakeMessenger):
    """Answers when told to, and knows what was under way at once."""

    def __init__(self):
        super().__init__()
        self.go = asyncio.Event()
        self.under_way = Counter()
        self.most = 0
        self.most_of_a_chat = 0

    async def send(self, parcel):
        self.under_way[parcel.to.chat] += 1
        self.most = max(self.most, self.under_way.total())
        self.most_of_a_chat = max(self.most_of_a_chat, *self.under_way.values())
        await self.go.wait()
        await asyncio.sleep(0.001)
        self.under_way[parcel.to.chat] -= 1
        return await super().send(parcel)


def sender(database, messenger, clock, **more):
    pacer = more.pop("pacer", None) or Pacer(10_000, per_chat=0, per_group=0)
    return Sender(database, messenger, pacer, clock, **more)


def run(database, messenger, clock, done, *, during=None, **more):
    """Run a sender until `done()`, letting `during(sender)` act meanwhile."""

    async def main():
        one, stop = sender(database, messenger, clock, **more), asyncio.Event()
        running = asyncio.create_task(one.run(stop))
        if during is not None:
            await during(one)
        await until(lambda: done() or running.done())
        stop.set()
        await running

    asyncio.run(main())


async def until(done):
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline, "it never happened"
        await asyncio.sleep(0.005)


def states(database):
    return {key: row.state for key, row in rows(database).items()}


def all_sent(database):
    return lambda: set(states(database).values()) == {"sent"}


def test_chats_are_served_at_once_and_each_in_order(database, clock):
    put(database, clock(), *(to(n % 5, f"{n % 5}-{n}") for n in range(20)))
    messenger = Slow()

    async def during(_):
        await until(lambda: messenger.most == 5)
        messenger.go.set()

    run(database, messenger, clock, all_sent(database), during=during)
    assert (messenger.most, messenger.most_of_a_chat) == (5, 1)
    for chat in range(5):
        numbers = [int(text[2:]) for text in messenger.texts if text[0] == str(chat)]
        assert numbers == list(range(chat, 20, 5))


def test_no_more_than_the_concurrency_is_under_way(database, clock):
    put(database, clock(), *(to(n, f"k{n}") for n in range(8)))
    messenger = Slow()

    async def during(_):
        await until(lambda: messenger.most == 3)
        await asyncio.sleep(0.05)
        messenger.go.set()

    run(database, messenger, clock, all_sent(database), during=during, concurrency=3)
    assert messenger.most == 3


def test_a_nudge_is_heeded_at_once_from_any_thread(database, clock):
    messenger = FakeMessenger()
    beats = []

    async def during(one):
        await until(lambda: beats)
        await asyncio.sleep(0.1)
        put(database, clock(), to(1, "k"))
        began = time.monotonic()
        thread = threading.Thread(target=one.nudge)
        thread.start()
        await until(lambda: messenger.given)
        assert time.monotonic() - began < 0.5
        thread.join()

    run(database, messenger, clock, all_sent(database), during=during, beat=lambda: beats.append(1))


def test_a_nudge_before_and_after_the_run_is_harmless(database, clock):
    one = sender(database, FakeMessenger(), clock)
    one.nudge()
    stop = asyncio.Event()
    stop.set()
    asyncio.run(one.run(stop))
    one.nudge()


def test_stopped_it_finishes_what_is_under_way_and_starts_nothing_more(database, clock):
    put(database, clock(), to(1, "a"), to(1, "b"))
    messenger = Slow()

    async def main():
        stop = asyncio.Event()
        running = asyncio.create_task(sender(database, messenger, clock).run(stop))
        await until(lambda: messenger.under_way.total() == 1)
        stop.set()
        await asyncio.sleep(0.05)
        assert not running.done()
        messenger.go.set()
        await running

    asyncio.run(main())
    assert states(database) == {"a": "sent", "b": "due"}


def test_failure_30_nothing_is_sent_whose_claim_is_not_on_disk(
    database, clock, monkeypatch, caplog
):
    put(database, clock(), to(1, "k"))
    messenger = FakeMessenger()
    real, broken = database.awrite, True
    tried = []

    async def awrite(work):
        if not broken:
            return await real(work)
        tried.append(list(messenger.given))
        raise StateError("数据库出错:database or disk is full")

    monkeypatch.setattr(database, "awrite", awrite)

    async def during(one):
        nonlocal broken
        for count in (1, 2, 3):
            await until(lambda count=count: len(tried) >= count)
            one.nudge()
        broken = False
        one.nudge()

    run(database, messenger, clock, all_sent(database), during=during)
    assert tried[:3] == [[], [], []]
    assert messenger.texts == ["k"]
    assert "database or disk is full" in caplog.text


def test_failure_30_while_it_is_sent_its_claim_is_on_disk(database, clock):
    put(database, clock(), to(1, "k"))
    seen = []

    def look(_):
        seen.append(states(database))
        return Sent(1)

    run(database, FakeMessenger(then=look), clock, all_sent(database))
    assert seen == [{"k": "sending"}]


def test_a_mark_that_fails_is_made_again_without_sending_again(database, clock, monkeypatch):
    put(database, clock(), to(1, "k"))
    messenger = FakeMessenger()
    real, failures = database.awrite, []

    async def awrite(work):
        if messenger.given and not failures:
            failures.append(1)
            raise StateError("数据库出错:database is locked")
        return await real(work)

    monkeypatch.setattr(database, "awrite", awrite)
    run(database, messenger, clock, all_sent(database))
    assert (failures, messenger.texts) == ([1], ["k"])


def test_failure_22_a_task_closed_between_claim_and_sending_is_not_spoken_of(database, clock):
    number = database.write(lambda s: task(s, clock()))
    put(database, clock(), to(1, "k", task=number, version=1), to(2, "other"))
    messenger = FakeMessenger()

    def hook(name):
        if name == "after_claim" and not messenger.given:
            change_task(database, number, state=TaskState.CLOSED)

    run(
        database,
        messenger,
        clock,
        lambda: states(database) == {"k": "cancelled", "other": "sent"},
        hook=hook,
    )
    assert messenger.texts == ["other"]


def test_the_points_of_a_sending_come_in_order(database, clock):
    put(database, clock(), to(1, "k"))
    seen = []
    run(database, FakeMessenger(), clock, all_sent(database), hook=seen.append)
    assert seen == ["after_claim", "before_send", "after_send_before_mark"]


def test_failure_09_an_unknown_bot_stops_the_sender_loudly(database, clock):
    put(database, clock(), to(1, "k"), to(1, "l"))
    messenger = FakeMessenger(Unauthorised("Unauthorized"))
    with pytest.raises(SettingsError, match=r"不接受机器人的令牌\(Unauthorized\)"):
        run(database, messenger, clock, lambda: False)
    assert states(database) == {"k": "due", "l": "due"}


def test_an_unforeseen_error_while_sending_leaves_the_message_uncertain(database, clock):
    def explode(_):
        raise TypeError("allows_revoting")

    put(database, clock(), to(1, "k"), to(2, "l"))
    messenger = FakeMessenger(then=explode)
    run(
        database,
        messenger,
        clock,
        lambda: states(database) == {"k": "uncertain", "l": "uncertain"},
    )
    assert rows(database)["k"].last_error == "程序出错:TypeError"


def test_failure_11_a_throttled_chat_waits_while_others_go_on(database, clock):
    put(database, clock(), to(1, "a"), to(1, "b"), to(2, "c"), to(2, "d"))
    messenger = FakeMessenger(then=lambda p: Throttled(60) if p.to.chat == 1 else Sent(1))
    pacer = Pacer(10_000, per_chat=0, per_group=0)
    goal = {"a": "due", "b": "due", "c": "sent", "d": "sent"}
    run(database, messenger, clock, lambda: states(database) == goal, pacer=pacer)
    put(database, clock(), to(1, "newer"))
    assert pacer.resting() == {1}
    assert sorted(messenger.texts) == ["a", "c", "d"]


def test_a_chat_that_is_blocked_does_not_hold_up_another(database, clock):
    put(database, clock(), to(1, "a"), to(2, "b"), to(2, "c"))
    messenger = FakeMessenger(then=lambda p: Blocked("x") if p.to.chat == 1 else Sent(1))
    goal = {"a": "failed", "b": "sent", "c": "sent"}
    run(database, messenger, clock, lambda: states(database) == goal)


@pytest.mark.parametrize("outcome", [NotSent("ConnectError"), Uncertain("ReadTimeout")])
def test_while_the_messenger_is_away_one_message_is_tried_now_and_then(database, clock, outcome):
    put(database, clock(), *(to(n, f"k{n:02d}") for n in range(12)))
    away = True
    messenger = FakeMessenger(then=lambda _: outcome if away else Sent(1))

    async def during(one):
        nonlocal away
        await until(lambda: len(messenger.given) == 3)
        for _ in range(3):
            one.nudge()
            await asyncio.sleep(0.02)
        assert len(messenger.given) == 3
        clock.advance(16)
        one.nudge()
        await until(lambda: len(messenger.given) == 4)
        away = False
        clock.advance(40)
        one.nudge()

    def done():
        found = Counter(states(database).values())
        return found == (
            {"sent": 12} if isinstance(outcome, NotSent) else {"sent": 8, "uncertain": 4}
        )

    run(database, messenger, clock, done, during=during, concurrency=3, monotonic=clock.monotonic)


def test_an_outage_of_a_quarter_of_an_hour_is_logged_as_an_alarm(database, clock, caplog):
    put(database, clock(), *(to(n, f"k{n}") for n in range(9)))
    messenger = FakeMessenger(then=lambda _: NotSent("ConnectError"))

    async def during(one):
        await until(lambda: len(messenger.given) == 3)
        clock.advance(minutes=15)
        one.nudge()

    run(
        database,
        messenger,
        clock,
        lambda: "自 03-05 10:00 起发不出消息" in caplog.text,
        during=during,
        concurrency=3,
        monotonic=clock.monotonic,
    )


def test_what_an_earlier_sender_left_behind_is_uncertain_at_once(database, clock):
    put(database, clock(), to(1, "k"), to(2, "l", resend=True))
    take(database, clock())  # by the worker `w`
    messenger = FakeMessenger()
    goal = {"k": "uncertain", "l": "uncertain", "l#补发": "due"}
    run(database, messenger, clock, lambda: states(database) == goal, name="w")
    assert messenger.given == []


def test_the_clock_put_back_and_forth_sends_nothing_twice(database, clock, now):
    put(database, now, *(to(n % 3, f"k{n}") for n in range(9)))
    messenger = FakeMessenger()

    def hook(name):
        jump = -3 if len(messenger.given) % 2 else 5
        clock.set(now.replace(hour=12 + jump))

    run(database, messenger, clock, all_sent(database), hook=hook)
    assert sorted(messenger.texts) == sorted(f"k{n}" for n in range(9))

import asyncio

import pytest
from sqlalchemy import select

from bot.records import Reply
from bot.service.worker import Worker
from bot.state.database import Database
from bot.state.tables import Inbox
from corpus.errors import EngineError, StateError
from tests.bot.service.fakes import (
    NOW,
    Around,
    FakeHandler,
    events,
    put,
    raw,
    said,
    states,
    waiting,
    work,
)


def test_what_an_update_does_and_says_and_that_it_is_done_are_one(database):
    put(database, raw(1, "甲"))
    around = Around()
    work(database, FakeHandler(), around)
    assert (states(database), events(database), said(database)) == ({1: "done"}, ["甲"], ["甲"])
    assert around.nudges == 1


def test_a_chat_is_served_in_the_order_its_messages_came(database):
    put(database, *(raw(number, str(number)) for number in range(30)))
    handler = FakeHandler()
    work(database, handler, Around())
    assert handler.seen == [str(number) for number in range(30)]


def test_a_slow_question_holds_up_its_own_chat_and_no_other(database):
    put(database, raw(1, "?慢", chat=7), raw(2, "后", chat=7), raw(3, "别的", chat=8))
    seen_meanwhile: list[list[str]] = []
    handler = FakeHandler()

    async def slow(need):
        while "别的" not in handler.seen:
            await asyncio.sleep(0.01)
        seen_meanwhile.append(list(handler.seen))
        return "答"

    work(database, handler, Around(prepare=slow))
    assert seen_meanwhile == [["别的"]]
    assert handler.seen == ["别的", "?慢", "后"]


def test_no_more_chats_than_allowed_are_served_at_once(database):
    put(database, *(raw(number, "?问", chat=number) for number in range(9)))
    at_once, most = 0, 0

    async def prepare(need):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        at_once -= 1

    work(database, FakeHandler(), Around(prepare=prepare), parallel=3)
    assert most == 3


def test_no_more_updates_than_allowed_are_held_in_memory(database):
    put(database, *(raw(number, "?问", chat=number) for number in range(20)))
    around = Around(prepare=lambda need: asyncio.sleep(0.01))
    most = 0

    async def watch(worker):
        nonlocal most
        while waiting(database):
            most = max(most, len(worker._hand))
            await asyncio.sleep(0)

    work(database, FakeHandler(), around, during=watch, ahead=4, parallel=2)
    assert most == 4
    assert len(events(database)) == 20


def test_what_is_needed_is_made_before_and_handed_over(database):
    put(database, raw(1, "?问"), raw(2, "不问"))
    handler, around = FakeHandler(), Around()
    work(database, handler, around)
    assert around.needs == ["?问"]
    assert handler.prepared == ["made ?问", None]


def test_a_refusal_to_make_it_is_handed_over_instead(database):
    async def refuse(need):
        raise EngineError("没有这份文件")

    put(database, raw(1, "?问"))
    handler = FakeHandler()
    work(database, handler, Around(prepare=refuse))
    assert [str(error) for error in handler.prepared] == ["没有这份文件"]
    assert states(database) == {1: "done"}


def test_failure_01_an_update_done_already_has_no_second_effect(database):
    put(database, raw(1, "甲"))
    work(database, FakeHandler(), Around())
    database.write(lambda s: setattr(s.scalars(select(Inbox)).one(), "state", "new"))

    def done_meanwhile(session, incoming):
        raise AssertionError("must not be handled")

    class Racing(FakeHandler):
        """Between reading the inbox and the transaction the update is done by somebody."""

        def need(self, session, incoming, now):
            database.write(lambda s: setattr(s.scalars(select(Inbox)).one(), "state", "done"))

    handler = Racing(done_meanwhile)
    work(database, handler, Around(), lambda: waiting(database) == 0)
    assert (handler.seen, events(database), said(database)) == ([], ["甲"], ["甲"])


def test_failure_04_an_unparsable_update_does_not_stop_the_queue(database):
    put(database, raw(1, "unreadable"), raw(2, "甲"), raw(3, "nothing"))
    around = Around()
    work(database, FakeHandler(), around)
    assert states(database) == {1: "dead", 2: "done", 3: "done"}
    assert events(database) == ["甲"]
    assert [name for name, _ in around.alarms] == ["unreadable"]


def fail(session, incoming):
    if incoming.text == "坏":
        raise ValueError("a bug")


def test_failure_05_a_handler_that_always_raises_is_given_up_after_three_tries(database):
    put(database, raw(1, "坏"), raw(2, "好"))
    handler, around = FakeHandler(fail), Around()
    work(database, handler, around)
    assert handler.seen == ["坏", "坏", "坏", "好"]
    assert states(database) == {1: "dead", 2: "done"}
    assert events(database) == ["好"]
    assert said(database) == [
        "这条消息没有处理成功,已记录并通知管理员,请换个说法或稍后重发。",
        "好",
    ]
    assert [name for name, _ in around.alarms] == ["handler"]
    row = database.read(lambda s: s.scalars(select(Inbox).where(Inbox.update_id == 1)).one())
    assert (row.tries, row.error) == (3, "ValueError: a bug")


def test_tries_of_an_earlier_life_count(database):
    put(database, raw(1, "坏"))
    database.write(lambda s: setattr(s.scalars(select(Inbox)).one(), "tries", 2))
    handler = FakeHandler(fail)
    work(database, handler, Around())
    assert handler.seen == ["坏"]
    assert states(database) == {1: "dead"}


def test_a_stranger_is_not_told_that_something_failed(database):
    put(database, raw(1, "坏"), raw(2, "坏", chat=8, addressed=False))
    work(database, FakeHandler(fail), Around(known=False))
    assert (states(database), said(database)) == ({1: "dead", 2: "dead"}, [])


def test_what_was_made_for_an_update_is_not_made_again_for_the_next_try(database):
    tries = []

    def twice(session, incoming):
        tries.append(incoming.text)
        if len(tries) < 3:
            raise ValueError

    put(database, raw(1, "?问"))
    around = Around()
    work(database, FakeHandler(twice), around)
    assert (around.needs, len(tries), states(database)) == (["?问"], 3, {1: "done"})


def test_an_edited_message_is_not_handled_and_it_is_noted_why(database):
    put(database, raw(1, "改", kind="edited"))
    handler = FakeHandler()
    work(database, handler, Around())
    row = database.read(lambda s: s.scalars(select(Inbox)).one())
    assert (handler.seen, row.state, row.error) == ([], "done", "改过的消息不再处理")


def test_a_press_is_answered_and_a_strangers_is_not(database):
    def reply(session, incoming):
        return {
            "known": Reply(toast="已签收"),
            "refused": Reply(toast="不行", alarm=True),
            "stranger": Reply(),
        }[incoming.text]

    presses = ["known", "refused", "stranger"]
    put(database, *(raw(n, text, kind="press", press_id=text) for n, text in enumerate(presses)))
    around = Around()
    work(database, FakeHandler(reply), around)
    assert around.toasts == [("known", "已签收", False), ("refused", "不行", True)]


def test_a_toast_that_fails_changes_nothing(database):
    class Failing(Around):
        async def toast(self, press, text, alarm):
            raise RuntimeError("query is too old")

    put(database, raw(1, "按", kind="press", press_id="p"), raw(2, "后"))
    work(database, FakeHandler(), Failing())
    assert states(database) == {1: "done", 2: "done"}


def test_an_unknown_chat_is_left(database):
    put(database, raw(1, "加入", kind="membership", chat=-9))
    around = Around()
    work(database, FakeHandler(lambda s, i: Reply(leave=True)), around)
    assert around.left == [-9]


def test_failure_30_a_failing_database_is_no_fault_of_the_update(database, monkeypatch):
    put(database, raw(1, "甲"))
    real, down = Database.awrite, [True] * 8

    async def awrite(self, job):
        if down:
            down.pop()
            raise StateError("disk full")
        return await real(self, job)

    monkeypatch.setattr(Database, "awrite", awrite)
    handler, around = FakeHandler(), Around()
    work(database, handler, around)
    assert (states(database), said(database), around.alarms) == ({1: "done"}, ["甲"], [])
    row = database.read(lambda s: s.scalars(select(Inbox)).one())
    assert row.tries == 0


def test_failure_33_stopped_it_finishes_what_it_does_and_leaves_the_rest(database):
    put(database, raw(1, "?一"), raw(2, "二"), raw(3, "三"))
    handler, begun = FakeHandler(), []

    async def slow(need):
        begun.append(need)
        await asyncio.sleep(0.1)
        return "答"

    work(database, handler, Around(prepare=slow), lambda: bool(begun))
    assert handler.seen == ["?一"]
    assert states(database) == {1: "done", 2: "new", 3: "new"}
    work(database, handler, Around())
    assert handler.seen == ["?一", "二", "三"]


def test_failure_33_what_takes_longer_than_the_limit_is_cut_off_and_done_again(database):
    put(database, raw(1, "?一"))
    begun = []

    async def stuck(need):
        begun.append(need)
        await asyncio.sleep(60)

    work(database, FakeHandler(), Around(prepare=stuck), lambda: bool(begun), drain=0.05)
    assert states(database) == {1: "new"}
    work(database, FakeHandler(), Around())
    assert (states(database), events(database)) == ({1: "done"}, ["?一"])


def test_a_worker_that_is_stuck_does_not_say_it_lives(database, monkeypatch):
    monkeypatch.setattr("bot.service.worker._STUCK", 0.05)
    monkeypatch.setattr("bot.service.worker._IDLE", 0.01)
    put(database, raw(1, "?一"))

    async def stuck(need):
        await asyncio.sleep(60)

    around, beats = Around(prepare=stuck), []

    async def watch(worker):
        while not worker._busy:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        beats.append(around.beats)
        await asyncio.sleep(0.1)
        beats.append(around.beats)

    work(database, FakeHandler(), around, lambda: True, during=watch, drain=0.0)
    assert beats[0] == beats[1] > 0


def test_a_fault_of_the_worker_itself_is_not_swallowed(database):
    class Broken(Around):
        async def alarm(self, name, words):
            raise RuntimeError("a bug in the worker")

    put(database, raw(1, "坏"))

    async def run():
        worker = Worker(
            database, FakeHandler(fail), Broken().surroundings(), lambda: NOW, backoff=(0.0,)
        )
        async with asyncio.timeout(5):
            await worker.run()

    with pytest.raises(RuntimeError, match="a bug in the worker"):
        asyncio.run(run())

import asyncio
import contextlib
import os
import time
from datetime import date

import pytest

from bot.service.asker import Asker
from bot.service.seats import ProcessSeat, ThreadSeat
from corpus.errors import EngineError, IndexMissing
from tests.bot.service.desks import (
    FakeDesk,
    add,
    dying,
    engine_version,
    no_index,
    refuse,
    unsendable,
)

DAY = date(2026, 3, 5)


@contextlib.contextmanager
def asking(tmp_path, count=1, *, make=FakeDesk, limit=5.0):
    asker = Asker([ProcessSeat(tmp_path, make=make) for _ in range(count)], limit=limit)
    try:
        yield asker
    finally:
        asker.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with asking(tmp_path_factory.mktemp("shared"), 2) as asker:
        asyncio.run(asker.start())
        yield asker


def ask(asker, *questions, conversation="7:70"):
    async def run():
        return [await asker.ask(conversation, question, DAY) for question in questions]

    return asyncio.run(run())


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_conversation_is_always_at_the_same_desk_and_never_here(shared):
    by_conversation = {
        name: {answer.version for answer in ask(shared, "一", "二", conversation=name)}
        for name in map(str, range(8))
    }
    assert all(len(pids) == 1 for pids in by_conversation.values())
    pids = set.union(*by_conversation.values())
    assert len(pids) == 2
    assert str(os.getpid()) not in pids


def test_a_function_is_run_where_the_engine_is(shared):
    assert asyncio.run(shared.run(add, 2, 3)) == 5


def test_errors_on_purpose_arrive_as_they_are(shared):
    with pytest.raises(EngineError, match=r"^不行$"):
        asyncio.run(shared.run(refuse))


def test_what_cannot_be_sent_back_is_an_error_and_the_desk_goes_on(shared):
    with pytest.raises(EngineError):
        asyncio.run(shared.run(unsendable))
    assert [asyncio.run(shared.run(add, 1, n)) for n in (1, 2)] == [2, 3]


def test_a_bug_while_answering_is_an_apology(shared):
    (answer,) = ask(shared, "fail")
    assert (answer.answer, answer.apology) == (None, "查询出了故障,已记录,请稍后再试。")


def test_failure_28_the_event_loop_is_free_while_a_question_is_answered(tmp_path):
    with asking(tmp_path, limit=0.4) as asker:

        async def run():
            await asker.start()
            ticks, began = 0, time.monotonic()
            asked = asyncio.create_task(asker.ask("7:70", "sleep", DAY))
            while not asked.done():
                await asyncio.sleep(0.01)
                ticks += 1
            return ticks, asked.result(), time.monotonic() - began

        ticks, answer, seconds = asyncio.run(run())
        assert ticks > 20
        assert answer.apology.startswith("这个问题查了很久还没有结果")
        assert 0.4 <= seconds < 2


def test_a_desk_that_took_too_long_is_replaced(tmp_path):
    with asking(tmp_path, limit=5.0) as asker:
        (first,) = ask(asker, "一")
        asker._limit = 0.2
        ask(asker, "sleep")
        asker._limit = 5.0
        (second,) = ask(asker, "二")
        assert (first.version != second.version, second.elapsed_ms) == (True, 1)
        assert not alive(int(first.version))


def test_a_desk_that_dies_is_replaced_and_asked_once_more(tmp_path):
    with asking(tmp_path) as asker:
        first, second, third = ask(asker, "一", "die once", "三")
        assert second.question == "die once"
        assert (second.elapsed_ms, third.elapsed_ms) == (1, 2)
        assert second.version == third.version != first.version


def test_a_question_that_kills_two_desks_is_given_up(tmp_path):
    with asking(tmp_path) as asker:
        dead, next_ = ask(asker, "die", "二")
        assert (dead.apology, next_.elapsed_ms) == ("查询出了故障,已记录,请稍后再试。", 1)


@pytest.mark.parametrize(("make", "error"), [(no_index, IndexMissing), (dying, EngineError)])
def test_a_desk_that_cannot_be_made_is_said_at_the_start(tmp_path, make, error):
    with asking(tmp_path, make=make) as asker, pytest.raises(error):
        asyncio.run(asker.start())


def test_closed_it_leaves_no_process_behind(tmp_path):
    with asking(tmp_path) as asker:
        (answer,) = ask(asker, "一")
        assert alive(int(answer.version))
    assert not alive(int(answer.version))


def test_closing_does_not_wait_for_an_answer(tmp_path):
    began = time.monotonic()
    with asking(tmp_path, limit=60) as asker:

        async def run():
            await asker.start()
            asked = asyncio.create_task(asker.ask("7:70", "sleep", DAY))
            await asyncio.sleep(0.05)
            await asyncio.to_thread(asker.close)
            return await asked

        assert asyncio.run(run()).apology != ""
    assert time.monotonic() - began < 10


def test_without_processes_a_thread_answers_from_the_real_index(shipped_home):
    asker = Asker([ThreadSeat(shipped_home)], limit=30)
    try:
        (answer,) = ask(asker, "烤烟用煤整改时限")
        assert answer.answer.text.startswith("2022年年底")
        assert (answer.as_of, answer.apology) == (DAY, "")
        assert answer.version == asyncio.run(asker.run(engine_version))
    finally:
        asker.close()


def test_a_thread_that_is_not_to_be_had_in_time_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.service.seats.Desk", FakeDesk)
    seat = ThreadSeat(tmp_path)
    asker = Asker([seat], limit=0.1)
    try:
        blocking = seat._thread.submit(time.sleep, 0.9)
        (late,) = ask(asker, "一")
        assert late.apology.startswith("这个问题查了很久还没有结果")
        blocking.result()
        assert seat._desk is None
    finally:
        asker.close()


def test_the_workers_of_a_setting():
    assert isinstance(Asker.over("home", 0)._seats[0], ThreadSeat)
    assert [type(seat) for seat in Asker.over("home", 2)._seats] == [ProcessSeat] * 2

import random

import pytest

from bot.delivery.outage import Outage
from bot.delivery.pacing import Pacer


class Ticks:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def ticks():
    return Ticks()


def test_a_private_chat_may_save_up_three_then_gets_one_a_second(ticks):
    pacer = Pacer(1000, monotonic=ticks)
    for _ in range(3):
        assert pacer.resting() == frozenset()
        pacer.take(7)
    assert pacer.resting() == {7}
    assert pacer.wait() == pytest.approx(1.0)
    ticks.now += 1.0
    assert pacer.resting() == frozenset()
    pacer.take(7)
    assert pacer.resting() == {7}
    ticks.now += 3.0
    assert pacer.resting() == frozenset()
    assert pacer.wait() is None


def test_a_group_is_never_written_to_twice_within_its_distance(ticks):
    pacer = Pacer(1000, monotonic=ticks)
    pacer.take(-7)
    assert pacer.resting() == {-7}
    ticks.now += 3.1
    assert pacer.resting() == {-7}
    ticks.now += 0.11
    assert pacer.resting() == frozenset()


@pytest.mark.parametrize(("rate", "count", "window"), [(20, 20, 1.0), (2.5, 2, 0.8), (0.5, 1, 2.0)])
def test_no_window_holds_more_than_the_rate(ticks, rate, count, window):
    pacer = Pacer(rate, per_chat=0, per_group=0, monotonic=ticks)
    dice = random.Random(1)
    times = []
    for chat in range(1, 400):
        ticks.now += dice.random() * window / count
        if pacer.ready() > 0:
            pacer.take(chat)
            times.append(ticks.now)
    assert len(times) > 100
    assert all(later - one >= window for one, later in zip(times, times[count:], strict=False))


def test_all_that_the_rate_allows_may_go_at_once(ticks):
    pacer = Pacer(20, monotonic=ticks)
    assert pacer.ready() == 20
    for chat in range(1, 21):
        pacer.take(chat)
    assert pacer.ready() == 0
    assert pacer.wait() == pytest.approx(1.0)
    ticks.now += 1.0
    assert pacer.ready() == 20


def test_a_distance_of_nothing_lifts_the_limits_of_chats(ticks):
    pacer = Pacer(1000, per_chat=0, per_group=0, monotonic=ticks)
    for chat in (7, -7) * 100:
        pacer.take(chat)
    assert pacer.resting() == frozenset()
    assert pacer.ready() == 800


def test_a_throttled_chat_waits_alone(ticks):
    pacer = Pacer(monotonic=ticks)
    assert not pacer.throttled(7, 30)
    assert not pacer.throttled(7, 5)
    assert not pacer.throttled(8, 5)
    assert (pacer.resting(), pacer.ready()) == ({7, 8}, 20)
    ticks.now += 5
    assert pacer.resting() == {7}
    ticks.now += 25
    assert pacer.resting() == frozenset()


def test_failure_11_three_throttled_chats_within_a_minute_stop_everything(ticks):
    pacer = Pacer(monotonic=ticks)
    for chat in (7, 8):
        assert not pacer.throttled(chat, 5)
    ticks.now += 59
    assert pacer.throttled(9, 12)
    assert (pacer.ready(), pacer.wait()) == (0, 12)
    ticks.now += 12
    assert pacer.ready() == 20


def test_three_throttled_chats_in_more_than_a_minute_do_not(ticks):
    pacer = Pacer(monotonic=ticks)
    for chat in (7, 8, 9):
        assert not pacer.throttled(chat, 5)
        ticks.now += 30
    assert pacer.ready() == 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0},
        {"rate": -1},
        {"rate": float("nan")},
        {"per_chat": -1},
        {"per_group": -0.1},
        {"burst": 0},
    ],
)
def test_limits_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match=r"must be positive|cannot be negative"):
        Pacer(**wrong)


def test_three_failures_in_a_row_are_an_outage_and_an_answer_ends_it():
    outage = Outage()
    for at in (0.0, 1.0):
        outage.failed(at, certain=True)
    assert not outage.on
    waits = []
    for at in (2.0, 10.0, 20.0, 40.0, 80.0):
        outage.failed(at, certain=True)
        waits.append(outage.until - at)
    assert (outage.on, waits) == (True, [5, 10, 20, 30, 30])
    assert outage.answered()
    assert (outage.on, outage.answered()) == (False, False)


def test_an_outage_is_told_once_after_a_quarter_of_an_hour():
    outage = Outage()
    for at in (100.0, 101.0, 102.0):
        outage.failed(at, certain=False)
    assert not outage.alarming(999.9)
    assert outage.alarming(1000.0)
    assert not outage.alarming(1001.0)
    outage.answered()
    outage.failed(2000.0, certain=True)
    assert not outage.alarming(9000.0)

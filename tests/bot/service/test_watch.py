import socket
import threading
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.service.watch import Heartbeats, Notifier, Watchdog, store, stored_stale
from bot.state.tables import Heartbeat

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


class Seconds:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_a_loop_is_stale_once_it_was_silent_for_longer_than_the_limit():
    seconds = Seconds()
    beats = Heartbeats(seconds)
    beats.beat("poller")
    seconds.now += 100
    beats.beat("sender")
    seconds.now += 50
    assert (beats.stale(), beats.ages()) == ([], {"poller": 150.0, "sender": 50.0})
    seconds.now += 0.1
    assert beats.stale() == ["poller"]
    beats.forget("poller")
    assert beats.stale() == []


def watch(beats, notifier, until, **options):
    ended = threading.Event()
    dog = Watchdog(beats, notifier, look=0.01, end=ended.set, **options)
    dog.start()
    try:
        deadline = time.monotonic() + 5
        while not until(ended) and time.monotonic() < deadline:
            time.sleep(0.005)
        return ended.is_set()
    finally:
        dog.stop()


def test_failure_08_a_silent_loop_ends_the_process_though_the_event_loop_is_blocked():
    seconds = Seconds()
    beats = Heartbeats(seconds)
    beats.beat("poller")
    seconds.now += 151
    assert watch(beats, Notifier({}), lambda ended: ended.is_set())


def test_living_loops_are_told_to_systemd_and_left_alone(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        beats = Heartbeats()
        beats.beat("poller")
        notifier.ready()
        said = [systemd.recv(100)]
        ended = watch(
            beats, notifier, lambda ended: said.append(systemd.recv(100)) or len(said) > 2
        )
        assert (said, ended) == ([b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"], False)


def test_without_systemd_nothing_is_said():
    Notifier({}).alive()
    Notifier({"NOTIFY_SOCKET": "/nowhere/at/all"}).ready()


def test_heartbeats_are_written_down_and_those_of_loops_that_are_gone_are_not_kept(database):
    assert database.read(lambda s: stored_stale(s, NOW, 150)) is None
    database.write(lambda s: store(s, {"poller": 3.0, "old": 0.0}, NOW))
    database.write(lambda s: store(s, {"poller": 1.0, "sender": 0.0}, NOW))
    rows = database.read(lambda s: s.scalars(select(Heartbeat).order_by(Heartbeat.name)).all())
    assert [(row.name, row.at) for row in rows] == [
        ("poller", NOW - timedelta(seconds=1)),
        ("sender", NOW),
    ]
    later = NOW + timedelta(seconds=150)
    assert database.read(lambda s: stored_stale(s, NOW, 150)) == []
    assert database.read(lambda s: stored_stale(s, later, 150)) == ["poller"]

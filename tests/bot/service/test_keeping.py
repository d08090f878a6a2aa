import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.service.inbox import keep, settle, waiting
from bot.service.keeping import Keeping
from bot.service.locking import InstanceLock
from bot.service.metrics import Metrics
from bot.service.watch import Heartbeats
from bot.state.database import Database
from bot.state.tables import Heartbeat, Inbox
from corpus.errors import StateError


class LostLock(InstanceLock):
    def check(self):
        raise StateError("锁丢了")


def keeping(database, clock, lock=None, metrics=None):
    beats = Heartbeats()
    beats.beat("poller")
    return Keeping(database, clock, beats, lock or InstanceLock(None), metrics)


def turn(kept):
    asyncio.run(kept())


def test_failure_10_a_lost_lock_is_not_passed_over(database, clock):
    with pytest.raises(StateError, match="锁丢了"):
        turn(keeping(database, clock, LostLock(None)))


def test_heartbeats_are_written_and_numbers_counted(database, clock):
    metrics = Metrics()
    database.write(lambda s: keep(s, [{"update_id": 1}], clock()))
    turn(keeping(database, clock, metrics=metrics))
    names = database.read(lambda s: s.scalars(select(Heartbeat.name)).all())
    assert names == ["poller"]
    assert metrics.registry.get_sample_value("gongjian_inbox", {"state": "new"}) == 1


def test_failure_30_a_failing_database_is_waited_out(database, clock, monkeypatch, caplog):
    async def awrite(self, work):
        raise StateError("disk full")

    monkeypatch.setattr(Database, "awrite", awrite)
    turn(keeping(database, clock))
    assert "housekeeping: disk full" in caplog.text


def test_old_updates_are_forgotten_once_a_day(database, clock):
    def settled(number):
        database.write(lambda s: keep(s, [{"update_id": number}], clock()))
        key = database.read(lambda s: waiting(s, 1, frozenset()))[0].key
        database.write(lambda s: settle(s, key, "done", clock()))
        clock.advance(days=31)

    def left():
        return database.read(lambda s: s.scalars(select(Inbox.update_id)).all())

    kept = keeping(database, clock)
    settled(1)
    turn(kept)
    assert left() == []
    clock.advance(days=-31)
    settled(2)
    clock.set(clock() + timedelta(hours=23) - timedelta(days=0))
    turn(kept)
    assert left() == [2]
    clock.advance(hours=2)
    turn(kept)
    assert left() == []

import logging
from datetime import timedelta

from bot.delivery.alarms import alarm
from bot.records import Role
from tests.bot.delivery.fakes import office, person, rows, take


def test_an_alarm_reaches_office_and_administrators_once_a_day_and_kind(database, now, caplog):
    office(database, now, -900)

    def work(session):
        person(session, now, 21, unit=None, role=Role.OFFICE).admin = True
        person(session, now, 22, unit=None, role=Role.OFFICE)

    database.write(work)
    with caplog.at_level(logging.ERROR, "bot.delivery"):
        assert database.write(lambda s: alarm(s, now, "disk", "磁盘 < 1 %")) == 2
        assert database.write(lambda s: alarm(s, now, "disk", "磁盘 < 1 %")) == 0
    assert caplog.messages == ["disk: 磁盘 < 1 %"] * 2
    assert database.write(lambda s: alarm(s, now, "inbox", "x")) == 2
    # 10:00 in China: fourteen hours later it is the next day there.
    assert database.write(lambda s: alarm(s, now + timedelta(hours=13), "disk", "x")) == 0
    assert database.write(lambda s: alarm(s, now + timedelta(hours=14), "disk", "x")) == 2
    assert {one.chat: one.parcel.text for one in take(database, now)} == {
        -900: "⚠️ 磁盘 &lt; 1 %",
        21: "⚠️ 磁盘 &lt; 1 %",
    }


def test_an_alarm_about_an_alarm_is_only_logged(database, now, caplog):
    office(database, now)
    assert database.write(lambda s: alarm(s, now, "x", "y", about="alarm:z")) == 0
    assert caplog.messages == ["x: y"]
    assert rows(database) == {}


def test_without_anybody_to_tell_an_alarm_is_still_logged(database, now, caplog):
    assert database.write(lambda s: alarm(s, now, "k" * 300, "y")) == 0
    assert len(caplog.messages) == 1


def test_a_long_kind_still_makes_a_key(database, now):
    office(database, now)
    assert database.write(lambda s: alarm(s, now, "k" * 300, "y")) == 1
    [key] = rows(database)
    assert len(key) == 160

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.delivery.outbox import enqueue
from bot.service.presence import Presence, note_presence
from bot.state.tables import Chat, Note, Outbox

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def chats(session):
    for number, state in ((7, "active"), (8, "blocked"), (-9, "active"), (10, "removed")):
        session.add(Chat(chat=number, kind="group", state=state, created_at=NOW))


def note(database, now):
    return database.write(lambda s: note_presence(s, now, ZONE, enqueue))


def hints(database):
    rows = database.read(lambda s: s.scalars(select(Outbox).order_by(Outbox.id)).all())
    return [(row.chat, row.payload["text"]) for row in rows]


def test_failure_06_after_more_than_a_day_each_reached_chat_gets_one_hint(database):
    database.write(chats)
    assert note(database, NOW) == 0
    assert note(database, NOW + timedelta(hours=24)) == 0
    assert note(database, NOW + timedelta(hours=72, seconds=1)) == 2
    words = (
        "3月6日 10:00 以来,系统有一天以上收不到消息,这期间发来的可能已经丢失。"
        "请用 /tasks 查看任务;没有得到答复的,请重新发一次。"
    )
    assert hints(database) == [(7, words), (-9, words)]
    assert note(database, NOW + timedelta(hours=73)) == 0


def test_failure_25_a_clock_that_jumps_to_and_fro_gives_no_second_hint(database):
    database.write(chats)
    note(database, NOW)
    later = NOW + timedelta(days=2)
    assert note(database, later) == 2
    assert note(database, NOW) == 0
    assert note(database, later + timedelta(minutes=5)) == 0
    assert len(hints(database)) == 2


def test_it_is_noted_once_a_minute_at_most(database, clock):
    nudges = []
    presence = Presence(database, clock, ZONE, enqueue, lambda: nudges.append(1))

    def noted():
        asyncio.run(presence.reached())
        return database.read(lambda s: s.get(Note, "last_poll").value)

    first = noted()
    clock.advance(59)
    assert noted() == first
    clock.advance(1)
    assert noted() == clock().isoformat()
    database.write(chats)
    clock.advance(days=2)
    noted()
    assert nudges == [1]

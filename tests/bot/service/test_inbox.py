from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.records import InboxState
from bot.service.inbox import keep, purge, settle, tried, update_number, waiting
from bot.state.tables import Inbox

WEEK = timedelta(days=7)
# The first instant of a week as the inbox counts them: a Thursday, as 1 January 1970 was.
THURSDAY = datetime(2026, 3, 5, tzinfo=UTC)


def raw(number, **more):
    return {"update_id": number} | more


def kept(database, *raws, now=THURSDAY):
    return database.write(lambda session: keep(session, raws, now))


def letters(database, limit=10, known=frozenset()):
    found = database.read(lambda session: waiting(session, limit, known))
    return [letter.key[0] for letter in found]


def test_an_update_is_kept_once(database):
    assert kept(database, raw(5), raw(6)) == 2
    assert kept(database, raw(6), raw(7)) == 1
    assert letters(database) == [5, 6, 7]


@pytest.mark.parametrize("step", [timedelta(seconds=2), timedelta(hours=24)])
def test_an_update_given_again_across_the_week_is_the_same(database, step):
    assert kept(database, raw(5), now=THURSDAY - timedelta(seconds=1)) == 1
    assert kept(database, raw(5), now=THURSDAY - timedelta(seconds=1) + step) == 0


def test_failure_25_a_clock_set_back_across_the_week_makes_no_double(database):
    assert kept(database, raw(5), now=THURSDAY + timedelta(minutes=1)) == 1
    assert kept(database, raw(5), now=THURSDAY - timedelta(minutes=1)) == 0


def test_failure_26_a_number_used_again_after_a_quiet_week_is_another_update(database):
    assert kept(database, raw(5), now=THURSDAY) == 1
    assert kept(database, raw(5), now=THURSDAY + WEEK) == 1
    assert kept(database, raw(4), now=THURSDAY + WEEK) == 1
    assert letters(database) == [5, 4, 5]


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": "5"},
        {"update_id": True},
        {"update_id": -1},
        {"update_id": 2**63},
        None,
        [],
        "x",
    ],
)
def test_what_has_no_number_is_none(update):
    assert update_number(update) is None


def test_failure_04_what_no_database_takes_does_not_stop_a_batch(database):
    assert kept(database, raw(5, message={"x": float("nan")}), raw(6, text="\ud83d\0")) == 2
    found = database.read(lambda session: waiting(session, 10, frozenset()))
    assert list(found[0].raw) == ["update_id", "message"]
    assert "unstorable" in found[0].raw["message"]
    assert found[1].raw["text"] == "\ud83d\0"


def test_what_is_in_hand_is_not_given_out_again(database):
    kept(database, *(raw(number) for number in range(5)))
    week = int(THURSDAY.timestamp()) // (7 * 24 * 3600)
    assert letters(database, 3) == [0, 1, 2]
    assert letters(database, 3, frozenset({(0, week), (2, week)})) == [1]


def test_an_update_is_settled_once(database):
    kept(database, raw(5))
    key = database.read(lambda session: waiting(session, 10, frozenset()))[0].key
    once = database.write(lambda s: settle(s, key, InboxState.DONE, THURSDAY))
    again = database.write(lambda s: settle(s, key, InboxState.DEAD, THURSDAY, error="x"))
    assert (once, again) == (True, False)
    row = database.read(lambda session: session.scalars(select(Inbox)).one())
    assert (row.state, row.error, row.done_at) == ("done", "", THURSDAY)


def test_tries_are_counted_and_the_error_is_cut(database):
    kept(database, raw(5))
    key = database.read(lambda session: waiting(session, 10, frozenset()))[0].key
    assert database.write(lambda s: tried(s, key, "e" * 5000)) == 1
    assert database.write(lambda s: tried(s, key, "again")) == 2
    assert database.read(lambda s: waiting(s, 10, frozenset()))[0].tries == 2


def test_only_what_was_settled_long_ago_is_forgotten(database):
    kept(database, raw(5), raw(6))
    kept(database, raw(7), now=THURSDAY + timedelta(days=20))
    for key in [letter.key for letter in database.read(lambda s: waiting(s, 9, frozenset()))]:
        if key[0] != 6:
            database.write(lambda s, key=key: settle(s, key, InboxState.DONE, THURSDAY))
    assert database.write(lambda s: purge(s, THURSDAY + timedelta(days=31))) == 1
    left = database.read(
        lambda s: s.scalars(select(Inbox.update_id).order_by(Inbox.update_id)).all()
    )
    assert left == [6, 7]

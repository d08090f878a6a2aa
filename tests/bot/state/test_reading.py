import asyncio
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.state.database import insert_new
from bot.state.tables import Note, Unit
from corpus.errors import StateError

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def names(session: Session) -> list[str]:
    return list(session.scalars(select(Unit.name).order_by(Unit.id)))


def held(database):
    """Keep every reader busy until the gate opens; what is asked meanwhile is read together."""
    gate = threading.Event()
    for _ in database._readers._threads:
        busy = threading.Event()

        def hold(_: Session, busy: threading.Event = busy) -> None:
            busy.set()
            gate.wait(5)

        database._readers.submit(hold)
        assert busy.wait(5)
    return gate


def test_what_is_asked_after_a_commit_sees_it(database):
    gate = held(database)
    database.write(lambda session: session.add(Unit(name="市公安局", created_at=NOW)))
    found = [database._readers.submit(names) for _ in range(5)]
    gate.set()
    assert [future.result(5) for future in found] == [["市公安局"]] * 5


def test_a_look_that_fails_spoils_no_other(database):
    gate = held(database)
    works = [names, lambda session: session.execute(text("select no_such")), names, lambda _: 1 / 0]
    found = [database._readers.submit(work) for work in (*works, names)]
    gate.set()
    assert [found[at].result(5) for at in (0, 2, 4)] == [[], [], []]
    with pytest.raises(StateError, match="no_such"):
        found[1].result(5)
    with pytest.raises(ZeroDivisionError):
        found[3].result(5)


def test_what_one_look_has_loaded_is_not_the_next_ones(database):
    database.write(lambda session: session.add(Note(name="n", value="1")))
    gate = held(database)
    first = database._readers.submit(lambda session: session.get(Note, "n"))
    second = database._readers.submit(lambda session: len(list(session)))
    gate.set()
    assert (first.result(5).value, second.result(5)) == ("1", 0)


def test_nothing_is_read_once_it_is_closed(database):
    database.close()
    with pytest.raises(StateError, match="已关闭"):
        asyncio.run(database.aread(names))


def test_a_short_look_from_the_event_loop_sees_what_is_committed(database):
    database.write(lambda session: session.add(Unit(name="市公安局", created_at=NOW)))
    assert asyncio.run(database.alook(names)) == ["市公安局"]


def test_of_several_rows_only_those_with_a_new_key_are_inserted(database):
    rows = [{"name": name, "value": "1"} for name in "abc"]
    assert database.write(lambda session: insert_new(session, Note, rows[:2])) == ["a", "b"]
    assert database.write(lambda session: insert_new(session, Note, rows)) == ["c"]
    assert database.write(lambda session: insert_new(session, Note, rows)) == []

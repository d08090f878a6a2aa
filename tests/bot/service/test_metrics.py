from datetime import UTC, date, datetime

import pytest

from bot.delivery.outbox import enqueue
from bot.records import Address, OutboxState, Outgoing
from bot.service.metrics import Metrics, counted
from bot.state.tables import Chat, LedgerTask, Outbox, Reminder
from corpus.errors import SettingsError
from tests.bot.service.fakes import put, raw

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


def reminder(task, room, stage, state, outbox=None):
    return Reminder(
        task_id=task, due_version=1, due=date(2026, 3, 9), stage=stage, chat_id=room, fire_at=NOW,
        state=state, outbox_id=outbox, created_at=NOW,
    )  # fmt: skip


def fill(session):
    task = LedgerTask(
        source_key="k", number=1, title="t", measures=[], leaders=[], document_id="d", plan="p",
        heading=[], kind="fixed", inferred=[], state="issued", created_at=NOW,
    )  # fmt: skip
    room = Chat(chat=7, kind="private", created_at=NOW)
    session.add_all([task, room])
    session.flush()
    rows = [enqueue(session, Outgoing(f"k{n}", Address(7), "x"), NOW) for n in range(3)]
    session.get(Outbox, rows[0]).state = OutboxState.SENT
    session.get(Outbox, rows[1]).state = OutboxState.UNCERTAIN
    session.add_all(
        [
            reminder(task.id, room.id, "30", "queued", rows[0]),
            reminder(task.id, room.id, "7", "queued", rows[1]),
            reminder(task.id, room.id, "1", "planned"),
        ]
    )


def test_everything_is_counted_by_state(database):
    put(database, raw(1), raw(2))
    database.write(fill)
    found = database.read(counted)
    assert found["outbox"] == {
        "due": 1, "sending": 0, "sent": 1, "uncertain": 1, "failed": 0, "dead": 0, "cancelled": 0,
    }  # fmt: skip
    assert found["inbox"] == {"new": 2, "done": 0, "dead": 0}
    assert found["reminders"] == {"queued": 2, "planned": 1, "sent": 1, "uncertain": 1}


def value(metrics, name, **labels):
    return metrics.registry.get_sample_value(name, labels)


def test_what_was_set_is_shown_and_what_is_gone_is_not():
    metrics = Metrics()
    metrics.received(3)
    metrics.handled(0.2)
    metrics.answered(0.3)
    metrics.set({"outbox": {"due": 2, "sent": 5}}, {"poller": 4.5})
    metrics.set({"outbox": {"due": 1}}, {"poller": 1.5})
    assert value(metrics, "gongjian_updates_total") == 3
    assert value(metrics, "gongjian_update_seconds_count") == 1
    assert value(metrics, "gongjian_answer_seconds_sum") == 0.3
    assert value(metrics, "gongjian_outbox", state="due") == 1
    assert value(metrics, "gongjian_outbox", state="sent") is None
    assert value(metrics, "gongjian_heartbeat_age_seconds", loop="poller") == 1.5


def test_two_services_in_one_process_do_not_share_their_numbers():
    first, second = Metrics(), Metrics()
    first.received(1)
    assert value(second, "gongjian_updates_total") == 0


def test_a_port_that_is_taken_is_said():
    metrics = Metrics()
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"GONGJIAN_METRICS_PORT={port} 不能用"):
            metrics.serve(port)


def test_it_is_served_on_this_machine_only(loopback):
    import socket
    import urllib.request

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    end = Metrics().serve(port)
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            assert b"gongjian_updates_total 0.0" in answer.read()
    finally:
        end()

"""A reminder is held against the ledger once more, just before it goes."""

from bot.ledger.actions import perform
from bot.ledger.records import Deed
from bot.records import Action, Actor, OutboxState, Role
from tests.bot.delivery.fakes import FakeMessenger
from tests.bot.delivery.test_sender import run
from tests.bot.reminding.ledgers import ISSUED, Ledger, at, d

OFFICE = Actor(0, 0, 0, "办公室", frozenset({(Role.OFFICE, 0)}), True)


def digest(database):
    """A morning's digest of two tasks, to be sent."""
    ledger = Ledger(database)
    unit = ledger.unit("市公安局")
    ledger.group(unit)
    tasks = [ledger.task(n, lead=[unit], due=d("2026-02-11"), stages="7") for n in (1, 2)]
    ledger.tick(ISSUED)
    assert ledger.tick("2026-02-04 09:00", deliver=False) == 1
    return ledger, tasks


def send(ledger, clock, messenger, done, meanwhile):
    clock.set(at("2026-02-04 09:00"))
    told = []

    def hook(name):
        if name == "after_claim" and not told:
            told.append(name)
            meanwhile()

    run(ledger.database, messenger, clock, done, hook=hook)


def states(ledger):
    return [message.state for message in ledger.messages()]


def test_failure_22_a_digest_of_a_task_cancelled_after_the_claim_is_not_sent(database, clock):
    ledger, (first, second) = digest(database)
    messenger = FakeMessenger()

    def cancel():
        deed = Deed(Action.CANCEL, first, OFFICE, clock(), text="撤销")
        database.write(lambda s: perform(s, deed))

    ended = [OutboxState.CANCELLED, OutboxState.SENT]
    send(ledger, clock, messenger, lambda: states(ledger)[0] in ended, cancel)
    assert (states(ledger), messenger.given) == ([OutboxState.CANCELLED], [])
    assert ledger.tick("2026-02-04 09:01", deliver=False) == 1
    _, again = ledger.messages()
    assert again.state == OutboxState.DUE
    assert (again.task_id, "问题2" in again.payload["text"]) == (second, True)
    assert "问题1" not in again.payload["text"]


def test_a_digest_whose_tasks_all_stand_is_sent(database, clock):
    ledger, _ = digest(database)
    messenger = FakeMessenger()
    send(ledger, clock, messenger, lambda: states(ledger) == ["sent"], lambda: None)
    (text,) = messenger.texts
    assert "问题1" in text
    assert "问题2" in text


def test_failure_22_a_digest_of_dates_moved_after_the_claim_is_not_sent(database, clock):
    ledger, (first, _) = digest(database)
    messenger = FakeMessenger()

    def move():
        deed = Deed(Action.SET_DUE, first, OFFICE, clock(), due=d("2026-03-11"), text="改期")
        database.write(lambda s: perform(s, deed))

    ended = [OutboxState.CANCELLED, OutboxState.SENT]
    send(ledger, clock, messenger, lambda: states(ledger)[0] in ended, move)
    assert (states(ledger), messenger.given) == ([OutboxState.CANCELLED], [])

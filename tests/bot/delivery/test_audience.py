"""What the planner and an alarm queue says for whom it is."""

from bot.delivery.alarms import alarm
from bot.records import Role
from tests.bot.delivery.fakes import office, rows
from tests.bot.reminding.ledgers import ISSUED, Ledger, d


def told(database):
    """For whom the messages of each chat are."""
    found: dict[int, set[str]] = {}
    for row in rows(database).values():
        found.setdefault(row.chat, set()).add(row.payload["for"])
    return found


def test_reminders_are_for_the_unit_and_escalations_for_the_office(database):
    ledger = Ledger(database)
    unit = ledger.unit("市公安局")
    ledger.person("张", unit)
    ledger.person("王", role=Role.OFFICE)
    ledger.task(lead=[unit], due=d("2026-02-11"), stages="7,+1")
    ledger.tick(ISSUED)
    for day in ("2026-02-04", "2026-02-12"):
        ledger.tick(f"{day} 09:00")
    assert told(database) == {1: {"unit"}, 2: {"office"}}


def test_an_alarm_is_for_the_office(database, now):
    home = office(database, now)
    database.write(lambda s: alarm(s, now, "k", "出错"))
    assert told(database) == {home: {"office"}}

import pytest
from sqlalchemy import select

from bot.reminding.preview import preview
from bot.state.tables import Note, Outbox, Reminder
from tests.bot.reminding.ledgers import ISSUED, RULES, Ledger, d


@pytest.fixture
def ledger(database):
    return Ledger(database)


@pytest.fixture
def unit(ledger):
    return ledger.unit("市公安局")


@pytest.fixture
def room(ledger, unit):
    return ledger.group(unit)


def shown(ledger, as_of, days=1, today="2026-01-05"):
    found = ledger.database.read(lambda s: preview(s, d(as_of), days, d(today), RULES))
    return [f"{c.day:%m-%d} {c.unit} {c.number} {c.stage} {c.words}" for c in found]


def test_a_unit_with_several_chats_is_shown_once(ledger, unit, room):
    ledger.group(unit)
    ledger.task(1, lead=[unit], due=d("2026-02-11"))
    assert shown(ledger, "2026-02-04") == ["02-04 市公安局 1 T-7 还有 7 天"]


def test_what_was_sent_this_morning_is_still_shown(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    ledger.tick("2026-02-04 09:00")
    assert shown(ledger, "2026-02-04", today="2026-02-04") == ["02-04 市公安局 1 T-7 还有 7 天"]


def test_a_pause_shows_today_what_will_be_caught_up_with(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    found = shown(ledger, "2026-02-06", 5, today="2026-02-06")
    assert found == [
        "02-06 市公安局 1 T-7 还有 5 天",
        "02-10 市公安局 1 T-1 还有 1 天",
    ]


def test_a_day_to_come_shows_only_its_own(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)
    assert shown(ledger, "2026-02-06") == []
    assert shown(ledger, "2026-02-12") == ["02-12 市公安局 1 T+1 已超期 1 天"]


def test_a_day_past_shows_what_was_sent_on_it(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-02-11"))
    for day in ("2026-01-12", "2026-02-04", "2026-02-10", "2026-02-11"):
        ledger.tick(f"{day} 09:00")
    found = shown(ledger, "2026-02-01", 10, today="2026-02-11")
    assert found == [
        "02-04 市公安局 1 T-7 还有 7 天",
        "02-10 市公安局 1 T-1 还有 1 天",
    ]


def test_a_preview_changes_nothing(ledger, unit, room):
    ledger.task(1, lead=[unit], due=d("2026-02-11"))
    ledger.tick(ISSUED)

    def everything(session):
        return [session.execute(select(m.__table__)).all() for m in (Reminder, Outbox, Note)]

    before = ledger.database.read(everything)
    shown(ledger, "2026-01-12", 60)
    assert ledger.database.read(everything) == before


def test_the_office_is_shown_last(ledger, unit, room):
    ledger.group(office=True)
    ledger.task(1, lead=[unit], due=d("2026-02-11"))
    assert shown(ledger, "2026-02-12") == [
        "02-12 市公安局 1 T+1 已超期 1 天",
        "02-12 攻坚办 1 E+1 已超期 1 天",
    ]

import pytest
from sqlalchemy import select

from bot.reminding.preview import preview
from bot.reminding.routine import due_routines, queue_routine
from bot.reminding.routine_preview import preview_routines
from bot.state.tables import Note, Outbox
from tests.bot.reminding.ledgers import RULES, Ledger, at, d


@pytest.fixture
def ledger(database):
    found = Ledger(database)
    police = found.unit("市公安局")
    found.group(police)
    found.group(office=True)
    found.task(1, lead=[police], cooperating=[found.unit("市财政局")], due=d("2026-12-31"))
    return found


def shown(ledger, as_of, days=1, today="2026-01-05"):
    found = ledger.database.read(lambda s: preview_routines(s, d(as_of), days, d(today), RULES))
    return [f"{c.day:%m-%d} {c.unit} {c.words}{'' if c.reached else ' 收不到'}" for c in found]


def test_the_rounds_of_a_day_are_shown_for_each_that_is_told(ledger):
    assert shown(ledger, "2026-04-01") == [
        "04-01 市公安局 月台账推进",
        "04-01 市公安局 月调度通报",
        "04-01 市公安局 季度调度通报",
        "04-01 市财政局 月台账推进 收不到",
        "04-01 攻坚办 月调度通报",
        "04-01 攻坚办 季度调度通报",
    ]


def test_rounds_of_days_before_are_not_shown_again(ledger):
    assert shown(ledger, "2026-04-02", 5) == []
    # The week's first working day after the holiday is a Tuesday.
    assert shown(ledger, "2026-04-02", 6) == [
        "04-07 市公安局 周调度通报",
        "04-07 攻坚办 周调度通报",
    ]


def test_what_comes_to_nothing_is_not_shown_and_what_is_to_be_accepted_is(ledger):
    assert shown(ledger, "2026-12-31") == []
    found = shown(ledger, "2027-01-01")
    assert "01-01 攻坚办 节点验收" in found
    assert "01-01 攻坚办 每日情况" in found


def test_what_was_done_this_morning_is_still_shown_and_nothing_is_changed(ledger):
    def done(session):
        for routine in due_routines(session, at("2026-04-01 09:00"), RULES):
            queue_routine(session, routine, (), at("2026-04-01 09:00"))

    expected = shown(ledger, "2026-04-01", today="2026-03-31")
    ledger.database.write(done)

    def notes(session):
        return session.execute(select(Note.name, Note.value)).all()

    before = ledger.database.read(notes), len(ledger.messages())
    assert shown(ledger, "2026-04-01", today="2026-04-01") == expected
    assert shown(ledger, "2026-04-01", today="2026-04-20") == expected
    assert (ledger.database.read(notes), len(ledger.messages())) == before


def test_without_an_office_s_chat_only_the_units_own_ledgers_are_shown(database):
    ledger = Ledger(database)
    police = ledger.unit("市公安局")
    ledger.group(police)
    ledger.task(1, lead=[police], due=d("2026-12-31"))
    assert shown(ledger, "2026-04-01") == ["04-01 市公安局 月台账推进"]


def test_a_unit_that_nobody_reaches_is_shown_as_not_reached(ledger):
    found = ledger.database.read(lambda s: preview(s, d("2026-12-24"), 1, d("2026-01-05"), RULES))
    assert [(c.unit, c.stage, c.reached) for c in found] == [
        ("市公安局", "T-7", True),
        ("市财政局", "T-7", False),
    ]
    assert ledger.database.read(lambda s: s.scalars(select(Outbox.id)).all()) == []

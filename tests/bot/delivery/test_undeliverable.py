import pytest

from bot.delivery.messenger import Blocked, Sent
from bot.records import Priority, Role
from bot.state.tables import Membership
from tests.bot.delivery.fakes import (
    mark,
    office,
    person,
    put,
    room,
    rows,
    take,
    task,
    to,
    try_once,
    unit,
)

BLOCKED = Blocked("bot was kicked")
MARK = "(原会话无法送达,转发至此)\n"


def texts(database, now):
    return {one.chat: one.parcel.text for one in take(database, now)}


def test_a_group_that_is_gone_is_made_up_for_by_its_units_people(database, now):
    home = office(database, now)

    def work(session):
        number = unit(session, now, "住建局")
        room(session, now, -1, unit_id=number, title="住建局群")
        person(session, now, 11, unit=number, role=Role.LEAD)
        person(session, now, 12, unit=number, role=Role.MEMBER)
        person(session, now, 13, unit=unit(session, now, "别的"), role=Role.MEMBER)

    database.write(work)
    put(database, now, to(-1, "k", priority=Priority.DUE, text="<b>到期</b>", reply_to=4))
    assert try_once(database, now, BLOCKED).state == "failed"
    assert texts(database, now) == {
        home: "⚠️ 会话“住建局群”无法送达(bot was kicked)。本条已改发 2 个其他会话。",
        11: f"{MARK}<b>到期</b>",
        12: f"{MARK}<b>到期</b>",
    }
    assert {row.payload["reply_to"] for key, row in rows(database).items() if "转" in key} == {0}


def test_a_person_who_is_gone_is_made_up_for_by_the_units_group(database, now):
    def work(session):
        number = unit(session, now, "住建局")
        person(session, now, 11, unit=number, role=Role.LEAD)
        room(session, now, -1, unit_id=number)

    database.write(work)
    put(database, now, to(11, "k"))
    try_once(database, now, BLOCKED)
    assert texts(database, now) == {-1: f"{MARK}k"}


def test_a_chain_of_blocked_chats_tells_nobody_twice_and_ends(database, now):
    def work(session):
        number = unit(session, now, "住建局")
        room(session, now, -1, unit_id=number)
        for user in (11, 12, 13):
            person(session, now, user, unit=number, role=Role.MEMBER)

    database.write(work)
    put(database, now, to(-1, "k"))
    tried = []
    for _ in range(10):
        for one in take(database, now):
            tried.append(one.chat)
            assert one.parcel.text.count(MARK) <= 1
            mark(database, one, BLOCKED, now)
    assert sorted(tried) == [-1, 11, 12, 13]


def test_without_another_chat_the_tasks_lead_unit_is_told(database, now):
    home = office(database, now)

    def work(session):
        room(session, now, -1, unit_id=unit(session, now, "配合"), title="配合群")
        lead = unit(session, now, "牵头")
        room(session, now, -2, unit_id=lead)
        return task(session, now, lead=lead)

    number = database.write(work)
    put(database, now, to(-1, "k", task=number, version=1))
    try_once(database, now, BLOCKED)
    assert texts(database, now)[-2] == f"{MARK}k"
    assert home == -900


def test_an_answer_stays_its_askers_affair_and_alarms_nobody(database, now):
    office(database, now)

    def work(session):
        number = unit(session, now, "住建局")
        person(session, now, 11, unit=number, role=Role.MEMBER)
        room(session, now, -1, unit_id=number)

    database.write(work)
    put(database, now, to(11, "k", priority=Priority.ANSWER))
    try_once(database, now, BLOCKED)
    assert list(rows(database)) == ["k"]


def test_an_edit_is_not_sent_on_but_told_of(database, now):
    home = office(database, now)

    def work(session):
        number = unit(session, now, "住建局")
        person(session, now, 11, unit=number, role=Role.MEMBER)
        room(session, now, -1, unit_id=number)

    database.write(work)
    put(database, now, to(11, "e", edits=4))
    try_once(database, now, BLOCKED)
    assert texts(database, now) == {
        home: "⚠️ 会话“会话11”无法送达(bot was kicked)。本条没有其他会话可发,请设法转告。"
    }


def test_a_group_that_put_the_bot_out_is_told_of_at_the_first_answer(database, now):
    home = office(database, now)
    database.write(lambda s: room(s, now, -1, unit_id=unit(s, now, "住建局"), title="群"))
    put(database, now, to(-1, "k", priority=Priority.ANSWER))
    try_once(database, now, BLOCKED)
    assert texts(database, now)[home].startswith("⚠️ 会话“群”无法送达")


def officer_of_a_unit(session, now):
    """Two of the office; the first also belongs to a unit that has a group."""
    number = unit(session, now, "住建局")
    room(session, now, -1, unit_id=number)
    both = person(session, now, 11, unit=None, role=Role.OFFICE)
    session.add(Membership(person_id=both.id, unit_id=number, role=Role.MEMBER, since=now))
    person(session, now, 12, unit=None, role=Role.OFFICE)


def test_the_offices_group_is_made_up_for_by_its_people_and_never_by_a_unit(database, now):
    home = office(database, now)
    database.write(lambda s: officer_of_a_unit(s, now))
    put(database, now, to(home, "k", audience="office", priority=Priority.ROUTINE, text="日报"))
    try_once(database, now, BLOCKED)
    copies = {row.chat: row.payload["text"] for key, row in rows(database).items() if "转" in key}
    assert copies == {11: f"{MARK}日报", 12: f"{MARK}日报"}


@pytest.mark.parametrize(("audience", "chats"), [("office", {12}), ("", {12}), ("unit", {-1})])
def test_what_is_for_the_office_does_not_go_to_a_unit_of_its_people(database, now, audience, chats):
    database.write(lambda s: officer_of_a_unit(s, now))
    put(database, now, to(11, "k", audience=audience))
    try_once(database, now, BLOCKED)
    assert {row.chat for key, row in rows(database).items() if "转" in key} == chats


def test_who_got_the_same_words_anyway_does_not_get_them_twice(database, now):
    database.write(lambda s: officer_of_a_unit(s, now))
    put(database, now, *(to(chat, f"k{chat}", audience="office", text="同") for chat in (11, 12)))
    for one in take(database, now):
        mark(database, one, BLOCKED if one.chat == 11 else Sent(1), now)
    assert texts(database, now) == {
        12: "⚠️ 会话“会话11”无法送达(bot was kicked)。本条也发给了其他会话。"
    }


def test_when_nobody_is_left_the_alarm_quotes_the_beginning(database, now):
    home = office(database, now)
    database.write(lambda s: room(s, now, -1, unit_id=unit(s, now, "住建局"), title="群"))
    words = "<b>到期</b>\n" + "甲" * 300
    put(database, now, to(-1, "k", text=words), to(-1, "l", text="&lt;第二条&gt;"))
    for _ in range(2):
        [one] = [one for one in take(database, now) if one.chat == -1]
        mark(database, one, BLOCKED, now)
    head = "⚠️ 会话“群”无法送达(bot was kicked)。本条没有其他会话可发,请设法转告。内容:“"
    told = [row.payload["text"] for row in rows(database).values() if row.chat == home]
    assert told == [f"{head}到期 {'甲' * 197}…”", f"{head}&lt;第二条&gt;”"]


def test_a_secret_is_not_quoted(database, now):
    home = office(database, now)
    database.write(lambda s: room(s, now, -1, unit_id=unit(s, now, "住建局"), title="群"))
    put(database, now, to(-1, "k", text="口令xyz", secret=True))
    try_once(database, now, BLOCKED)
    assert texts(database, now)[home].endswith("请设法转告。")

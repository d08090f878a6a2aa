from bot.delivery.messenger import Blocked, Sent
from bot.records import Priority, Role
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


def test_an_answer_stays_its_askers_affair(database, now):
    home = office(database, now)

    def work(session):
        number = unit(session, now, "住建局")
        person(session, now, 11, unit=number, role=Role.MEMBER)
        room(session, now, -1, unit_id=number)

    database.write(work)
    put(database, now, to(11, "k", priority=Priority.ANSWER), to(11, "e", edits=4))
    for _ in range(2):
        for one in take(database, now):
            mark(database, one, BLOCKED if one.chat == 11 else Sent(1), now)
    chats = [row.chat for row in rows(database).values()]
    assert sorted(chats) == [home, 11, 11]
    [told] = [row for row in rows(database).values() if row.chat == home]
    assert told.payload["text"].endswith("本条没有其他会话可发,请设法转告。")

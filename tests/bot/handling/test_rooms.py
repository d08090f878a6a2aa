"""In a unit's group everybody reads along, so that nothing of other units is shown there."""

import pytest

from bot.access.people import remove_person
from bot.handling.routing import COMMANDS, MENUS
from bot.records import Actor, Role
from bot.state.tables import Chat, Dialog, LedgerTask, Membership, Person, Unit
from tests.bot.handling.play import (
    FARM,
    FARM_GROUP,
    MARKET,
    NOW,
    OFFICE_GROUP,
    TOBACCO,
    WANG,
    ZHANG,
    ZHAO,
    Play,
    add_task,
    paper,
)

REFUSED = "攻坚办的命令只能在与机器人的私聊或攻坚办的群里用"
OFFICES = ["import", "drafts", "board", "reports", "export", "bulletin"]


@pytest.fixture
def grouped(play: Play) -> Play:
    """Task 1 of the farms and others, 2 of the market alone, 3 a draft of the farms."""

    def added(session) -> None:
        session.add(Chat(chat=FARM_GROUP, kind="group", unit_id=FARM, created_at=NOW))
        session.add(Chat(chat=OFFICE_GROUP, kind="group", office=True, created_at=NOW))
        session.add(Membership(person_id=ZHANG, unit_id=MARKET, role=Role.LEAD, since=NOW))
        add_task(session, 2, title="市场的", parts=((MARKET, "lead"),))
        add_task(session, 3, title="农业的草稿", parts=((FARM, "lead"),))

    play.database.write(added)
    play.issued(1)
    play.issued(2)
    return play


@pytest.mark.parametrize("command", OFFICES)
def test_the_offices_commands_are_not_answered_in_a_units_group(grouped: Play, command: str):
    grouped.send(WANG, f"/{command}", FARM_GROUP)
    assert grouped.text(FARM_GROUP) == REFUSED
    assert grouped.needs[-1] is None
    grouped.send(WANG, f"/{command}", OFFICE_GROUP)
    assert grouped.text(OFFICE_GROUP) != REFUSED
    grouped.send(WANG, f"/{command}")
    assert grouped.text(WANG) != REFUSED


@pytest.mark.parametrize(
    "name", ["drafts", "issue_all", "issue_sure", "board", "reports", "export", "bulletin"]
)
def test_nor_are_their_buttons(grouped: Play, name: str):
    reply = grouped.press_data(WANG, f"m:{name}:9", FARM_GROUP)
    assert (reply.toast, reply.alarm, reply.messages) == (REFUSED, True, ())


def test_every_screen_of_the_offices_menu_is_meant():
    assert set(OFFICES) <= set(COMMANDS)
    assert set(OFFICES) - {"import"} <= set(MENUS)


@pytest.mark.parametrize("user", [WANG, ZHANG])
def test_only_the_groups_own_tasks_are_found_there(grouped: Play, user: int):
    grouped.send(user, "/task 17", FARM_GROUP)
    assert grouped.text(FARM_GROUP).startswith("第17项 · 已下达")
    for number in (2, 3):
        grouped.send(user, f"/task {number}", FARM_GROUP)
        assert grouped.text(FARM_GROUP) == f"没有第{number}项任务,或不是您单位的任务。见 /tasks"
        for press in ("detail", "history", "files"):
            reply = grouped.press_data(user, f"a:{press}:{number}:1:", FARM_GROUP)
            assert (reply.messages, reply.alarm) == ((), True)
    grouped.send(user, "/task 2")  # in private both of one's units are one's own
    assert grouped.text(user).startswith("第2项")
    grouped.send(WANG, "/task 3", OFFICE_GROUP)
    assert grouped.text(OFFICE_GROUP).startswith("第3项 · 草稿")


def test_who_has_signed_reads_so_though_others_have_not(grouped: Play):
    grouped.send(ZHAO, "/task 17")
    grouped.press(ZHAO, "✅ 签收")
    assert grouped.task().state == "issued"
    assert grouped.text(ZHAO).startswith("第17项 · 已下达,本单位已签收\n")
    grouped.send(ZHAO, "/tasks")
    assert "· 2026-06-30 · 本单位已签收" in grouped.text(ZHAO)
    grouped.send(ZHANG, "/task 17")
    assert grouped.text(ZHANG).startswith("第17项 · 已下达\n")
    for chat in (None, OFFICE_GROUP):
        grouped.send(WANG, "/task 17", chat)
        assert grouped.text(chat or WANG).startswith("第17项 · 已下达\n")
    grouped.send(WANG, "/task 17", FARM_GROUP)
    assert grouped.text(FARM_GROUP).startswith("第17项 · 已下达\n")
    assert TOBACCO in {part.unit_id for part in grouped.task().units if part.acknowledged_at}


def test_no_name_can_break_the_markup(play: Play):
    """Of a person, a unit, a chat, a file: whatever they are called, it is shown as it is."""
    odd = "<b>&"

    def renamed(session) -> None:
        for unit in session.query(Unit):
            unit.name = f"{odd}局{unit.id}"
        for person in session.query(Person):
            person.name, person.admin = f"{odd}{person.id}", person.id == WANG
        for room in session.query(Chat):
            room.title = f"{odd}聊{room.id}"
        session.add(Chat(chat=-5, kind="group", unit_id=FARM, title=f"{odd}群", created_at=NOW))
        add_task(session, 2, title=f"{odd}题", parts=((FARM, "lead"),))

    play.database.write(renamed)
    play.issued(1)
    play.issued(2)
    for command in ("/people", "/tasks", "/board", "/reports", "/task 17", "/task 2"):
        play.send(WANG, command)
    play.send(WANG, "/people")
    assert f"{odd}群" in play.text(WANG)
    for label in ("移除群", f"{odd}群"):
        play.press(WANG, label)
    play.send(ZHANG, "/task 17")
    play.press(ZHANG, "报告完成")
    play.send(ZHANG, odd, files=(paper(f"方案{odd}1.docx"),))
    play.send(ZHANG, "/task 2")
    play.press(ZHANG, "报告完成")
    assert f"(文字 1 段、文件 1 个:方案{odd}1.docx)" in play.text(ZHANG)
    play.press(ZHANG, "提交")
    assert f"{odd}局1 {odd}21" in play.text(WANG)
    play.press(WANG, "看佐证")
    assert play.text(WANG).endswith(f"方案{odd}1.docx")
    play.send(WANG, "/task 17")
    play.press(WANG, "过程")
    assert play.all(LedgerTask)[0].state == "reported"


def test_a_persons_dialogs_end_with_the_person(play: Play):
    play.issued()
    for user in (ZHANG, ZHAO):
        play.send(user, "/task 17")
        play.press(user, "申请延期")
    admin = Actor(WANG, WANG, WANG, "王办", frozenset({(Role.OFFICE, 0)}), admin=True)
    play.database.write(lambda s: remove_person(s, admin, ZHANG, NOW))
    assert [dialog.user for dialog in play.all(Dialog)] == [ZHAO]

from datetime import date

import pytest
from sqlalchemy.orm import Session

from bot.records import Action
from bot.state.tables import Chat
from tests.bot.handling.play import (
    FARM,
    FARM_GROUP,
    LI,
    MARKET,
    NOW,
    QIAN,
    SUN,
    TOBACCO,
    WANG,
    WU,
    ZHANG,
    ZHAO,
    Play,
    add_task,
)

FARM_ALONE = ((FARM, "lead"),)


def many(play: Play) -> None:
    """Besides task 1 (No. 17): eight of the farm bureau, of which one is closed."""

    def added(session: Session) -> None:
        add_task(session, 1, due=date(2026, 3, 1), title="甲", parts=FARM_ALONE)
        add_task(session, 2, due=None, kind="ongoing", deadline_text="长期坚持", title="乙")
        add_task(session, 3, due=date(2026, 3, 9), title="丙", parts=FARM_ALONE)
        for number in range(4, 8):
            add_task(session, number, due=date(2026, 5, number), parts=FARM_ALONE)
        add_task(session, 8, due=date(2026, 3, 2), title="已结", parts=FARM_ALONE)

    play.database.write(added)
    for task in range(1, 10):
        play.issued(task)
    play.reported(task=9)
    play.do(Action.APPROVE, task=9)


def test_a_unit_sees_its_open_tasks_soonest_first(play: Play):
    many(play)
    play.send(ZHANG, "/tasks")
    lines = play.text(ZHANG).split("\n")
    assert lines[:3] == ["市农业农村局", "未完成的任务 8 项,🔴 超期 1 项,待签收 8 项", "第 1/2 页"]
    assert lines[3:9] == [
        "",
        "第1项 甲",
        "🔴 已超期 4 天 · 2026-03-01 · 待签收",
        "",
        "第3项 丙",
        "🟡 还有 4 天 · 2026-03-09 · 待签收",
    ]
    assert play.last(ZHANG).labels == [
        ["第1项", "第3项", "第4项"],
        ["第5项", "第6项", "第7项"],
        ["下一页 ›"],
        ["看全部", "✅ 全部签收(8)"],
    ]


def test_pages_turn_in_place_and_the_card_leads_back_to_its_page(play: Play):
    many(play)
    play.send(ZHANG, "/tasks")
    first = play.text(ZHANG)
    play.press(ZHANG, "下一页 ›")
    second = play.text(ZHANG)
    assert "第17项" in second
    assert second.endswith("第2项 乙\n长期坚持 · 待签收")
    play.press(ZHANG, "第17项")
    assert play.text(ZHANG).startswith("第17项 · 已下达")
    play.press(ZHANG, "✅ 签收")
    play.press(ZHANG, "过程")
    play.press(ZHANG, "‹ 返回")
    play.press(ZHANG, "‹ 返回")
    assert play.text(ZHANG).startswith("市农业农村局\n未完成的任务 8 项,🔴 超期 1 项,待签收 7 项")
    assert "第 2/2 页" in play.text(ZHANG)
    play.press(ZHANG, "‹ 上一页")
    assert play.text(ZHANG) == first.replace("待签收 8 项", "待签收 7 项")
    assert play.count(ZHANG) == 1


def test_closed_tasks_are_shown_when_asked_for(play: Play):
    many(play)
    play.send(ZHANG, "/tasks")
    assert "已结" not in play.text(ZHANG)
    play.press(ZHANG, "看全部")
    assert "全部任务 9 项" in play.text(ZHANG)
    assert "第8项 已结\n2026-03-02 · 已销号" in play.text(ZHANG)
    play.press(ZHANG, "只看未完成")
    assert "已结" not in play.text(ZHANG)


def test_whoever_has_nothing_to_do_is_told_so(play: Play):
    play.send(WU, "/tasks")
    assert play.text(WU) == "市气象局 没有未完成的任务。"
    assert play.last(WU).labels == [["看全部"]]


def test_the_office_sees_everybodys(play: Play):
    many(play)
    play.send(WANG, "/tasks")
    assert play.text(WANG).startswith("各单位\n未完成的任务 8 项,🔴 超期 1 项\n")


def test_in_a_units_group_its_tasks_are_meant_whoever_asks(play: Play):
    def added(session: Session) -> None:
        session.add(Chat(chat=FARM_GROUP, kind="group", unit_id=FARM, created_at=NOW))
        add_task(session, 3, parts=((MARKET, "lead"),))

    play.database.write(added)
    play.issued(1)
    play.issued(2)
    for user in (SUN, WANG):
        play.send(user, "/tasks", FARM_GROUP)
        assert play.text(FARM_GROUP).startswith("市农业农村局\n未完成的任务 1 项")
    play.press(SUN, "第17项", FARM_GROUP)
    # A member opened it, and its leader reads the same message.
    assert ["申请延期"] in play.last(FARM_GROUP).labels


def test_all_that_was_there_to_read_is_signed_with_one_button(play: Play):
    many(play)
    play.send(ZHANG, "/tasks")
    play.now = NOW.replace(hour=5)
    play.database.write(lambda s: add_task(s, 30, parts=FARM_ALONE))
    play.issued(10)
    play.press(ZHANG, "✅ 全部签收")
    assert play.toasts[-1] == ("已签收", False)
    assert play.text(ZHANG) == "已签收 8 项:第1项、第3项、第4项、第5项、第6项、第7项、第17项、第2项"
    assert play.task(10).units[0].acknowledged_at is None  # issued after the list was drawn
    play.press(ZHANG, "✅ 全部签收")
    assert play.toasts[-1] == ("已签收", False)
    assert [event for event, _ in play.events()].count("acknowledge") == 8
    play.press(ZHANG, "看本单位任务")
    assert "待签收 1 项" in play.text(ZHANG)


@pytest.mark.parametrize("arg", ["", "x", "-1", "1e9", "٣", "9" * 40])
def test_a_forged_button_signs_nothing(play: Play, arg: str):
    play.issued()
    reply = play.press_data(ZHANG, f"m:sign_all:{arg}")
    assert (reply.alarm, reply.messages) == (True, ())
    assert play.task().units[0].acknowledged_at is None


def test_the_office_signs_for_nobody(play: Play):
    play.issued()
    reply = play.press_data(WANG, "m:sign_all:9999999999")
    assert (reply.toast, reply.alarm) == ("签收由责任单位办理", True)


@pytest.mark.parametrize("place", ["o99", "o0", "a7", "zz", "o-1", "o٣", "d0", ""])
def test_a_page_that_is_not_there_is_the_nearest_one(play: Play, place: str):
    play.issued()
    play.press_data(ZHANG, f"m:tasks:{place}")
    assert play.text(ZHANG).startswith("市农业农村局\n")
    assert "第17项" in play.text(ZHANG)


@pytest.mark.parametrize("words", ["17", " 第17项", "017"])
def test_a_task_is_found_by_its_number(play: Play, words: str):
    play.issued()
    play.send(ZHANG, f"/task {words}")
    assert play.text(ZHANG).startswith("第17项 · 已下达")


@pytest.mark.parametrize("words", ["", "十七", "1 7", "-1", "٣", "9" * 30])
def test_without_a_number_the_command_explains_itself(play: Play, words: str):
    play.send(ZHANG, f"/task {words}")
    assert play.text(ZHANG) == "请写明项号,例如:/task 17"


def test_of_several_plans_with_the_number_one_is_chosen(play: Play):
    play.database.write(
        lambda s: add_task(s, 17, source_key="other#17", plan="另一份方案", title="另一件事")
    )
    play.issued(1)
    play.issued(2)
    play.send(ZHANG, "/task 17")
    assert play.text(ZHANG).startswith("有 2 份方案都有第17项,请选择:\n\n1. 关于印发")
    assert "2. 另一份方案\n第17项 另一件事" in play.text(ZHANG)
    play.press(ZHANG, "2")
    assert "另一件事" in play.text(ZHANG)
    assert play.count(ZHANG) == 2


def test_signing_twice_says_so_and_does_it_once(play: Play):
    play.issued()
    play.send(ZHANG, "/task 17")
    card = play.last(ZHANG).data("✅ 签收")
    play.press(ZHANG, "✅ 签收")
    assert "已签收:市农业农村局" in play.text(ZHANG)
    assert not play.last(ZHANG).has("签收")
    reply = play.press_data(ZHANG, card, message=play.last(ZHANG).id)
    assert (reply.toast, reply.alarm) == ("已签收", False)
    assert [event for event, _ in play.events()].count("acknowledge") == 1


def test_other_units_signatures_do_not_make_a_card_stale(play: Play):
    play.issued()
    for user in (ZHANG, ZHAO, QIAN):
        play.send(user, "/task 17")
    for user in (ZHANG, ZHAO):  # both leading units: the task becomes 已签收, its version grows
        play.press(user, "✅ 签收")
    assert (play.task().state, play.task().version) == ("acknowledged", 3)
    reply = play.press(QIAN, "✅ 签收")
    assert reply.toast == "已签收"
    assert [part.acknowledged_at is None for part in play.task().units] == [False] * 3


def test_a_card_from_before_a_new_date_is_drawn_anew_and_nothing_is_signed(play: Play):
    play.issued()
    play.send(ZHANG, "/task 17")
    play.do(Action.SET_DUE, due=date(2026, 4, 1))
    reply = play.press(ZHANG, "✅ 签收")
    assert reply.toast == "已有变化:第17项现在是“已下达”,请看最新的卡片"
    assert "期限:2026-04-01" in play.text(ZHANG)
    assert play.task().units[0].acknowledged_at is None
    assert play.press(ZHANG, "✅ 签收").toast == "已签收"


def test_a_reminder_stays_where_it_is_when_its_card_is_opened(play: Play):
    play.issued()
    for stage in ("T-7", "E+1", "Q", ""):
        before = play.count(ZHANG)
        reply = play.press_data(ZHANG, f"a:detail:1:2:{stage}")
        assert [message.edits for message in reply.messages] == [0]
        assert play.count(ZHANG) == before + 1


def test_history_is_told_from_the_beginning(play: Play):
    play.issued()
    play.do(Action.SET_DUE, due=date(2026, 9, 30))
    play.reported()
    play.do(Action.RETURN, LI, text="缺少验收单")
    play.send(ZHANG, "/task 17")
    play.press(ZHANG, "过程")
    assert play.text(ZHANG).split("\n")[1:] == [
        "过程(共 4 条)",
        "",
        "03-05 10:00 下达(王办)",
        "03-05 10:00 调整期限(王办)",
        "  2026-06-30 → 2026-09-30",
        "03-05 10:00 报告完成(市农业农村局 张局)",
        "  已完成改造",
        "03-05 10:00 退回(李办)",
        "  缺少验收单",
    ]


def test_units_are_not_mixed_up(play: Play):
    play.database.write(lambda s: add_task(s, 3, parts=((TOBACCO, "lead"),), title="烟草的"))
    play.issued(1)
    play.issued(2)
    play.send(ZHANG, "/tasks")
    assert "烟草的" not in play.text(ZHANG)
    play.send(ZHAO, "/tasks")
    assert "烟草的" in play.text(ZHAO)

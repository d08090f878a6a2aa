from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.records import Action, TaskState
from bot.state.tables import Chat, Dialog, Extension
from tests.bot.handling.play import (
    FARM,
    FARM_GROUP,
    LI,
    NOW,
    OFFICE_GROUP,
    QIAN,
    SUN,
    WANG,
    WU,
    ZHANG,
    ZHAO,
    Play,
)

UNITS = (ZHANG, SUN, ZHAO, QIAN)


@pytest.fixture
def reported(play: Play) -> Play:
    """A task of two leading units, reported by one of them."""
    play.issued()
    play.reported()
    return play


@pytest.fixture
def asked(play: Play) -> Play:
    play.issued()
    play.do(Action.ASK_EXTENSION, ZHANG, due=date(2026, 12, 31), text="资金未到位")
    return play


def decide(play: Play, label: str, *typed: str, user: int = WANG) -> None:
    play.send(user, "/task 17")
    play.press(user, label)
    for words in typed:
        play.send(user, words)
    if play.last(user).has("确认") and typed:
        play.press(user, "确认")


def test_closing_is_confirmed_and_told_to_all(reported: Play):
    decide(reported, "销号")
    assert reported.text(WANG).split("\n")[1:] == [
        "确认销号? 销号后不能再改。",
        "期限:2026-06-30",
        "佐证:文字 1 段",
    ]
    assert reported.last(WANG).labels == [["确认销号"], ["‹ 返回"]]
    assert reported.task().state == "reported"
    reply = reported.press(WANG, "确认销号")
    assert reply.toast == "已销号"
    assert reported.task().state == "closed"
    assert reported.text(WANG).startswith("第17项 · 已销号")
    assert reported.last(WANG).labels == [["看佐证", "过程"]]
    for user in (*UNITS, LI):
        assert reported.text(user).split("\n")[1:] == ["已销号", "办理:攻坚办 王办"]
    assert reported.count(WU) == 0


def test_closing_can_be_thought_over(reported: Play):
    decide(reported, "销号")
    reported.press(WANG, "‹ 返回")
    assert reported.text(WANG).startswith("第17项 · 已报告")
    assert reported.task().state == "reported"
    assert reported.count(ZHANG) == 0


def test_a_returned_report_says_why_and_offers_the_next_step(reported: Play):
    decide(reported, "退回", "缺少<验收单>")
    assert reported.task().state == "returned"
    assert reported.text(WANG).startswith("已退回\n\n第17项 · 已退回")
    for user in (ZHANG, SUN, ZHAO):
        assert reported.text(user).split("\n")[1:] == [
            "被退回",
            "理由:缺少<验收单>",
            "请补充后重新报告完成。还有 117 天。",
            "办理:攻坚办 王办",
        ]
        assert reported.last(user).labels == [["报告完成"], ["看任务"]]
    assert reported.count(QIAN) == 0  # who only cooperates reports nothing
    assert reported.text(LI).endswith("被退回\n理由:缺少<验收单>\n办理:攻坚办 王办")
    reported.press(ZHANG, "报告完成")
    reported.send(ZHANG, "已补齐")
    reported.press(ZHANG, "提交")
    assert reported.task().state == "reported"


@pytest.mark.parametrize("label", ["退回", "中止", "取消任务"])
def test_without_a_reason_nothing_is_decided(reported: Play, label: str):
    decide(reported, label, " ")
    assert reported.text(WANG).endswith("需要写明理由")
    assert reported.task().state == "reported"
    reported.press(WANG, "放弃")
    assert reported.text(WANG).endswith("需要写明理由")
    assert reported.all(Dialog) == []


def test_a_later_date_is_granted(asked: Play):
    decide(asked, "同意延期")
    assert asked.toasts[-1] == ("已同意延期", False)
    assert "期限:2026-12-31(原文:2026年6月底前)" in asked.text(WANG)
    for user in (*UNITS, LI):
        assert asked.text(user).split("\n")[1] == "同意延期:2026-06-30 → 2026-12-31"
    assert asked.task().due == date(2026, 12, 31)
    assert asked.all(Extension)[0].state == "granted"
    assert not asked.last(WANG).has("同意延期")


def test_a_later_date_is_refused_with_the_reason(asked: Play):
    decide(asked, "不同意延期", "资金已经到位")
    assert asked.task().due == date(2026, 6, 30)
    assert asked.text(ZHANG).split("\n")[1:] == [
        "不同意延期:申请延到 2026-12-31",
        "理由:资金已经到位",
        "请按原定期限办理。还有 117 天。",
        "办理:攻坚办 王办",
    ]
    assert asked.all(Extension)[0].state == "refused"


def test_a_date_is_changed_and_everybody_knows_from_what_to_what(asked: Play):
    decide(asked, "改期限", "2月30日", "2026-9-30")
    assert asked.text(WANG).startswith("期限已改为 2026-09-30\n\n第17项 · 已下达")
    assert asked.text(QIAN).split("\n")[1:] == [
        "期限已调整:2026-06-30 → 2026-09-30",
        "还有 209 天。",
        "办理:攻坚办 王办",
    ]


def test_the_reminders_plan_is_read_back_as_it_was_understood(asked: Play):
    decide(asked, "改提醒", "每天", "30、7，1 +1")
    question, refused, done = asked.chats[WANG][-3:]
    assert "改提醒,现在:30,7,1,0,+1,+3,每周(默认)" in question.text
    assert refused.text.startswith("提醒方案“每天”里的“每天”看不懂")
    assert done.text.startswith("提醒已改为 30,7,1,+1\n\n")
    assert asked.task().stages == "30,7,1,+1"
    assert asked.count(ZHANG) == 0
    assert asked.text(LI).endswith("提醒已改为 30,7,1,+1(王办)")
    decide(asked, "改提醒", "默认")
    assert (asked.task().stages, asked.text(WANG)[:8]) == ("", "提醒已改为 默认")


def test_a_task_is_suspended_and_goes_on(asked: Play):
    decide(asked, "中止", "等待上级文件")
    assert asked.text(QIAN).split("\n")[1:] == [
        "已中止",
        "理由:等待上级文件",
        "中止期间不再提醒。",
        "办理:攻坚办 王办",
    ]
    asked.press(WANG, "恢复")
    assert asked.task().state == "issued"
    assert asked.text(QIAN).split("\n")[1:3] == ["已恢复", "请继续办理。还有 117 天。"]


def test_a_cancelled_task_is_over(asked: Play):
    decide(asked, "取消任务", "与第8项重复")
    assert asked.task().state == "cancelled"
    assert asked.text(ZHANG).split("\n")[1:4] == ["已取消", "理由:与第8项重复", "不必再办。"]
    assert asked.last(WANG).labels == [["恢复为草稿"], ["过程"]]


def test_a_cancelled_draft_is_nobodys_news_but_the_offices(play: Play):
    decide(play, "取消任务", "重复")
    assert play.count(ZHANG) == 0
    assert play.text(LI).endswith("已取消(王办)")


def test_a_card_from_before_the_decision_is_drawn_anew(reported: Play):
    for user in (WANG, LI):
        reported.send(user, "/task 17")
    decide(reported, "退回", "缺件")
    old = next(m for m in reported.chats[LI] if m.has("销号"))
    reply = reported.press(LI, "销号", on=old.id)
    assert reply.toast == "已有变化:第17项现在是“已退回”,请看最新的卡片"
    assert not reply.alarm
    shown = next(m for m in reported.chats[LI] if m.id == old.id)
    assert shown.text.startswith("第17项 · 已退回")
    assert not shown.has("销号")


def test_a_decision_typed_too_late_is_told_and_changes_nothing(reported: Play):
    decide(reported, "退回", user=LI)
    decide(reported, "销号")
    reported.press(WANG, "确认销号")
    reported.send(LI, "缺件")
    assert reported.text(LI).startswith("已有变化:第17项现在是“已销号”,请看最新的卡片\n\n第17项")
    assert reported.task().state == "closed"
    assert reported.all(Dialog) == []


def test_a_confirmation_from_before_a_new_report_does_not_close(reported: Play):
    decide(reported, "销号")
    reported.do(Action.RETURN, LI, text="缺件")
    reported.reported(text="新的报告")
    reply = reported.press(WANG, "确认销号")
    assert reply.toast.startswith("已有变化:")
    assert reported.task().state == "reported"


def test_evidence_added_meanwhile_does_not_stop_the_office(reported: Play):
    decide(reported, "销号")
    reported.do(Action.EVIDENCE, SUN, text="又一份")
    reported.press(WANG, "确认销号")
    assert reported.task().state == "closed"


@pytest.mark.parametrize("state", list(TaskState))
@pytest.mark.parametrize("action", list(Action))
def test_a_button_that_its_state_does_not_allow_says_so(play: Play, state: str, action: Action):
    """Every press on every state: it opens a question, does the deed, or says why not."""

    def put(session: Session) -> None:
        task = session.get_one(type(play.task()), 1)
        task.state, task.issued_at, task.before_suspension = state, NOW, "issued"
        task.reported_by = ZHANG if state == "reported" else None

    play.database.write(put)
    for user in (WANG, ZHANG):
        reply = play.press_data(user, f"a:{action}:1:1:c")
        assert reply.toast or reply.messages
        assert bool(reply.messages) or reply.alarm


def test_groups_hear_of_decisions_in_their_peoples_stead(reported: Play):
    def bound(session: Session) -> None:
        session.add(Chat(chat=FARM_GROUP, kind="group", unit_id=FARM, created_at=NOW))
        session.add(Chat(chat=OFFICE_GROUP, kind="group", office=True, created_at=NOW))

    reported.database.write(bound)
    reported.send(LI, "/task 17", OFFICE_GROUP)
    reported.press(LI, "退回", OFFICE_GROUP)
    assert reported.text(OFFICE_GROUP).endswith("请回复本条消息,写明退回的理由。")
    reported.send(LI, "缺件", OFFICE_GROUP)
    assert reported.press(WANG, "确认退回", OFFICE_GROUP).alarm  # another's decision
    reported.press(LI, "确认退回", OFFICE_GROUP)
    assert reported.text(OFFICE_GROUP).startswith("已退回\n\n第17项 · 已退回")
    assert "被退回" in reported.text(FARM_GROUP)
    assert [reported.count(user) for user in (ZHANG, SUN, WANG, LI)] == [0, 0, 0, 0]
    assert reported.count(ZHAO) == 1  # this unit has no group


def test_who_cannot_be_told_is_named(reported: Play):
    reported.database.write(
        lambda s: [
            setattr(room, "state", "blocked") for room in s.query(Chat).all() if room.chat == QIAN
        ]
    )
    decide(reported, "中止", "等待")
    assert reported.text(WANG).split("\n")[:2] == [
        "已中止",
        "⚠️ 以下单位还没有绑定,收不到通知:市市场监管局",
    ]


def test_a_forgotten_question_is_no_decision(reported: Play):
    decide(reported, "退回")
    reported.now += timedelta(hours=2)
    reported.send(WANG, "缺件")
    assert reported.task().state == "reported"

"""A text that was meant as a question decides nothing."""

import pytest

from bot.records import Action
from bot.state.tables import Dialog, Extension, LedgerTask
from tests.bot.handling.play import DUE, LI, SUN, WANG, ZHANG, Play

QUESTION = "烤烟用煤整改时限"


@pytest.fixture
def reported(play: Play) -> Play:
    play.issued()
    play.do(Action.ASK_EXTENSION, ZHANG, due=DUE.replace(month=12), text="资金")
    play.reported()
    return play


def pressed(play: Play, label: str, user: int = WANG) -> None:
    play.send(user, "/task 17")
    play.press(user, label)


DEEDS = {
    "取消任务": ("确认取消", "cancelled"),
    "退回": ("确认退回", "returned"),
    "中止": ("确认中止", "suspended"),
    "不同意延期": ("确认不同意延期", "reported"),
}


@pytest.mark.parametrize("label", DEEDS)
def test_a_stray_question_is_shown_and_decides_nothing(reported: Play, label: str):
    before = len(reported.events())
    pressed(reported, label)
    reported.send(WANG, QUESTION + "<b>")
    sure, state = DEEDS[label]
    assert f"确认{label}?" in reported.text(WANG)
    assert f"理由:{QUESTION}<b>" in reported.text(WANG)
    assert reported.last(WANG).has(sure)
    assert (reported.task().state, len(reported.events())) == ("reported", before)
    reported.press(WANG, sure)
    assert (reported.task().state, len(reported.events())) == (state, before + 1)
    assert reported.all(Dialog) == []


def test_cancelling_can_be_gone_back_from(reported: Play):
    pressed(reported, "取消任务")
    reported.send(WANG, "与第8项重复")
    assert reported.last(WANG).labels == [["确认取消", "返回"]]
    assert "攻坚办可以再恢复为草稿" in reported.text(WANG)
    assert reported.press(WANG, "返回").toast == "已放弃"
    assert reported.text(WANG).startswith("第17项 · 已报告")
    assert (reported.task().state, reported.all(Dialog)) == ("reported", [])


def test_a_reason_is_written_anew_and_only_what_was_shown_last_counts(reported: Play):
    pressed(reported, "退回")
    reported.send(WANG, "缺件")
    first = reported.last(WANG)
    assert first.labels == [["确认退回"], ["重写", "放弃"]]
    reported.press(WANG, "重写")
    assert reported.text(WANG).endswith("请重新写明退回的理由。")
    assert reported.press_data(WANG, first.data("确认退回")).alarm
    reported.send(WANG, "缺少验收单")
    second = reported.last(WANG)
    reported.send(WANG, "缺少验收单和照片")  # without the button, as one does
    assert reported.press_data(WANG, second.data("确认退回")).alarm
    assert reported.press_data(WANG, second.data("重写")).alarm
    assert reported.task().state == "reported"
    reported.press(WANG, "确认退回")
    assert "理由:缺少验收单和照片" in reported.text(LI)
    assert reported.press_data(WANG, second.data("确认退回")).alarm


@pytest.mark.parametrize("label", [*DEEDS, "改期限", "改提醒"])
@pytest.mark.parametrize("command", ["/tasks", "/help", "/ask 煤", "/nothing", "/task x"])
def test_any_other_command_ends_the_waiting_with_a_word(reported: Play, label: str, command: str):
    pressed(reported, label)
    before = reported.count(WANG)
    reported.send(WANG, command)
    said = [message.text for message in reported.chats[WANG][before:]]
    assert said[0].startswith(f"已放弃“{label}”,没有办理:第17项")
    assert len(said) == 2
    assert reported.all(Dialog) == []
    reported.send(WANG, QUESTION)
    assert type(reported.needs[-1]).__name__ == "AnswerNeed"


def test_giving_up_with_the_command_is_said_once(reported: Play):
    pressed(reported, "退回")
    before = reported.count(WANG)
    reported.send(WANG, "/cancel")
    assert [m.text for m in reported.chats[WANG][before:]] == ["已放弃。"]


def test_a_request_for_a_later_date_is_confirmed_or_ended_too(play: Play):
    play.issued()
    pressed(play, "申请延期", ZHANG)
    play.send(ZHANG, "12月31日")
    play.send(ZHANG, QUESTION)
    assert play.last(ZHANG).labels == [["确认申请延期"], ["重写", "放弃"]]
    assert play.all(Extension) == []
    play.send(ZHANG, "/tasks")
    assert play.chats[ZHANG][-2].text.startswith("已放弃“申请延期”,没有办理:第17项")
    assert play.press(ZHANG, "确认申请延期").alarm
    assert play.all(Extension) == []


def test_a_report_is_not_ended_by_a_command(play: Play):
    play.issued()
    pressed(play, "报告完成", SUN)
    play.send(SUN, "已改造")
    play.send(SUN, "/tasks")
    play.press(SUN, "提交")
    assert play.task().state == "reported"


def test_what_was_cancelled_becomes_a_draft_again(reported: Play):
    reported.do(Action.CANCEL, text="重复")
    version = reported.task().due_version
    pressed(reported, "恢复为草稿")
    assert reported.toasts[-1] == ("已恢复为草稿", False)
    task = reported.task()
    assert (task.state, task.issued_at, task.reported_at, task.reported_by) == (
        "draft", None, None, None,
    )  # fmt: skip
    assert task.due_version == version + 1
    assert [part.acknowledged_at for part in task.units] == [None] * 3
    assert reported.all(Extension)[0].state == "withdrawn"
    assert reported.text(LI).endswith("\n已恢复为草稿(王办)")
    assert reported.count(ZHANG) == 0
    reported.send(ZHANG, "/task 17")
    assert reported.text(ZHANG).startswith("没有第17项任务")
    pressed(reported, "下达")
    assert reported.task().state == "issued"


def test_only_the_office_makes_a_draft_of_it(reported: Play):
    reported.do(Action.CANCEL, text="重复")
    reply = reported.press_data(ZHANG, f"a:reopen:1:{reported.task().version}:c")
    assert (reply.toast, reply.alarm) == ("这一步由攻坚办办理", True)
    assert reported.all(LedgerTask)[0].state == "cancelled"

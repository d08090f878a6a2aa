"""Dates inside a task are set right by the office; a rule does not end unasked."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from bot.records import Action
from bot.state.tables import LedgerTask, TaskEvent, TaskMilestone
from tests.bot.handling.play import LI, QIAN, WANG, ZHANG, Play, add_task

PAST = {"text": "2020年8月底前完成80%<&>", "kind": "fixed", "due": date(2020, 8, 31)}
WEEKLY = {"text": "每周检查", "kind": "recurring", "recurrence": "FREQ=WEEKLY"}


@pytest.fixture
def stepped(play: Play) -> Play:
    play.database.write(lambda s: add_task(s, 20, title="有阶段的", steps=(PAST, WEEKLY)))
    play.issued(2)
    return play


def opened(play: Play, *labels: str, number: int = 20) -> None:
    play.send(WANG, f"/task {number}")
    for label in labels:
        play.press(WANG, label)


def test_a_milestone_of_long_ago_gets_a_date_to_come(stepped: Play):
    version = stepped.task(2).due_version
    opened(stepped, "改阶段")
    assert stepped.text(WANG).split("\n")[1:] == [
        "改哪一个阶段?",
        "",
        "1. 2020-08-31 2020年8月底前完成80%<&>",
        "2. 循环 每周检查",
    ]
    stepped.press(WANG, "1. 2020-08-31")
    assert stepped.last(WANG).labels == [["改日期", "取消该阶段"], ["‹ 返回"]]
    stepped.press(WANG, "改日期")
    stepped.send(WANG, "2020-09-30")
    assert "已经过去" in stepped.text(WANG)
    stepped.send(WANG, "2026-10-31")
    assert stepped.text(WANG).startswith("阶段日期已改为 2026-10-31\n\n第20项")
    first, second = stepped.all(TaskMilestone)
    assert (first.due, first.kind, first.recurrence) == (date(2026, 10, 31), "fixed", None)
    assert second.recurrence == "FREQ=WEEKLY"
    task = stepped.task(2)
    assert (task.due, task.due_version) == (date(2026, 6, 30), version + 1)
    event = stepped.all(TaskEvent)[-1]
    assert (event.action, event.data) == (
        "set_due",
        {"milestone": 1, "text": PAST["text"], "from": "2020-08-31", "to": "2026-10-31"},
    )
    what = "阶段“2020年8月底前完成80%<&>”日期已调整:2020-08-31 → 2026-10-31"
    assert stepped.text(ZHANG).split("\n")[1] == what
    assert what in stepped.text(LI)
    opened(stepped, "过程")
    assert "阶段“2020年8月底前完成80%<&>”;2020-08-31 → 2026-10-31" in stepped.text(WANG)


def test_a_milestone_is_dropped_after_a_question_and_stays_on_record(stepped: Play):
    opened(stepped, "改阶段", "1. 2020-08-31", "取消该阶段")
    assert "确认取消该阶段?" in stepped.text(WANG)
    assert len(stepped.all(TaskMilestone)) == 2
    stepped.press(WANG, "确认取消该阶段")
    assert stepped.toasts[-1] == ("已取消该阶段", False)
    assert [part.text for part in stepped.all(TaskMilestone)] == ["每周检查"]
    assert stepped.all(TaskEvent)[-1].data == {
        "milestone": 1, "text": PAST["text"], "from": "2020-08-31", "to": None, "dropped": True,
    }  # fmt: skip
    assert "已取消(原定 2020-08-31)" in stepped.text(QIAN)
    assert "2020-08-31 2020年8月底前完成80%" not in stepped.text(WANG)
    opened(stepped, "过程")
    assert "阶段“2020年8月底前完成80%<&>”;取消(原 2020-08-31)" in stepped.text(WANG)


def test_a_draft_s_milestones_are_set_right_too(play: Play):
    play.database.write(lambda s: add_task(s, 20, steps=(PAST,)))
    opened(play, "改阶段", "1. 2020-08-31", "改日期")
    play.send(WANG, "年底")
    assert play.all(TaskMilestone)[0].due == date(2026, 12, 31)
    assert play.count(ZHANG) == 0


@pytest.mark.parametrize("action", ["steps", "step", "step_due", "step_drop", "step_drop_now"])
def test_only_the_office_changes_milestones(stepped: Play, action: str):
    version = stepped.task(2).version
    reply = stepped.press_data(ZHANG, f"a:{action}:2:{version}:s1")
    assert (reply.toast, reply.alarm, reply.messages) == ("这一步由攻坚办办理", True, ())
    assert len(stepped.all(TaskMilestone)) == 2


@pytest.mark.parametrize("stage", ["", "s9", "s", "c", "s01"])
def test_a_milestone_that_is_not_there_is_not_changed(stepped: Play, stage: str):
    version = stepped.task(2).version
    for action in ("step", "step_due", "step_drop", "step_drop_now"):
        reply = stepped.press_data(WANG, f"a:{action}:2:{version}:{stage}")
        assert (reply.toast, reply.alarm) == ("这项任务没有这个阶段", True)


def test_a_milestone_of_another_task_is_refused(stepped: Play):
    with pytest.raises(Exception, match="这项任务没有这个阶段"):
        stepped.do(Action.SET_DUE, task=1, milestone=1, due=date(2026, 9, 30))


@pytest.mark.parametrize(
    ("kind", "rule", "words"),
    [("recurring", "FREQ=MONTHLY", "每月25日前"), ("ongoing", None, "长期坚持")],
)
def test_before_a_rule_ends_the_office_is_asked(
    play: Play, kind: str, rule: str | None, words: str
):
    def ruled(session: Session) -> None:
        task = session.get_one(LedgerTask, 1)
        task.kind, task.due, task.recurrence, task.deadline_text = kind, None, rule, words

    play.database.write(ruled)
    opened(play, "改期限", number=17)
    assert f"这项任务按“{words}”办理。" in play.text(WANG)
    play.send(WANG, "2026-09-30")  # nothing waits for it yet
    assert play.task().due is None
    play.press(WANG, "确认改成固定日期")
    play.send(WANG, "2026-09-30")
    assert (play.task().due, play.task().recurrence) == (date(2026, 9, 30), None)
    assert play.text(WANG).startswith("期限已改为 2026-09-30")

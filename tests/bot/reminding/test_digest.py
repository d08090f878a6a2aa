from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reminding.cards import headline
from bot.reminding.digest import Entry, messages, progress_mark, read_progress_mark
from bot.state.tables import LedgerTask, TaskMilestone, TaskUnit, Unit
from bot.telegram.buttons import MOST_BYTES, TaskPress, decode
from bot.telegram.html import utf16_length
from tests.bot.reminding.ledgers import d

TODAY = d("2026-03-03")


def task(number, **more):
    values = {
        "id": number,
        "number": number,
        "title": f"问题<{number}>。后面的话",
        "target": "全面完成",
        "leaders": ["张三(副市长)", "李四"],
        "plan": "整改方案",
        "document_number": "漯发〔2020〕13号",
        "quote": "整改时限:年底前",
        "kind": "fixed",
        "deadline_text": "2026年3月底前",
        "state": "issued",
        "version": 4,
        "due_version": 2,
        "units": [TaskUnit(unit=Unit(name="市公安局"), role="lead")],
        "milestones": [],
    }
    return LedgerTask(**values | more)


def entry(number=1, days=7, **more):
    """A reminder of a date so many days ahead, or past."""
    stage = "T0" if days == 0 else f"T{-days:+d}"
    values = {
        "reminder": number,
        "chat": 1,
        "day": TODAY,
        "task": task(number),
        "milestone": 0,
        "due": TODAY + timedelta(days=days),
        "stage": stage,
        "calendar_known": True,
        "role": "lead",
        "units": ("市公安局",),
        "unsigned": True,
    }
    return Entry(**values | more)


def presses(message):
    return {button.text: decode(button.data) for row in message.buttons for button in row}


def test_one_reminder_is_a_full_card():
    (message,) = messages([entry()])
    assert message.text.splitlines() == [
        "<b>还有 7 天</b>",
        "<b>第1项 问题&lt;1&gt;</b>",
        "<b>期限</b> 2026-03-10(原文:2026年3月底前)",
        "<b>单位</b> 市公安局(牵头)",
        "<b>目标</b> 全面完成",
        "<b>领导</b> 张三(副市长)、李四",
        "<b>依据</b> 《整改方案》 漯发〔2020〕13号",
        "<blockquote>整改时限:年底前</blockquote>",
    ]


def test_the_lead_unit_s_card_has_what_it_can_do():
    (message,) = messages([entry()])
    assert presses(message) == {
        "签收": TaskPress("acknowledge", 1, 4, "T-7"),
        "报告完成": TaskPress("report", 1, 4, "T-7"),
        "申请延期": TaskPress("ask_extension", 1, 4, "T-7"),
        "详情": TaskPress("detail", 1, 4, "T-7"),
    }


def test_a_cooperating_unit_s_card_and_the_office_s_have_less():
    (one,) = messages([entry(role="cooperating")])
    (other,) = messages([entry(role="office", units=())])
    assert list(presses(one)) == ["签收", "详情"]
    assert list(presses(other)) == ["详情"]
    assert "<b>牵头</b> 市公安局" in other.text


def test_who_has_acknowledged_is_not_asked_to_again():
    (message,) = messages([entry(unsigned=False)])
    assert list(presses(message)) == ["报告完成", "申请延期", "详情"]


def test_a_milestone_s_card_names_it_and_has_a_button_that_knows_its_day():
    step = TaskMilestone(id=9, text="完成<80%>", due=d("2026-03-10"))
    (message,) = messages([entry(task=task(1, milestones=[step]), milestone=9)])
    assert "<b>阶段</b> 完成&lt;80%&gt;" in message.text
    press = presses(message)["阶段完成"]
    assert press == TaskPress("progress", 1, 4, "m9-20260310")
    assert read_progress_mark(press.stage) == (9, d("2026-03-10"))


@pytest.mark.parametrize("mark", ["", "T-7", "m9", "m9-20261340", "m-20260310", "mm9-20260310"])
def test_what_is_no_mark_is_not_read_as_one(mark):
    assert read_progress_mark(mark) is None


def test_the_longest_callback_data_fits():
    largest = entry(task=task(1, id=2**31, version=10**6), milestone=2**31, stage="T+1000")
    step = TaskMilestone(id=2**31, text="阶段")
    largest.task.milestones.append(step)
    (message,) = messages([largest])
    assert max(len(b.data.encode()) for row in message.buttons for b in row) <= MOST_BYTES
    assert progress_mark(2**31, TODAY) == "m2147483648-20260303"


def test_several_reminders_are_one_list_by_urgency():
    entries = [
        entry(1, 30),
        entry(2, 0),
        entry(3, -3),
        entry(4, 1, role="cooperating"),
        entry(5, -10),
        entry(6, due=None, stage="Q"),
        entry(7, -7, stage="E+7", role="office", units=()),
    ]
    (message,) = messages(entries)
    lines = message.text.splitlines()
    assert lines[0] == "<b>任务提醒</b> 2026年3月3日,共 7 项"
    heads = [line for line in lines[1:] if line.startswith("<b>") and "项" not in line]
    assert heads == [
        "<b>升级提醒</b>",
        "<b>已超期</b>",
        "<b>今天到期</b>",
        "<b>即将到期</b>",
        "<b>季度检查</b>",
    ]
    assert [e.task.number for e in message.entries] == [7, 5, 3, 2, 4, 1, 6]
    assert "<b>第4项 问题&lt;4&gt;</b>(配合)" in lines
    assert "还有 1 天 · 期限 2026-03-04(原文:2026年3月底前) · 漯发〔2020〕13号" in lines
    assert "<b>第7项 问题&lt;7&gt;</b>(牵头:市公安局)" in lines
    assert list(presses(message)) == [f"第{n}项" for n in (7, 5, 3, 2, 4, 1, 6)]


@pytest.mark.parametrize(
    ("count", "sizes"), [(2, [2]), (10, [10]), (11, [10, 1]), (23, [10, 10, 3])]
)
def test_a_long_list_is_split_into_messages(count, sizes):
    found = messages([entry(number, number) for number in range(1, count + 1)])
    assert [len(message.entries) for message in found] == sizes
    if len(sizes) > 1:
        assert "(1/" in found[0].text.splitlines()[0]


def test_the_longest_words_stay_within_a_message():
    long = "很长的话" * 400
    wordy = task(1, title=long, target=long, quote=long, plan=long, document_number="")
    wordy.deadline_text = "年底前" * 20
    wordy.milestones.append(TaskMilestone(id=3, text=long))
    entries = [replace(entry(n, n), task=wordy, milestone=3) for n in range(1, 11)]
    assert all(utf16_length(m.text) <= 4000 for m in messages(entries))
    assert utf16_length(messages(entries[:1])[0].text) <= 4000


def test_the_words_count_from_the_day_they_are_said_on():
    assert entry(1, 2, stage="T0").words == "还有 2 天"
    assert entry(1, 0).words == "今天到期"
    assert entry(1, -1).words == "已超期 1 天"
    assert entry(1, 5, stage="E-ack").words == "尚未签收,还有 5 天"
    assert entry(1, due=None, stage="Q").words == "季度检查"


def test_a_headline_is_not_cut_inside_a_date():
    title = "市污染防治攻坚办在这一年的冬天向有关责任部门下达督办令的日子是2019年12月9日"
    assert (
        headline(30, title)
        == "第30项 市污染防治攻坚办在这一年的冬天向有关责任部门下达督办令的日子是…"
    )
    assert headline(1, "短。后面") == "第1项 短"

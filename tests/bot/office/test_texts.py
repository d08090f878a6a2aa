from dataclasses import replace
from datetime import date

from bot.office.records import Milestone
from bot.office.texts import board_lines, bulletin_lines, shortened, writable
from tests.bot.office.boards import board, bulletin, days, task, unit


def test_the_board_says_states_the_week_and_what_is_overdue():
    tasks = [
        task(1, days(0), title="甲"),
        task(2, days(2), "acknowledged", title="乙", lead_units=("市公安局", "市商务局")),
        task(3, days(-12), title="丙", lead_units=()),
        task(4, days(-12), "closed"),
    ]
    assert board_lines(board(*tasks)) == (
        "截至 2026-11-25,共 4 项任务: 已下达 2、已签收 1、已销号 1",
        "本周到期 2 项:",
        "第1项 甲(市生态环境局): 2026-11-25 到期,今天到期",
        "第2项 乙(市公安局、市商务局): 2026-11-27 到期,剩 2 天",
        "超期 1 项:",
        "第3项 丙(未定牵头单位): 2026-11-13 到期,已超期 12 天",
    )


def test_what_was_due_on_monday_is_of_this_week_and_overdue():
    assert board_lines(board(task(1, days(-2), title="甲")))[1:] == (
        "本周到期 1 项:",
        "第1项 甲(市生态环境局): 2026-11-23 到期,已超期 2 天",
        "超期 1 项:",
        "第1项 甲(市生态环境局): 2026-11-23 到期,已超期 2 天",
    )


def test_the_board_says_which_step_is_due_this_week():
    step = Milestone(days(1), "完成80%的改造", reached=False)
    assert board_lines(board(task(1, days(60), title="甲", milestones=(step,))))[1:3] == (
        "本周到期 1 项:",
        "第1项 甲(市生态环境局): “完成80%的改造”2026-11-26 到期,剩 1 天",
    )


def test_a_late_bulletin_counts_to_the_morning_after_its_period():
    tasks = [task(3, date(2026, 11, 13), title="甲"), task(4, date(2026, 11, 24), title="乙")]
    late = replace(bulletin(tasks=tasks), issued_on=date(2027, 1, 4))
    assert bulletin_lines(late) == bulletin_lines(bulletin(tasks=tasks))


def test_an_empty_board_says_so():
    assert board_lines(board()) == (
        "截至 2026-11-25,共 0 项任务",
        "本周没有到期的任务",
        "没有超期的任务",
    )


def test_the_bulletin_says_ranks_what_is_overdue_and_what_is_next():
    units = [
        unit("市公安局", 4, 3, 2, 1, 1, 2),
        unit("市水利局", 2, 2, 2, 2),
        unit("市委", 0, 0, 0, 0),
    ]
    tasks = [task(3, date(2026, 11, 13), title="甲"), task(4, date(2026, 11, 24), title="乙")]
    assert bulletin_lines(bulletin(units, tasks)) == (
        "周调度通报(2026-11-16 至 2026-11-22)",
        "按销号率排名:",
        "1. 市水利局: 任务 2 项,签收 2,报告 2,销号 2(销号率 100%)",
        "2. 市公安局: 任务 4 项,签收 3,报告 2,销号 1(销号率 25%),超期 1,超期办理 2",
        "3. 市委: 没有任务",
        "超期 1 项:",
        "第3项 甲(市生态环境局): 2026-11-13 到期,已超期 10 天",
        "下期到期 1 项:",
        "第4项 乙(市生态环境局): 2026-11-24 到期,剩 1 天",
    )


def test_a_bulletin_about_nothing_says_so():
    assert bulletin_lines(bulletin())[1:] == ("没有单位参加排名", "没有超期的任务")


def test_a_long_title_is_cut_on_one_line():
    assert shortened("甲\n乙") == "甲 乙"
    assert shortened("长" * 41) == "长" * 39 + "…"
    assert shortened("长" * 40) == "长" * 40


def test_only_unwritable_characters_are_left_out():
    assert writable("甲\x00\t\n乙\ud800\U0001f600") == "甲\t\n乙\U0001f600"

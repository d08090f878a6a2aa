from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.records import Action, Attachment
from bot.state.tables import Chat, Dialog, Evidence, Extension, TaskMilestone
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
    add_task,
    paper,
    photo,
)


@pytest.fixture
def issued(play: Play) -> Play:
    play.issued()
    return play


def begun(play: Play, user: int = ZHANG, chat: int | None = None) -> None:
    play.send(user, "/task 17", chat)
    play.press(user, "报告完成", chat)


def test_a_report_is_texts_and_files_and_then_the_button(issued: Play):
    begun(issued)
    assert issued.text(ZHANG).split("\n")[1:] == [
        "报告完成",
        "请发送完成情况的文字说明和照片、文件,发完按“提交”。",
    ]
    assert issued.last(ZHANG).labels == [["提交", "放弃"]]
    issued.send(ZHANG, "全部烤房已改造。")
    assert issued.text(ZHANG) == "已收到文字 1 段。可以继续发送,或按“提交”。"
    issued.send(ZHANG, "现场照片", files=(photo(1),))
    issued.send(ZHANG, files=(paper("验收单.pdf"),))
    assert issued.text(ZHANG) == (
        "已收到文字 2 段、照片 1 张、文件 1 个:验收单.pdf。可以继续发送,或按“提交”。"
    )
    assert issued.task().state == "issued"  # nothing has happened yet
    reply = issued.press(ZHANG, "提交")
    assert reply.toast == "已提交"
    assert issued.text(ZHANG).split("\n")[1] == (
        "已报告完成,等待攻坚办销号(随附文字 2 段、照片 1 张、文件 1 个:验收单.pdf)。"
    )
    assert issued.task().state == "reported"
    assert issued.evidence() == [
        ("text", "全部烤房已改造。\n现场照片"),
        ("photo", ""),
        ("document", "验收单.pdf"),
    ]
    assert issued.all(Dialog) == []


def test_the_office_gets_the_report_with_what_it_can_do_about_it(issued: Play):
    begun(issued)
    issued.send(ZHANG, "全部烤房已改造。", files=(photo(1),))
    issued.press(ZHANG, "提交")
    for user in (WANG, LI):
        lines = issued.text(user).split("\n")
        assert lines[:5] == [
            "报告完成 市农业农村局 张局",
            "全部烤房已改造。",
            "照片 1 张",
            "",
            "第17项 · 已报告",
        ]
        assert issued.last(user).labels == [["销号", "退回"], ["看佐证", "看任务"]]
    for user in (SUN, ZHAO):  # colleagues, and the other leading unit
        assert issued.text(user).endswith("\n市农业农村局 张局 已报告完成。")
        assert issued.last(user).labels == [["看任务"]]
    assert (issued.count(QIAN), issued.count(WU)) == (0, 0)


def test_what_was_sent_can_be_looked_at(issued: Play):
    begun(issued)
    issued.send(ZHANG, "全部烤房已改造。", files=(photo(1), paper("验收单.pdf")))
    issued.press(ZHANG, "提交")
    issued.now += timedelta(hours=1)
    issued.send(SUN, "/task 17")
    issued.press(SUN, "补充佐证")
    issued.send(SUN, files=(photo(2), photo(3)))
    issued.press(SUN, "提交")
    assert issued.text(SUN).split("\n")[1] == "已补充佐证(随附照片 2 张)。"
    assert issued.text(WANG).split("\n")[1:] == ["补充佐证 市农业农村局 孙科", "照片 2 张"]
    issued.press(WANG, "看佐证")
    (words,) = [m for m in issued.chats[WANG] if "佐证(共 2 次)" in m.text]
    assert words.text.split("\n")[1:] == [
        "佐证(共 2 次)",
        "",
        "03-05 11:00 补充佐证(市农业农村局 孙科)",
        "照片 2 张",
        "",
        "03-05 10:00 报告完成(市农业农村局 张局)",
        "全部烤房已改造。",
        "照片 1 张、文件 1 个:验收单.pdf",
    ]


def test_an_album_is_answered_once_and_every_file_of_it_counts(issued: Play):
    begun(issued)
    before = issued.count(ZHANG)
    for number in range(1, 6):
        issued.send(ZHANG, "现场" if number == 1 else "", files=(photo(number),), album="A1")
    assert issued.count(ZHANG) == before + 1
    assert issued.text(ZHANG) == "这组照片、文件已收到。可以继续发送,或按“提交”。"
    issued.send(ZHANG, files=(photo(6),), album="A2")
    assert issued.count(ZHANG) == before + 2
    issued.press(ZHANG, "提交")
    assert issued.text(ZHANG).split("\n")[1].endswith("(随附文字 1 段、照片 6 张)。")
    assert [kind for kind, _ in issued.evidence()] == ["text"] + ["photo"] * 6


def test_a_file_sent_twice_counts_once(issued: Play):
    begun(issued)
    issued.send(ZHANG, files=(photo(1),))
    issued.send(ZHANG, files=(photo(1), photo(2)))
    assert "照片 2 张" in issued.text(ZHANG)


def test_nothing_is_no_report(issued: Play):
    begun(issued)
    reply = issued.press(ZHANG, "提交")
    assert (reply.toast, reply.alarm) == ("报告完成需要文字说明或佐证文件", True)
    assert issued.task().state == "issued"
    issued.send(ZHANG, "完成了")  # the dialog is still there
    issued.press(ZHANG, "提交")
    assert issued.task().state == "reported"


def test_a_sticker_is_no_evidence(issued: Play):
    begun(issued)
    issued.send(ZHANG, " ")
    assert issued.text(ZHANG) == "这类消息不能作为佐证,请发文字、照片或文件。"


@pytest.mark.parametrize("how", ["放弃", "/cancel"])
def test_a_report_can_be_given_up(issued: Play, how: str):
    begun(issued)
    issued.send(ZHANG, "完成了")
    old = issued.last(ZHANG).data("提交")
    issued.send(ZHANG, how) if how.startswith("/") else issued.press(ZHANG, how)
    assert issued.all(Dialog) == []
    reply = issued.press_data(ZHANG, old)
    assert (reply.toast, reply.alarm) == ("没有待您提交的内容(谁发起,由谁提交)", True)
    assert (issued.task().state, issued.evidence()) == ("issued", [])


def test_pressing_submit_twice_reports_once(issued: Play):
    begun(issued)
    issued.send(ZHANG, "完成了")
    old = issued.last(ZHANG).data("提交")
    issued.press(ZHANG, "提交")
    assert issued.press_data(ZHANG, old).alarm
    assert [event for event, _ in issued.events()].count("report") == 1


def test_a_report_is_not_thrown_away_for_another(issued: Play):
    issued.database.write(lambda s: add_task(s, 5, title="别的"))
    issued.issued(2)
    begun(issued)
    issued.send(ZHANG, "十七项的话")
    issued.send(ZHANG, "/task 5")
    issued.press(ZHANG, "报告完成")
    assert issued.text(ZHANG).startswith("您正在办理 第17项")
    assert issued.text(ZHANG).endswith("(文字 1 段)。请先提交或放弃,再办这一项。")
    issued.press(ZHANG, "提交")
    assert (issued.task(1).state, issued.task(2).state) == ("reported", "issued")
    # An empty one is nothing to be sorry for.
    issued.send(ZHANG, "/task 5")
    issued.press(ZHANG, "报告完成")
    issued.send(ZHANG, "五项的话")
    issued.press(ZHANG, "提交")
    assert issued.task(2).state == "reported"


def test_what_a_colleague_has_reported_meanwhile_can_be_added_to(issued: Play):
    begun(issued)
    issued.send(ZHANG, "我的说明", files=(photo(1),))
    begun(issued, SUN)
    issued.send(SUN, "我也报")
    issued.press(SUN, "提交")
    issued.press(ZHANG, "提交", on=issued.chats[ZHANG][-2].id)
    assert issued.text(ZHANG).endswith("已报告完成。")  # the colleague's, below
    assert "可以作为补充佐证提交" in issued.chats[ZHANG][-2].text
    issued.press(ZHANG, "提交", on=issued.chats[ZHANG][-2].id)
    assert [event for event, _ in issued.events()][-2:] == ["report", "evidence"]
    assert issued.evidence() == [("text", "我也报"), ("text", "我的说明"), ("photo", "")]


def test_too_much_is_refused_and_what_was_sent_stays(issued: Play):
    begun(issued)
    issued.send(ZHANG, files=tuple(photo(number) for number in range(50)))
    issued.send(ZHANG, files=(photo(99),))
    assert issued.text(ZHANG).startswith("一次最多 50 个文件、8000 字")
    issued.send(ZHANG, "字" * 8001)
    assert issued.text(ZHANG).startswith("一次最多 50 个文件、8000 字")
    issued.press(ZHANG, "提交")
    assert len(issued.all(Evidence)) == 50


def test_a_report_is_kept_for_three_days_then_a_text_is_a_question_again(issued: Play):
    begun(issued)
    issued.now += timedelta(days=2, hours=23)
    issued.send(ZHANG, "已改造")
    assert issued.text(ZHANG) == "已收到文字 1 段。可以继续发送,或按“提交”。"
    issued.now += timedelta(days=3, minutes=1)
    issued.send(ZHANG, "烤烟用煤整改时限")
    assert type(issued.needs[-1]).__name__ == "AnswerNeed"


def test_a_returned_task_is_reported_anew(issued: Play):
    issued.reported()
    issued.do(Action.RETURN, text="缺少验收单")
    begun(issued)
    issued.send(ZHANG, "已补齐")
    issued.press(ZHANG, "提交")
    assert (issued.task().state, len(issued.evidence())) == ("reported", 2)


def test_in_a_group_only_the_one_who_began_submits(play: Play):
    def bound(session: Session) -> None:
        session.add(Chat(chat=FARM_GROUP, kind="group", unit_id=FARM, created_at=NOW))
        session.add(Chat(chat=OFFICE_GROUP, kind="group", office=True, created_at=NOW))

    play.database.write(bound)
    play.issued()
    begun(play, ZHANG, FARM_GROUP)
    assert "请回复本条消息,发送完成情况的文字说明" in play.text(FARM_GROUP)
    play.send(ZHANG, "完成了", FARM_GROUP)
    reply = play.press(SUN, "提交", FARM_GROUP)
    assert (reply.toast, reply.alarm) == ("没有待您提交的内容(谁发起,由谁提交)", True)
    play.press(ZHANG, "提交", FARM_GROUP)
    assert play.task().state == "reported"
    assert play.text(OFFICE_GROUP).startswith("报告完成 市农业农村局 张局\n完成了")
    assert play.count(WANG) == 0  # the office has its group


def test_a_photo_sent_first_finds_its_task(issued: Play):
    issued.database.write(lambda s: add_task(s, 5, title="别的"))
    issued.issued(2)
    for number in (1, 2):
        issued.send(ZHANG, "现场" if number == 1 else "", files=(photo(number),), album="A")
    assert issued.count(ZHANG) == 1
    assert issued.text(ZHANG).startswith(
        "收到文件。是哪项任务的完成情况或佐证?请选择:\n· 第5项 别的\n"
    )
    assert issued.last(ZHANG).labels == [["第5项", "第17项"], ["都不是"]]
    issued.press(ZHANG, "第17项")
    assert "已收到文字 1 段、照片 2 张。" in issued.text(ZHANG)
    issued.send(ZHANG, files=(photo(3),), album="A")  # the album's last file came late
    issued.press(ZHANG, "提交")
    assert (issued.task(1).state, len(issued.evidence())) == ("reported", 4)
    assert issued.press_data(ZHANG, "m:stray_for:1").alarm


def test_a_photo_for_a_reported_task_is_added_to_it(issued: Play):
    issued.reported()
    issued.send(ZHANG, files=(photo(1),))
    issued.press(ZHANG, "第17项")
    issued.press(ZHANG, "提交")
    assert [event for event, _ in issued.events()][-1] == "evidence"


def test_a_stray_photo_does_not_swallow_the_next_question(issued: Play):
    issued.send(ZHANG, files=(photo(1),))
    issued.send(ZHANG, "烤烟用煤整改时限")
    assert type(issued.needs[-1]).__name__ == "AnswerNeed"
    issued.press(ZHANG, "都不是")
    assert issued.chats[ZHANG][0].text == "好的,文件没有保存。"
    assert issued.all(Dialog) == []


def test_who_has_no_task_to_report_is_told_that_the_file_is_not_kept(issued: Play):
    for user in (WANG, WU, QIAN):
        issued.send(user, files=(photo(1),))
        assert issued.text(user).endswith("任务,文件没有保存。")
    assert issued.all(Dialog) == []


@pytest.mark.parametrize("name", ["submit", "drop", "stray_for"])
@pytest.mark.parametrize("arg", ["", "x", "٣", "2", "9" * 40])
def test_forged_menu_buttons_do_nothing(issued: Play, name: str, arg: str):
    begun(issued)
    issued.send(ZHANG, "完成了")
    reply = issued.press_data(ZHANG, f"m:{name}:{arg}")
    assert (reply.alarm, reply.messages) == (True, ())
    assert (issued.task().state, len(issued.all(Dialog))) == ("issued", 1)


def stepped(play: Play) -> None:
    def added(session: Session) -> None:
        add_task(
            session,
            20,
            title="有阶段的",
            kind="ongoing",
            due=None,
            deadline_text="长期坚持",
            steps=(
                {"text": "4月底前完成80%", "kind": "fixed", "due": date(2026, 4, 30)},
                {"text": "每周检查", "kind": "recurring", "recurrence": "FREQ=WEEKLY"},
            ),
        )

    play.database.write(added)
    play.issued(2)


def test_a_stage_is_chosen_and_reported_with_or_without_words(play: Play):
    stepped(play)
    play.now += timedelta(days=15)  # 20 March: two Sundays have passed
    play.send(ZHANG, "/task 20")
    assert ["报告完成", "阶段完成"] in play.last(ZHANG).labels
    play.press(ZHANG, "阶段完成")
    assert play.text(ZHANG).split("\n")[1:] == [
        "完成的是哪一阶段?",
        "",
        "1. 截至 2026-03-15 的各期 每周检查(🔴 已超期 5 天)",
        "2. 截至 2026-03-22 的各期 每周检查(🟡 还有 2 天)",
        "3. 2026-04-30 4月底前完成80%(还有 41 天)",
    ]
    play.press(ZHANG, "3. 2026-04-30")
    assert play.text(ZHANG).endswith("(也可以不发),发完按“提交”。")
    play.press(ZHANG, "提交")
    assert "已记下这一阶段完成。" in play.text(ZHANG)
    assert play.text(WANG).split("\n")[1:] == [
        "阶段完成 市农业农村局 张局",
        "2026-04-30 4月底前完成80%",
    ]
    assert play.last(WANG).labels == [["看任务"]]
    play.press(ZHANG, "看任务")
    play.press(ZHANG, "阶段完成")
    play.press(ZHANG, "1. 2026-03-15")
    play.send(ZHANG, "已检查", files=(photo(1),))
    play.press(ZHANG, "提交")
    done = {step.text: step.done_through for step in play.all(TaskMilestone)}
    assert done == {"4月底前完成80%": date(2026, 4, 30), "每周检查": date(2026, 3, 15)}
    assert play.evidence() == [("text", "已检查"), ("photo", "")]
    assert play.last(WANG).labels == [["看佐证", "看任务"]]


def test_the_button_of_a_reminder_knows_its_stage(play: Play):
    stepped(play)
    play.press_data(ZHANG, "a:progress:2:2:m1-20260430")
    assert play.text(ZHANG).split("\n")[1] == "阶段完成"
    play.press(ZHANG, "提交")
    assert play.all(TaskMilestone)[0].done_through == date(2026, 4, 30)


def test_when_all_stages_are_done_there_is_nothing_to_choose(play: Play):
    play.database.write(
        lambda s: add_task(
            s, 21, steps=({"text": "甲", "kind": "fixed", "due": date(2026, 4, 30)},)
        )
    )
    play.issued(2)
    play.do(Action.PROGRESS, ZHANG, 2, milestone=1, through=date(2026, 4, 30))
    reply = play.press_data(ZHANG, "a:progress:2:2:c")
    assert (reply.toast, reply.alarm) == ("各阶段都已完成;全部完成请按“报告完成”", True)


def test_a_later_date_is_asked_for_with_its_reason(issued: Play):
    issued.send(ZHANG, "/task 17")
    issued.press(ZHANG, "申请延期")
    assert issued.text(ZHANG).split("\n")[1:] == [
        "申请延期,现在的期限:2026-06-30",
        "请写希望延到哪一天,如 2026-12-31 或 12月31日。",
    ]
    for written, answer in (
        ("尽快", "看不懂日期“尽快”,请写成 2026-12-31 或 12月31日"),
        ("6月30日", "2026-06-30 不晚于现在的期限 2026-06-30,请写更晚的日期"),
    ):
        issued.send(ZHANG, written)
        assert issued.text(ZHANG) == answer
    issued.send(ZHANG, "12月31日")
    assert issued.text(ZHANG).split("\n")[1:] == ["申请延到 2026-12-31。", "请写明延期的理由。"]
    issued.send(ZHANG, "", files=(photo(1),))
    assert issued.text(ZHANG) == "申请延期需要写明理由"
    issued.send(ZHANG, "资金<未>到位")
    assert issued.text(ZHANG).split("\n")[1:] == [
        "确认申请延期?",
        "申请延到 2026-12-31。",
        "理由:资金<未>到位",
        "还没有办理。要改写,再发一遍即可。",
    ]
    assert issued.last(ZHANG).labels == [["确认申请延期"], ["重写", "放弃"]]
    assert issued.all(Extension) == []
    issued.press(ZHANG, "确认申请延期")
    assert issued.text(ZHANG).startswith("已申请延到 2026-12-31,等待攻坚办答复。")
    for user in (WANG, LI):
        assert issued.text(user).startswith("申请延期:延到 2026-12-31\n\n第17项")
        assert "理由:资金<未>到位(张局 03-05 10:00)" in issued.text(user)
        assert issued.last(user).labels == [["同意延期", "不同意延期"], ["看任务"]]
    (asked,) = issued.all(Extension)
    assert (asked.new_due, asked.reason, asked.state) == (
        date(2026, 12, 31),
        "资金<未>到位",
        "asked",
    )
    assert issued.all(Dialog) == []


def test_a_request_can_be_given_up_at_any_step(issued: Play):
    issued.send(ZHANG, "/task 17")
    issued.press(ZHANG, "申请延期")
    issued.press(ZHANG, "放弃")
    assert issued.text(ZHANG) == "已放弃。"
    assert issued.press_data(ZHANG, "m:stop:").alarm
    assert (issued.all(Dialog), issued.all(Extension)) == ([], [])


def test_what_became_impossible_meanwhile_is_refused_at_the_end(issued: Play):
    issued.send(ZHANG, "/task 17")
    issued.press(ZHANG, "申请延期")
    issued.send(ZHANG, "12月31日")
    issued.do(Action.CANCEL, text="重复")
    issued.send(ZHANG, "资金")
    assert issued.text(ZHANG) == "第17项现在是“已取消”,不能申请延期"
    assert issued.all(Extension) == []


def test_names_of_files_cannot_break_the_markup(issued: Play):
    begun(issued)
    issued.send(ZHANG, "<b>", files=(Attachment("document", "f", "u", "<i>&.pdf"),))
    issued.press(ZHANG, "提交")
    issued.press(WANG, "看佐证")
    assert "文件 1 个:<i>&.pdf" in issued.chats[WANG][-2].text
    assert issued.text(WANG).endswith("\n<i>&.pdf")

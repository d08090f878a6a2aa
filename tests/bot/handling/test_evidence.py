"""What a unit sends is looked at by the office, and nothing that was sent gets lost."""

from datetime import timedelta

import pytest

from bot.records import Action, Attachment
from bot.state.tables import Dialog, Evidence
from tests.bot.handling.play import (
    FARM,
    QIAN,
    WANG,
    WU,
    ZHANG,
    Play,
    add_task,
    paper,
    photo,
)


@pytest.fixture
def issued(play: Play) -> Play:
    play.database.write(lambda s: add_task(s, 5, title="别的", parts=((FARM, "lead"),)))
    play.issued()
    play.issued(2)
    return play


def begun(play: Play, *texts: str, files: tuple[Attachment, ...] = ()) -> None:
    play.send(ZHANG, "/task 17")
    play.press(ZHANG, "报告完成")
    for text in texts:
        play.send(ZHANG, text)
    if files:
        play.send(ZHANG, files=files)


def test_the_office_is_sent_the_very_files(issued: Play):
    files = (photo(1), paper("验收<单>&.pdf"), Attachment("video", "v", "uv", "", 9),
             Attachment("voice", "o", "uo", "", 9))  # fmt: skip
    begun(issued, "已改造", files=files)
    issued.press(ZHANG, "提交")
    assert issued.last(WANG).has("看佐证")
    before = issued.count(WANG)
    issued.press(WANG, "看佐证")
    shown = issued.chats[WANG][before:]
    assert [message.stored for message in shown] == [
        ("photo", "f1"),
        ("document", "f-验收<单>&.pdf"),
        ("video", "v"),
        ("voice", "o"),
    ]
    assert shown[1].text.split("\n") == [
        "第17项 佐证 2/4 文件",
        "03-05 10:00 报告完成(市农业农村局 张局)",
        "验收<单>&.pdf",
    ]
    assert shown[0].text.startswith("第17项 佐证 1/4 照片\n")


def test_of_many_files_the_rest_is_sent_when_asked_for(issued: Play):
    issued.do(Action.REPORT, ZHANG, attachments=tuple(photo(n) for n in range(45)))
    issued.send(WANG, "/task 17")
    issued.press(WANG, "看佐证")
    words, *files = issued.chats[WANG]
    assert [m.stored for m in files] == [("photo", f"f{n}") for n in range(20)]
    assert words.text.endswith("先发来前 20 个文件。")
    issued.press(WANG, "再看 25 个文件")
    issued.press(WANG, "再看 5 个文件")
    assert [m.stored for m in issued.chats[WANG][1:]] == [("photo", f"f{n}") for n in range(45)]
    assert not issued.last(WANG).buttons
    assert issued.press_data(WANG, "m:files:1.45").alarm


@pytest.mark.parametrize("arg", ["", "1", "1.", "1.x", "x.0", "9.0", "1.-1"])
def test_a_forged_button_for_more_files_sends_nothing(issued: Play, arg: str):
    issued.do(Action.REPORT, ZHANG, attachments=(photo(1),))
    reply = issued.press_data(WANG, f"m:files:{arg}")
    assert (reply.messages, reply.alarm) == ((), True)


def test_who_does_not_see_the_task_is_sent_none_of_its_files(issued: Play):
    issued.do(Action.REPORT, ZHANG, attachments=(photo(1),))
    for data in ("m:files:1.0", "a:files:1:2:c"):
        reply = issued.press_data(WU, data)
        assert (reply.messages, reply.alarm) == ((), True)
    assert issued.press_data(QIAN, "m:files:1.0").messages  # its unit takes part


@pytest.mark.parametrize("label", ["申请延期"])
def test_no_other_dialog_throws_away_what_was_gathered(issued: Play, label: str):
    begun(issued, "已改造", files=(paper("<b>&.pdf"),))
    issued.send(ZHANG, "/task 5")
    issued.press(ZHANG, label)
    assert issued.text(ZHANG).endswith(
        "(文字 1 段、文件 1 个:<b>&.pdf)。请先提交或放弃,再办这一项。"
    )
    assert issued.last(ZHANG).labels == [["提交", "放弃"]]
    issued.press(ZHANG, "提交")
    assert issued.evidence() == [("text", "已改造"), ("document", "<b>&.pdf")]
    issued.send(ZHANG, "/task 5")
    issued.press(ZHANG, label)
    assert issued.all(Dialog)[0].kind == "extend_day"


def test_what_gathers_nothing_yet_is_no_obstacle(issued: Play):
    begun(issued)
    issued.send(ZHANG, "/task 5")
    issued.press(ZHANG, "申请延期")
    assert issued.all(Dialog)[0].kind == "extend_day"


def test_files_that_came_first_go_into_the_report_begun_after_them(issued: Play):
    issued.send(ZHANG, files=(photo(1), paper("<&>.pdf")))
    begun(issued)
    assert "已收到照片 1 张、文件 1 个:<&>.pdf。" in issued.text(ZHANG)
    issued.press(ZHANG, "提交")
    assert issued.evidence() == [("photo", ""), ("document", "<&>.pdf")]


def test_files_whose_task_is_not_chosen_are_no_more_thrown_away(issued: Play):
    issued.send(ZHANG, files=(photo(1), paper("<&>.pdf")))
    issued.send(ZHANG, "/task 5")
    issued.press(ZHANG, "申请延期")
    assert issued.text(ZHANG).startswith("您发来的照片 1 张、文件 1 个:<&>.pdf还没有选定任务。")
    assert issued.last(ZHANG).labels == [["第5项", "第17项"], ["都不是"]]
    issued.press(ZHANG, "第5项")
    issued.press(ZHANG, "提交")
    assert [piece.task_id for piece in issued.all(Evidence)] == [2, 2]


def test_what_was_gathered_waits_three_days_for_its_button(issued: Play):
    begun(issued, "已改造", files=(photo(1),))
    issued.now += timedelta(days=2, hours=23)
    issued.press(ZHANG, "提交")
    assert issued.evidence() == [("text", "已改造"), ("photo", "")]


def test_an_old_button_to_give_up_ends_only_its_own_dialog(issued: Play):
    issued.send(ZHANG, "/task 17")
    issued.press(ZHANG, "申请延期")
    old = issued.last(ZHANG).data("放弃")
    issued.send(ZHANG, "/tasks")
    begun(issued, "已改造", files=(photo(1),))
    reply = issued.press_data(ZHANG, old)
    assert (reply.toast, reply.alarm) == ("没有正在输入的内容", True)
    issued.press(ZHANG, "提交")
    assert issued.task().state == "reported"
    issued.send(ZHANG, "/task 5")
    issued.press(ZHANG, "申请延期")
    assert issued.press_data(ZHANG, old).alarm
    issued.send(ZHANG, "12月31日")
    issued.press(ZHANG, "放弃")
    assert issued.all(Dialog) == []

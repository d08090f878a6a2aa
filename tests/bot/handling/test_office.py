from datetime import date, timedelta

import pytest

from bot.handling.needs import BulletinNeed, SheetNeed, TimelineNeed
from bot.records import Action
from bot.state.tables import Blob
from corpus.errors import EngineError
from tests.bot.handling.play import LI, WANG, ZHANG, ZHAO, Play, add_task


@pytest.fixture
def busy(play: Play) -> Play:
    """A report that waits, a request that waits, one overdue, one draft."""
    play.database.write(lambda s: add_task(s, 2, title="要延期的"))
    play.database.write(lambda s: add_task(s, 3, title="超期的", due=date(2026, 3, 1)))
    play.database.write(lambda s: add_task(s, 4, title="草稿"))
    for task in (1, 2, 3):
        play.issued(task)
    play.reported()
    play.now += timedelta(days=1)
    play.do(Action.ASK_EXTENSION, ZHAO, 2, due=date(2026, 9, 30), text="汛期不能施工")
    play.now += timedelta(days=1)
    return play


def test_the_board_is_words_and_a_picture(busy: Play):
    busy.send(WANG, "/board")
    words, picture = busy.chats[WANG]
    assert words.text == "\n".join(
        [
            "截至 2026-03-07,共 4 项任务: 草稿 1、已下达 2、已报告 1",
            "本周没有到期的任务",
            "超期 1 项:",
            "第3项 超期的(市农业农村局、市烟草专卖局(市烟草公司)): 2026-03-01 到期,已超期 6 天",
        ]
    )
    assert words.labels == [["待办理 2", "草稿 1"], ["各项任务", "导出表格"]]
    assert (picture.text, picture.labels) == ("任务时限图(截至 2026-03-07)", [])
    assert [(b.kind, b.name, b.content) for b in busy.all(Blob)] == [
        ("picture", "时限图.png", b"png")
    ]
    need = busy.needs[-1]
    assert isinstance(need, TimelineNeed)
    assert [task.number for task in need.board.tasks] == [2, 3, 4, 17]


def test_without_the_picture_the_words_still_go_out(busy: Play):
    busy.drawing = False
    busy.send(WANG, "/board")
    assert busy.count(WANG) == 1
    assert busy.text(WANG).startswith("截至 2026-03-07")
    assert busy.text(WANG).endswith("(时限图没有做成,请稍后再试)")
    busy.send(WANG, "/export")
    assert busy.text(WANG) == "表格没有做成,请稍后再试。"
    busy.send(WANG, "/bulletin 周")
    assert busy.text(WANG).endswith("(排名图和通报文件没有做成,请稍后再试)")


def test_what_waits_longest_comes_first(busy: Play):
    busy.send(WANG, "/board")
    busy.press(WANG, "待办理 2")
    assert busy.text(WANG).split("\n") == [
        "等待办理(共 2 件,第 1/1 页)",
        "",
        busy.text(WANG).split("\n")[2],
        "报告完成(张局)",
        "03-05 10:00,已等 2 天",
        "",
        "第2项 要延期的",
        "申请延到 2026-09-30(赵局):汛期不能施工",
        "03-06 10:00,已等 1 天",
    ]
    assert busy.last(WANG).labels == [["第17项", "第2项"]]
    busy.press(WANG, "第17项")
    busy.press(WANG, "销号")
    busy.press(WANG, "确认销号")
    busy.press(WANG, "‹ 返回")
    assert busy.text(WANG).startswith("等待办理(共 1 件")
    busy.press(WANG, "第2项")
    busy.press(WANG, "同意延期")
    busy.press(WANG, "‹ 返回")
    assert busy.text(WANG) == "没有等待办理的报告和延期申请。"
    assert busy.count(WANG) == 3


def test_requests_for_what_is_over_wait_for_nobody(busy: Play):
    busy.do(Action.CANCEL, task=2, text="重复")
    busy.send(WANG, "/reports")
    assert busy.text(WANG).startswith("等待办理(共 1 件")


def test_the_ledger_is_handed_over_as_a_table(busy: Play):
    busy.send(WANG, "/export")
    assert busy.text(WANG) == "整改台账(截至 2026-03-07)"
    need = busy.needs[-1]
    assert isinstance(need, SheetNeed)
    assert len(need.board.tasks) == 4
    assert [event.kind for event in need.events] == ["下达", "下达", "下达", "报告完成", "申请延期"]
    assert [blob.kind for blob in busy.all(Blob)] == ["document"]


@pytest.mark.parametrize(
    ("words", "name", "start", "end"),
    [
        ("周", "周调度通报", "2026-03-02", "2026-03-08"),
        ("上周", "周调度通报", "2026-02-23", "2026-03-01"),
        ("月", "月调度通报", "2026-03-01", "2026-03-31"),
        ("本月", "月调度通报", "2026-03-01", "2026-03-31"),
        ("上个月", "月调度通报", "2026-02-01", "2026-02-28"),
        ("季", "季度调度通报", "2026-01-01", "2026-03-31"),
        ("上季度", "季度调度通报", "2025-10-01", "2025-12-31"),
    ],
)
def test_a_bulletin_is_of_the_period_that_is_meant(
    busy: Play, words: str, name: str, start: str, end: str
):
    busy.send(WANG, f"/bulletin {words}")
    need = busy.needs[-1]
    assert isinstance(need, BulletinNeed)
    made = need.bulletin
    assert (made.name, str(made.start), str(made.end), made.issued_on) == (
        name,
        start,
        end,
        date(2026, 3, 7),
    )
    words_, picture, paper = busy.chats[WANG]
    assert words_.text.startswith(f"{name}({start} 至 {end})\n")
    assert picture.text == paper.text == f"{name}({start} 至 {end})"
    assert [blob.kind for blob in busy.all(Blob)] == ["picture", "document"]


def test_the_last_quarter_of_a_year_ends_with_it(busy: Play):
    busy.now = busy.now.replace(month=12, day=31)
    busy.send(WANG, "/bulletin 季")
    assert busy.chats[WANG][0].text.startswith("季度调度通报(2026-10-01 至 2026-12-31)")


@pytest.mark.parametrize("words", ["", "年", "<b>", "w9", "上"])
def test_otherwise_the_period_is_chosen_with_a_button(busy: Play, words: str):
    busy.send(WANG, f"/bulletin {words}")
    assert busy.text(WANG) == "要哪一期调度通报?"
    assert busy.last(WANG).labels == [["本周", "本月", "本季"], ["上周", "上月", "上季"]]
    busy.press(WANG, "上月")
    assert busy.chats[WANG][1].text.startswith("月调度通报(2026-02-01 至 2026-02-28)")
    assert busy.count(WANG) == 4


@pytest.mark.parametrize("command", ["board", "reports", "export", "bulletin", "import", "drafts"])
def test_units_are_told_that_these_are_the_offices(busy: Play, command: str):
    busy.send(ZHANG, f"/{command}")
    assert busy.text(ZHANG) == "您没有这项权限"
    assert busy.needs[-1] is None


@pytest.mark.parametrize("name", ["board", "reports", "export", "bulletin", "drafts", "issue_all"])
def test_their_buttons_are_the_offices_too(busy: Play, name: str):
    reply = busy.press_data(ZHANG, f"m:{name}:")
    assert (reply.toast, reply.alarm, reply.messages) == ("您没有这项权限", True, ())


def test_an_error_of_what_is_made_is_said(busy: Play, monkeypatch):
    monkeypatch.setattr(busy, "_prepare", lambda need: EngineError("画不出来") if need else None)
    busy.send(LI, "/export")
    assert busy.text(LI) == "画不出来"
    busy.send(LI, "/board")
    assert busy.text(LI).endswith("(时限图没有做成,请稍后再试)")
    busy.send(LI, "/bulletin 周")
    assert busy.text(LI).endswith("(排名图和通报文件没有做成,请稍后再试)")

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from bot.handling.issuing import obstacle
from bot.ledger.importing import Draft
from bot.records import Action
from bot.state.tables import Chat, LedgerTask, TaskUnit, Unit
from corpus.errors import EngineError, RefusedError
from corpus.records import Deadline, DeadlineKind, Leader, Span, Task
from tests.bot.handling.play import (
    DUE,
    FARM,
    FARM_GROUP,
    LI,
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
    furnish,
)

SPAN = Span("d1", 0, 1)


def draft(number: int, *, due: date | None = DUE, **more: object) -> Draft:
    kind = DeadlineKind.FIXED if due else DeadlineKind.RELATIVE
    task = Task(
        id=f"d1#{number}",
        document_id="d1",
        source="004.txt",
        number=number,
        section="三、散煤",
        problem=f"问题{number}",
        target="目标",
        measures=("措施。",),
        leaders=(Leader("余伟", "副市长"),),
        lead_units=("市农业农村局",),
        cooperating_units=("市气候局",),
        deadline=Deadline(kind, "6月底前", SPAN, due=due),
    )
    return Draft(
        replace(task, **more), "整改方案", "漯发〔2020〕13号", ("三", f"第{number}项"), "时限"
    )


@pytest.fixture
def empty(small_database) -> Play:
    small_database.write(furnish)
    drafts = [draft(1), draft(2, due=date(2020, 8, 31)), draft(3, due=None), draft(5)]
    return Play(small_database, drafts=drafts)


def test_import_brings_drafts_and_says_what_to_look_at(empty: Play):
    empty.send(WANG, "/import")
    assert empty.text(WANG) == "\n".join(
        [
            "从文件读到 4 项任务:新增草稿 4 项。",
            "⚠️ 期限已过:第2项",
            "⚠️ 日期或责任单位未定:第3项",
        ]
    )
    assert empty.last(WANG).labels == [["核对草稿"]]
    assert [(t.number, t.state) for t in empty.all(LedgerTask)] == [
        (1, "draft"),
        (2, "draft"),
        (3, "draft"),
        (5, "draft"),
    ]
    assert [u.name for u in empty.all(Unit)][-1] == "市气候局"


def test_import_never_overwrites_what_the_office_has(empty: Play):
    empty.send(WANG, "/import")
    empty.drafts = [draft(1), draft(2, problem="改写了"), draft(7)]
    empty.send(WANG, "/import")
    assert empty.text(WANG).split("\n") == [
        "从文件读到 3 项任务:新增草稿 1 项,已在台账 1 项,原文有变化 1 项。",
        "原文有变化,台账没有改动,请核对:第2项",
    ]
    assert [t.title for t in empty.all(LedgerTask)] == ["问题1", "问题2", "问题3", "问题5", "问题7"]


@pytest.mark.parametrize("written", ["1,5", "1 5", "第1项、第5项", "1，5"])
def test_some_items_are_imported_alone(empty: Play, written: str):
    empty.send(WANG, f"/import {written}")
    assert [t.number for t in empty.all(LedgerTask)] == [1, 5]
    assert "新增草稿 2 项" in empty.text(WANG)


def test_a_range_is_imported_and_what_the_plan_lacks_is_named(empty: Play):
    empty.send(WANG, "/import 2-6")
    assert [t.number for t in empty.all(LedgerTask)] == [2, 3, 5]
    assert empty.text(WANG).endswith("文件里没有:第4项、第6项")
    empty.send(WANG, "/import 9")
    assert empty.text(WANG) == "文件里没有第9项任务。"


@pytest.mark.parametrize("written", ["十七", "1-", "5-1", "1-99999", "٣", "-1", "<b>"])
def test_what_is_no_item_number_is_refused(empty: Play, written: str):
    empty.send(WANG, f"/import {written}")
    assert empty.text(WANG).endswith("如 /import 17 或 /import 1-5,17;不写项号就是全部")
    assert empty.all(LedgerTask) == []


def test_without_an_index_nothing_is_imported_and_the_reason_said(empty: Play, monkeypatch):
    monkeypatch.setattr(empty, "_prepare", lambda need: EngineError("索引损坏"))
    empty.send(WANG, "/import")
    assert empty.text(WANG) == "索引损坏"
    monkeypatch.setattr(empty, "_prepare", lambda need: None)
    empty.send(WANG, "/import")
    assert empty.text(WANG) == "现在读不到文件索引,没有导入,请稍后再试"
    monkeypatch.setattr(empty, "_prepare", lambda need: [])
    empty.send(WANG, "/import")
    assert empty.text(WANG) == "文件里没有整改台账的任务。"


def test_drafts_are_looked_through(empty: Play):
    empty.send(WANG, "/import")
    empty.press(WANG, "核对草稿")
    assert empty.count(WANG) == 2  # below what the import said
    assert empty.text(WANG) == "\n".join(
        [
            "草稿(共 4 项,第 1/1 页)请核对日期后下达。",
            "",
            "第1项 问题1",
            "还有 117 天 · 2026-06-30",
            "",
            "第2项 问题2",
            "⚠️ 期限已过 2012 天 · 2020-08-31",
            "",
            "第3项 问题3",
            "⚠️ 日期未定(原文:6月底前)",
            "⚠️ 日期未定,不能下达",
            "",
            "第5项 问题5",
            "还有 117 天 · 2026-06-30",
        ]
    )
    assert empty.last(WANG).labels == [["第1项", "第2项", "第3项"], ["第5项"], ["全部下达…"]]
    empty.press(WANG, "第5项")
    assert empty.last(WANG).labels == [
        ["下达"],
        ["改期限", "改提醒"],
        ["取消任务"],
        ["过程", "‹ 返回"],
    ]
    empty.press(WANG, "‹ 返回")
    assert empty.text(WANG).startswith("草稿(共 4 项")
    assert empty.count(WANG) == 2


def test_there_may_be_no_drafts(empty: Play):
    empty.send(WANG, "/drafts")
    assert empty.text(WANG) == "没有草稿。用 /import 从文件导入任务。"


def test_issuing_tells_every_unit_and_names_those_that_nobody_reaches(play: Play):
    play.database.write(lambda s: s.add(Unit(id=9, name="市<国>土局", created_at=NOW)))
    play.database.write(lambda s: s.add(TaskUnit(task_id=1, unit_id=9, role="cooperating")))
    play.send(WANG, "/task 17")
    reply = play.press(WANG, "下达")
    assert reply.toast == "已下达"
    assert play.task().state == "issued"
    assert play.text(WANG).split("\n")[:2] == [
        "已下达,通知 4 个群或个人。",
        "⚠️ 以下单位还没有绑定,收不到通知:市<国>土局",
    ]
    for user in (ZHANG, SUN, ZHAO, QIAN):
        assert play.text(user).startswith("攻坚办下达任务,请签收\n\n第17项 · 已下达")
        assert play.last(user).labels == [["✅ 签收"], ["看任务"]]
    assert play.count(WU) == 0
    assert play.text(LI).endswith("\n已下达(王办)")
    play.press(ZHANG, "✅ 签收")
    assert play.count(ZHANG) == 1  # the card takes the notice's place
    assert "已签收:市农业农村局" in play.text(ZHANG)


def test_a_units_group_is_told_in_its_peoples_stead(play: Play):
    play.database.write(
        lambda s: s.add(Chat(chat=FARM_GROUP, kind="group", unit_id=FARM, created_at=NOW))
    )
    play.send(WANG, "/task 17")
    play.press(WANG, "下达")
    assert play.count(FARM_GROUP) == 1
    assert (play.count(ZHANG), play.count(SUN)) == (0, 0)


def test_a_draft_whose_day_is_past_is_asked_about_first(play: Play):
    play.now = NOW.replace(month=7, day=1)
    play.send(WANG, "/task 17")
    play.press(WANG, "下达")
    assert "期限 2026-06-30 已经过去,下达后立即超期。" in play.text(WANG)
    assert play.task().state == "draft"
    play.press(WANG, "‹ 返回")
    play.press(WANG, "下达")
    play.press(WANG, "照原文下达")
    assert play.task().state == "issued"


def test_a_draft_without_a_day_cannot_be_issued_until_it_has_one(play: Play):
    play.database.write(lambda s: add_task(s, 3, kind="relative", due=None, title="相对的"))
    play.send(WANG, "/task 3")
    reply = play.press(WANG, "下达")
    assert (reply.toast, reply.alarm) == (
        "第3项的期限是“2026年6月底前”,起算日未定,请先定下日期再下达",
        True,
    )
    play.press(WANG, "改期限")
    play.send(WANG, "9月30日")
    assert play.text(WANG).startswith("期限已改为 2026-09-30\n\n第3项 · 草稿")
    assert play.count(ZHANG) == 0  # the units know nothing of drafts
    play.press(WANG, "下达")
    assert play.task(2).state == "issued"


def test_all_are_issued_after_one_look_at_what_that_means(empty: Play):
    empty.send(WANG, "/import")
    empty.send(WANG, "/drafts")
    empty.press(WANG, "全部下达…")
    assert empty.text(WANG) == "\n".join(
        [
            "将下达 3 项任务(草稿共 4 项)",
            "",
            "不能下达 1 项",
            "· 第3项 问题3:日期未定",
            "",
            "期限已过 1 项,下达后立即超期",
            "· 第2项 问题2:2020-08-31 ⚠️ 期限已过 2012 天",
            "",
            "⚠️ 以下单位还没有绑定,收不到通知:市气候局",
        ]
    )
    assert empty.last(WANG).labels == [["确认下达 3 项"], ["‹ 返回"]]
    assert {t.state for t in empty.all(LedgerTask)} == {"draft"}
    empty.drafts.append(draft(8))
    empty.send(LI, "/import 8")  # meanwhile; nobody has looked at it
    empty.press(WANG, "确认下达 3 项")
    assert [t.state for t in empty.all(LedgerTask)] == [
        "issued",
        "issued",
        "draft",
        "issued",
        "draft",
    ]
    assert empty.text(WANG) == "\n".join(
        [
            "已下达 3 项任务。",
            "还有 2 项草稿没有下达,见 /drafts。",
            "⚠️ 以下单位还没有绑定,收不到通知:市气候局",
        ]
    )
    assert empty.text(LI) == "已下达 3 项任务(王办)\n第1项、第2项、第5项"


def test_a_unit_gets_one_message_for_many_tasks(empty: Play):
    empty.database.write(lambda s: add_task(s, 30, parts=((TOBACCO, "lead"),)))
    empty.send(WANG, "/import")
    empty.send(WANG, "/drafts")
    empty.press(WANG, "全部下达…")
    empty.press(WANG, "确认下达")
    for user in (ZHANG, SUN):
        assert empty.count(user) == 1
        assert empty.text(user).startswith("攻坚办下达 3 项任务,请签收\n\n第1项 问题1\n")
        assert empty.last(user).labels == [
            ["第1项", "第2项", "第5项"],
            ["✅ 全部签收(3)", "看本单位任务"],
        ]
    assert empty.text(ZHAO).startswith("攻坚办下达任务,请签收\n\n第30项 · 已下达")
    empty.press(ZHANG, "第2项")
    assert empty.count(ZHANG) == 2  # the list stays
    empty.press(ZHANG, "✅ 全部签收(3)")
    assert empty.text(ZHANG) == "已签收 3 项:第2项、第1项、第5项"


def test_confirming_twice_issues_once(empty: Play):
    empty.send(WANG, "/import")
    empty.send(WANG, "/drafts")
    empty.press(WANG, "全部下达…")
    old = empty.last(WANG).data("确认下达")
    empty.press(WANG, "确认下达")
    reply = empty.press_data(WANG, old)
    assert (reply.toast, reply.alarm) == ("这些草稿已经下达", True)
    assert [event for event, _ in empty.events()].count("issue") == 3


def test_nothing_can_be_issued_where_nothing_is_ready(play: Play):
    play.issued()
    reply = play.press_data(WANG, "m:issue_all:")
    assert (reply.toast, reply.alarm) == ("没有可以下达的草稿", True)


def test_what_is_done_already_is_said_to_be(play: Play):
    play.database.write(
        lambda s: add_task(s, 22, kind="done", due=None, deadline_text="已整改到位")
    )
    play.press_data(WANG, "m:issue_all:")
    assert "原文写明已整改到位,不提醒:第22项" in play.text(WANG)


@pytest.mark.parametrize("kind", ["fixed", "relative", "recurring", "ongoing", "done"])
@pytest.mark.parametrize("due", [None, DUE])
@pytest.mark.parametrize("parts", [(), ((FARM, "lead"),)])
def test_what_is_said_to_be_issuable_is(play: Play, kind: str, due: date | None, parts: tuple):
    play.database.write(lambda s: add_task(s, 40, kind=kind, due=due, parts=parts))

    def look(session: Session) -> str:
        return obstacle(session.get_one(LedgerTask, 2))

    if play.database.read(look):
        with pytest.raises(RefusedError):
            play.do(Action.ISSUE, task=2)
    else:
        play.do(Action.ISSUE, task=2)
        assert play.task(2).state == "issued"

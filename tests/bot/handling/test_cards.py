from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bot.handling.cards import card
from bot.handling.controls import under_card
from bot.handling.scene import Desk, Scene
from bot.records import Action, Actor, ChatKind, Incoming, IncomingKind, Role, TaskState
from bot.state.tables import LedgerTask, TaskUnit, Unit
from bot.telegram.html import LIMIT, pack
from tests.bot.handling.play import (
    DUE,
    FARM,
    LI,
    MARKET,
    NOW,
    QIAN,
    SUN,
    TITLE,
    TOBACCO,
    WANG,
    ZHANG,
    ZHAO,
    ZONE,
    Play,
    add_task,
    paper,
    photo,
)
from tests.bot.telegram.strict import units, visible

STEPS = (
    {"text": "2026年4月底前完成80%", "kind": "fixed", "due": date(2026, 4, 30)},
    {"text": "每月报送进展", "kind": "recurring", "recurrence": "FREQ=MONTHLY"},
)


def test_a_card_says_what_until_when_whose_and_where_it_is_written(play: Play):
    play.issued()
    play.do(Action.ACKNOWLEDGE, ZHANG)
    play.send(ZHANG, "/task 17")
    assert play.text(ZHANG) == "\n".join(
        [
            "第17项 · 已下达,本单位已签收",
            "三、散煤治理领域还存在较多漏洞",
            TITLE,
            "",
            "期限:2026-06-30(原文:2026年6月底前)",
            "还有 117 天",
            "",
            "牵头:市农业农村局、市烟草专卖局(市烟草公司)",
            "配合:市市场监管局",
            "领导:余伟、乔彦强",
            "已签收:市农业农村局",
            "未签收:市烟草专卖局(市烟草公司)、市市场监管局",
            "",
            "目标:完成燃煤烤房改造",
            "措施(2 条)",
            "1. 摸清底数。\n2. 制定改造计划。",
            "",
            "近况",
            "· 03-05 10:00 下达(王办)",
            "· 03-05 10:00 签收(张局)",
            "",
            "依据:《关于印发《整改方案》的通知》 漯发〔2020〕13号 › 第17项",
            "整改时限:2026年6月底前",
        ]
    )
    assert play.last(ZHANG).labels == [["报告完成"], ["申请延期"], ["过程"]]


def test_a_card_shows_steps_evidence_requests_and_what_was_inferred(play: Play):
    def added(session: Session) -> None:
        note = "lead_units: 市商务局 (原文: 市365; 依据: 第8、15项正文所列部门)"
        leaders = ["余伟(市委常委)"]
        add_task(session, 8, steps=STEPS, inferred=[note], leaders=leaders, stages="30,+1")

    play.database.write(added)
    play.issued(2)
    play.do(Action.PROGRESS, ZHANG, 2, milestone=1, through=date(2026, 4, 30), text="已80%")
    play.do(Action.ASK_EXTENSION, ZHANG, 2, due=date(2026, 9, 30), text="资金未到位")
    play.do(
        Action.REPORT, ZHANG, 2, text="完成", attachments=(photo(1), photo(2), paper("验收单.pdf"))
    )
    play.send(WANG, "/task 8")
    shown = play.text(WANG).split("\n")
    for line in (
        "第8项 · 已报告",
        "03-05 10:00 报告完成,等待攻坚办销号",
        "提醒:30,+1",
        "领导:余伟",
        "延期申请:延到 2026-09-30,理由:资金未到位(张局 03-05 10:00)",
        "佐证:文字 2 段、照片 2 张、文件 1 个",
        "· 2026-03-31 每月报送进展",
        "· ✅ 2026-04-30 2026年4月底前完成80%",
        "注意:“市商务局”为推断:原文此处是乱码,依据第8、15项正文所列部门",
    ):
        assert line in shown
    assert play.last(WANG).labels == [
        ["销号", "退回"],
        ["同意延期", "不同意延期"],
        ["改期限", "改提醒", "改阶段"],
        ["中止", "取消任务"],
        ["看佐证", "过程"],
    ]


@pytest.mark.parametrize(
    ("days", "words"),
    [(8, "还有 8 天"), (7, "🟡 还有 7 天"), (0, "🟠 今天到期"), (-1, "🔴 已超期 1 天")],
)
def test_how_long_there_is_is_said_so_that_it_is_seen(play: Play, days: int, words: str):
    play.issued()
    play.now = NOW + timedelta(days=(DUE - date(2026, 3, 5)).days - days)
    play.send(ZHANG, "/task 17")
    assert play.text(ZHANG).split("\n")[5] == words


def test_the_day_is_the_offices_not_greenwichs(play: Play):
    play.issued()
    play.now = NOW.replace(month=6, day=30, hour=16, minute=30)  # half past midnight of 1 July
    play.send(ZHANG, "/task 17")
    assert "🔴 已超期 1 天" in play.text(ZHANG)


def test_a_report_that_came_too_late_says_by_how_much(play: Play):
    play.issued()
    play.now = NOW.replace(month=7, day=3)
    play.reported()
    play.send(WANG, "/task 17")
    assert "07-03 10:00 报告完成,超期 3 天,等待攻坚办销号" in play.text(WANG)
    assert "🔴" not in play.text(WANG)


def test_buttons_are_those_of_the_one_who_looks(play: Play):
    play.issued()
    shown = {}
    for user in (WANG, ZHANG, SUN, ZHAO, QIAN):
        play.send(user, "/task 17")
        shown[user] = play.last(user).labels
    assert shown[WANG] == [["改期限", "改提醒"], ["中止", "取消任务"], ["过程"]]
    assert shown[ZHANG] == [["✅ 签收"], ["报告完成"], ["申请延期"], ["过程"]]
    assert shown[SUN] == [["✅ 签收"], ["报告完成"], ["过程"]]
    assert shown[ZHAO] == shown[ZHANG]
    assert shown[QIAN] == [["✅ 签收"], ["过程"]]


def test_the_reporter_of_the_office_gets_no_button_to_close_it(play: Play):
    play.issued()
    play.reported()
    for user, labels in ((WANG, ["销号", "退回"]), (ZHANG, ["补充佐证"])):
        play.send(user, "/task 17")
        assert play.last(user).labels[0] == labels


MARKUP = "<b>&\"'></b><script>" * 3


def test_whatever_a_document_says_is_shown_and_never_markup(play: Play):
    def spoil(session: Session) -> None:
        task = session.get_one(LedgerTask, 1)
        task.title = task.section = task.target = task.plan = task.quote = MARKUP
        task.deadline_text = task.document_number = MARKUP
        task.measures = task.leaders = task.inferred = task.heading = [MARKUP]
        session.get_one(Unit, FARM).name = MARKUP

    play.database.write(spoil)
    play.issued()
    play.reported(text=MARKUP)
    play.send(WANG, "/task 17")
    assert play.text(WANG).count("<script>") >= 12
    for command in ("/tasks", "/drafts", "/board", "/reports", "/bulletin 周"):
        play.send(WANG, command)
    for label in ("看佐证", "‹ 返回", "过程", "‹ 返回", "销号"):
        play.send(WANG, "/task 17") if label == "看佐证" else None
        play.press(WANG, label)
    play.send(ZHANG, MARKUP)


WORDS = st.text(st.sampled_from("攻坚<&>\"'😀\n ab"), max_size=900) | st.just("😀" * 900)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    WORDS, WORDS, st.lists(WORDS, max_size=9), st.integers(0, 40), st.sampled_from(list(TaskState))
)
def test_a_card_is_one_message_however_wordy_its_document_is(
    play: Play, title: str, other: str, many: list[str], count: int, state: TaskState
):
    with Session(play.database.writer) as session:
        task = add_task(session, 99, title=title or "x", section=other, target=other, parts=())
        task.measures, task.leaders, task.inferred = many, many, many
        task.plan = task.quote = task.deadline_text = other
        task.state, task.heading = state, [other]
        for number in range(count):
            unit = Unit(name=f"{number}{other[:150]}", created_at=NOW)
            session.add(unit)
            session.flush()
            session.add(TaskUnit(task_id=task.id, unit_id=unit.id, role="lead"))
        session.flush()
        incoming = Incoming(IncomingKind.MESSAGE, WANG, "", WANG, ChatKind.PRIVATE, update="1:1")
        actor = Actor(WANG, WANG, WANG, "王办", frozenset({(Role.OFFICE, 0)}))
        scene = Scene(session, incoming, actor, NOW, Desk(ZONE, "bot"))
        lead = "理" * 500
        for brief in (False, True):
            (message,) = pack(card(scene, task, lead=lead, brief=brief))
            assert units(visible(message)) <= LIMIT
        under_card(scene, task)
        session.rollback()


def test_a_task_of_nobody_says_so(play: Play):
    play.database.write(lambda s: add_task(s, 5, parts=(), kind="relative", due=None))
    play.send(LI, "/task 5")
    assert "牵头:⚠️ 没有责任单位" in play.text(LI)
    assert "期限:⚠️ 日期未定(原文:2026年6月底前)" in play.text(LI)


def test_units_are_told_apart_by_who_signed(play: Play):
    play.issued()
    for user in (ZHANG, ZHAO, QIAN):
        play.do(Action.ACKNOWLEDGE, user)
    play.send(WANG, "/task 17")
    assert "签收:各单位都已签收 ✅" in play.text(WANG)
    assert {part.unit_id for part in play.task().units if part.acknowledged_at} == {
        FARM,
        TOBACCO,
        MARKET,
    }

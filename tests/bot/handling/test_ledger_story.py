"""From the plan's text to 销号, as people live it; and two who decide at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest

from bot.ledger import actions
from bot.ledger.importing import drafts
from bot.records import Action
from bot.state.database import Database
from index.local import LocalEngine
from tests.bot.handling.play import LI, QIAN, SUN, WANG, ZHANG, ZHAO, Play, add_task, furnish, photo


def test_a_task_of_the_shipped_plan_goes_from_import_to_its_end(
    small_database, engine: LocalEngine
):
    small_database.write(furnish)
    play = Play(small_database, drafts=drafts(engine, {17}))
    play.send(WANG, "/import 17")
    play.press(WANG, "核对草稿")
    play.press(WANG, "第17项")
    assert "⚠️ 期限已过 1160 天" in play.text(WANG)
    play.press(WANG, "改期限")
    play.send(WANG, "年底")
    play.press(WANG, "下达")
    assert "市畜牧局、各县区(功能区)人民政府(管委会)" in play.text(WANG).split("\n")[1]
    play.press(ZHANG, "✅ 签收")
    play.press(ZHAO, "✅ 签收")
    assert play.task().state == "acknowledged"
    play.now += timedelta(days=60)
    play.send(ZHANG, "/tasks")
    play.press(ZHANG, "第17项")
    play.press(ZHANG, "申请延期")
    play.send(ZHANG, "2027年6月底")
    play.send(ZHANG, "资金下达晚")
    play.press(ZHANG, "确认申请延期")
    play.press(LI, "同意延期")
    assert play.task().due == date(2027, 6, 30)
    play.now += timedelta(days=200)
    play.send(SUN, files=(photo(1),))
    play.press(SUN, "第17项")
    play.send(SUN, "全部烤房已改造")
    play.press(SUN, "提交")
    play.press(WANG, "退回")
    play.send(WANG, "缺少验收单")
    play.press(WANG, "确认退回")
    play.press(ZHANG, "报告完成")
    play.send(ZHANG, "验收单已补", files=(photo(2),))
    play.press(ZHANG, "提交")
    play.press(WANG, "看佐证")
    play.press(WANG, "‹ 返回")
    play.press(WANG, "销号")
    play.press(WANG, "确认销号")
    assert play.task().state == "closed"
    assert play.text(QIAN).split("\n")[1:] == ["已销号", "办理:攻坚办 王办"]
    assert play.events() == [
        ("import", "王办"),
        ("set_due", "王办"),
        ("issue", "王办"),
        ("acknowledge", "张局"),
        ("acknowledge", "赵局"),
        ("ask_extension", "张局"),
        ("grant_extension", "李办"),
        ("report", "孙科"),
        ("return", "王办"),
        ("report", "张局"),
        ("approve", "王办"),
    ]
    assert [kind for kind, _ in play.evidence()] == ["text", "photo", "text", "photo"]


def test_failure_29_of_two_decisions_at_once_one_wins_and_the_other_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    database.write(furnish)
    database.write(add_task)
    first = Play(database)
    first.issued()
    first.do(Action.ASK_EXTENSION, ZHANG, due=date(2026, 12, 31), text="资金")
    first.reported()
    second_database = Database(database.url)
    second = Play(second_database)
    version = first.task().version
    presses = {
        WANG: f"a:approve_now:1:{version}:c",
        LI: f"a:grant_extension:1:{version}:c",
    }
    both = Barrier(2)
    if database.sqlite:
        both = Barrier(1)  # there the write lock lets one in at a time
    real = actions.perform

    def together(session, deed):
        both.wait(timeout=10)
        return real(session, deed)

    monkeypatch.setattr("bot.handling.reviewing.perform", together)
    try:
        with ThreadPoolExecutor(2) as pool:
            done = [
                pool.submit(play.press_data, user, presses[user])
                for play, user in ((first, WANG), (second, LI))
            ]
            replies = [future.result() for future in done]
    finally:
        second_database.close()
    toasts = sorted(reply.toast for reply in replies)
    events = [event for event, _ in first.events()]
    if "approve" in events:
        assert "grant_extension" not in events
        assert toasts == ["已有变化:第17项现在是“已销号”,请看最新的卡片", "已销号"]
    else:
        assert events.count("grant_extension") == 1
        assert toasts == ["已同意延期", "已有变化:第17项现在是“已报告”,请看最新的卡片"]

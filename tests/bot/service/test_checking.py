from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from sqlalchemy import update

from bot.access.people import ensure_admins
from bot.service import checking
from bot.service.checking import Finding, Grade, check, passed
from bot.settings import Settings
from bot.state.database import Database
from bot.state.tables import Note, Person
from tests.bot.botapi import TOKEN, BotApi

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture(scope="module")
def server():
    with BotApi() as running:
        yield running


def look(server, home, clock=lambda: datetime.now(UTC), **more):
    settings = Settings(**{"home": str(home), "token": TOKEN, "api_url": server.url} | more)
    return {finding.name: finding for finding in check(settings, clock)}


def test_where_all_is_well_each_thing_is_said_to_be(server, shipped_home, engine, tmp_path):
    database = tmp_path / "gongjian.db"
    Database.open(f"sqlite:///{database}").close()
    found = look(server, shipped_home, database=f"sqlite:///{database}")
    # Whether a calendar is there depends on the day the test is run.
    assert {name for name, one in found.items() if one.grade is Grade.BAD} <= {"日历"}
    assert found["令牌"].line == "✓ 令牌: 机器人是 @gongjian_test_bot"
    assert found["数据库"].line == "✓ 数据库: 可读可写"
    counts = f"{len(engine.documents())} 份文件,{len(engine.tasks())} 项任务"
    assert found["索引"].line == f"✓ 索引: {counts}"
    assert found["时区"].text.startswith("Asia/Shanghai,现在是 ")
    opened = Database(f"sqlite:///{database}")
    assert opened.read(lambda s: s.get(Note, "check")) is None
    opened.close()


def test_a_home_without_anything_is_no_fault_and_stays_as_it_is(server, tmp_path):
    home = tmp_path / "home"
    found = look(server, home)
    assert (found["数据库"].grade, found["索引"].grade) == (Grade.GOOD, Grade.GOOD)
    assert not home.exists()


def test_a_refused_token_is_said_and_not_shown(server, tmp_path):
    wrong = "110201544:" + "W" * 35
    finding = look(server, tmp_path, token=wrong)["令牌"]
    assert finding.line == "✗ 令牌: Telegram 不认这个令牌。请从 @BotFather 重新复制"


def test_telegram_out_of_reach_is_said_without_the_token(server, tmp_path):
    finding = look(server, tmp_path, api_url="http://127.0.0.1:1")["令牌"]
    assert finding.line.startswith("✗ 令牌: 连不上 http://127.0.0.1:1(ConnectError)。")
    assert TOKEN not in finding.line


@pytest.mark.parametrize(
    ("seconds", "grade"), [(3, Grade.GOOD), (-3, Grade.GOOD), (9, Grade.BAD), (-9, Grade.BAD)]
)
def test_the_clock_is_held_against_telegrams(seconds, grade):
    header = "Thu, 05 Mar 2026 02:00:00 GMT"
    now = parsedate_to_datetime(header) + timedelta(seconds=seconds)
    assert checking._clock(header, now).grade is grade


def test_no_date_is_a_remark():
    assert checking._clock("", datetime(2026, 3, 5, tzinfo=UTC)).grade is Grade.REMARK


def test_something_on_the_way_that_answers_for_telegram_is_said(server, tmp_path, monkeypatch):
    answer = httpx.Response(200, text="<html>登录</html>")
    monkeypatch.setattr(httpx.Client, "post", lambda *_, **__: answer)
    finding = look(server, tmp_path)["令牌"]
    assert finding.text == f"{server.url} 的回答不像 Telegram 的(HTTP 200)"


@pytest.mark.parametrize(
    ("year", "grades"),
    [(2025, {Grade.GOOD}), (2026, {Grade.GOOD, Grade.REMARK}), (2027, {Grade.BAD, Grade.REMARK})],
)
def test_failure_24_an_unpublished_calendar_is_said(server, tmp_path, year, grades):
    findings = checking._calendar(datetime(year, 3, 5, tzinfo=UTC).date())
    assert {finding.grade for finding in findings} == grades


def test_a_damaged_database_and_a_damaged_index_do_not_hide_the_rest(server, tmp_path):
    (tmp_path / "gongjian.db").write_bytes(b"nonsense" * 1000)
    (tmp_path / "CURRENT").write_text("nonsense")
    found = look(server, tmp_path)
    assert (found["数据库"].grade, found["索引"].grade) == (Grade.BAD, Grade.BAD)
    assert found["时区"].grade is Grade.GOOD


def test_a_database_of_an_older_program_is_brought_forward_at_the_start(server, tmp_path):
    import sqlite3

    sqlite3.connect(tmp_path / "gongjian.db").close()
    (tmp_path / "gongjian.db").touch()
    assert look(server, tmp_path)["数据库"].text == "启动时升级"


def test_only_what_is_bad_fails_the_check():
    good, remark, bad = (Finding("x", grade, "y") for grade in Grade)
    assert passed([good, remark])
    assert not passed([good, bad])


BAD_SETTINGS = {
    "admin": "abc",
    "rate": "0",
    "metrics_port": "http",
    "ask_workers": "-1",
    "log": "xml",
    "office_hours": "17:30-09:00",
}


@pytest.mark.parametrize("name", BAD_SETTINGS)
def test_a_setting_the_bot_would_not_start_with_is_said(server, tmp_path, name):
    finding = look(server, tmp_path, **{name: BAD_SETTINGS[name]})["设置"]
    assert finding.line.startswith(f"✗ 设置: GONGJIAN_{name.upper()}")


def test_each_bad_setting_has_a_line_of_its_own(server, tmp_path):
    settings = Settings(home=str(tmp_path), token=TOKEN, api_url=server.url, **BAD_SETTINGS)
    findings = check(settings)
    assert len([one for one in findings if one.name == "设置" and one.grade is Grade.BAD]) == 6
    assert not passed(findings)


def test_good_settings_are_said_to_be(server, tmp_path):
    assert look(server, tmp_path, rate="5", metrics_port="9100")["设置"].grade is Grade.GOOD


@pytest.mark.parametrize("there", [False, True])
def test_without_an_administrator_there_is_a_remark(server, tmp_path, there):
    if there:
        Database.open(f"sqlite:///{tmp_path / 'gongjian.db'}").close()
    finding = look(server, tmp_path)["管理员"]
    assert finding.line.startswith("! 管理员: 没有设置管理员")
    assert "管理员" not in look(server, tmp_path, admin="17")


def test_an_administrator_in_the_database_is_enough(server, tmp_path):
    opened = Database.open(f"sqlite:///{tmp_path / 'gongjian.db'}")
    opened.write(lambda s: ensure_admins(s, [5], datetime.now(UTC)))
    assert "管理员" not in look(server, tmp_path)
    opened.write(lambda s: s.execute(update(Person).values(active=False)))
    opened.close()
    assert "管理员" in look(server, tmp_path)


@pytest.mark.parametrize("value", ["on", "off"])
def test_a_server_that_may_forget_is_a_remark(server, tmp_path, database_url, value):
    if database_url.startswith("postgresql"):
        join = "&" if "?" in database_url else "?"
        database_url += f"{join}options=-csynchronous_commit%3D{value}"
    settings = Settings(home=str(tmp_path), token=TOKEN, api_url=server.url, database=database_url)
    lines = [one.line for one in check(settings) if "synchronous_commit" in one.line]
    expected = database_url.startswith("postgresql") and value == "off"
    assert lines == [
        "! 数据库: PostgreSQL 的 synchronous_commit 是 off,断电时可能丢失刚提交的内容"
        "。请设 synchronous_commit = on"
    ] * int(expected)

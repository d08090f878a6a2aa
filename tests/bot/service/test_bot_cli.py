import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.service.watch import store
from bot.state.database import Database
from bot.state.tables import Outbox

OLD = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command line on a home of its own; code, output, errors."""
    for name in ("GONGJIAN_TELEGRAM_TOKEN", "GONGJIAN_TELEGRAM_TOKEN_FILE", "GONGJIAN_DATABASE"):
        monkeypatch.delenv(name, raising=False)

    def go(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["--home", str(tmp_path), *arguments])
        found = capsys.readouterr()
        return ended.value.code, found.out, found.err

    return go


@pytest.fixture
def database(tmp_path):
    opened = Database.open(f"sqlite:///{tmp_path / 'gongjian.db'}")
    yield opened
    opened.close()


def add(database, key, state="uncertain"):
    payload = {"text": f"提醒{key}", "buttons": [], "silent": False, "reply_to": 0, "edits": 0}
    row = Outbox(
        key=key, chat=7, payload=payload, priority=2, state=state, not_before=OLD, created_at=OLD,
        last_error="超时",
    )  # fmt: skip
    database.write(lambda s: s.add(row))


def states(database):
    rows = database.read(lambda s: s.query(Outbox).order_by(Outbox.id).all())
    return [(row.key, row.state) for row in rows]


def test_without_a_token_the_bot_says_so_in_one_line(run):
    code, out, err = run("bot")
    assert (code, out) == (1, "")
    assert err.startswith("错误: 没有设置机器人的令牌:请向 @BotFather 申请")
    assert len(err.splitlines()) == 1


def test_help_is_chinese_and_names_the_commands(run):
    code, out, _ = run("bot", "--help")
    assert code == 0
    for word in ("用法: gongjian bot [选项] [命令]", "check", "backup", "uncertain", "alive"):
        assert word in out


def test_restored_goes_with_running_only(run):
    code, _, err = run("bot", "--restored", "check")
    assert (code, "--restored 只用于启动机器人" in err) == (2, True)


def test_check_says_what_is_wrong_and_fails(run):
    code, out, _ = run("bot", "check")
    assert code == 1
    assert out.startswith("✗ 令牌: 没有设置机器人的令牌")
    code, out, _ = run("bot", "check", "--json")
    first = json.loads(out.splitlines()[0])
    assert (code, first["name"], first["grade"]) == (1, "令牌", "bad")


def test_a_backup_goes_where_it_is_told_or_beside_the_database(run, database, tmp_path):
    assert run("bot", "backup", str(tmp_path / "copy.db"))[:2] == (
        0,
        f"已备份到 {tmp_path / 'copy.db'}\n",
    )
    code, out, _ = run("bot", "backup", "--json")
    made = json.loads(out)
    assert (code, made["file"].startswith(f"{tmp_path}/backups/gongjian-")) == (0, True)
    opened = sqlite3.connect(made["file"])
    assert opened.execute("select version_num from alembic_version").fetchone() is not None
    opened.close()


def test_uncertain_messages_are_listed_and_decided(run, database):
    assert run("bot", "uncertain")[1] == "没有不能确定的消息\n"
    for key in ("a", "b", "c"):
        add(database, key)
    add(database, "sent", "sent")
    code, out, _ = run("bot", "uncertain")
    assert (code, out.count("发往 7"), "提醒b" in out, "提醒sent" in out) == (0, 3, True, False)
    code, out, _ = run("bot", "uncertain", "--json")
    assert [json.loads(line)["key"] for line in out.splitlines()] == ["a", "b", "c"]
    assert run("bot", "uncertain", "--resend", "1", "--drop", "2")[:2] == (
        0,
        "补发 1 条,作罢 1 条\n",
    )
    assert states(database)[1:4] == [("b", "dead"), ("c", "uncertain"), ("sent", "sent")]
    assert [key for key, state in states(database) if state == "due"] == ["a#补发"]


def test_what_cannot_be_decided_is_said(run, database):
    add(database, "sent", "sent")
    code, _, err = run("bot", "uncertain", "--drop", "1", "--drop", "99")
    assert (code, "编号 1、99 不在待核之列" in err) == (1, True)
    code, _, err = run("bot", "uncertain", "--drop", "1", "--resend", "1")
    assert (code, "1 不能既补发又作罢" in err) == (2, True)


def test_alive_is_what_the_loops_wrote_down(run, database):
    now = datetime.now(UTC)
    assert run("bot", "alive")[:2] == (1, "机器人没有运行过\n")
    database.write(lambda s: store(s, {"poller": 1.0, "sender": 170.0}, now))
    assert run("bot", "alive")[:2] == (0, "正常\n")
    database.write(lambda s: store(s, {"poller": 1.0}, now - timedelta(seconds=200)))
    assert run("bot", "alive")[:2] == (1, "没有动静:poller\n")
    assert json.loads(run("bot", "alive", "--json")[1]) == {"alive": False, "silent": ["poller"]}


def test_the_other_commands_load_nothing_of_the_bots():
    code = (
        "import sys, bot.cli; print([m for m in sys.modules if m.split('.')[0] in "
        "('telegram', 'sqlalchemy', 'httpx', 'matplotlib', 'alembic', 'filelock')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
    assert CliRunner is not None

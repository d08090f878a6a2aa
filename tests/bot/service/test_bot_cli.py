import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from bot.access.links import redeem
from bot.cli import main
from bot.records import ChatKind, Incoming, IncomingKind
from bot.service.watch import store
from bot.state.database import Database
from bot.state.tables import BindToken, Outbox, StoredAnswer, Unit
from corpus.errors import RefusedError

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
    assert "feedback" in out
    assert "link" in out


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


JUDGED = {
    "answer": {
        "answer": "2022年年底",
        "kind": "field",
        "citations": [{"quote": "整改时限:2022年年底", "source": "004.txt"}],
        "tasks": [17],
        "value": {"due": "2022-12-31"},
    },
    "version": "v1",
}


def judge(database, question, verdict, comment=""):
    row = StoredAnswer(
        chat=7, user=70, question=question, data=JUDGED | {"comment": comment}, verdict=verdict,
        created_at=OLD, judged_at=OLD if verdict else None,
    )  # fmt: skip
    database.write(lambda s: s.add(row))


def test_feedback_is_what_was_thought_of_answers_and_how_to_make_questions_of_it(run, database):
    assert run("bot", "feedback")[:2] == (0, "还没有人评价过答复\n")
    assert run("bot", "feedback", "--json")[:2] == (0, "")
    judge(database, "烤烟用煤整改时限", "useful")
    judge(database, "时限呢", "wrong", "应是\n2021年")
    judge(database, "没有评价的问题", "")
    add = (
        "gongjian eval add '烤烟用煤整改时限' --kind field --answer '2022年年底'"
        " --quote '整改时限:2022年年底' --file 004.txt --task 17 --due 2022-12-31"
    )
    code, out, _ = run("bot", "feedback")
    assert code == 0
    assert out.splitlines() == [
        "有用  烤烟用煤整改时限",
        "    答复: 2022年年底",
        f"    {add}",
        "有误  时限呢",
        "    此前问过: 烤烟用煤整改时限",
        "    答复: 2022年年底",
        "    意见: 应是 2021年",
        "    gongjian eval add '时限呢'",
        "共 2 条:有用 1,有误 1",
    ]
    code, out, _ = run("bot", "feedback", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert [(one["verdict"], one["comment"]) for one in found] == [
        ("useful", ""),
        ("wrong", "应是\n2021年"),
    ]
    assert found[0]["command"] == add


def units(database, *names):
    database.write(lambda s: s.add_all([Unit(name=name, created_at=OLD) for name in names]))


def opened(database, secret, *, group=False):
    """What a secret lets somebody be."""
    kind = ChatKind.GROUP if group else ChatKind.PRIVATE
    incoming = Incoming(IncomingKind.MESSAGE, 90, "李四", -900 if group else 90, kind)
    bound = database.write(lambda s: redeem(s, secret, incoming, datetime.now(UTC)))
    return bound.kind, bound.role, bound.unit


@pytest.mark.parametrize(
    ("arguments", "whose", "bound"),
    [
        (
            ["--unit", "市公安局", "--role", "lead"],
            "市公安局 单位负责人 的绑定口令,请本人在与机器人的私聊里发送:",
            ("person", "lead", "市公安局"),
        ),
        (
            ["--unit", "市市场监督管理局", "--role", "member"],
            "市市场监管局 单位成员 的绑定口令,请本人在与机器人的私聊里发送:",
            ("person", "member", "市市场监管局"),
        ),
        (
            ["--unit", "公安局", "--group"],
            "市公安局 群的绑定口令,请本单位的人在群里发送:",
            ("chat", "member", "市公安局"),
        ),
        (
            ["--office"],
            "攻坚办 的绑定口令,请本人在与机器人的私聊里发送:",
            ("person", "office", None),
        ),
        (
            ["--unit", "市新 设局", "--role", "lead", "--new"],
            "市新设局 单位负责人 的绑定口令,请本人在与机器人的私聊里发送:",
            ("person", "lead", "市新设局"),
        ),
    ],
)
def test_a_link_made_at_the_shell_lets_somebody_in(run, database, arguments, whose, bound):
    units(database, "市公安局", "市市场监管局")
    code, out, err = run("bot", "link", *arguments)
    first, command, last = out.splitlines()
    assert (code, err, first) == (0, "", whose)
    assert last == "只能用一次,24 小时内有效。请私下交给对方,不要转给别人。"
    assert command.startswith("/bind ")
    secret = command.removeprefix("/bind ")
    assert opened(database, secret, group="--group" in arguments) == bound
    with pytest.raises(RefusedError):
        opened(database, secret, group="--group" in arguments)


def test_a_link_as_json_says_for_whom_and_how_long(run, database):
    code, out, _ = run("bot", "link", "--office", "--group", "--json")
    made = json.loads(out)
    left = datetime.fromisoformat(made.pop("expires_at")) - datetime.now(UTC)
    assert (code, timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)) == (0, True)
    secret = made.pop("bind").removeprefix("/bind ")
    assert made == {"unit": None, "role": "office", "group": True}
    office = Incoming(IncomingKind.MESSAGE, 90, "李四", 90, ChatKind.PRIVATE)
    with pytest.raises(RefusedError, match="群的绑定口令"):
        database.write(lambda s: redeem(s, secret, office, datetime.now(UTC)))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            ["--unit", "没有的局", "--role", "lead"],
            1,
            "没有叫“没有的局”的单位;确实是新单位的,请加 --new",
        ),
        (["--unit", "公安局", "--role", "lead"], 1, "单位有 2 个,请写全称:县公安局、市公安局"),
        (["--unit", " ", "--role", "lead", "--new"], 1, "单位名称应为 1 到 200 个字"),
        ([], 2, "--unit 和 --office 写其中一个"),
        (["--unit", "市公安局", "--office"], 2, "--unit 和 --office 写其中一个"),
        (["--office", "--role", "lead"], 2, "--office 不带 --role 和 --new"),
        (["--office", "--new"], 2, "--office 不带 --role 和 --new"),
        (["--unit", "市公安局"], 2, "给个人的要写明 --role"),
        (["--unit", "市公安局", "--group", "--role", "lead"], 2, "给群的写 --group"),
    ],
)
def test_a_link_for_nobody_in_particular_is_not_made(run, database, arguments, code, words):
    units(database, "市公安局", "县公安局")
    found, out, err = run("bot", "link", *arguments)
    assert (found, out, words in err) == (code, "", True), err
    assert database.read(lambda s: s.query(BindToken).count()) == 0
    assert database.read(lambda s: s.query(Unit).count()) == 2


def test_the_other_commands_load_nothing_of_the_bots():
    code = (
        "import sys, bot.cli; print([m for m in sys.modules if m.split('.')[0] in "
        "('telegram', 'sqlalchemy', 'httpx', 'matplotlib', 'alembic', 'filelock')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
    assert CliRunner is not None

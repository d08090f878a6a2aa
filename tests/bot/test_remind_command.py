import json

import pytest

from bot.cli import main
from bot.state.database import Database
from bot.state.tables import LedgerTask
from tests.bot.reminding.ledgers import Ledger, d


@pytest.fixture
def run(shipped_home, monkeypatch, capsys, tmp_path):
    """The command line over the shipped corpus, and a database that may be filled first."""
    monkeypatch.setenv("GONGJIAN_HOME", str(shipped_home))
    monkeypatch.setenv("GONGJIAN_DATABASE", f"sqlite:///{tmp_path}/bot.db")

    def call(*arguments):
        with pytest.raises(SystemExit) as exit_:
            main(["remind", *arguments])
        out, err = capsys.readouterr()
        return int(exit_.value.code or 0), out, err

    return call


@pytest.fixture
def ledger(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path}/bot.db")
    yield Ledger(database)
    database.close()


def test_without_a_database_the_index_is_previewed_and_said_so(run, tmp_path):
    code, out, err = run("--as-of", "2022-12-30", "--unit", "农业农村局")
    assert code == 0
    assert err == "还没有下达的任务:按索引里的台账预览,如同全部任务早已下达\n"
    lines = out.splitlines()
    assert lines[:2] == ["2022-12-30 星期五", "  市农业农村局"]
    assert any(line.startswith("    还有 1 天  第17项 农业生产中烤烟用煤") for line in lines)
    assert "      2022-12-31 到期(原文:2022年年底) 漯发〔2020〕13号" in lines
    assert lines[-1].startswith("共 3 条提醒,涉及 1 个单位、3 项任务")
    assert not (tmp_path / "bot.db").exists()


def test_json_is_one_object_a_reminder(run):
    code, out, _ = run("--as-of", "2020-12-01", "--unit", "市发展改革委", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(item["task"], item["stage"], item["role"]) for item in found] == [
        (4, "T-30", "lead"),
        (8, "T-30", "cooperating"),
    ]
    assert found[0] == {
        "date": "2020-12-01",
        "unit": "市发展改革委",
        "role": "lead",
        "stage": "T-30",
        "due": "2020-12-31",
        "task": 4,
        "title": "资源供给和环境容量的低效配置,一定程度上阻碍了当地经济高质量发展。",
        "deadline_text": "2020年年底",
        "milestone": None,
        "words": "还有 30 天",
        "document_number": "漯发〔2020〕13号",
        "document_id": "fd9d00aac715",
        "source": "004_dbcf2c26876c712d.txt",
        "send_at": "2020-12-01T09:00:00+08:00",
    }
    assert found[1]["milestone"] == "每季度下发一次通报"


def test_days_without_anything_say_so(run):
    _, out, _ = run("--as-of", "2020-12-05", "--days", "2", "--unit", "市财政局")
    assert out.splitlines() == [
        "2020-12-05 至 2020-12-06  没有提醒",
        "",
        "共 0 条提醒,涉及 0 个单位、0 项任务(仅为预览,没有发出)",
    ]


def test_a_ledger_with_issued_tasks_is_what_is_shown(run, ledger):
    unit = ledger.unit("市公安局")
    ledger.group(unit)
    ledger.task(7, lead=[unit], due=d("2027-03-10"), document_id="fd9d00aac715")
    code, out, err = run("--as-of", "2027-03-03", "--json")
    (item,) = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert (item["unit"], item["task"], item["stage"]) == ("市公安局", 7, "T-7")
    assert item["source"] == "004_dbcf2c26876c712d.txt"
    assert ledger.reminders() == []


def test_the_plan_s_own_routine_and_who_is_not_reached_are_shown(run, ledger):
    unit, other = ledger.unit("市公安局"), ledger.unit("市财政局")
    ledger.group(unit)
    ledger.group(office=True)
    ledger.task(7, lead=[unit], cooperating=[other], due=d("2026-04-08"))
    _, out, _ = run("--as-of", "2026-04-01")
    lines = out.splitlines()
    assert lines[0] == "2026-04-01 星期三"
    assert [line for line in lines if "(例行)" in line] == [
        "    月台账推进(例行)",
        "    月调度通报(例行)",
        "    季度调度通报(例行)",
        "    月调度通报(例行)",
        "    季度调度通报(例行)",
    ]
    at = lines.index("  没有绑定,收不到")
    assert lines[at - 3 : at + 2] == [
        "  攻坚办",
        "    月调度通报(例行)",
        "    季度调度通报(例行)",
        "  没有绑定,收不到",
        "    市财政局: 第7项、月台账推进",
    ]
    assert lines[-1] == "共 1 条提醒,涉及 1 个单位、1 项任务,另有 5 条例行通知(仅为预览,没有发出)"
    _, out, _ = run("--as-of", "2026-04-01", "--json")
    items = [json.loads(line) for line in out.splitlines()]
    found = [(i["unit"], i["stage"], i["words"], i["task"], i.get("reached", True)) for i in items]
    assert found[:3] == [
        ("市公安局", "T-7", "还有 7 天", 7, True),
        ("市公安局", "routine", "月台账推进", None, True),
        ("市公安局", "routine", "月调度通报", None, True),
    ]
    assert ("市财政局", "T-7", "还有 7 天", 7, False) in found
    assert ("攻坚办", "routine", "季度调度通报", None, True) in found


def test_the_remark_of_an_unpublished_calendar_is_shown(run, ledger):
    unit = ledger.unit("市公安局")
    ledger.group(unit)
    ledger.task(7, lead=[unit], due=d("2031-03-12"))
    _, out, _ = run("--as-of", "2031-03-12")
    assert "2031-03-12 到期(原文:年底前)(日历未公布,按周一至周五推算) 漯发〔2020〕13号" in out


def test_drafts_alone_are_not_shown(run, ledger):
    unit = ledger.unit("市公安局")
    ledger.task(7, lead=[unit], due=d("2027-03-10"), state="draft")
    ledger.set(LedgerTask, 1, issued_at=None)
    code, _, err = run("--as-of", "2020-12-01")
    assert code == 0
    assert err.startswith("还没有下达的任务")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--as-of", "明天"], 2, "应写成 2020-12-31"),
        (["--days", "0"], 2, "1 到 366"),
        (["--unit", " "], 2, "--unit 的值是空的"),
    ],
)
def test_a_mistake_is_one_line(run, arguments, code, words):
    found, out, err = run(*arguments)
    assert (found, out) == (code, "")
    assert words in err


def test_office_hours_that_cannot_be_are_refused(run, monkeypatch):
    monkeypatch.setenv("GONGJIAN_OFFICE_HOURS", "晚上")
    code, _, err = run("--as-of", "2020-12-01")
    assert code == 1
    assert "GONGJIAN_OFFICE_HOURS" in err

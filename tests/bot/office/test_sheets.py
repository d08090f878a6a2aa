from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bot.office.records import LedgerEvent, Milestone
from bot.office.sheets import export
from tests.bot.office.boards import board, days, task

FULL = task(
    7,
    days(-10),
    "acknowledged",
    lead_units=("市公安局", "市交通运输局"),
    cooperating_units=("市商务局",),
    leaders=("张三",),
    deadline_text="2026年11月中旬",
    milestones=(Milestone(date(2026, 6, 30), "拿出方案", True), Milestone(None, "验收", False)),
    acknowledged_units=("市公安局",),
    reported_on=days(-12),
    closed_on=None,
    evidence=2,
    last_event="市公安局签收",
)


def opened(content):
    return load_workbook(BytesIO(content))


def event(text, at=datetime(2026, 11, 24, 16, 30, 5, tzinfo=UTC), number=7):
    return LedgerEvent(at, number, "签收", "李四", "市公安局", text)


def test_the_ledger_has_every_column_with_real_numbers_and_dates():
    sheet = opened(export(board(FULL), []))["台账"]
    rows = list(sheet.values)
    assert dict(zip(rows[0], rows[1], strict=True)) == {
        "序号": 7,
        "类别": "一、组织领导",
        "任务": "推进“散乱污”企业动态清零",
        "文件": "整改方案",
        "发文字号": "漯办〔2020〕1号",
        "状态": "已签收",
        "牵头单位": "市公安局、市交通运输局",
        "配合单位": "市商务局",
        "责任领导": "张三",
        "时限要求": "2026年11月中旬",
        "时限类型": "有截止日期",
        "截止日期": datetime(2026, 11, 15),
        "超期天数": 10,
        "时间节点": "√ 2026-06-30 拿出方案\n□ 验收",
        "已签收单位": "市公安局",
        "报告日期": datetime(2026, 11, 13),
        "销号日期": None,
        "佐证份数": 2,
        "最近动态": "市公安局签收",
    }
    assert sheet["L2"].is_date
    assert sheet["L2"].number_format == "yyyy-mm-dd"


def test_the_header_stays_in_sight_and_can_be_filtered_by():
    book = opened(export(board(FULL), [event("收到")]))
    assert book.sheetnames == ["台账", "单位", "过程"]
    assert [sheet.freeze_panes for sheet in book] == ["D2", "B2", "B2"]
    assert [sheet.auto_filter.ref for sheet in book] == ["A1:S2", "A1:L4", "A1:F2"]
    assert book["台账"].column_dimensions["C"].width == 52
    assert book["台账"]["C2"].alignment.wrap_text is True


def test_rows_are_as_high_as_their_longest_text_needs():
    rows = opened(export(board(task(1), task(2, title="长" * 240)), []))["台账"].row_dimensions
    assert rows[3].height == 6 + 14.5 * 10
    assert rows[2].height < rows[3].height


def test_overdue_rows_and_states_are_coloured_by_rule():
    sheet = opened(export(board(FULL, task(8)), []))["台账"]
    rules = {
        rule.formula[0]: (str(where.sqref), rule.dxf.fill.bgColor.rgb)
        for where in sheet.conditional_formatting
        for rule in where.rules
    }
    assert rules["$M2>0"] == ("A2:S3", "00FBD5D2")
    assert rules['$F2="已销号"'] == ("F2:F3", "00C6E9D2")
    assert len(rules) == 6


def test_units_are_counted_by_what_they_lead_and_help():
    tasks = [FULL, task(8, state="closed", lead_units=("市公安局",)), task(9, lead_units=())]
    sheet = opened(export(board(*tasks), []))["单位"]
    rows = [dict(zip(next(iter(sheet.values)), row, strict=True)) for row in sheet.values][1:]
    assert [row["单位"] for row in rows] == ["市交通运输局", "市公安局", "市商务局"]
    police = rows[1]
    assert (police["牵头任务"], police["牵头已签收"], police["牵头已销号"]) == (2, 1, 1)
    assert (police["配合任务"], police["牵头超期"]) == (0, 1)
    assert (rows[2]["牵头任务"], rows[2]["配合任务"]) == (0, 1)


def test_events_stand_in_order_by_the_office_s_clock():
    early = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    rows = list(opened(export(board(), [event("后"), event("先", early)]))["过程"].values)
    assert rows[1] == (datetime(2026, 11, 24, 9, 0), 7, "签收", "李四", "市公安局", "先")
    assert rows[2][0] == datetime(2026, 11, 25, 0, 30, 5)


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 395", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "#N/A", "\t=1"]
)
def test_no_text_becomes_a_formula(text):
    book = opened(export(board(task(1, title=text, lead_units=(text,))), [event(text)]))
    for cell in (book["台账"]["C2"], book["单位"]["A2"], book["过程"]["F2"]):
        assert (cell.data_type, cell.value) == ("s", text)
        assert cell.quotePrefix is (text[0] != "#")


def test_characters_a_workbook_cannot_hold_are_left_out():
    book = opened(export(board(task(1, title="甲\x00\x0b乙\ud800")), []))
    assert book["台账"]["C2"].value == "甲乙"


def test_a_text_longer_than_a_cell_is_said_to_be_cut():
    value = opened(export(board(task(1, title="长" * 40_000)), []))["台账"]["C2"].value
    assert len(value) == 32_767
    assert value.endswith("……(过长,已截断)")


def test_an_empty_board_is_a_workbook_with_headers():
    book = opened(export(board(), []))
    assert [sheet.max_row for sheet in book] == [1, 1, 1]

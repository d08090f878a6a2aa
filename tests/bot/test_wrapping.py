import pytest

from bot.render import Line
from bot.wrapping import columns, wrap


def plain(rows: list[Line]) -> list[str]:
    return ["".join(words for _, words in row) for row in rows]


def width(text: str) -> int:
    return sum(map(columns, text))


def test_a_short_line_stays_one():
    line: Line = [("cyan", "  时限  "), ("", "2022年年底")]
    assert wrap(line, 40) == [line]


def test_later_rows_hang_under_what_the_label_labels():
    line: Line = [
        ("cyan", "  配合  "),
        ("", "市市场监管局、市畜牧局、各县区人民政府、市生态环境局"),
    ]
    rows = plain(wrap(line, 32))
    assert rows[0] == "  配合  市市场监管局、市畜牧局、"
    assert all(row.startswith("        ") for row in rows[1:])
    assert (
        "".join(row.strip() for row in rows)
        == "配合  市市场监管局、市畜牧局、各县区人民政府、市生态环境局"
    )


@pytest.mark.parametrize("room", range(24, 60))
def test_no_row_is_too_wide_or_begins_with_punctuation_or_tears_a_number(room: int):
    text = (
        "2021年底前完成总改造任务的80%,2022年底前完成剩余20%改造任务;PM2.5浓度下降,煤炭消费总量控制在633万吨以内。"
        * 2
    )
    rows = plain(wrap([("bold", "    [2] "), ("", text)], room))
    assert all(width(row) <= room for row in rows)
    assert not any(row.strip()[0] in ",。;%" for row in rows)
    assert "".join(row.strip() for row in rows) == "[2] " + text
    for number in ("2021", "80%", "2022", "20%", "PM2.5", "633"):
        assert sum(row.count(number) for row in rows) == text.count(number)


def test_what_cannot_be_broken_well_is_broken_anyway():
    rows = plain(wrap([("", "a" * 100)], 30))
    assert "".join(rows) == "a" * 100
    assert all(len(row) <= 30 for row in rows)

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handling.dates import read_day
from corpus.errors import RefusedError

TODAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("2026年12月31日", date(2026, 12, 31)),
        ("2026年12月31日前", date(2026, 12, 31)),
        ("２０２６．１２．３１", date(2026, 12, 31)),
        (" 2026 / 6 / 30 ", date(2026, 6, 30)),
        ("20261231", date(2026, 12, 31)),
        ("12月31日", date(2026, 12, 31)),
        ("12月31号之前。", date(2026, 12, 31)),
        ("12-31", date(2026, 12, 31)),
        ("3月5日", date(2026, 3, 5)),
        ("3月4日", date(2027, 3, 4)),
        ("2月29日", date(2028, 2, 29)),
        ("下月底", date(2026, 4, 30)),
        ("下个月底", date(2026, 4, 30)),
        ("月底", date(2026, 3, 31)),
        ("6月底前", date(2026, 6, 30)),
        ("2月底", date(2027, 2, 28)),
        ("2028年2月底", date(2028, 2, 29)),
        ("年底", date(2026, 12, 31)),
        ("今年底", date(2026, 12, 31)),
        ("明年年底", date(2027, 12, 31)),
        ("2027年底前", date(2027, 12, 31)),
        ("2027年年底", date(2027, 12, 31)),
    ],
)
def test_days_are_read_as_cadres_write_them(written: str, day: date):
    assert read_day(written, TODAY) == day


def test_the_end_of_next_month_in_december_is_in_january():
    assert read_day("下月底", date(2026, 12, 5)) == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "看不懂日期“(空)”,请写成 2026-12-31 或 12月31日"),
        ("尽快", "看不懂日期“尽快”,请写成 2026-12-31 或 12月31日"),
        ("底", "看不懂日期“底”,请写成 2026-12-31 或 12月31日"),
        ("31", "看不懂日期“31”,请写成 2026-12-31 或 12月31日"),
        ("2月30日", "没有 2月30日 这一天,请写成 2026-12-31 或 12月31日"),
        ("2026年2月29日", "没有 2026年2月29日 这一天,请写成 2026-12-31 或 12月31日"),
        ("0000-01-01", "没有 0年1月1日 这一天,请写成 2026-12-31 或 12月31日"),
        ("13月底", "没有 2026年13月,请写成 2026-12-31 或 12月31日"),
        ("2026-03-04", "2026-03-04 已经过去,今天是 2026-03-05,请写今天以后的日期"),
        ("2062-12-31", "2062-12-31 太远了,请核对年份,请写成 2026-12-31 或 12月31日"),
    ],
)
def test_nonsense_is_refused_and_said_why(written: str, words: str):
    with pytest.raises(RefusedError) as refused:
        read_day(written, TODAY)
    assert str(refused.value) == words


@given(st.text(alphabet="0123456789年月日底前下本明-/. 二", max_size=14))
def test_whatever_is_written_is_a_day_ahead_or_refused(written: str):
    try:
        day = read_day(written, TODAY)
    except RefusedError:
        return
    assert TODAY <= day <= date(2036, 12, 31)


@given(st.dates(TODAY, TODAY + timedelta(days=3000)))
def test_every_day_ahead_is_read_back(day: date):
    assert read_day(f"{day.year}年{day.month}月{day.day}日", TODAY) == day
    assert read_day(day.isoformat(), TODAY) == day

"""Feasts that plans count by (春节前, “五一”前, 中秋节前) and the day of each in a year.

What differs from place to place or year to year (汛期, 采暖季, 两会, 假期) has no day here.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

# Names as written before 节; those of the lunar year by month and day of it.
_SOLAR = {
    "元旦": (1, 1),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "六一": (6, 1),
    "七一": (7, 1),
    "八一": (8, 1),
    "国庆": (10, 1),
    "十一": (10, 1),
}
_LUNAR = {"春节": (1, 1), "元宵": (1, 15), "端午": (5, 5), "中秋": (8, 15), "重阳": (9, 9)}
_EVE, _SOLAR_TERM = "除夕", "清明"
FEASTS = (*_SOLAR, *_LUNAR, _EVE, _SOLAR_TERM)
# Spring Festival and 元宵 come so early that a year alone does not tell which is meant: a paper
# of 2020 that says 春节前 looks ahead to 2020 in January, to 2021 from then on.
_EARLY_MONTHS = (1, 2, 3)
_FIRST_YEAR, _LAST_YEAR = 1901, 2099  # what the lunar tables hold


@cache  # a text names few feasts many times, and the lunar tables take milliseconds each time
def feast_day(name: str, year: int) -> date | None:
    """Return the day of a feast in a calendar year; None beyond the tables."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    if name in _SOLAR:
        return date(year, *_SOLAR[name])
    if name == _EVE:
        return _lunar(year, 1, 1) - timedelta(days=1)
    return _clear_bright(year) if name == _SOLAR_TERM else _lunar(year, *_LUNAR[name])


def last_day_before(name: str, year: int) -> date | None:
    """Return the last day before a year's feast: 2021年元旦前 ends with 2020."""
    day = feast_day(name, year)
    return day - timedelta(days=1) if day else None


def next_day_before(name: str, base: date, *, year_only: bool) -> date | None:
    """Return the last day before the first feast ahead of `base`; None where a choice is left.

    :param year_only: `base` stands for a year of which no day is known.
    """
    days = (last_day_before(name, year) for year in (base.year, base.year + 1))
    due = next((day for day in days if day and day >= base), None)
    return None if year_only and due and due.month in _EARLY_MONTHS else due


def _lunar(year: int, month: int, day: int) -> date:
    """Return a day of the lunar year that begins in `year`."""
    from lunar_python import Lunar  # heavy: only where a feast is named

    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _clear_bright(year: int) -> date:
    """Return the day of 清明, a term of the sun's year."""
    from lunar_python import Lunar

    solar = Lunar.fromYmd(year, 3, 1).getJieQiTable()[_SOLAR_TERM]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())

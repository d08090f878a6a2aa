"""Days as cadres write them: 2026-12-31, 2026年12月31日, 12月31日, 下月底."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date

from corpus.errors import RefusedError

_EXAMPLE = "请写成 2026-12-31 或 12月31日"
# A deadline farther away is a slip of the finger.
_FARTHEST_YEARS = 10
_LONGEST = 30
_DECEMBER = 12

_TRAILING = re.compile(r"(?:之前|以前|前|止|。|\.)+$")
_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
_MONTH_END = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:份)?底")
_YEAR_END = re.compile(r"(?:(\d{4})年|(今|本|明)年|年)年?底")
_THIS_MONTH = frozenset({"月底", "本月底", "这个月底", "本月末", "月末"})
_NEXT_MONTH = frozenset({"下月底", "下个月底", "下月末"})


def read_day(text: str, today: date) -> date:
    """Read a day that lies ahead; without a year, the next one of that name.

    :raises RefusedError: it is no day, does not exist, is past, or absurdly far away.
    """
    words = "".join(unicodedata.normalize("NFKC", text).split())
    day = _read(_TRAILING.sub("", words), today)
    if day is None:
        shown = words[:_LONGEST] or "(空)"
        raise RefusedError(f"看不懂日期“{shown}”,{_EXAMPLE}")
    if day < today:
        raise RefusedError(f"{day} 已经过去,今天是 {today},请写今天以后的日期")
    if day.year > today.year + _FARTHEST_YEARS:
        raise RefusedError(f"{day} 太远了,请核对年份,{_EXAMPLE}")
    return day


def _read(words: str, today: date) -> date | None:
    if found := _FULL.fullmatch(words) or _COMPACT.fullmatch(words):
        return _day(*map(int, found.groups()))
    if found := _SHORT.fullmatch(words):
        return _coming(int(found[1]), int(found[2]), today)
    if found := _MONTH_END.fullmatch(words):
        if found[1]:
            return _end(int(found[1]), int(found[2]))
        this = _end(today.year, int(found[2]))
        return this if this >= today else _end(today.year + 1, int(found[2]))
    if found := _YEAR_END.fullmatch(words):
        year = int(found[1]) if found[1] else today.year + (found[2] == "明")
        return _day(year, _DECEMBER, 31)
    if words in _THIS_MONTH:
        return _end(today.year, today.month)
    if words in _NEXT_MONTH:
        return _end(today.year + today.month // _DECEMBER, today.month % _DECEMBER + 1)
    return None


def _coming(month: int, day: int, today: date) -> date:
    """The next day of that name; 29 February waits for its year."""
    # No leap year is farther away than eight years.
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise RefusedError(f"没有 {month}月{day}日 这一天,{_EXAMPLE}")


def _end(year: int, month: int) -> date:
    if not 1 <= month <= _DECEMBER or year < 1:
        raise RefusedError(f"没有 {year}年{month}月,{_EXAMPLE}")
    return date(year, month, monthrange(year, month)[1])


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise RefusedError(f"没有 {year}年{month}月{day}日 这一天,{_EXAMPLE}") from None

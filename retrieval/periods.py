"""The days that a question for a list asks for: 2020年8月底前, 7月到9月, 年底前, 上半年."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_TIMED = "(?=.{0,6}?(?:到期|截止|完成|办结|销号|要|的|任务|事项))"
_YEAR = r"(?:(?P<{0}y>(?:19|20)\d\d)年)?"
_POINT = _YEAR + r"(?:(?P<{0}m>\d{{1,2}})月(?:(?P<{0}d>\d{{1,2}})[日号])?)?(?P<{0}e>年?[底末]|份)?"
_RANGE = re.compile(
    "从?" + _POINT.format("a") + "(?:到|至|-|—|~)" + _POINT.format("b") + "(?:之间|期间)?" + _TIMED
)
_SINGLE = re.compile(
    _POINT.format("a") + "(?P<side>之?前|以前|为止|之?后|以后)?(?:之间|期间)?" + _TIMED
)
_HALVES = {"上半年": (1, 6), "下半年": (7, 12)}
_QUARTERS = {"一": (1, 3), "二": (4, 6), "三": (7, 9), "四": (10, 12)}
_PART = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d)年)?(?:(?P<half>[上下]半年)|第?(?P<quarter>[一二三四])季度)(?P<side>末?之?前|以前)?"
    + _TIMED
)


@dataclass(frozen=True, slots=True)
class Period:
    """The first and last day asked for, None for no bound, and the text without them."""

    after: date | None
    before: date | None
    rest: str


def read_period(text: str, year: int | None) -> Period:
    """Read the days of a folded question; where it names no year, the plan's own is meant.

    What is no day (2020年13月) is left in the text.
    """
    for pattern, read in ((_PART, _part), (_RANGE, _range), (_SINGLE, _single)):
        for match in pattern.finditer(text):
            try:
                found = read(match, year)
            except ValueError:
                continue
            if found:
                return Period(*found, text[: match.start()] + " " + text[match.end() :])
    return Period(None, None, text)


def _part(match: re.Match[str], year: int | None) -> tuple[date | None, date] | None:
    named = int(match["y"]) if match["y"] else year
    if named is None:
        return None
    first, last = _HALVES[match["half"]] if match["half"] else _QUARTERS[match["quarter"]]
    end = _end(named, last)
    return (None if match["side"] else date(named, first, 1)), end


def _range(match: re.Match[str], year: int | None) -> tuple[date, date] | None:
    first_year = int(match["ay"]) if match["ay"] else year
    last_year = int(match["by"]) if match["by"] else first_year
    if first_year is None or last_year is None or not _says(match, "a") or not _says(match, "b"):
        return None
    first = date(first_year, int(match["am"] or 1), int(match["ad"] or 1))
    return first, _last(match, "b", last_year)


def _single(match: re.Match[str], year: int | None) -> tuple[date | None, date | None] | None:
    named = int(match["ay"]) if match["ay"] else year
    if named is None or not _says(match, "a"):
        return None
    last = _last(match, "a", named)
    if match["side"]:
        after = match["side"].endswith("后")
        return (last + timedelta(days=1), None) if after else (None, last)
    if match["ad"]:
        return last, last
    edge = bool(match["am"]) or (match["ae"] or "") not in {"", "份"}
    return date(named, last.month if edge else 1, 1), last


def _says(match: re.Match[str], name: str) -> bool:
    """Whether a point of time is named at all: a year, a month, or 年底."""
    return bool(
        match[f"{name}y"] or match[f"{name}m"] or (match[f"{name}e"] or "").startswith("年")
    )


def _last(match: re.Match[str], name: str, year: int) -> date:
    """The last day of a point of time."""
    month = int(match[f"{name}m"] or 12)
    day = match[f"{name}d"]
    return date(year, month, int(day)) if day else _end(year, month)


def _end(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError(f"month {month}")
    return date(year, month, monthrange(year, month)[1])

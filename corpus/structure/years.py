"""Which year 今年 means in a document, where its day of issue does not say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

_NUMBER_YEAR = re.compile(
    r"[〔﹝〈\[［【(（]\s*((?:19|20)\d\d)\s*[〕﹞〉\]］】)）]|((?:19|20)\d\d)\s*年\s*第"
)
_YEAR = re.compile(r"(?<![\d到向])((?:19|20)\d\d)\s*年(?!来|代|前|后|底?以?前)")
# 2018-2020年, 2021至2025年: which of them is 今年 is not said.
_RANGE = re.compile(
    r"(?:19|20)\d\d\s*年?\s*(?:[-—–―~～至到]+)\s*(?:19|20)?\d\d\s*年|年以来|三年行动|五年|远景|展望|面向"
)
_LOOKS_BACK = re.compile("总结|回顾|情况|报告|汇报|通报|考核|结果|决算|审计|年报|公报")
# 总结2015年工作、部署2016年任务; 做好2016年各项工作.
_AHEAD = re.compile(
    r"(?:部署|安排|布置|谋划|做好|抓好|推进|开展|研究)(?:了|全[市县省区]|今年)?\s*((?:19|20)\d\d)\s*年(?:度)?(?!底)"
)
_BEHIND = re.compile(
    r"(?:总结|回顾|通报|肯定|盘点|刚刚过去的)(?:了|全[市县省区])?\s*((?:19|20)\d\d)\s*年(?:度)?(?!第|[一二三四]季度|\d)"
)
# 今年是“十四五”开局之年.
_PLAN = re.compile(
    '[“"]?十(?P<plan>[一二三四五六七八九])五[”"]?(?:规划)?的?(?P<which>开局|起步|收官|最后一|决胜)'
)
_PLAN_FROM = 2001  # the first year of the plan 十五; 十一五 began five years later
_PLAN_YEARS = 5
# 2022年是…关键之年: said of the year one is in.
_IS = re.compile("((?:19|20)\\d\\d)\\s*年，?是[^。；\n]{0,60}(?:之年|关键一年|重要一年|第一年)")
_SAID = re.compile(r"今年[(（,，]?(?:即|也就是)?\s*((?:19|20)\d\d)\s*年")
_MONTH = re.compile(r"[(（]?\s*((?:19|20)\d\d)\s*年\s*\d{1,2}\s*月\s*[)）]?")
_HEAD, _BELOW = 400, 5
_LEAST = 2
# How much of a text is looked at: what year it is is said near the beginning.
_LENGTH = 20_000


def read_year(text: str, title: str, number: str | None, issued_on: date | None) -> int | None:
    """Return the year of issue, else the number's, else what title and text agree on."""
    if issued_on:
        return issued_on.year
    if number and (match := _NUMBER_YEAR.search(number)):
        return int(match.group(1) or match.group(2))
    return _year_of_title(title) or _year_of_month(text) or _year_of_text(text[:_LENGTH])


def _year_of_month(text: str) -> int | None:
    """The year of a month that stands alone below the title or at the end: (2021年8月)."""
    lines = [line for line in text[:_HEAD].splitlines() if line.strip()][1:_BELOW]
    lines += [line for line in text[-_HEAD:].splitlines() if line.strip()][-_BELOW:]
    found = {match.group(1) for line in lines if (match := _MONTH.fullmatch(line.strip()))}
    return int(found.pop()) if len(found) == 1 else None


def _year_of_title(title: str) -> int | None:
    years = [int(year) for year in _YEAR.findall(title)]
    if not years or _RANGE.search(title):
        return None
    if len(set(years)) == 1 and _LOOKS_BACK.search(title):
        return None  # a report on a year may well be of the next
    return max(years)


def _year_of_text(text: str) -> int | None:
    """The year that at least two statements agree on, and none contradicts."""
    votes = Counter(_statements(text))
    if not votes:
        return None
    (year, count), *others = votes.most_common()
    return year if count >= _LEAST and not others else None


def _statements(text: str) -> Sequence[int]:
    said = [int(year) for year in _SAID.findall(text)]
    said += [int(year) for year in _AHEAD.findall(text)]
    said += [int(year) for year in _IS.findall(text)]
    said += [int(year) + 1 for year in _BEHIND.findall(text)]
    for match in re.finditer("今年[^。；\n]{0,12}", text):
        if plan := _PLAN.search(text, match.start(), match.end() + 10):
            # One clear statement is worth two: which year a plan begins or ends in is known.
            said += [_plan_year(plan)] * _LEAST
    return said


def _plan_year(match: re.Match[str]) -> int:
    first = _PLAN_FROM + _PLAN_YEARS * "零一二三四五六七八九".index(match["plan"])
    return first if match["which"] in {"开局", "起步"} else first + _PLAN_YEARS - 1

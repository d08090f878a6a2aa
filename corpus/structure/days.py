"""Days as heads and signatures write them: 2020年7月23日, 二〇二〇年七月二十三日, 2020-07-23."""

from __future__ import annotations

import re
from datetime import date

from corpus.numerals import number_value

_DIGIT = "[〇○Ｏ零一二三四五六七八九十廿\\d]"
# Both ways of writing; letters may stand apart, as they do in a PDF.
DAY = re.compile(
    rf"(?P<y>{_DIGIT}(?:\s?{_DIGIT}){{3}})\s*年\s*(?P<m>{_DIGIT}{{1,3}})\s*月\s*"
    rf"(?P<d>{_DIGIT}{{1,3}})\s*日"
)
# As web pages write it.
_ISO = re.compile(r"(?P<y>(?:19|20)\d\d)\s*[-/.]\s*(?P<m>\d{1,2})\s*[-/.]\s*(?P<d>\d{1,2})(?!\d)")
_YEAR_DIGITS = str.maketrans("〇○Ｏ零一二三四五六七八九", "0000123456789")
_SPACE = re.compile(r"\s+")


def read_day(match: re.Match[str]) -> date | None:
    """Return the day that a match of `DAY` names; None where there is no such day."""
    try:
        year = int(_SPACE.sub("", match["y"]).translate(_YEAR_DIGITS))
        return date(year, number_value(match["m"]), number_value(match["d"]))
    except (ValueError, KeyError):  # 2020年13月40日
        return None


def first_day(text: str) -> date | None:
    """Return the first day that is named in a short text, however it is written."""
    for pattern in (DAY, _ISO):
        if match := pattern.search(text):
            return read_day(match)
    return None

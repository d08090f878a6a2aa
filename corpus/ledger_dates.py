"""Calendar expressions of official Chinese: 2020年8月底前, 二〇二五年底, 第三季度末, 十四五末.

Only shapes that name a month, a quarter, a half-year, a year or a plan period are read, so
percentages, ratios, document numbers (〔2020〕13号) and road names (五一路) never match.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

SPACE = r"[ \t\u3000]*"  # typists put spaces around digits: "2020 年 8 月底前"
NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十百]{1,4})"
BEFORE = r"(?:以|之)?前(?![一二三四五六七八九十\d两半后])"  # not 前三季度, not 前后

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}

_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
_UNIT_VALUES = {"十": 10, "百": 100}
_NAMED_YEARS = {"今年": 0, "本年": 0, "明年": 1, "后年": 2}
_TEN_DAYS = {"上": 10, "中": 20}
_PLAN_EPOCH = 1955  # the n-th five-year plan ends in 1955 + 5n: 十三五 2020, 十四五 2025
_LAST_MONTH = 12

_YEAR = r"(?P<year>(?:19|20)\d{2}|[一二][〇○零九][〇○零一二三四五六七八九]{2})"
_WITHIN = (
    rf"(?:(?P<month>\d{{1,2}}|十?[一二三四五六七八九]|十){SPACE}月(?:份)?{SPACE}"
    rf"(?:(?P<day>\d{{1,2}}|[一二三四五六七八九十]{{1,3}}){SPACE}[日号]|(?P<ten>[上中下])旬)?"
    rf"|第?{SPACE}(?P<quarter>[一二三四1-4]){SPACE}季度|(?P<half>[上下])半年)"
)
_MOMENT = re.compile(
    r"(?<![\d〇○零一二三四五六七八九十])"
    rf"(?:(?:{_YEAR}{SPACE}年(?:度)?|(?P<named>今年|本年|明年|后年)(?:度)?){SPACE}"
    rf"(?:{_WITHIN}|(?P<yearly>(?:年)?[底末内]))?"
    # A bare month after 年 or 前 belongs to words not read here (次年6月, 前三季度).
    rf"|(?<![年前]){_WITHIN.replace('?P<', '?P<bare_')}"
    r"|(?<![年两几多半每近次当翌同去上])(?P<bare_yearly>年[底末内]))"
    rf"{SPACE}(?P<end>[底末])?{SPACE}(?P<before>{BEFORE})?"
)
_NUMERIC = re.compile(
    rf"(?<!\d)(?P<year>20\d{{2}})(?P<sep>[-./])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})(?!\d)"
    rf"{SPACE}(?P<before>{BEFORE})?"
)
_PLAN = re.compile(
    r"[“\"]?十(?P<plan>[一二三四五六七八九])五[”\"]?(?:规划)?(?:时期|期间|期)?"
    rf"(?P<end>[末底])?(?P<before>{BEFORE})?"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A calendar expression: where it stands and the last day it covers.

    `due` is None when no year can be told, or the words have two readings (2025年前).
    `bounded` says that the words set a limit (底, 末, 前), `dated` that a year is written.
    """

    start: int
    end: int
    due: date | None
    bounded: bool
    dated: bool


def number_value(text: str) -> int:
    """Read a numeral: 12, 十二, 三十一, and digit by digit 二〇二五."""
    if text.isdigit():
        return int(text)
    if not any(char in _UNIT_VALUES for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, pending = 0, 0
    for char in text:
        if char in _UNIT_VALUES:
            total, pending = total + (pending or 1) * _UNIT_VALUES[char], 0
        else:
            pending = _DIGITS[char]
    return total + pending


def find_moments(text: str, *, base: date | None, hint: date | None = None) -> list[Moment]:
    """Find every calendar expression of `text`, in order.

    A year that is not written is taken from an expression before it in the same sentence,
    else from `base` (the day of issue) and `hint` (the item's own deadline).
    """
    text = text.translate(_NARROW)
    found: list[Moment] = []
    matches = [m for p in (_MOMENT, _NUMERIC, _PLAN) for m in p.finditer(text)]
    for match in sorted(matches, key=lambda m: (m.start(), -m.end())):
        if found and match.start() < found[-1].end:
            continue
        words = {
            key.removeprefix("bare_"): value
            for key, value in match.groupdict().items()
            if value is not None
        }
        carried = _carried_year(text, match.start(), found)
        found.append(_moment(match, words, base, hint, carried))
    return found


def _carried_year(text: str, start: int, found: list[Moment]) -> int | None:
    """Return the year written earlier in the sentence, when that moment could be a deadline."""
    for earlier in reversed(found):
        if re.search(r"[。;；\n]", text[earlier.end : start]):
            return None
        is_range = re.match(rf"{SPACE}[至到\-—~～]", text[earlier.end :]) is not None
        if earlier.dated and earlier.due and (earlier.bounded or is_range):
            return earlier.due.year
    return None


def _moment(
    match: re.Match[str],
    words: dict[str, str],
    base: date | None,
    hint: date | None,
    carried: int | None,
) -> Moment:
    """Turn one match into a moment, its year resolved as far as the text allows."""
    bounded = bool({"end", "before", "yearly", "day", "plan"} & words.keys())
    dated = bool({"year", "named", "plan"} & words.keys())
    only_year = not {"month", "quarter", "half", "yearly", "end", "plan"} & words.keys()
    if only_year and "before" in words:
        # 2025年前 means the end of 2024 to some and of 2025 to others: a wrong date is worse.
        return Moment(match.start(), match.end(), None, bounded, dated)
    year = _written_year(words, base)
    if year is not None:
        due = _last_day(year, words)
    elif "named" in words:
        due = None
    else:
        due = _last_day(carried, words) if carried else _guess_due(words, base, hint)
    return Moment(match.start(), match.end(), due, bounded, dated)


def _written_year(words: dict[str, str], base: date | None) -> int | None:
    """Return the year the words themselves give, if they do."""
    if "plan" in words:
        return _PLAN_EPOCH + 5 * (10 + number_value(words["plan"]))
    if "named" in words:
        return base.year + _NAMED_YEARS[words["named"]] if base else None
    return number_value(words["year"]) if "year" in words else None


def _guess_due(words: dict[str, str], base: date | None, hint: date | None) -> date | None:
    """Resolve a day without a year; None where issue and deadline years leave a choice."""
    if base is None or hint is None or base.year == hint.year:
        anchor = base or hint
        return _last_day(anchor.year, words) if anchor else None
    due = _last_day(base.year, words)
    return due if due is not None and base <= due <= hint else None


def _last_day(year: int, words: dict[str, str]) -> date | None:
    """Return the last day in time of the named period; None for a day that does not exist."""
    month = _LAST_MONTH
    if "month" in words:
        month = number_value(words["month"])
    elif "quarter" in words:
        month = 3 * number_value(words["quarter"])
    elif words.get("half") == "上":
        month = 6
    if not 1 <= month <= _LAST_MONTH:
        return None
    last = monthrange(year, month)[1]
    day = _TEN_DAYS.get(words.get("ten", ""), last)
    if "day" in words:
        day = number_value(words["day"])
    return date(year, month, day) if 1 <= day <= last else None

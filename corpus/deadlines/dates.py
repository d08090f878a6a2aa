"""Calendar expressions as days: the last day each covers, where a year can be told.

A year that is not written comes from the sentence, else from the day of issue; a guess that
runs against what the text says is no day at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, date

from corpus.deadlines.feasts import last_day_before, next_day_before
from corpus.deadlines.shapes import (
    FEAST_LIST,
    NAMED_YEARS,
    NARROW,
    SHAPES,
    WIDE,
)
from corpus.numerals import number_value

SENTENCE_END = re.compile(r"[。;；\n]")

_TEN_DAYS = {"上": 10, "中": 20}
_TORN = re.compile(r"(?:[A-Za-z]|\d\s*)$")  # 1 2月, l2月: the rest of a broken number
_LOOK_BACK = 16  # characters before a moment that can take part in it
_PART = re.compile(r"其中[^,，。;；\n]{0,12}$")
_EVERY = re.compile(r"每[^,，。;；\n]{0,12}[,，]?[^,，。;；\n]{0,4}$")
# What joins a year to its months: 2019年1月至10月, 2021年9、10月.
_JOINT = re.compile(r"年[\d一二三四五六七八九十第月日、和或及至到\-—~～ \t\u3000]*$")
_PLAN_EPOCH = 1955  # the n-th five-year plan ends in 1955 + 5n: 十三五 2020, 十四五 2025
_LAST_MONTH = 12


@dataclass(frozen=True, slots=True)
class Moment:
    """A calendar expression: where it stands and the last day it covers.

    `due` is None when no year can be told, or the words have two readings (2025年前).
    `bounded` says that the words set a limit (底, 末, 前), `dated` that a year is written,
    `year` which (None for a plan's five), `guessed` that it comes from outside the sentence,
    `whole` that nothing within the year is named, `base` the day that gave a year not written.
    """

    start: int
    end: int
    due: date | None
    bounded: bool
    dated: bool
    year: int | None = None
    guessed: bool = False
    whole: bool = False
    base: date | None = None


@dataclass(slots=True)
class _Sentence:
    """What the moments of a sentence read so far say about those to come."""

    first: int = 0
    source: Moment | None = None
    latest: date | None = None
    years: set[int] = field(default_factory=set)

    def add(self, moment: Moment) -> None:
        if moment.year is not None:
            self.years.add(moment.year)
            self.source = moment if moment.dated else self.source
        if moment.due and not moment.whole:
            self.latest = max(self.latest or moment.due, moment.due)


def find_moments(text: str, *, base: date | None, hint: date | None = None) -> list[Moment]:
    """Find every calendar expression of `text`, in order.

    A year that is not written is taken from an expression before it in the same sentence,
    else from `base` (the day of issue; the first of January stands for a year alone) and
    `hint` (the item's own deadline).
    """
    if WIDE.search(text):
        text = text.translate(NARROW)
    found: list[Moment] = []
    sentence = _Sentence()
    matches = [match for shape in SHAPES for match in shape.find(text)]
    for match in sorted(matches, key=lambda m: (m.start(), -m.end())):
        if found and match.start() < found[-1].end:
            continue
        if found and SENTENCE_END.search(text, found[-1].end, match.start()):
            _drop_contradicted(found, sentence)
            sentence = _Sentence(first=len(found))
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        moment = _moment(match, before, sentence, (base, hint))
        if moment:
            found.append(moment)
            sentence.add(moment)
    _drop_contradicted(found, sentence)
    return found


def overlapping(moments: list[Moment], start: int, end: int) -> list[Moment]:
    """Return those of the ordered, disjoint moments that share a character with a range."""
    first = bisect_right(moments, start, key=lambda m: m.end)
    return moments[first : bisect_right(moments, end - 1, lo=first, key=lambda m: m.start)]


def _moment(
    match: re.Match[str], before: str, sentence: _Sentence, anchors: tuple[date | None, date | None]
) -> Moment | None:
    """Turn one match into a moment; None for the rest of a broken number."""
    words = {
        key.removeprefix("bare_"): value
        for key, value in match.groupdict().items()
        if value is not None
    }
    moment = _dated(match, words, anchors[0])
    if moment.dated:
        return moment
    if _TORN.search(before):
        return None
    if "feast" in words and FEAST_LIST.search(before):
        return moment
    if "near" in words:
        return moment if _EVERY.search(before) else _near(moment, words, anchors[0])
    return _with_year(moment, words, anchors, sentence, before)


def _dated(match: re.Match[str], words: dict[str, str], base: date | None) -> Moment:
    """Turn one match into a moment, its day known where the words give the year."""
    bounded = bool({"end", "before", "yearly", "day", "plan", "near_day"} & words.keys())
    dated = bool({"year", "named", "plan"} & words.keys())
    inner = {"month", "quarter", "half", "yearly", "end", "plan", "feast", "near"}
    whole = not inner & words.keys()
    year = _written_year(words, base)
    due = _last_day(year, words) if year is not None else None
    if whole and "before" in words:
        # 2025年前 means the end of 2024 to some and of 2025 to others, a year apart: no date.
        # 2020年6月前 is as loose, but the plan it comes from says 6月底前 elsewhere, and the
        # readings lie a month apart: the end of the named month.
        due = None
    carried = None if "plan" in words else year
    told_by = base if "named" in words and due else None
    return Moment(
        match.start(), match.end(), due, bounded, dated, carried, whole=whole, base=told_by
    )


def _near(moment: Moment, words: dict[str, str], base: date | None) -> Moment:
    """Date 本月底, 下月10日前 from the day of issue; a year alone has no month of its own."""
    if base is None or stands_for_year(base):
        return moment
    months = 3 * ((base.month - 1) // 3) + 3 if words["unit"] == "季度" else base.month
    if words["near"] != "本":
        months += 3 if words["unit"] == "季度" else 1
    year, month = base.year + (months - 1) // _LAST_MONTH, (months - 1) % _LAST_MONTH + 1
    parts = {"month": str(month)} | ({"day": words["near_day"]} if "near_day" in words else {})
    due = _last_day(year, parts)
    if due is None or due < base:
        return moment
    return replace(moment, due=due, guessed=True, base=base)


def stands_for_year(base: date) -> bool:
    """Tell whether a base says only the year: no office issues papers on New Year's Day."""
    return (base.month, base.day) == (1, 1)


def _with_year(
    moment: Moment,
    words: dict[str, str],
    anchors: tuple[date | None, date | None],
    sentence: _Sentence,
    lead: str,
) -> Moment:
    """Give a moment the year of its sentence, else of issue; none that runs against the text."""
    base, hint = anchors
    source = sentence.source
    if source and source.year is not None:
        due = _last_day(source.year, words)
        # 按照2019年方案,8月底前: the year of what is only mentioned may not be the day's.
        if due and base and due < base and not source.bounded and not _JOINT.search(lead):
            due = None
    else:
        due = _guess_due(words, base, hint)
    # 其中: a part may well be due before the whole.
    if due and sentence.latest and sentence.latest > due and not _PART.search(lead):
        due = None
    told_by = (source.base if source else base or hint) if due else None
    return replace(moment, due=due, guessed=source is None, base=told_by)


def _drop_contradicted(found: list[Moment], sentence: _Sentence) -> None:
    """Take the guessed days from a sentence that names years, and none of them is the guess."""
    for index in range(sentence.first, len(found) if sentence.years else 0):
        moment = found[index]
        if moment.guessed and moment.due and moment.due.year not in sentence.years:
            found[index] = replace(moment, due=None, base=None)


def _written_year(words: dict[str, str], base: date | None) -> int | None:
    """Return the year the words themselves give, if they do."""
    if "plan" in words:
        return _PLAN_EPOCH + 5 * (10 + number_value(words["plan"]))
    if "named" in words:
        return base.year + NAMED_YEARS[words["named"]] if base else None
    return number_value(words["year"]) if "year" in words else None


def _guess_due(words: dict[str, str], base: date | None, hint: date | None) -> date | None:
    """Resolve a day without a year; None where issue and deadline years leave a choice."""
    anchor = base or hint
    if anchor is None or (base is None and "feast" in words):
        return None
    if base and "feast" in words:
        due = next_day_before(words["feast"], base, year_only=stands_for_year(base))
    else:
        due = _last_day(anchor.year, words)
        if base is None:
            # 8月底前 of what is due in June is another year's.
            return due if due and hint and due <= hint else None
        if due is None or (hint and hint.year == base.year):
            return due
    # 3月底前 in a paper of July is next March's, or last March's: not to be guessed.
    return due if due and base <= due and (hint is None or due <= hint) else None


def _last_day(year: int, words: dict[str, str]) -> date | None:
    """Return the last day in time of the named period; None for a day that does not exist."""
    if "feast" in words:
        return last_day_before(words["feast"], year)
    month = _LAST_MONTH
    if "month" in words:
        month = number_value(words["month"])
    elif "quarter" in words:
        month = 3 * number_value(words["quarter"])
    elif words.get("half") == "上":
        month = 6
    if not 1 <= month <= _LAST_MONTH or year > MAXYEAR:
        return None
    last = monthrange(year, month)[1]
    day = _TEN_DAYS.get(words.get("ten", ""), last)
    if "day" in words:
        day = number_value(words["day"])
    return date(year, month, day) if 1 <= day <= last else None

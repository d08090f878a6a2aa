"""Calendar expressions of official Chinese: 2020年8月底前, 二〇二五年底, 第三季度末, 十四五末.

Only shapes that name a month, a quarter, a half-year, a year or a plan period are read, so
percentages, ratios, document numbers (〔2020〕13号) and road names (五一路) never match.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from corpus.numerals import number_value

SPACE = r"[ \t\u3000]*"  # typists put spaces around digits: "2020 年 8 月底前"
NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十百]{1,4})"
BEFORE = r"(?:以|之)?前(?![一二三四五六七八九十\d两半后])"  # not 前三季度, not 前后


_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
_NAMED_YEARS = {"今年": 0, "本年": 0, "明年": 1, "后年": 2}
_TEN_DAYS = {"上": 10, "中": 20}
_TORN = re.compile(r"(?:[A-Za-z]|\d\s*)$")  # 1 2月, l2月: the rest of a broken number
_LOOK_BACK = 16  # characters before a moment that can take part in it
_SENTENCE_END = re.compile(r"[。;；\n]")
_PART = re.compile(r"其中[^,，。;；\n]{0,12}$")
# What joins a year to its months: 2019年1月至10月, 2021年9、10月.
_JOINT = re.compile(r"年[\d一二三四五六七八九十第月日、和或及至到\-—~～ \t\u3000]*$")
_PLAN_EPOCH = 1955  # the n-th five-year plan ends in 1955 + 5n: 十三五 2020, 十四五 2025
_LAST_MONTH = 12

_YEAR = r"(?P<year>(?:19|20)\d{2}|[一二][〇○零九][〇○零一二三四五六七八九]{2})"
_WITHIN = (
    rf"(?:(?P<month>\d{{1,2}}|十?[一二三四五六七八九]|十){SPACE}月(?:份)?{SPACE}"
    rf"(?:(?P<day>\d{{1,2}}|[一二三四五六七八九十]{{1,3}}){SPACE}(?:[日号]|(?={BEFORE}))"
    r"|(?P<ten>[上中下])旬)?"
    rf"|第?{SPACE}(?P<quarter>[一二三四1-4]){SPACE}季度|(?P<half>[上下])半年)"
)
# 来年底, 首年底, 第三年底, 学年底: the year end of a year that is not this one.
_OTHER_YEARS = "年两几多半每近次当翌同去上来首前后隔历往某各逐头学财百千干数元"
_MOMENT = re.compile(
    r"(?<![\d〇○零一二三四五六七八九十])"
    rf"(?:(?:{_YEAR}{SPACE}年(?:度)?|(?P<named>今年|本年|明年|后年)(?:度)?){SPACE}"
    rf"(?:{_WITHIN}|(?P<yearly>(?:年)?[底末内]))?"
    # A bare month after 年 or 前 belongs to words not read here (次年6月, 前三季度); after a
    # letter it is the rest of a misread number (l2月); a lunar month ends on no fixed day.
    rf"|(?<![年前A-Za-z])(?<!农历)(?<!阴历)(?<!旧历){_WITHIN.replace('?P<', '?P<bare_')}"
    rf"|(?<![{_OTHER_YEARS}])(?P<bare_yearly>年[底末内]))"
    rf"{SPACE}(?P<end>[底末])?{SPACE}(?P<before>{BEFORE})?"
)
_NUMERIC = re.compile(
    rf"(?<!\d)(?P<year>20\d{{2}})(?P<sep>[-./])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})(?!\d)"
    rf"{SPACE}(?P<before>{BEFORE})?"
)
_PLAN = re.compile(
    # “十四五”规划出台前 and “十四五”前两年 are no plan's end.
    r"[“\"]?十(?P<plan>[一二三四五六七八九])五[”\"]?(?:规划)?(?:"
    rf"(?:时期|期间|期)?(?P<end>[末底])(?P<before>{BEFORE})?|(?:时期|期间|期)内?(?!规划|前))"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A calendar expression: where it stands and the last day it covers.

    `due` is None when no year can be told, or the words have two readings (2025年前).
    `bounded` says that the words set a limit (底, 末, 前), `dated` that a year is written,
    `year` which (None for a plan's five), `guessed` that it comes from outside the sentence,
    `whole` that nothing within the year is named.
    """

    start: int
    end: int
    due: date | None
    bounded: bool
    dated: bool
    year: int | None = None
    guessed: bool = False
    whole: bool = False


def find_moments(text: str, *, base: date | None, hint: date | None = None) -> list[Moment]:
    """Find every calendar expression of `text`, in order.

    A year that is not written is taken from an expression before it in the same sentence,
    else from `base` (the day of issue) and `hint` (the item's own deadline).
    """
    text = text.translate(_NARROW)
    found: list[Moment] = []
    sentence: list[Moment] = []
    matches = [m for p in (_MOMENT, _NUMERIC, _PLAN) for m in p.finditer(text)]
    for match in sorted(matches, key=lambda m: (m.start(), -m.end())):
        if found and match.start() < found[-1].end:
            continue
        words = {
            key.removeprefix("bare_"): value
            for key, value in match.groupdict().items()
            if value is not None
        }
        if found and _SENTENCE_END.search(text, found[-1].end, match.start()):
            sentence = []
        moment = _dated(match, words, base)
        if not moment.dated:
            before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
            if _TORN.search(before):
                continue
            moment = _with_year(moment, words, (base, hint), sentence, before)
        found.append(moment)
        sentence.append(moment)
    return _without_contradicted(text, found)


def _dated(match: re.Match[str], words: dict[str, str], base: date | None) -> Moment:
    """Turn one match into a moment, its day known where the words give the year."""
    bounded = bool({"end", "before", "yearly", "day", "plan"} & words.keys())
    dated = bool({"year", "named", "plan"} & words.keys())
    whole = not {"month", "quarter", "half", "yearly", "end", "plan"} & words.keys()
    year = _written_year(words, base)
    due = _last_day(year, words) if year is not None else None
    if whole and "before" in words:
        # 2025年前 means the end of 2024 to some and of 2025 to others, a year apart: no date.
        # 2020年6月前 is as loose, but the plan it comes from says 6月底前 elsewhere, and the
        # readings lie a month apart: the end of the named month.
        due = None
    carried = None if "plan" in words else year
    return Moment(match.start(), match.end(), due, bounded, dated, carried, whole=whole)


def _with_year(
    moment: Moment,
    words: dict[str, str],
    anchors: tuple[date | None, date | None],
    earlier: list[Moment],
    lead: str,
) -> Moment:
    """Give a moment the year of its sentence, else of issue; none that runs against the text."""
    base, hint = anchors
    source = next((m for m in reversed(earlier) if m.year is not None and m.dated), None)
    if source and source.year is not None:
        due = _last_day(source.year, words)
        # 按照2019年方案,8月底前: the year of what is only mentioned may not be the day's.
        if due and base and due < base and not source.bounded and not _JOINT.search(lead):
            due = None
    else:
        due = _guess_due(words, base, hint)
    before = [m.due for m in earlier if m.due and not m.whole]
    # 其中: a part may well be due before the whole.
    if due and not _PART.search(lead) and any(day > due for day in before):
        due = None
    return replace(moment, due=due, guessed=source is None)


def _without_contradicted(text: str, found: list[Moment]) -> list[Moment]:
    """Drop guessed days whose sentence names years, and none of them is the guess."""
    places: list[int] = []
    years: dict[int, set[int | None]] = {}
    for index, moment in enumerate(found):
        apart = not index or _SENTENCE_END.search(text, found[index - 1].end, moment.start)
        places.append(index if apart else places[-1])
        years.setdefault(places[-1], set()).add(moment.year)
    return [
        replace(moment, due=None)
        if moment.guessed
        and moment.due
        and (named := years[place] - {None})
        and moment.due.year not in named
        else moment
        for moment, place in zip(found, places, strict=True)
    ]


def _written_year(words: dict[str, str], base: date | None) -> int | None:
    """Return the year the words themselves give, if they do."""
    if "plan" in words:
        return _PLAN_EPOCH + 5 * (10 + number_value(words["plan"]))
    if "named" in words:
        return base.year + _NAMED_YEARS[words["named"]] if base else None
    return number_value(words["year"]) if "year" in words else None


def _guess_due(words: dict[str, str], base: date | None, hint: date | None) -> date | None:
    """Resolve a day without a year; None where issue and deadline years leave a choice."""
    anchor = base or hint
    if anchor is None:
        return None
    due = _last_day(anchor.year, words)
    if base is None or due is None or (hint and hint.year == base.year):
        return due
    # 3月底前 in a paper of July is next March's, or last March's: not to be guessed.
    return due if base <= due and (hint is None or due <= hint) else None


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

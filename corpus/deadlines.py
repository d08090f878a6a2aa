"""A small grammar of deadlines: 整改时限 values, and milestones inside targets and measures.

A wrong deadline is worse than none. What only describes (report periods, facts of the
past, daily limits) yields nothing; what binds without a knowable day is `relative`.
"""

from __future__ import annotations

import re
from datetime import date

from corpus.ledger_dates import BEFORE, NUMBER, SPACE, Moment, find_moments, number_value
from corpus.records import Deadline, DeadlineKind, Span

_DONE = re.compile(
    r"已(?:经|于[^,，。;；]*)?(?:全部|全面|基本)?(?:按[^,，。;；]*)?"
    r"(?:整改|完成|办结|销号|落实|解决|到位|取缔|关停|拆除)"
)
_ONGOING = re.compile(r"立[行知即整]立?[改整]?|即知即改|边查边改|长期|持续|常态|随时|即时")
_EVENT = re.compile(
    r"(?:春节|国庆节?|中秋节?|元旦|五一节?|十一|汛期|雨季|(?:采暖|供暖)[季期]|秋冬季|冬季|开学)"
    rf"{BEFORE}|[次翌][年月]|[本当下]月"
)
_RELATIVE = re.compile(
    r"(?:(?:自|从|收到|接到|发布|印发)[^,，。;；:：\n自从]{0,20}(?:之日|当日|之时)起[,，]?)?"
    rf"(?<![近每\d一二三四五六七八九十百]){NUMBER}{SPACE}"
    r"(?:个?工作日|个月|个?小时|个?星期|周|年|日|天)(?:之|以)?内"
)
_WEEKDAYS = dict(
    zip("一二三四五六日天", ("MO", "TU", "WE", "TH", "FR", "SA", "SU", "SU"), strict=True)
)
_SMALL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
# 每年6月至9月, 每年4月21日至27日: no day by which.
_RANGE_AFTER = rf"(?!{SPACE}(?:第|[上中下]旬|初|[至到\-—~～]|{_SMALL}{SPACE}[日号]))"
_RECURRING = re.compile(
    rf"每(?P<count>{NUMBER}(?=个月|周|年|天|日))?{SPACE}(?:"
    rf"(?P<half>半年)|(?P<year>年)(?:的|度)?{SPACE}(?:"
    rf"(?P<months>{_SMALL}{SPACE}月份?(?:[、和]{_SMALL}{SPACE}月份?)*)"
    rf"{SPACE}(?:(?P<yday>{_SMALL}){SPACE}[日号])?{_RANGE_AFTER}|(?P<yend>年?[底末]))?"
    r"|(?P<quarter>季度?)(?:的)?|(?P<month>个?月)份?(?:的)?"
    rf"{SPACE}(?:(?P<mday>{_SMALL}){SPACE}[日号]{_RANGE_AFTER})?"
    r"|(?P<week>周|星期)(?P<weekday>[一二三四五六日天](?=前|之前|以前|[,，下上]))?|(?P<day>[日天])"
    rf"){SPACE}(?P<end>[底末])?{SPACE}(?:{BEFORE})?"
)
# 每日最高排放量 limits a rate, 每年可减少 reports one: neither asks for anything on a day.
_RATE = re.compile(
    rf"{SPACE}(?:最[高低大小多少]|平均|人均|约|可[减节降增产]|排放|产生|[为是]"
    r"|[\u4e00-\u9fff]{0,4}(?<!质)量(?!化))"
)

_NOT_DUE_AFTER = re.compile(
    rf"{SPACE}(?:起|开始|启动|以来|来|以后|之后|后|同期|初|中|至|到|[-—~～])"
)
_RANGE_BEFORE = re.compile(rf"(?:[年月日号]|\d){SPACE}[至到\-—~～]{SPACE}$")
_REPORT_BEFORE = re.compile(r"(?:截[止至]|(?<![及直])至|自|从|对|对于|凡|凡是|将|把|近)到?$")
_CUTOFF_BEFORE = re.compile(r"(?:截[止至]到?|至)$")
_NEXT_IN_LIST = re.compile(rf"{SPACE}[、和及]{SPACE}")
_BARE_DUE_AFTER = re.compile(rf"{SPACE}(?:$|[,，。;；、)）\n]|完成|实现|建成|整改|全部|全面|达到)")
_BARE_MILESTONE_AFTER = re.compile(rf"{SPACE}(?:完成|建成)(?!了|情况|率)")
# 8月底前未完成的 and 3月底前建成的企业 are conditions and descriptions, 已, 了 tell the past.
_NARRATIVE = re.compile(
    r"^[,，]?(?:已|仍|未|尚未|曾|逾期|(?:建成|注册|登记|成立|发生|投产|取得|犯罪)的?)"
    r"|(?<!为)了(?!解)|的$"
)

_QUANTITIES = re.compile(
    r"\d+(?:\.\d+)?(?:[-—~～至]\d+(?:\.\d+)?)?%|百分之[一二三四五六七八九十百零]+"
    r"|\d+(?:\.\d+)?(?:余|多)?个(?!月|时间|方面|阶段|工作日|小时|星期)[\u4e00-\u9fff]{1,6}?(?=的|[,，。;；、()（）]|$)"
    r"|\d+(?:\.\d+)?(?:余|多)?[万亿]?(?:家|座|台|套|辆|处|户|公里|平方米|立方米|吨|亩|人|项|条"
    r"|千瓦|所|眼|栋|元|名|蒸吨)"
)
_MONTHS, _DAYS = 12, 31
_LOOK_BACK = 12  # characters before a date that can say what it is
_CLAUSE_ENDS = ",，。;；\n"
_BRACKETS = {"(": ")", "（": "）", "《": "》", "“": "”"}


def read_deadline(
    text: str, start: int, document_id: str, *, base: date | None, hint: date | None = None
) -> Deadline | None:
    """Read the whole value of a 整改时限; None when it states nothing that can be kept to.

    :param start: offset of `text` in the document.
    :param base: day of issue, giving the year where none is written.
    :param hint: another date known to bound the matter.
    """
    value = text.strip().rstrip("。;；,， ")
    if not value:
        return None
    offset = start + text.index(value)
    span = Span(document_id, offset, offset + len(value))
    recurring = _RECURRING.search(value)
    # 每年6月底前 holds 6月底前 but means every year's.
    first = recurring.start() if recurring else len(value)
    found = find_moments(value, base=base, hint=hint)
    moments = [moment for moment in found if moment.dated or moment.start < first]
    kind, due = _kind_of(value, moments, base)
    if kind is None and recurring:
        return Deadline(DeadlineKind.RECURRING, value, span, recurrence=_rule(recurring))
    if kind is None and _ONGOING.search(value):
        kind = DeadlineKind.ONGOING
    return Deadline(kind, value, span, due=due) if kind else None


def _kind_of(
    value: str, moments: list[Moment], base: date | None
) -> tuple[DeadlineKind | None, date | None]:
    """Tell whether a value is done, bound to a day or to a term, in this order."""
    done = _DONE.search(value)
    if done and not any(m.bounded and m.start >= done.end() for m in moments):
        return DeadlineKind.DONE, None
    if dues := [m.due for m in moments if m.due and _is_due(value, m, base)]:
        return DeadlineKind.FIXED, max(dues)
    unresolved = any(m.due is None and m.bounded for m in moments)
    if unresolved or _RELATIVE.search(value) or _EVENT.search(value):
        return DeadlineKind.RELATIVE, None
    return None, None


def find_milestones(
    text: str, start: int, document_id: str, *, base: date | None, hint: date | None = None
) -> list[Deadline]:
    """Find what a target or a measure promises for a day, a rhythm or a term, in text order.

    :param start: offset of `text` in the document.
    :param base: day of issue; dates of earlier years are facts of the past, not promises.
    :param hint: due date of the item the text belongs to.
    """
    found = [_recurring(text, m, document_id) for m in _RECURRING.finditer(text)]
    found += [_relative(text, m, document_id) for m in _RELATIVE.finditer(text)]
    moments = find_moments(text, base=base, hint=hint)
    listed = {m.start for m in moments}
    found += [_fixed(text, m, document_id, base=base, listed=listed) for m in moments]
    kept: list[Deadline] = []
    for item in sorted((f for f in found if f), key=lambda f: f.span.start):
        # 每年6月底前 also reads as 6月底前: the longer reading came first.
        if not kept or item.span.start >= kept[-1].span.end:
            kept.append(item)
    return [_shifted(item, start) for item in kept]


def _is_due(value: str, moment: Moment, base: date | None) -> bool:
    """Tell whether a moment in a deadline's value is the day by which, not since or of which."""
    if _NOT_DUE_AFTER.match(value, moment.end):
        return False
    before = value[: moment.start]
    past = base is not None and moment.due is not None and moment.due < base
    if past and (_CUTOFF_BEFORE.search(before) or _RANGE_BEFORE.search(before)):
        # 截止2019年年底 in a later document reports; 截止2020年底 in an earlier one binds.
        return False
    return moment.bounded or _BARE_DUE_AFTER.match(value, moment.end) is not None


def _fixed(
    text: str, moment: Moment, document_id: str, *, base: date | None, listed: set[int]
) -> Deadline | None:
    """Make a dated milestone, unless the date reports, describes or starts something."""
    before = text[max(0, moment.start - _LOOK_BACK) : moment.start]
    if moment.due is None or (base and moment.due.year < base.year):
        return None
    if _NOT_DUE_AFTER.match(text, moment.end):
        return None
    if _RANGE_BEFORE.search(before) or _REPORT_BEFORE.search(before):
        return None
    follow = _NEXT_IN_LIST.match(text, moment.end)
    if _limits(text, moment) and follow and follow.end() in listed:
        # 2020年年底、2021年年底: each checkpoint is its own, the clause belongs to the last.
        span = Span(document_id, moment.start, moment.end)
        words = text[moment.start : moment.end]
        return Deadline(DeadlineKind.FIXED, words, span, moment.due)
    if not _limits(text, moment):
        late = base is not None and moment.due < base
        if late or not _BARE_MILESTONE_AFTER.match(text, moment.end):
            return None
    return _milestone(DeadlineKind.FIXED, text, moment.start, moment.end, document_id, moment.due)


def _limits(text: str, moment: Moment) -> bool:
    """Tell whether the words end in 底, 末, 内 or 前; a plain day (8月5日) reports as often."""
    return moment.bounded and text[moment.start : moment.end].rstrip()[-1] in "底末内前"


def _relative(text: str, match: re.Match[str], document_id: str) -> Deadline | None:
    """Make a milestone with an unknown anchor (6个月内)."""
    return _milestone(DeadlineKind.RELATIVE, text, match.start(), match.end(), document_id)


def _recurring(text: str, match: re.Match[str], document_id: str) -> Deadline | None:
    """Make a recurring milestone, unless the words give a rate (每日最高排放量)."""
    if _RATE.match(text, match.end()):
        return None
    rule = _rule(match)
    kind = DeadlineKind.RECURRING
    return _milestone(kind, text, match.start(), match.end(), document_id, recurrence=rule)


def _milestone(
    kind: DeadlineKind,
    text: str,
    start: int,
    end: int,
    document_id: str,
    due: date | None = None,
    *,
    recurrence: str | None = None,
) -> Deadline | None:
    """Take the clause from `start`; None when it tells the past or a failure."""
    stop = _clause_end(text, end)
    if _NARRATIVE.search(text[end:stop]):
        return None
    span = Span(document_id, start, stop)
    quantity = _quantity(text[end:stop])
    return Deadline(kind, text[start:stop], span, due, recurrence, quantity)


def _clause_end(text: str, end: int) -> int:
    """Return where the clause holding a date ends: a comma right after the date does not end it."""
    closing: list[str] = []
    begun = False
    for index in range(end, len(text)):
        char = text[index]
        if closing and char == closing[-1]:
            closing.pop()
        elif char in _BRACKETS and _BRACKETS[char] in text[index:]:
            closing.append(_BRACKETS[char])
        elif char in _CLAUSE_ENDS and not closing and (begun or char not in ",，"):
            return index
        begun = begun or char not in ",， \t\u3000"
    return len(text.rstrip())


def _quantity(clause: str) -> str | None:
    """Return the one quantity a clause states; None for none, and for several (unclear which)."""
    found = {match.group() for match in _QUANTITIES.finditer(clause)}
    return found.pop() if len(found) == 1 else None


def _rule(match: re.Match[str]) -> str:
    """Write a recurring expression as an RFC 5545 rule; a limit is the last day in time."""
    words = match.groupdict()
    every = f";INTERVAL={number_value(words['count'])}" if words["count"] else ""
    if words["half"]:
        return "FREQ=MONTHLY;INTERVAL=6"
    if words["quarter"]:
        ends = "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
        return ends if words["end"] else "FREQ=MONTHLY;INTERVAL=3"
    if words["month"]:
        last = ";BYMONTHDAY=-1" if words["end"] else ""
        return f"FREQ=MONTHLY{every}" + (_month_day(words["mday"] or "") or last)
    if words["week"]:
        day = _WEEKDAYS.get(words["weekday"] or "", "")
        return f"FREQ=WEEKLY{every}" + (f";BYDAY={day}" if day else "")
    if words["day"]:
        return f"FREQ=DAILY{every}"
    return f"FREQ=YEARLY{every}" + _yearly_day(words)


def _yearly_day(words: dict[str, str | None]) -> str:
    """Return the day part of a yearly rule: 6月底前, 6月 and 6月前 all end with the month."""
    if words["months"]:
        months = [number_value(month) for month in re.findall(_SMALL, words["months"])]
        if max(months) > _MONTHS:
            return ""
        listed = ",".join(str(month) for month in months)
        return f";BYMONTH={listed}{_month_day(words['yday'] or '') or ';BYMONTHDAY=-1'}"
    return ";BYMONTH=12;BYMONTHDAY=-1" if words["yend"] or words["end"] else ""


def _month_day(text: str) -> str:
    """Return the day part of a rule; the 31st is a month's last day, in short months too."""
    day = number_value(text) if text else 0
    if not 1 <= day <= _DAYS:
        return ""
    return f";BYMONTHDAY={day if day < _DAYS else -1}"


def _shifted(item: Deadline, start: int) -> Deadline:
    """Move a milestone's span from the text it was found in to the document."""
    span = Span(item.span.document_id, item.span.start + start, item.span.end + start)
    return Deadline(item.kind, item.text, span, item.due, item.recurrence, item.quantity)

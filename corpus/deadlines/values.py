"""What the value of a 整改时限 binds to: done, a day, a term.

The last day named is the day by which, unless its words say that it is another's day, an
act after the work, or no limit at all. What leaves a choice has no day.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from corpus.deadlines.clauses import (
    clause_end,
    clause_start,
    in_parentheses,
    is_others,
    is_replaced,
    is_replacing,
)
from corpus.deadlines.dates import BEFORE, NUMBER, SPACE, Moment, find_moments
from corpus.deadlines.rhythms import Rhythm
from corpus.records import DeadlineKind

NOT_DUE_AFTER = re.compile(
    rf"{SPACE}(?:起|开始|启动|以来|来|以后|之后|后|同期|初|中|至|到|[-—~～])"
)
NOT_DUE_BEFORE = re.compile(r"(?:不得?早于|(?<![不得])晚于|自)$")
RANGE_BEFORE = re.compile(rf"(?:[年月日号]|\d){SPACE}[至到\-—~～]{SPACE}$")
TERM = re.compile(
    r"(?:(?:自|从|收到|接到|发布|印发)[^,，。;；:：\n自从]{0,20}(?:之日|当日|之时)起[,，]?)?"
    rf"(?<![近每\d一二三四五六七八九十百]){NUMBER}{SPACE}"
    r"(?:个?工作日|个月|个?小时|个?星期|周|年|日|天)(?:之|以)?内"
)
_EVENT = re.compile(
    r"(?:春节|国庆节?|中秋节?|元旦|五一节?|十一|汛期|雨季|(?:采暖|供暖)[季期]|秋冬季|冬季|开学)"
    rf"{BEFORE}|[次翌][年月]|[本当下]月"
)
# Words that set a limit which is not read as a day (来年底前, 农历十二月底前, 出台前).
_LIMIT = re.compile(
    rf"[年月旬度][底末]|(?<![目当此先提空史从]){BEFORE}(?={SPACE}(?:$|[,，。;；、)）]|完成|整改))"
)
_ONGOING = re.compile(r"立[行知即整]立?[改整]?|即知即改|边查边改|长期|持续|常态|随时|即时")

_ACTS = "整改|整治|治理|清理|完成|办结|销号|落实|解决|到位|取缔|关停|关闭|拆除|搬迁"
# The whole clause tells that the work is over: no object, no quantity, no 的 behind it.
_DONE = re.compile(
    rf"已(?:经)?(?:于[^,，。;；()（）]*?)?(?:按[^,，。;；]*?)?(?:全部|全面)?(?:{_ACTS}|并)+"
    r"(?:整改|整治)?(?:工作|任务|目标|要求)?(?:到位|完毕|完成|结束|销号)?"
    r"(?=\s*(?:$|[,，。;；、)）!！\n]|[(（](?:[^)）]*月|见|详见|附)))"
)
_UNFINISHED = re.compile(
    r"正在|尚|仍|其余|剩余|部分|进行中|未(?!来|发现)|除外|预计|力争|拟|待|分之|是否|确保|如|若|凡"
    r"|(?<![\d.])(?!100[%％])\d+(?:\.\d+)?[%％]"
)
_GOES_ON = re.compile(r"长期|持续|常态|坚持")
_SAME_MATTER = re.compile(
    r"(?:目前|现在?|均|都|全部|(?:该|此|上述)?(?:问题|项|任务|整改)|截至.*|\s|[:：])*"
)

_PLAIN_LEAD = re.compile(
    r"(?:验收|公示|公布|复查|考核|通报|(?:印发|发布|召开)(?!之日|之时|后|起)|详?见|参见)[^,，。;；、]*$"
)
_CUTOFF_BEFORE = re.compile(r"(?:截[止至]到?|至)$")
_BARE_DUE_AFTER = re.compile(rf"{SPACE}(?:$|[,，。;；、)）\n]|完成|实现|建成|整改|全部|全面|达到)")
_AFTER_WORK = re.compile(r"验收|公示|公布|复查|复核|回头看|考核|通报|报送|上报|总结|备案")
_MAIN_WORK = re.compile(r"整改|整治|治理|销号|全部|改造|建设|建成|投产")
_PREPARES = re.compile(
    r"制定|编制|印发|出台|方案|启动|开工|动工|开始|招标|立项|设计|排查|摸排|摸底|调查|年度"
    rf"|报告|反馈|组建|成立|调度|{_AFTER_WORK.pattern}"
)
_COMMA = re.compile(rf"{SPACE}[,，、:：]")
_YEARS = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_DAY_WORDS = re.compile(
    r"(?<=[年月第\d一二三四五六七八九十])[ \t\r\u3000]*\n|\n(?=\s*[底末内前年月日])"
)


def joined(value: str) -> str:
    """Close line breaks inside a date (2020年9月⏎底前); the length stays."""
    return _DAY_WORDS.sub(lambda found: " " * len(found.group()), value)


def value_moments(value: str, *, base: date | None, hint: date | None = None) -> list[Moment]:
    """Find the calendar expressions of a value; a guessed year that another contradicts is none."""
    found = find_moments(value, base=base, hint=hint)
    years = {m.year for m in found if m.year} | {int(y) for y in _YEARS.findall(value)}
    return [
        replace(m, due=None) if m.guessed and m.due and years - {m.due.year} else m for m in found
    ]


def outside(moments: list[Moment], rhythms: list[Rhythm], text: str) -> list[Moment]:
    """Leave out what a rhythm holds, and what a yearly one makes every year's (年底考核)."""
    return [
        moment
        for moment in moments
        if not any(
            rhythm.start <= moment.start < rhythm.end
            or (rhythm.yearly and not moment.dated and _governs(text, rhythm, moment.start))
            for rhythm in rhythms
        )
    ]


def _governs(text: str, rhythm: Rhythm, place: int) -> bool:
    """Tell whether a rhythm stands before a place in the same sentence."""
    return rhythm.end <= place and not re.search(r"[。;；\n]", text[rhythm.end : place])


def kind_of(
    value: str, moments: list[Moment], rhythms: list[Rhythm], base: date | None
) -> tuple[DeadlineKind | None, date | None]:
    """Tell whether a value is done, bound to a day or to a term, a rhythm, or goes on."""
    binding = [moment for moment in moments if _is_due(value, moment, base)]
    if _is_done(value, binding):
        return (DeadlineKind.ONGOING if _GOES_ON.search(value) else DeadlineKind.DONE), None
    main = [m for m in binding if is_replacing(value, m.start)]
    main = main or [m for m in binding if not _is_aside(value, m)] or binding
    due, open_ended = _last_due(value, main), _open_terms(value, moments, rhythms)
    if due and not _outlasted(value, due, main, open_ended):
        return DeadlineKind.FIXED, due.due
    if main or open_ended:
        return DeadlineKind.RELATIVE, None
    if rhythms:
        return DeadlineKind.RECURRING, None
    if _ONGOING.search(value):
        return DeadlineKind.ONGOING, None
    return (DeadlineKind.RELATIVE if _has_unread_limit(value, moments) else None), None


def _is_due(value: str, moment: Moment, base: date | None) -> bool:
    """Tell whether a moment in a deadline's value is the day by which, not since or of which."""
    lead = value[clause_start(value, moment.start, also="、") : moment.start]
    if NOT_DUE_AFTER.match(value, moment.end) or NOT_DUE_BEFORE.search(lead):
        return False
    if is_replaced(value, moment.start, moment.end) or _PLAIN_LEAD.search(lead):
        return False
    before = value[: moment.start]
    past = base is not None and moment.due is not None and moment.due < base
    if past and (_CUTOFF_BEFORE.search(before) or RANGE_BEFORE.search(before)):
        # 截止2019年年底 in a later document reports; 截止2020年底 in an earlier one binds.
        return False
    return moment.bounded or _BARE_DUE_AFTER.match(value, moment.end) is not None


def _is_aside(value: str, moment: Moment) -> bool:
    """Tell whether a day is a remark's, another body's, or that of an act after the work."""
    clause = value[moment.end : clause_end(value, moment.end)]
    if in_parentheses(value, moment.start) or is_others(value, moment.start):
        return True
    return _AFTER_WORK.search(clause) is not None and not _MAIN_WORK.search(clause)


def _is_done(value: str, binding: list[Moment]) -> bool:
    """Tell whether the value says that all of the work is over."""
    done = _DONE.search(value)
    if done is None or _UNFINISHED.search(value):
        return False
    if any(moment.start >= done.end() and not _is_remark(value, moment) for moment in binding):
        return False
    # B企业2020年底前完成，A企业已关停: the other matter stays open.
    lead = value[clause_start(value, done.start(), also=":：") : done.start()]
    elsewhere = any(moment.end <= done.start() - len(lead) for moment in binding)
    return not elsewhere or _SAME_MATTER.fullmatch(lead) is not None


def _is_remark(value: str, moment: Moment) -> bool:
    """Tell whether a date in brackets only says when: 已完成整改（2020年6月）."""
    return not moment.bounded and in_parentheses(value, moment.start)


def _last_due(value: str, main: list[Moment]) -> Moment | None:
    """Return the moment with the last day; None when a later one has a day that is not known."""
    known = [moment for moment in main if moment.due and not _heads(value, moment, main)]
    if not known:
        return None
    last = max(known, key=lambda m: (m.due or date.min, m.start))
    unknown = any(m.due is None and m.start > last.start and _counts(value, m) for m in main)
    return None if unknown else last


def _heads(value: str, moment: Moment, main: list[Moment]) -> bool:
    """Tell whether a year only heads the days that follow it: 2021年，6月底前完成."""
    inner = any(m.year is None and m.due and m.due.year == moment.year for m in main)
    return inner and moment.whole and _COMMA.match(value, moment.end) is not None


def _counts(value: str, moment: Moment) -> bool:
    """Tell whether an unknown day can be later than the rest: 其中6月底前 cannot."""
    return "其中" not in value[clause_start(value, moment.start) : moment.start]


def _open_terms(value: str, moments: list[Moment], rhythms: list[Rhythm]) -> list[tuple[int, int]]:
    """Find terms and events without a known day (6个月内, 春节前), but those of a rhythm."""
    found = [m.span() for pattern in (TERM, _EVENT) for m in pattern.finditer(value)]
    return [
        (start, end)
        for start, end in found
        if not any(m.start < end and start < m.end and m.due for m in moments)
        and not any(clause_start(value, start) <= r.start < start for r in rhythms)
    ]


def _outlasted(
    value: str, last: Moment, main: list[Moment], open_ended: list[tuple[int, int]]
) -> bool:
    """Tell whether a term may end after the last day: it does not when it only prepares."""
    if not open_ended:
        return False
    if _PREPARES.search(value[last.end : clause_end(value, last.end)]):
        return True
    return not all(_PREPARES.search(value[end : clause_end(value, end)]) for _, end in open_ended)


def _has_unread_limit(value: str, moments: list[Moment]) -> bool:
    """Tell whether words outside the dates that were read set a limit."""
    return any(
        not any(m.start < found.end() and found.start() < m.end for m in moments)
        for found in _LIMIT.finditer(value)
    )

"""What the value of a 整改时限 binds to: done, a day, a term.

The last day named is the day by which, unless its words say that it is another's day, an
act after the work, or no limit at all. What leaves a choice has no day.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
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
from corpus.deadlines.dates import SENTENCE_END, Moment, find_moments, overlapping
from corpus.deadlines.rhythms import Rhythm
from corpus.deadlines.shapes import SPACE
from corpus.deadlines.terms import EVENT, LATER, TERM, counted_from, has_unread_limit
from corpus.records import DeadlineKind

NOT_DUE_AFTER = re.compile(
    rf"{SPACE}(?:起|开始|启动|以来|来|以后|之后|后|同期|初|中|至|到|[-—~～])"
)
NOT_DUE_BEFORE = re.compile(r"(?:不得?早于|(?<![不得最])晚于|自)$")
# 特殊情况可延至9月底: the day that holds is the one before.
_MAY_SLIP = re.compile(r"(?:可以?|允许|经批准)[^,，。;；]{0,6}(?:延|推迟|放宽)[长期后]?(?:至|到)?$")
RANGE_BEFORE = re.compile(rf"(?:[年月日号]|\d){SPACE}[至到\-—~～]{SPACE}$")
_ONGOING = re.compile(
    r"立[行知即整说查]立?[改整行]?|即[知查行]即改|边[查督整]边改|(?:马上|当即|当场|现场)整改|长期|长效|持续"
    r"|常态|随时|即时|[长常]抓不懈|始终坚持|坚持不懈|动态(?:清零|管理)|贯穿|不断|经常性|永久|一直"
    r"|即日起|^(?:全年|日常)(?:推进|整改|坚持|工作)?$"
)

_ACTS = "整改|整治|治理|清理|完成|办结|销号|落实|解决|到位|取缔|关停|关闭|拆除|搬迁"
# The whole clause tells that the work is over: no object, no quantity, no 的 behind it.
_DONE = re.compile(
    rf"已(?:经)?(?:于[^,，。;；()（）]{{0,40}}?)?(?:按[^,，。;；]{{0,40}}?)?(?:全部|全面)?(?:{_ACTS}|并)+"
    r"(?:整改|整治)?(?:工作|任务|目标|要求)?(?:到位|完毕|完成|结束|销号)?"
    r"(?:[,，]?并?(?:已)?通过[^,，。;；]{0,6}验收)?"
    r"(?=\s*(?:$|[,，。;；、)）!！\n]|[(（](?:[^)）]*月|见|详见|附)))"
)
# In the place of a day, the bare words say how things stand.
_STATED = re.compile(r"(?:该?问题|任务|均|都|全部|全面)*整改(?:到位|完毕)")
_UNFINISHED = re.compile(
    r"正在|尚|仍|其余|剩余|部分|进行中|未(?!来|发现)|除外|预计|力争|拟|待|分之|是否|确保|如|若|凡"
    r"|(?<![\d.])(?!100[%％])\d+(?:\.\d+)?[%％]"
)
_GOES_ON = re.compile(r"长期|持续|常态|坚持")
_SAME_MATTER = re.compile(
    r"(?:目前|现在?|均|都|全部|(?:该|此|上述)?(?:问题|项|任务|整改)|截至[^截]*|\s|[:：])*"
)

_PLAIN_LEAD = re.compile(
    r"(?:验收|公示|公布|复查|考核|通报|(?:印发|发布|召开)(?!之日|之时|后|起)|详?见|参见)[^,，。;；、]*$"
)
_CUTOFF_BEFORE = re.compile(r"(?:截[止至]到?|至)$")
_BARE_DUE_AFTER = re.compile(
    rf"{SPACE}(?:$|[,，。;；、()（）\n]|完成|实现|建成|整改|全部|全面|达到)"
)
_AFTER_WORK = re.compile(
    r"验收|公示|公布|复查|复核|回头看|考核|通报|报送|上报|报[市省县区至请]|总结|备案"
)
_MAIN_WORK = re.compile(
    r"整改(?!报告|(?:落实|完成|工作)?情况|方案|结果|工作?总结|台账|进展|[材资]料)|整治|治理|销号|全部|改造|建设|建成|投产"
)
_PREPARES = re.compile(
    r"制定|编制|印发|出台|方案|启动|开工|动工|开始|招标|立项|设计|排查|摸排|摸底|调查|年度"
    rf"|报告|反馈|组建|成立|调度|{_AFTER_WORK.pattern}"
)
_LOOK_BACK = 12  # characters before a date that can say what it is
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
    ends = [found.start() for found in SENTENCE_END.finditer(text)] if rhythms else []
    yearly = [rhythm for rhythm in rhythms if rhythm.yearly]
    return [
        moment
        for moment in moments
        if not _holds(_last_before(rhythms, moment.start), moment)
        and (moment.dated or not _governs(_last_before(yearly, moment.start), moment, ends))
    ]


def _last_before(rhythms: list[Rhythm], place: int) -> Rhythm | None:
    """Return the last rhythm that begins before a place, or there."""
    index = bisect_right(rhythms, place, key=lambda r: r.start)
    return rhythms[index - 1] if index else None


def _holds(rhythm: Rhythm | None, moment: Moment) -> bool:
    return rhythm is not None and moment.start < rhythm.end


def _governs(rhythm: Rhythm | None, moment: Moment, ends: list[int]) -> bool:
    """Tell whether a rhythm before a moment stands in the same sentence."""
    if rhythm is None:
        return False
    return bisect_left(ends, rhythm.end) == bisect_left(ends, moment.start)


def kind_of(
    value: str, moments: list[Moment], rhythms: list[Rhythm], base: date | None
) -> tuple[DeadlineKind | None, Moment | None]:
    """Tell whether a value is done, bound to a day or to a term, a rhythm, or goes on."""
    binding = [moment for moment in moments if _is_due(value, moment, base)]
    if _is_done(value, binding):
        return (DeadlineKind.ONGOING if _GOES_ON.search(value) else DeadlineKind.DONE), None
    main = [m for m in binding if is_replacing(value, m.start)]
    main = main or [m for m in binding if not _is_aside(value, m)] or binding
    due, open_ended = _last_due(value, main), _open_terms(value, moments, rhythms)
    if due and not _outlasted(value, due, main, open_ended):
        return DeadlineKind.FIXED, due
    if main or open_ended:
        return DeadlineKind.RELATIVE, None
    if rhythms:
        return DeadlineKind.RECURRING, None
    if has_unread_limit(value, moments):
        return DeadlineKind.RELATIVE, None
    return (DeadlineKind.ONGOING if _ONGOING.search(value) else None), None


def value_base(value: str, moments: list[Moment]) -> date | None:
    """Return the day that a value's one term counts from, where its words name it."""
    terms = TERM.find(value)
    return counted_from(value, terms[0], moments) if len(terms) == 1 else None


def _is_due(value: str, moment: Moment, base: date | None) -> bool:
    """Tell whether a moment in a deadline's value is the day by which, not since or of which."""
    lead = value[clause_start(value, moment.start, also="、") : moment.start]
    if NOT_DUE_AFTER.match(value, moment.end) or NOT_DUE_BEFORE.search(lead):
        return False
    if is_replaced(value, moment.start, moment.end) or _PLAIN_LEAD.search(lead):
        return False
    if _MAY_SLIP.search(lead):
        return False
    before = value[max(0, moment.start - _LOOK_BACK) : moment.start]
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
    done = _STATED.fullmatch(value) or _DONE.search(value)
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
    inner = {m.due.year for m in main if m.due and m.year is None}
    known = [
        # A year may only head the days that follow it: 2021年，6月底前完成.
        m
        for m in main
        if m.due and not (m.whole and m.year in inner and _COMMA.match(value, m.end))
    ]
    if not known:
        return None
    last = max(known, key=lambda m: (m.due or date.min, m.start))
    unknown = any(m.due is None and m.start > last.start and _counts(value, m) for m in main)
    return None if unknown else last


def _counts(value: str, moment: Moment) -> bool:
    """Tell whether an unknown day can be later than the rest: 其中6月底前 cannot."""
    return "其中" not in value[clause_start(value, moment.start) : moment.start]


def _open_terms(value: str, moments: list[Moment], rhythms: list[Rhythm]) -> list[tuple[int, int]]:
    """Find terms and events without a known day (6个月内, 汛期前), but those of a rhythm."""
    found = [m.span("term") for shape in (TERM, EVENT, LATER) for m in shape.find(value)]
    return [
        (start, end)
        for start, end in found
        if not any(m.due for m in overlapping(moments, start, end))
        and not _in_rhythm(value, start, _last_before(rhythms, start - 1))
    ]


def _in_rhythm(value: str, start: int, rhythm: Rhythm | None) -> bool:
    return rhythm is not None and clause_start(value, start) <= rhythm.start


def _outlasted(
    value: str, last: Moment, main: list[Moment], open_ended: list[tuple[int, int]]
) -> bool:
    """Tell whether a term may end after the last day: it does not when it only prepares."""
    if not open_ended:
        return False
    if _PREPARES.search(value[last.end : clause_end(value, last.end)]):
        return True
    return not all(_PREPARES.search(value[end : clause_end(value, end)]) for _, end in open_ended)

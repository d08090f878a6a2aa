"""A small grammar of deadlines: 整改时限 values, and milestones inside targets and measures.

A wrong deadline is worse than none. What only describes (report periods, facts of the
past, daily limits) yields nothing; what binds without a knowable day is `relative`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

from corpus.deadlines.clauses import (
    clause_end,
    clause_start,
    is_others,
    is_replaced,
    narrates,
    quantity,
)
from corpus.deadlines.dates import Moment, find_moments, overlapping
from corpus.deadlines.rhythms import Rhythm, find_rhythms
from corpus.deadlines.shapes import SPACE
from corpus.deadlines.terms import EVENT, TERM, counted_from
from corpus.deadlines.values import (
    NOT_DUE_AFTER,
    NOT_DUE_BEFORE,
    RANGE_BEFORE,
    joined,
    kind_of,
    outside,
    value_base,
    value_moments,
)
from corpus.records import Deadline, DeadlineKind, Span

_REPORT_BEFORE = re.compile(
    r"(?:截[止至]|(?<![及直])至|自|从|将|把|近|(?:对|对于|凡|凡是|未|未能|没有)[在于]?)到?$"
)
_BEGINNING = re.compile(r"(?:开始|启动)$")
_NEXT_IN_LIST = re.compile(rf"{SPACE}[、和及]{SPACE}")
_DONE_AFTER = re.compile(rf"{SPACE}(?:全面|基本|全部)?(?:完成|建成)(?!了|情况|率)")
_AIMS_AFTER = re.compile(rf"{SPACE}(?:全面|基本)?(?:实现|达到)(?!了)")
_YEAR_AIMS_AFTER = re.compile(
    rf"{SPACE}[,，]?{SPACE}(?:全面|基本|全部)?(?:完成|建成|实现|达到)(?!了|情况|率)"
)
_AIMS_BEFORE = re.compile(r"(?<![达提增降减升高低直从])到$")
_CALENDAR = re.compile(r"[年月季旬日号底末]")
_NEXT = ("下月", "下个", "下季")
_UNITS = "日周旬月季"
_LOOK_BACK = 12  # characters before a date that can say what it is
_STAGED = (DeadlineKind.FIXED, DeadlineKind.RELATIVE)


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
    words = joined(value)
    rhythms = find_rhythms(words)
    moments = outside(value_moments(words, base=base, hint=hint), rhythms, words)
    kind, due = kind_of(words, moments, rhythms, base)
    if kind is None:
        return None
    if due:
        return Deadline(kind, value, span, due=due.due, base=due.base)
    rule = rhythms[0].rule if kind is DeadlineKind.RECURRING else None
    counted = value_base(words, moments) if kind is DeadlineKind.RELATIVE else None
    return Deadline(kind, value, span, recurrence=rule, base=counted)


def find_stages(deadline: Deadline, *, base: date | None) -> list[Deadline]:
    """Find the stages a deadline's own value names on the way; none when it names one day."""
    if deadline.kind not in _STAGED:
        return []
    words = joined(deadline.text)
    found = _promises(words, deadline.span.document_id, value_moments(words, base=base), base)
    dated = deadline.kind is DeadlineKind.RELATIVE and any(one.due for one in found)
    return [_shifted(one, deadline) for one in found] if len(found) > 1 or dated else []


def find_milestones(
    text: str, start: int, document_id: str, *, base: date | None, hint: date | None = None
) -> list[Deadline]:
    """Find what a target or a measure promises for a day, a rhythm or a term, in text order.

    :param start: offset of `text` in the document.
    :param base: day of issue; dates of earlier years are facts of the past, not promises.
    :param hint: due date of the item the text belongs to.
    """
    moments = find_moments(text, base=base, hint=hint)
    return [_moved(one, start, one.text) for one in _promises(text, document_id, moments, base)]


def _promises(
    text: str, document_id: str, moments: list[Moment], base: date | None
) -> list[Deadline]:
    """Make milestones of rhythms, terms and days; where two overlap, of the first.

    What begins within a kept milestone is not looked at: a text is gone through once.
    """
    rhythms = find_rhythms(text)
    apart = outside(moments, rhythms, text)
    listed = {m.start for m in apart}
    places: list[tuple[int, Callable[[], Deadline | None]]] = [
        (rhythm.start, partial(_recurring, text, rhythm, document_id)) for rhythm in rhythms
    ]
    places += [
        (match.start(), partial(_relative, text, match, document_id, moments))
        for shape in (TERM, EVENT)
        for match in shape.find(text)
    ]
    places += [
        (m.start, partial(_dated, text, m, document_id, base=base, listed=listed)) for m in apart
    ]
    kept: list[Deadline] = []
    for start, read in sorted(places, key=lambda place: place[0]):
        item = read() if not kept or start >= kept[-1].span.end else None
        if item:
            kept.append(item)
    return kept


def _dated(
    text: str, moment: Moment, document_id: str, *, base: date | None, listed: set[int]
) -> Deadline | None:
    """Make a milestone of a date, unless the date reports, describes or starts something."""
    before = text[max(0, moment.start - _LOOK_BACK) : moment.start]
    if _tells_else(text, moment, before):
        return None
    if moment.due is None or text.startswith(_NEXT, moment.start):
        open_ended = _is_open(text, moment, base)
        return _plain(DeadlineKind.RELATIVE, text, moment, document_id) if open_ended else None
    if base and moment.due.year < base.year:
        return None
    follow = _NEXT_IN_LIST.match(text, moment.end)
    if _limits(text, moment) and follow and follow.end() in listed:
        # 2020年年底、2021年年底: each checkpoint is its own, the clause belongs to the last.
        span = Span(document_id, moment.start, moment.end)
        words = text[moment.start : moment.end]
        return Deadline(DeadlineKind.FIXED, words, span, moment.due, base=moment.base)
    if not (_limits(text, moment) or _is_aimed_at(text, moment, before, base)):
        return None
    found = _plain(DeadlineKind.FIXED, text, moment, document_id)
    return replace(found, due=moment.due, base=moment.base) if found else None


def _tells_else(text: str, moment: Moment, before: str) -> bool:
    """Tell whether a date opens or closes a period, describes, or is another's or no more ours."""
    # 2月启动 tells when work begins, 2月底前启动 by when it must have begun.
    begins = NOT_DUE_AFTER.match(text, moment.end)
    by_then = begins and _BEGINNING.search(begins.group()) and _before(text, moment)
    return bool(
        (begins and not by_then)
        or NOT_DUE_BEFORE.search(before)
        or RANGE_BEFORE.search(before)
        or _REPORT_BEFORE.search(before)
        or is_replaced(text, moment.start, moment.end)
        or is_others(text, moment.start)
    )


def _is_open(text: str, moment: Moment, base: date | None) -> bool:
    """Tell whether words that leave a choice of days still bind: 2030年前, 春节前, 下月10日前.

    In prose 下月10日前 is a rule for any month as likely as the month after issue. A day whose
    year is not told may well be past (6月30日前), and then it binds nobody.
    """
    if not _limits(text, moment):
        return False
    if moment.whole and moment.year is not None:
        return base is None or moment.year >= base.year
    words = text[moment.start : moment.end]
    return words.startswith(_NEXT) or not _CALENDAR.search(words)


def _is_aimed_at(text: str, moment: Moment, before: str, base: date | None) -> bool:
    """Tell whether something is to be done by a plain year or month: 到2025年,覆盖率达到35%."""
    if base and moment.due and moment.due < base:
        return False
    if _DONE_AFTER.match(text, moment.end):
        return True
    if base is None:
        return False
    after = _YEAR_AIMS_AFTER if moment.whole else _AIMS_AFTER
    return bool(after.match(text, moment.end) or _AIMS_BEFORE.search(before))


def _before(text: str, moment: Moment) -> bool:
    """Tell whether the words of a date end in 前."""
    return text[moment.start : moment.end].rstrip().endswith("前")


def _limits(text: str, moment: Moment) -> bool:
    """Tell whether the words end in 底, 末, 内 or 前; a plain day (8月5日) reports as often."""
    return moment.bounded and text[moment.start : moment.end].rstrip()[-1] in "底末内前"


def _relative(
    text: str, match: re.Match[str], document_id: str, moments: list[Moment]
) -> Deadline | None:
    """Make a milestone without a known day (6个月内, 汛期前); 8月31日内 is a day."""
    if any(m.due for m in overlapping(moments, *match.span("term"))):
        return None
    kind = DeadlineKind.RELATIVE
    found = _milestone(kind, text, match.start(), match.end(), document_id)
    return replace(found, base=counted_from(text, match, moments)) if found else None


def _recurring(text: str, rhythm: Rhythm, document_id: str) -> Deadline | None:
    """Make a recurring milestone."""
    kind = DeadlineKind.RECURRING
    # 日调度 says nothing without what stands before it.
    alone = text[rhythm.start] in _UNITS
    start = clause_start(text, rhythm.start, also="、") if alone else rhythm.start
    found = _milestone(kind, text, start, rhythm.end, document_id)
    return replace(found, recurrence=rhythm.rule) if found else None


def _plain(kind: DeadlineKind, text: str, moment: Moment, document_id: str) -> Deadline | None:
    return _milestone(kind, text, moment.start, moment.end, document_id)


def _milestone(
    kind: DeadlineKind, text: str, start: int, end: int, document_id: str
) -> Deadline | None:
    """Take the clause from `start`; None when it tells the past or a failure."""
    stop = clause_end(text, end)
    if narrates(text[end:stop]):
        return None
    span = Span(document_id, start, stop)
    return Deadline(kind, text[start:stop], span, quantity=quantity(text[end:stop]))


def _shifted(item: Deadline, whole: Deadline) -> Deadline:
    """Move a stage to the document, its words as the document has them."""
    words = whole.text[item.span.start : item.span.end]
    return _moved(item, whole.span.start, words)


def _moved(item: Deadline, by: int, words: str) -> Deadline:
    """Move a milestone's span from the text it was found in to the document."""
    span = Span(item.span.document_id, item.span.start + by, item.span.end + by)
    return replace(item, text=words, span=span)

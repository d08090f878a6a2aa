"""How one copy stands to another: the same, reworded, abridged, expanded, or saying otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from corpus.duplicates.comparing import Change, Overlap, align, overlap
from corpus.duplicates.forms import Form
from corpus.duplicates.wording import worse_worded
from corpus.numerals import number_value
from corpus.records import Document, Relation

# Of the smaller text so much must be spanned by shared runs: measured on generated copies, all
# rewordings lie above, plans that share half of their paragraphs below.
_REACHED = 0.8
# What is spanned must hold shared runs this densely; of much reworded texts less densely, if
# they go through their places in one order.
_DENSE, _SPARSE = 0.7, 0.3
# A shorter text may be a paragraph that many documents share: only as a whole is it a copy.
_FRAGMENT = 120
# Two documents that name themselves otherwise (another 发文字号, another 期) must be nearly one.
_NEARLY_ONE = 0.9
# Above: the text is there as a whole, or nearly.
_WHOLE, _PART = 0.9, 0.87
_SAME = 0.85
# A change longer than this is another passage, not another value.
_LONGEST_CHANGE = 24
_TOLD = 5
_AROUND = 4
_NAMED_TWICE, _LONGEST_NAME = 2, 9

# What differs between two copies: the numbers of the one, those of the other.
Numbers = frozenset[tuple[tuple[str, ...], tuple[str, ...]]]

_UNITS = "年月日天周季个项家户台辆次处座条件名级期号万亿元吨亩倍％%"
_NUMBER = re.compile(rf"\d+(?:\.\d+)?|[〇零一二三四五六七八九十百千两]+(?=[{_UNITS}])")
_NUMERAL = re.compile(r"[\d〇零一二三四五六七八九十百千两]")
_BODY = "省市县区镇乡村局"
# 全县 and 我市 name none.
_BODY_SET = frozenset(_BODY)
_NAME = re.compile(f"[^\\W\\da-zA-Z_{_BODY}全我本各某]{{2,8}}")
# The place whose body issued a document: 中共临江市委办公室, 湘西州人民政府, 城关镇人民政府.
_PLACE = re.compile(
    "(?:中共|共青团|^|[ 、])([^\\W\\d_全我本各某该]{1,9}?(?:省|市|州|盟|县|区|旗|镇|乡|街道))"
)
# Of a name's places in the text so many are followed by what it is the name of; of 管理 few (局).
_USED_AS_NAME = 0.3
_ISSUE = re.compile(r"第\s*(\d+|[〇零一二三四五六七八九十百]+)\s*(?:期|号)")


@dataclass(frozen=True, eq=False)  # without slots: the masks are counted once
class Copy:
    """A document and its form."""

    document: Document
    form: Form

    @cached_property
    def masks(self) -> int:
        """How many values and names were struck out of it."""
        from corpus.repairs.masks import find_masks  # the reader's rules take long to load

        return len(find_masks(self.document.text))


@dataclass(frozen=True, slots=True)
class Kinship:
    """How the second of two texts stands to the first."""

    relation: Relation
    jaccard: float
    containment: float
    differs: tuple[str, ...]


def may_be_kin(first: Copy, second: Copy) -> bool:
    """Whether two texts share enough to be copies of one, whatever names and numbers they hold."""
    return _alike(overlap(first.form, second.form))


def kinship(first: Copy, second: Copy) -> Kinship | None:
    """Say how the second text stands to the first; None where they are no copies of one text."""
    shared = overlap(first.form, second.form)
    if not _alike(shared) or (_named_apart(first, second) and min(shared.reach) < _NEARLY_ONE):
        return None
    alignment = align(first.form, second.form)
    if max(shared.containment) < _DENSE and max(alignment.reach()) < _REACHED:
        return None
    changes = alignment.changes()
    # A machine that puts synonyms does not stop at 保护 in 保护区.
    elsewhere = _of_another_place(first, second, changes)
    if elsewhere and not worse_worded(alignment, each_once=True):
        return None
    differs = _differing(first, second, changes)
    relation = _relation(shared, differs=bool(differs))
    return Kinship(relation, shared.jaccard, shared.containment[1], differs[:_TOLD])


def _alike(shared: Overlap) -> bool:
    """Whether nearly all of one text is in the other, in the same words or a few others."""
    enough = [
        reach >= _REACHED and share >= _SPARSE
        for reach, share in zip(shared.reach, shared.containment, strict=True)
    ]
    return all(enough) if shared.smaller < _FRAGMENT else any(enough)


def _relation(shared: Overlap, *, differs: bool) -> Relation:
    # A shorter text cannot tell all of a longer one, however often its phrases stand there.
    there = min(shared.reach[0], shared.reach[1] / shared.length)
    here = min(shared.reach[1], shared.reach[0] * shared.length)
    if here >= _WHOLE and there < _PART:
        return Relation.ABRIDGED
    if there >= _WHOLE and here < _PART:
        return Relation.EXPANDED
    if differs:
        return Relation.REVISED
    return Relation.SAME if shared.jaccard >= _SAME else Relation.REWORDED


def _named_apart(first: Copy, second: Copy) -> bool:
    """Whether two documents say themselves that they are two: another number, another issue."""
    numbers = first.document.number, second.document.number
    if all(numbers) and _digits(numbers[0]) != _digits(numbers[1]):
        return True
    issues = [_ISSUE.search(copy.document.title) for copy in (first, second)]
    return all(issues) and issues[0][1] != issues[1][1]  # type: ignore[index]


def _digits(number: str | None) -> list[str]:
    return re.findall(r"\d+", number or "")


def _of_another_place(first: Copy, second: Copy, changes: list[Change]) -> bool:
    """Whether one text was made from the other for another place or office.

    They were issued in two places; or the titles are the same but for a name; or names stand for
    each other in the text, and either in the titles too or nowhere otherwise.
    """
    if _issued_elsewhere(first.document, second.document):
        return True
    titles = first.document.title, second.document.title
    if titles[0] != titles[1] and _differ_in_name(first, second):
        return True
    found: Counter[tuple[str, str]] = Counter()
    for change in changes:
        name = _name(first.document.text, *first.form.span(*change.first))
        other = _name(second.document.text, *second.form.span(*change.second))
        found[name, other] += bool(name and other and name != other)
    return any(
        count >= _NAMED_TWICE
        and (
            (one in titles[0] and other in titles[1])
            or (2 * count >= len(changes) and _swapped(first, second, one, other))
        )
        and _is_name(first, one)
        and _is_name(second, other)
        for (one, other), count in found.items()
    )


def _swapped(first: Copy, second: Copy, one: str, other: str) -> bool:
    """Whether each of two names is that of one text alone."""
    return one not in second.document.text and other not in first.document.text


def _issued_elsewhere(first: Document, second: Document) -> bool:
    """Whether each was issued in a place that the other text does not know."""
    places = [_PLACE.search(one.issuer or "") for one in (first, second)]
    return all(
        place is not None and place[1] not in f"{other.title}\n{other.text}"
        for place, other in zip(places, (second, first), strict=True)
    )


def _differ_in_name(first: Copy, second: Copy) -> bool:
    """Whether the titles differ in nothing but the name of a place or office."""
    title, other = first.document.title, second.document.title
    head = _same_beginning(title, other)
    tail = _same_beginning(title[head:][::-1], other[head:][::-1])
    return all(
        _is_name(copy, _name(copy.document.title, head, len(copy.document.title) - tail))
        for copy in (first, second)
    )


def _is_name(copy: Copy, words: str) -> bool:
    """Whether a text uses words as a name: a 县 or 局 follows them there."""
    whole = f"{copy.document.title}\n{copy.document.text}"
    named = sum(whole.count(words + body) for body in _BODY) if words else 0
    return named > 0 and named >= _USED_AS_NAME * whole.count(words)


def _same_beginning(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    unlike = (index for index, (mine, theirs) in pairs if mine != theirs)
    return next(unlike, min(len(one), len(other)))


def _name(text: str, start: int, end: int) -> str:
    """The name that stands at a place, or all of which but a character does; else nothing."""
    if end <= start or end - start > _LONGEST_NAME:
        return ""
    end -= len(text[start:end]) - len(text[start:end].rstrip(_BODY))
    for begin in (start, max(0, start - 1)):  # 临颍 and 临汝 differ in their second characters
        for finish in (end, end + 1):
            words = text[begin:finish]
            if text[finish : finish + 1] in _BODY_SET and _NAME.fullmatch(words):
                return words
    return ""


def _differing(first: Copy, second: Copy, changes: list[Change]) -> tuple[str, ...]:
    """The numbers and dates that read otherwise in the second text."""
    return tuple(
        dict.fromkeys(f"{here}→{there}" for here, there in _windows(first, second, changes))
    )


def differing_numbers(first: Copy, second: Copy, changes: list[Change]) -> Numbers:
    """The numbers that read otherwise, in both texts; the day of issue is none of them."""
    days = _day(first), _day(second)
    pairs = {
        (numbers_in(here), numbers_in(there)) for here, there in _windows(first, second, changes)
    }
    return frozenset(
        pair for pair in pairs if not (days[0] >= set(pair[0]) and days[1] >= set(pair[1]))
    )


def _day(copy: Copy) -> set[str]:
    issued = copy.document.issued_on
    return {str(part) for part in (issued.year, issued.month, issued.day)} if issued else set()


def _windows(first: Copy, second: Copy, changes: list[Change]) -> Iterator[tuple[str, str]]:
    """The words around numbers that read otherwise."""
    for change in changes:
        lengths = change.first[1] - change.first[0], change.second[1] - change.second[0]
        if max(lengths) > _LONGEST_CHANGE:
            continue
        if not (_counts(first, change.first) and _counts(second, change.second)):
            continue
        here = _window(first, *change.first)
        there = _window(second, *change.second)
        if (mine := numbers_in(here)) and (other := numbers_in(there)) and mine != other:
            yield here, there


def _counts(copy: Copy, place: tuple[int, int]) -> bool:
    """Whether there is a numeral in a change, or beside it."""
    start, end = copy.form.span(*place)
    return bool(_NUMERAL.search(copy.document.text, max(0, start - 1), end + 1))


def _window(copy: Copy, start: int, end: int) -> str:
    """The words of a change, the number it stands in whole, and what is counted."""
    text = copy.document.text
    begin, finish = copy.form.span(start, end)
    while begin and re.match(r"[\d.〇零一二三四五六七八九十百千两]", text[begin - 1]):
        begin -= 1
    tail = re.compile(rf"[\d.]*[^\w\s。；;,，、]?[\u4e00-\u9fff%％‰]{{0,{_AROUND}}}").match(
        text, max(begin, finish)
    )
    return text[begin : tail.end() if tail else finish]


def numbers_in(words: str) -> tuple[str, ...]:
    """The numbers that words hold, in order, however they are written: 三年 and 3年 hold one."""
    return tuple(_value(match.group()) for match in _NUMBER.finditer(words))


def _value(numeral: str) -> str:
    if numeral[0].isdigit():
        return f"{float(numeral):g}"
    return f"{float(number_value(numeral)):g}"

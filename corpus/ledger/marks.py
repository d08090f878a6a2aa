"""The lines of a text, each with what its beginning could make it: label, item, section.

The same shapes number items, sections and measures; which one a number is, the walk decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.ledger.cutting import cut_line
from corpus.ledger.items import Section
from corpus.ledger.labels import (
    CHINESE,
    CLOSING_FIELDS,
    COUNTED,
    GAP,
    OPENING_FIELDS,
    Field,
    label_of,
    match_bare_label,
    match_label,
)
from corpus.numerals import number_value


class Style(StrEnum):
    """A shape of numbering; earlier ones are preferred where two read a text equally well."""

    ARABIC = "arabic"  # 1.
    CHINESE = "chinese"  # (一)
    NTH = "nth"  # 第1项
    AFTER = "after"  # 问题一
    SERIAL = "serial"  # 序号:1
    ORDINAL = "ordinal"  # 一、
    PAREN = "paren"  # (1)
    PLAIN = "plain"  # no number at all


_NUMERAL = rf"\d{{1,3}}|{CHINESE}{{1,5}}"
# 2.2022年8月 and 3.2个车间 are items that begin with a date and a count; 2.5公里 is no item.
_POINT = (
    rf"(?:[.．](?:(?!\d)|(?<!\d\d\d\d.)(?=(?:19|20)\d\d{GAP}年|\d{{1,2}}{GAP}月|{COUNTED}))|、)"
)
_KINDS = "(?:反馈|整改|具体|突出|主要|重点|重大|事故|安全)*(?:问题|任务|事项|隐患|风险点|意见|建议)"
_NUMBER = re.compile(
    rf"{GAP}(?:(?P<arabic>\d{{1,4}}){GAP}{_POINT}"
    rf"|[(（]{GAP}(?P<chinese>{CHINESE}{{1,5}}){GAP}[)）]{GAP}[、.．]?"
    rf"|[【\[]?第{GAP}(?P<nth>{_NUMERAL}){GAP}[项条个](?:{_KINDS})?{GAP}[】\].．、:：]?"
    rf"|[【\[]?{_KINDS}{GAP}(?P<after>{_NUMERAL}){GAP}(?:[】\].．、:：]|(?=\s)|$)"
    rf"|(?:{_KINDS})?(?:序号|编号){GAP}[:：]?{GAP}(?P<serial>\d{{1,4}})(?!\d)"
    rf"|(?P<ordinal>{CHINESE}{{1,5}}){GAP}[、.．]"
    rf"|[(（]?{GAP}(?P<paren>\d{{1,3}}){GAP}[)）]){GAP}"
)
_DECLARED = re.compile(
    rf"(?:(?:整改)?(?:任务|事项|问题))?[(（](?:共)?计?{GAP}(?P<count>\d{{1,3}}|{CHINESE}{{1,4}}){GAP}[项个条]"
    r"(?:问题|任务|事项)?[)）]$"
)
_LEVELS = {Style.ORDINAL: 0, Style.CHINESE: 1}
_LONGEST_SECTION = 60
_SENTENCE = re.compile(r"[。；;]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with what its beginning could make it; `value` is where the words begin."""

    start: int
    end: int
    value: int
    label: Field | None = None
    number: int | None = None
    style: Style | None = None
    section: Section | None = None


def read_lines(text: str, skip: Sequence[tuple[int, int]] = ()) -> list[Line]:
    """Classify the lines of a text, one of several labels cut before each; `skip` is not read."""
    pieces = _pieces(text, skip)
    bare = _bare_fields(text, pieces)
    found: list[Line] = []
    for start, end in pieces:
        found += _classified(text, start, end, bare)
    return found


def _pieces(text: str, skip: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the lines, cut before labels, without the spaces at their ends."""
    found = []
    skipped = iter(sorted(skip))
    hole = next(skipped, None)
    for match in re.finditer(r"[^\n]*\S", text):
        while hole and hole[1] <= match.start():
            hole = next(skipped, None)
        if hole and hole[0] < match.end():
            continue
        for start, end in cut_line(match.group()):
            words = match.group()[start:end].rstrip()
            found.append((match.start() + start, match.start() + start + len(words)))
    return [(start, end) for start, end in found if start < end]


def _bare_fields(text: str, pieces: Sequence[tuple[int, int]]) -> frozenset[Field]:
    """Return the fields whose labels regularly stand without a colon; none where few do."""
    matches = (match_bare_label(text[start:end]) for start, end in pieces)
    counts = Counter(label_of(match) for match in matches if match)
    often = frozenset(field for field, times in counts.items() if times > 1)
    return often if often & OPENING_FIELDS and often & CLOSING_FIELDS else frozenset()


def _classified(text: str, start: int, end: int, bare: Collection[Field]) -> list[Line]:
    """Classify one line by how it begins; 1.存在问题:… is a number and a label."""
    words = text[start:end]
    match = match_label(words)
    if match is None and (match := match_bare_label(words)) and label_of(match) not in bare:
        match = None
    if match is None:
        return [_numbered(words, start, end)]
    label = Line(start, end, min(start + match.end(), end), label=label_of(match))
    if label.label is Field.PROBLEM and match["numbering"]:
        cut = start + match.end("numbering")
        first = _numbered(text[start:cut], start, cut)
        if first.number is not None:
            return [first, Line(cut, end, label.value, label=Field.PROBLEM)]
    return [label]


def _numbered(words: str, start: int, end: int) -> Line:
    """Classify a line without a label."""
    match = _NUMBER.match(words)
    if match is None or match.lastgroup is None:
        return Line(start, end, start)
    style = Style(match.lastgroup)
    number = number_value(match[style.value])
    section = _section(words, start, style) if style in _LEVELS else None
    return Line(start, end, min(start + match.end(), end), None, number, style, section)


def _section(words: str, start: int, style: Style) -> Section | None:
    """Read the line as the heading of a section: its title, and how many items it declares."""
    title = words.strip()
    counted = _DECLARED.search(title)
    if counted:
        declared = number_value(counted["count"])
        return Section(title[: counted.start()].strip(), declared, start, _LEVELS[style])
    if style is Style.CHINESE and (len(title) > _LONGEST_SECTION or _SENTENCE.search(title)):
        return None
    return Section(title, None, start, _LEVELS[style])


def read_section(text: str, start: int, end: int) -> Section | None:
    """Read a range as a section's heading: numbered, or with a count."""
    words = text[start:end]
    match = _NUMBER.match(words)
    style = Style(match.lastgroup) if match and match.lastgroup else None
    if style in _LEVELS:
        return _section(words, start, style)
    if _DECLARED.search(words):
        return _section(words, start, Style.ORDINAL)
    return None

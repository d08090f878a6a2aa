"""The lines of a rectification list: sections, item heads, labelled fields.

A label counts at the start of a line only, never in prose. A line beginning with a number
is an item's head when what follows says so; the same shape also numbers measures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.deadlines.dates import find_moments
from corpus.ledger.labels import (
    CLOSING_FIELDS,
    GAP,
    LABEL_LINE,
    OPENING_FIELDS,
    Field,
    cut_labels,
    label_of,
)
from corpus.numerals import number_value

_CHINESE = "[一二三四五六七八九十百]"
_HEAD = re.compile(
    rf"{GAP}(?:(?P<arabic>\d{{1,3}}){GAP}[.．、](?!\d)|[(（](?P<chinese>{_CHINESE}{{1,5}})[)）]){GAP}"
)
# Tried in turn where no line begins like 1. or (一): 第1项, 问题一, then 一、 (else a section).
_OTHER_HEADS = (
    re.compile(
        rf"{GAP}(?:第{GAP}(?P<nth>\d{{1,3}}|{_CHINESE}{{1,5}}){GAP}[项条个](?:问题|任务)?"
        rf"|(?:问题|任务){GAP}(?P<after>\d{{1,3}}|{_CHINESE}{{1,5}})(?=[.．、:：\s])){GAP}[.．、:：]?{GAP}"
    ),
    re.compile(rf"{GAP}(?P<ordinal>{_CHINESE}{{1,5}}){GAP}[、.．]{GAP}"),
)
_SECTION = re.compile(rf"{GAP}(?P<title>{_CHINESE}{{1,3}}、\S.*?){GAP}$")
_DECLARED = re.compile(
    rf"(?:整改任务|整改事项|问题)?[(（](?:共)?(?P<count>\d{{1,3}}|{_CHINESE}{{1,4}})[项个条][)）]$"
)
_LEADER_LINE = re.compile(r"^\S{1,4}(?:[ \t\u3000]+\S{1,3})?[ \t\u3000]+\S|(?:长|主任|书记|委员)$")
_UNIT_LINE = re.compile(
    r"^(?!.*\d{4}年)[^。]*(?:局|委|办|政府|管委会|公司|单位|部门|牵头|配合)[^。]*。?$"
)
_OPEN_END = re.compile(r"[,，、;；:：至和及或(（\-—~～]$")
_BROKEN = re.compile(
    r"[年月第\d]\n(?:[底末内前]|[上中下]旬)|[年第]\n\d{1,2}[ \t]*[月季]|月\n\d{1,2}[ \t]*日"
)
_LONGEST_STAGE = 40
# A problem that lost its number, or what follows the list, is no stage of a deadline.
_NO_STAGE = re.compile(r"未|不|没|问题|缺|差|印发|抄送|存在|滞后|〔")
_FIRST_SENTENCE = re.compile(r"[^。\n]*。(?=[ \t]*\S)")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading above items: its title without the declared count, and that count."""

    title: str
    declared: int | None
    start: int


@dataclass(frozen=True, slots=True)
class Part:
    """A labelled field: from the label at `start` to `end`, its value from `value` on."""

    field: Field
    start: int
    value: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its head from `start` to `end` (words from `value` on) and its fields.

    `lost` means that the page lost the head: the number follows from its neighbours.
    """

    number: int
    start: int
    value: int
    end: int
    section: Section | None
    parts: tuple[Part, ...] = ()
    lost: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with what its beginning could make it; `value` is where the words begin."""

    start: int
    end: int
    value: int
    label: Field | None = None
    number: int | None = None
    style: str = ""
    section: Section | None = None

    @property
    def plain(self) -> bool:
        """Whether nothing about its beginning is special."""
        return self.label is None and self.number is None and self.section is None


def read_items(text: str) -> tuple[list[Item], list[Section]]:
    """Read the items of a list, and the sections they stand in; none without numbered heads."""
    for heads in (_HEAD, *_OTHER_HEADS):
        walk = _Walk(text, _lines(text, heads))
        for index in range(len(walk.lines)):
            walk.step(index)
        if walk.style:
            walk.number_leading()
            used = {item.section.start for item in walk.items if item.section}
            sections = [s for s in walk.sections if s.declared is not None or s.start in used]
            return walk.items, sections
    return [], []


def list_labels(text: str) -> list[str]:
    """Return the labels of a text that looks like a list; none where too few kinds stand there."""
    lines = (LABEL_LINE.match(text, m.start()) for m in re.finditer(r"^.", text, re.MULTILINE))
    found = {label_of(match): match["label"] for match in lines if match}
    both = found.keys() & OPENING_FIELDS and found.keys() & CLOSING_FIELDS
    return [re.sub(r"\s", "", label) for label in found.values()] if both else []


def _lines(text: str, heads: re.Pattern[str]) -> list[_Line]:
    """Classify the lines of a text, a line of several labels cut before each."""
    found = []
    for match in re.finditer(r"[^\n]*\S", text):
        cuts = [match.start() + cut for cut in cut_labels(match.group())]
        for start, end in pairwise([match.start(), *cuts, match.end()]):
            length = len(text[start:end].rstrip())
            found.append(_line(text, start, start + length, heads))
    return found


def _line(text: str, start: int, end: int, heads: re.Pattern[str]) -> _Line:
    """Classify one line by how it begins."""
    words = text[start:end]
    if match := LABEL_LINE.match(words):
        return _Line(start, end, start + match.end(), label=label_of(match))
    if match := heads.match(words):
        style, number = next((key, n) for key, n in match.groupdict().items() if n)
        return _Line(start, end, start + match.end(), number=number_value(number), style=style)
    if match := _SECTION.match(words):
        title = match["title"]
        counted = _DECLARED.search(title)
        declared = number_value(counted["count"]) if counted else None
        title = title[: counted.start()] if counted else title
        return _Line(start, end, start, section=Section(title, declared, start))
    return _Line(start, end, start)


@dataclass(slots=True)
class _Walk:
    """The state of one pass over the lines."""

    text: str
    lines: list[_Line]
    items: list[Item] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    style: str = ""
    section: Section | None = None
    inside: bool = False
    loose: tuple[int, int] | None = None  # lines since the last field that belong to none

    def step(self, index: int) -> None:
        """Take one line in."""
        line = self.lines[index]
        if line.label:
            self._label(line, line.label)
        elif line.section and self._is_section(line.section):
            self.section, self.inside, self.loose = line.section, False, None
            self.sections.append(line.section)
        elif line.number is not None and self._is_head(index):
            self.style, self.inside, self.loose = line.style, True, None
            value = min(line.value, line.end)
            self.items.append(Item(line.number, line.start, value, line.end, self.section))
        else:
            self._prose(line)

    def number_leading(self) -> None:
        """Number items that lost their heads before the first head, counting back from it."""
        first = next(index for index, item in enumerate(self.items) if not item.lost)
        for index in range(first):
            number = max(self.items[first].number - first + index, 0)
            self.items[index] = replace(self.items[index], number=number)

    def _last_field(self) -> Field | None:
        return self.items[-1].parts[-1].field if self.inside and self.items[-1].parts else None

    def _is_section(self, section: Section) -> bool:
        """Within a head, a target or measures, a line 一、 may be their own numbering."""
        if section.declared is not None or not self.inside:
            return True
        return self._last_field() in CLOSING_FIELDS

    def _is_head(self, index: int) -> bool:
        """Decide by the numbering so far and by the first label, number or section that follows."""
        line, last = self.lines[index], self._last_field()
        if self.style and line.style != self.style:
            return False
        expected = self.items[-1].number + 1 if self.items else None
        if self.style and last in CLOSING_FIELDS and line.number == expected:
            return True
        if self.inside and last is None and line.number != expected:
            return False
        later = (self.lines[place] for place in range(index + 1, len(self.lines)))
        follow = next((other for other in later if not other.plain), None)
        if follow is None or follow.label is None:
            return False
        return follow.label in OPENING_FIELDS or last is not Field.MEASURES

    def _label(self, line: _Line, label: Field) -> None:
        """Open a field; a second target after units or deadline means that a head was lost."""
        if not self.inside:
            if label not in OPENING_FIELDS:
                return
            self._lost_item(line)
        elif label in OPENING_FIELDS:
            seen = {part.field for part in self.items[-1].parts}
            if label in seen and seen & CLOSING_FIELDS:
                self._lost_item(line)
        self.loose = None
        value = min(line.value, line.end)
        item = self.items[-1]
        part = Part(label, line.start, value, line.end)
        self.items[-1] = replace(item, parts=(*item.parts, part))

    def _lost_item(self, line: _Line) -> None:
        """Begin an item without a head; its words are what the last field could not hold."""
        start, end = self.loose or (line.start, line.start)
        if self.inside and (tail := self._tail()):
            start, end = tail, end if self.loose else self.items[-1].parts[-1].end
            item = self.items[-1]
            kept = replace(item.parts[-1], end=self._sentence_end(item.parts[-1]))
            self.items[-1] = replace(item, parts=(*item.parts[:-1], kept))
        self.inside = True
        number = self.items[-1].number + 1 if self.items else 0
        self.items.append(Item(number, start, start, end, self.section, lost=True))

    def _tail(self) -> int | None:
        """Return where other words begin after the first sentence of a deadline."""
        part = self.items[-1].parts[-1]
        end = self._sentence_end(part)
        if part.field is not Field.DEADLINE or end >= part.end:
            return None
        return end + len(self.text[end : part.end]) - len(self.text[end : part.end].lstrip())

    def _sentence_end(self, part: Part) -> int:
        match = _FIRST_SENTENCE.match(self.text, part.value, part.end)
        return match.end() if match else part.end

    def _prose(self, line: _Line) -> None:
        """Add a line to the field it continues, or keep it as loose."""
        if self.inside and self.loose is None and self._continues(line):
            item = self.items[-1]
            if not item.parts:
                self.items[-1] = replace(item, end=line.end)
                return
            part = replace(item.parts[-1], end=line.end)
            self.items[-1] = replace(item, parts=(*item.parts[:-1], part))
            return
        if self.style:
            self.loose = (self.loose[0] if self.loose else line.start, line.end)

    def _continues(self, line: _Line) -> bool:
        """Tell whether a line without a label still belongs to the field before it."""
        words = self.text[line.start : line.end].strip()
        last = self._last_field()
        if last not in CLOSING_FIELDS:
            return True
        part = self.items[-1].parts[-1]
        if not self.text[part.value : part.end].strip():
            return True
        if last is Field.DEADLINE:
            return _goes_on(self.text[part.value : part.end].rstrip(), words)
        if last is Field.OTHER:
            return False
        return bool((_LEADER_LINE if last is Field.LEADERS else _UNIT_LINE).search(words))


def _goes_on(value: str, words: str) -> bool:
    """Tell whether a line belongs to the deadline above it: a broken date, or a date of its own."""
    if _OPEN_END.search(value) or _BROKEN.search(f"{value[-1:]}\n{words}"):
        return True
    if len(words) > _LONGEST_STAGE or _NO_STAGE.search(words):
        return False
    moments = find_moments(words, base=None)
    return any(m.bounded and words[: m.end].rstrip()[-1] in "底末内前" for m in moments)

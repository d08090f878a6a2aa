"""The lines of a rectification list: sections, item heads, labelled fields.

A label counts at the start of a line only, never in prose. A line beginning with a number
is an item's head when what follows says so; the same shape also numbers measures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from corpus.ledger_dates import number_value


class Field(StrEnum):
    """What a label opens."""

    PROBLEM = "problem"
    TARGET = "target"
    MEASURES = "measures"
    LEADERS = "leaders"
    UNITS = "units"
    LEAD_UNITS = "lead_units"
    COOPERATING_UNITS = "cooperating_units"
    DEADLINE = "deadline"


LABELS: dict[str, Field] = {
    "存在问题": Field.PROBLEM,
    "具体问题": Field.PROBLEM,
    "反馈问题": Field.PROBLEM,
    "问题描述": Field.PROBLEM,
    "整改目标": Field.TARGET,
    "工作目标": Field.TARGET,
    "整改措施": Field.MEASURES,
    "工作措施": Field.MEASURES,
    "责任领导": Field.LEADERS,
    "牵头领导": Field.LEADERS,
    "责任人": Field.LEADERS,
    "责任单位": Field.UNITS,
    "责任部门": Field.UNITS,
    "牵头单位": Field.LEAD_UNITS,
    "牵头部门": Field.LEAD_UNITS,
    "配合单位": Field.COOPERATING_UNITS,
    "配合部门": Field.COOPERATING_UNITS,
    "整改时限": Field.DEADLINE,
    "完成时限": Field.DEADLINE,
    "完成时间": Field.DEADLINE,
    "整改期限": Field.DEADLINE,
}
_OPENING_FIELDS = frozenset({Field.PROBLEM, Field.TARGET, Field.MEASURES})
_CLOSING_FIELDS = frozenset(Field) - _OPENING_FIELDS
_GAP = r"[ \t\u3000]*"
_LABEL = re.compile(
    "|".join(f"(?:{_GAP.join(label)})" for label in sorted(LABELS, key=len, reverse=True))
    + rf"(?={_GAP}[】\]]?{_GAP}[:：])"
)
_LABEL_LINE = re.compile(rf"{_GAP}[【\[]?(?P<label>{_LABEL.pattern}){_GAP}[】\]]?{_GAP}[:：]{_GAP}")
_CHINESE = "[一二三四五六七八九十百]"
_HEAD = re.compile(
    rf"{_GAP}(?:(?P<arabic>\d{{1,3}}){_GAP}[.．、](?!\d)|[(（](?P<chinese>{_CHINESE}{{1,5}})[)）]){_GAP}"
)
_SECTION = re.compile(rf"{_GAP}(?P<title>{_CHINESE}{{1,3}}、\S.*?){_GAP}$")
_DECLARED = re.compile(
    rf"(?:整改任务|整改事项|问题)?[(（](?:共)?(?P<count>\d{{1,3}}|{_CHINESE}{{1,4}})[项个条][)）]$"
)
_LEADER_LINE = re.compile(r"^\S{1,4}(?:[ \t\u3000]+\S{1,3})?[ \t\u3000]+\S|(?:长|主任|书记|委员)$")
_UNIT_LINE = re.compile(
    r"^(?!.*\d{4}年)[^。]*(?:局|委|办|政府|管委会|公司|单位|部门|牵头|配合)[^。]*。?$"
)
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
    walk = _Walk(text, [_line(text, m.start(), m.end()) for m in re.finditer(r"[^\n]*\S", text)])
    for index in range(len(walk.lines)):
        walk.step(index)
    if not walk.style:
        return [], []
    walk.number_leading()
    used = {item.section.start for item in walk.items if item.section}
    return walk.items, [s for s in walk.sections if s.declared is not None or s.start in used]


def _line(text: str, start: int, end: int) -> _Line:
    """Classify one line by how it begins."""
    words = text[start:end]
    if match := _LABEL_LINE.match(words):
        label = LABELS[re.sub(r"\s", "", match["label"])]
        return _Line(start, end, start + match.end(), label=label)
    if match := _HEAD.match(words):
        number = number_value(match["arabic"] or match["chinese"])
        style = "arabic" if match["arabic"] else "chinese"
        return _Line(start, end, start + match.end(), number=number, style=style)
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
        return self._last_field() in _CLOSING_FIELDS

    def _is_head(self, index: int) -> bool:
        """Decide by the numbering so far and by the first label, number or section that follows."""
        line, last = self.lines[index], self._last_field()
        if self.style and line.style != self.style:
            return False
        expected = self.items[-1].number + 1 if self.items else None
        if self.style and last in _CLOSING_FIELDS and line.number == expected:
            return True
        if self.inside and last is None and line.number != expected:
            return False
        later = (self.lines[place] for place in range(index + 1, len(self.lines)))
        follow = next((other for other in later if not other.plain), None)
        if follow is None or follow.label is None:
            return False
        return follow.label in _OPENING_FIELDS or last is not Field.MEASURES

    def _label(self, line: _Line, label: Field) -> None:
        """Open a field; a second target after units or deadline means that a head was lost."""
        if not self.inside:
            if label not in _OPENING_FIELDS:
                return
            self._lost_item(line)
        elif label in _OPENING_FIELDS:
            seen = {part.field for part in self.items[-1].parts}
            if label in seen and seen & _CLOSING_FIELDS:
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
        if last not in _CLOSING_FIELDS:
            return True
        part = self.items[-1].parts[-1]
        if not self.text[part.value : part.end].strip():
            return True
        if last is Field.DEADLINE:
            return False
        return bool((_LEADER_LINE if last is Field.LEADERS else _UNIT_LINE).search(words))

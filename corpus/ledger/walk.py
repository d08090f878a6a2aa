"""One pass over the lines of a list, with the numbers of one style as heads."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.ledger.continuing import continues, is_entry
from corpus.ledger.endings import is_attachment, is_foot, is_page_number
from corpus.ledger.items import Item, Part, Section
from corpus.ledger.labels import (
    CLOSING_FIELDS,
    GAP,
    OPENING_FIELDS,
    UNIT_FIELDS,
    Field,
    holds_list,
)
from corpus.ledger.marks import Line, Style

_FIRST_SENTENCE = re.compile(r"[^。\n]*。(?=[ \t]*\S)")
# Numberings that measures do not have: the next one ends an item even where no label follows.
_OUTER = (Style.ORDINAL, Style.NTH, Style.AFTER, Style.SERIAL)
# The next item's number, run into the end of a deadline by a lost line break.
_RUN_IN = (
    rf"(?:(?<=[。；;\s前底末改持位续内日]))[ \t]*{{number}}{GAP}[.．、](?!\d){GAP}(?=\S{{{{4}}}})"
)
_LOOK_AHEAD = 4  # characters behind a field, its bracket's end among them


@dataclass(slots=True)
class Walk:
    """The state of the pass: what the lines so far have given."""

    text: str
    lines: list[Line]
    style: Style
    follows: list[Line | None]
    several: bool
    items: list[Item] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    firsts: Counter[Field] = field(default_factory=Counter)
    found: bool = False
    section: Section | None = None
    inside: bool = False
    loose: tuple[int, int] | None = None  # lines since the last field that belong to none
    inner: int = 0  # the last 一、二、 within the field

    @property
    def score(self) -> int:
        """How much of a list the reading makes: whole items, numbers in order, nothing twice."""
        fields = [[part.field for part in item.parts] for item in self.items]
        whole = sum(holds_list(f) for f in fields)
        # A deadline to each measure is none too many.
        twice = sum(
            f.count(Field.TARGET) > 1 or f.count(Field.DEADLINE) > max(1, f.count(Field.MEASURES))
            for f in fields
        )
        numbers = [item.number for item in self.items]
        back = sum(1 < after <= before for before, after in pairwise(numbers))
        order = sum(after == before + 1 for before, after in pairwise(numbers))
        lost = sum(item.lost for item in self.items)
        return 2 * whole + order + (numbers[0] == 1) - 2 * lost - twice - back

    def counts_up(self) -> bool:
        """Whether there are several items, in order: one could be the rest of another's fields."""
        numbers = [item.number for item in self.items]
        return len(numbers) > 1 and all(b == a + 1 or b == 1 for a, b in pairwise(numbers))

    def step(self, index: int) -> None:
        """Take one line in."""
        line = self.lines[index]
        if line.label:
            self._label(line, line.label)
            self._run_in(line, self.follows[index])
        elif line.section and line.style is not self.style and self._is_section(line):
            self.section, self.inside, self.loose = line.section, False, None
            self.sections.append(line.section)
        elif line.style is self.style and self._is_head(index):
            self.found, self.inside, self.loose = True, True, None
            self._add(line.number or 0, line.start, line.value, line.end)
        else:
            self._prose(line, self.lines[index + 1] if index + 1 < len(self.lines) else None)

    def kept_sections(self) -> list[Section]:
        """Return the sections that hold items or say how many they should."""
        used = {item.section.start for item in self.items if item.section}
        return [s for s in self.sections if s.declared is not None or s.start in used]

    def number_leading(self) -> None:
        """Number items that lost their heads before the first head, counting back from it."""
        first = next(index for index, item in enumerate(self.items) if not item.lost)
        for index in range(first):
            number = max(self.items[first].number - first + index, 0)
            self.items[index] = replace(self.items[index], number=number)

    def _add(self, number: int, start: int, value: int, end: int, *, lost: bool = False) -> None:
        self.items.append(Item(number, start, min(value, end), end, self.section, lost=lost))

    def _seen(self) -> list[Field]:
        return [part.field for part in self.items[-1].parts] if self.inside else []

    def _last_field(self) -> Field | None:
        return self.items[-1].parts[-1].field if self.inside and self.items[-1].parts else None

    def _is_section(self, line: Line) -> bool:
        """Within a head, a target or measures, a line 一、 may be their own numbering."""
        if not self.inside or (line.section and line.section.declared is not None):
            return True
        if self._last_field() in CLOSING_FIELDS:
            return True
        # 四、保障措施 behind measures that have no 三、, at the end of an item that lacks nothing.
        later = line.style is Style.ORDINAL and (line.number or 0) > 1 + self.inner
        return self._is_whole() and later and line.number != 1

    def _is_head(self, index: int) -> bool:
        """Decide by the numbering so far and by the first label, number or section that follows."""
        line, last, seen = self.lines[index], self._last_field(), self._seen()
        expected = self.items[-1].number + 1 if self.items else None
        label = follow.label if (follow := self.follows[index]) else None
        if self.found and last in CLOSING_FIELDS and line.number == expected:
            # 2.乔彦强 among the leaders, with 责任单位 still to come, is no item.
            if label is None or label in OPENING_FIELDS or label in seen:
                return True
            words = self.text[line.value : line.end]
            return last not in (UNIT_FIELDS | {Field.LEADERS}) or not is_entry(words)
        if self.inside and last is None and line.number != expected:
            return False
        if label is None:
            return False
        if label in seen and line.number == expected:
            return True
        return label in OPENING_FIELDS or last is not Field.MEASURES

    def _label(self, line: Line, label: Field) -> None:
        """Open a field; one that begins items, met a second time, means that a head was lost."""
        if not self.inside:
            if label not in OPENING_FIELDS:
                return
            self._lost_item(line)
        elif self._begins_lost(label):
            self._lost_item(line)
        item = self.items[-1]
        if not item.parts and not item.lost:
            self.firsts[label] += 1
        self.loose, self.inner = None, 0
        part = Part(label, line.start, min(line.value, line.end), line.end)
        self.items[-1] = replace(item, parts=(*item.parts, part))

    def _begins_lost(self, label: Field) -> bool:
        seen = self._seen()
        if label not in seen or (label is Field.MEASURES and self.several):
            return False
        since = seen[len(seen) - seen[::-1].index(label) :]
        if label in OPENING_FIELDS:
            return bool(CLOSING_FIELDS & {*since})
        first = self.firsts.most_common(1)
        return bool(first) and first[0][0] is label and bool(OPENING_FIELDS & {*since})

    def _run_in(self, line: Line, follow: Line | None) -> None:
        """Find the next item's head at the end of a field's line."""
        last, item = self._last_field(), self.items[-1] if self.inside else None
        if item is None or last not in CLOSING_FIELDS or self.style is not Style.ARABIC:
            return
        label = follow.label if follow else None
        if label not in OPENING_FIELDS or label not in self._seen():
            return
        part = item.parts[-1]
        number = re.compile(_RUN_IN.format(number=item.number + 1))
        if match := number.search(self.text, part.value + 1, line.end):
            kept = replace(part, end=match.start())
            self.items[-1] = replace(item, parts=(*item.parts[:-1], kept))
            self._add(item.number + 1, match.start(), match.end(), line.end)

    def _lost_item(self, line: Line) -> None:
        """Begin an item without a head; its words are what the last field could not hold."""
        start, end = self.loose or (line.start, line.start)
        if self.inside and (tail := self._tail()):
            start, end = tail, end if self.loose else self.items[-1].parts[-1].end
            item = self.items[-1]
            kept = replace(item.parts[-1], end=self._sentence_end(item.parts[-1]))
            self.items[-1] = replace(item, parts=(*item.parts[:-1], kept))
        self.inside = True
        number = self.items[-1].number + 1 if self.items else 0
        self._add(number, start, start, end, lost=True)

    def _tail(self) -> int | None:
        """Return where other words begin after the first sentence of a deadline."""
        if not self.items[-1].parts:
            return None
        part = self.items[-1].parts[-1]
        end = self._sentence_end(part)
        if part.field is not Field.DEADLINE or end >= part.end:
            return None
        return end + len(self.text[end : part.end]) - len(self.text[end : part.end].lstrip())

    def _sentence_end(self, part: Part) -> int:
        match = _FIRST_SENTENCE.match(self.text, part.value, part.end)
        return match.end() if match else part.end

    def _prose(self, line: Line, below: Line | None) -> None:
        """Add a line to the field it continues, or keep it as loose."""
        words = self.text[line.start : line.end]
        self.inner = (line.number or 0) if line.style is Style.ORDINAL else self.inner
        if is_page_number(words):
            return
        if is_attachment(words.strip(), self._last_field()) or self._ends_item(line, below):
            # A list of its own: it may have the same numbers as the one before.
            self.section = Section("", None, line.start, level=-1)
            self.inside, self.loose = False, None
        elif self._resumes_measures():
            item, part = self.items[-1], Part(Field.MEASURES, line.start, line.start, line.end)
            self.items[-1] = replace(item, parts=(*item.parts, part))
        elif self.inside and self.loose is None and self._continues(words.strip()):
            item = self.items[-1]
            if not item.parts:
                self.items[-1] = replace(item, end=line.end)
                return
            part = replace(item.parts[-1], end=line.end)
            self.items[-1] = replace(item, parts=(*item.parts[:-1], part))
        elif self.found:
            self.loose = (self.loose[0] if self.loose else line.start, line.end)

    def _resumes_measures(self) -> bool:
        """Tell whether the last field stood in a bracket behind a measure: more may follow."""
        seen = self._seen()
        if Field.MEASURES not in seen or seen[-1] not in CLOSING_FIELDS or self.loose:
            return False
        return self.text[self.items[-1].parts[-1].end :][:_LOOK_AHEAD].lstrip("；;，,。 ")[:1] in (
            *")）",
        )

    def _ends_item(self, line: Line, below: Line | None) -> bool:
        """Tell whether a line behind a whole item is the paper's foot, or numbered as the next."""
        if not self.inside or not self._is_whole():
            return False
        words, following = (
            self.text[one.start : one.end].strip() if one else "" for one in (line, below)
        )
        if is_foot(self._value(), words, following, self._last_field()):
            return True
        outer = line.style is self.style and self.style in _OUTER
        return outer and line.number == self.items[-1].number + 1

    def _is_whole(self) -> bool:
        return holds_list(self._seen())

    def _continues(self, words: str) -> bool:
        """Tell whether a line without a label still belongs to the field before it."""
        last = self._last_field()
        if last is None:
            return True
        return continues(last, self._value(), words)

    def _value(self) -> str:
        """Return the value of the last field so far."""
        part = self.items[-1].parts[-1]
        return self.text[part.value : part.end].strip()

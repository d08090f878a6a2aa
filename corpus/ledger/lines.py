"""The items of a list that is written line by line: heads, labelled fields, sections.

A text is walked once for each shape of numbering it holds; the reading with the most whole
items in order is the list's. A number is a head when what follows it says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.ledger.continuing import continues, is_entry
from corpus.ledger.items import Item, Part, Section
from corpus.ledger.labels import (
    CLOSING_FIELDS,
    GAP,
    OPENING_FIELDS,
    UNIT_FIELDS,
    Field,
    holds_list,
    label_of,
    match_label,
    may_hold_list,
)
from corpus.ledger.marks import Line, Style, read_lines
from corpus.ledger.unnumbered import are_tasks, noted, with_heads

_FIRST_SENTENCE = re.compile(r"[^。\n]*。(?=[ \t]*\S)")
_ATTACHMENT = re.compile(
    r"附[ \u3000]*件[ \u3000]*\d*(?:[ \u3000]*[:：]?|[:： \u3000][^。；;]{1,40})$"
)
_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*)?\d{1,4}\s*(?:页[^一-龥]*)?[-—–－·\s]*$")
# Numberings that measures do not have: the next one ends an item even where no label follows.
_OUTER = (Style.ORDINAL, Style.NTH, Style.AFTER, Style.SERIAL)
# The next item's number, run into the end of a deadline by a lost line break.
_RUN_IN = (
    rf"(?:(?<=[。；;\s前底末改持位续内日]))[ \t]*{{number}}{GAP}[.．、](?!\d){GAP}(?=\S{{{{4}}}})"
)
_LOOK_AHEAD = 4  # characters behind a field, its bracket's end among them
_SEVERAL_MEASURES = 1.5  # measures for each target: a list with several of them to an item


def read_items(text: str, skip: Sequence[tuple[int, int]] = ()) -> tuple[list[Item], list[Section]]:
    """Read the items of a list, and the sections they stand in; none without numbered heads.

    :param skip: ranges that are read otherwise, as tables are.
    """
    if not may_hold_list(text):
        return [], []
    lines = read_lines(text, skip)
    labels = Counter(line.label for line in lines if line.label)
    if not holds_list(labels):
        return [], []
    styles = {line.style for line in lines}
    walks = [_walked(text, lines, style, labels) for style in Style if style in styles]
    best = max((walk for walk in walks if walk.found), key=lambda walk: walk.score, default=None)
    if best is None:
        return _unnumbered(text, lines, labels)
    if not (labels.keys() & OPENING_FIELDS or best.counts_up()):
        return [], []
    best.number_leading()
    return best.items, best.kept_sections()


def _unnumbered(
    text: str, lines: list[Line], labels: Counter[Field]
) -> tuple[list[Item], list[Section]]:
    """Read a list whose items have no numbers."""
    walk = _walked(text, with_heads(text, lines), Style.PLAIN, labels)
    if not walk.found or not are_tasks(walk.items):
        return [], []
    return noted(text, walk.items), walk.kept_sections()


def list_labels(text: str) -> list[str]:
    """Return the labels of a text that looks like a list; none where too few kinds stand there."""
    if not may_hold_list(text):
        return []
    lines = (match_label(m.group()) for m in re.finditer(r"[^\n]*\S", text))
    found = {label_of(match): match["label"] for match in lines if match}
    return [re.sub(r"\s", "", label) for label in found.values()] if holds_list(found) else []


def _walked(text: str, lines: list[Line], style: Style, labels: Counter[Field]) -> _Walk:
    """Walk the lines of a text with the numbers of one style as heads."""
    targets = max(labels[Field.TARGET], labels[Field.PROBLEM])
    several = bool(targets) and labels[Field.MEASURES] >= _SEVERAL_MEASURES * targets
    walk = _Walk(text, lines, style, _followers(lines, style), several)
    for index in range(len(lines)):
        walk.step(index)
    return walk


def _followers(lines: list[Line], style: Style) -> list[Line | None]:
    """Return for each line the next that opens a field, has the style's number or a count."""
    found: list[Line | None] = [None] * len(lines)
    following: Line | None = None
    for index in range(len(lines) - 1, -1, -1):
        found[index] = following
        line = lines[index]
        counted = line.section is not None and line.section.declared is not None
        if line.label or line.style is style or counted:
            following = line
    return found


@dataclass(slots=True)
class _Walk:
    """The state of one pass over the lines."""

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
            self._prose(line)

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

    def _prose(self, line: Line) -> None:
        """Add a line to the field it continues, or keep it as loose."""
        words = self.text[line.start : line.end]
        self.inner = (line.number or 0) if line.style is Style.ORDINAL else self.inner
        if _PAGE_NUMBER.match(words):
            return
        ends = _ATTACHMENT.match(words.strip()) and self._last_field() not in OPENING_FIELDS
        if ends or self._ends_item(line):
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

    def _ends_item(self, line: Line) -> bool:
        """Tell whether a line numbered as the next item, though it is none, follows a whole one."""
        if not self.inside or line.style is not self.style or self.style not in _OUTER:
            return False
        return self._is_whole() and line.number == self.items[-1].number + 1

    def _is_whole(self) -> bool:
        return holds_list(self._seen())

    def _continues(self, words: str) -> bool:
        """Tell whether a line without a label still belongs to the field before it."""
        last = self._last_field()
        if last is None:
            return True
        part = self.items[-1].parts[-1]
        return continues(last, self.text[part.value : part.end].strip(), words)

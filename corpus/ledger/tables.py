"""Lists that are tables: one row a task, or one table a task with labels beside the values.

Rows under one number are one task with several measures, units and deadlines; a row without a
number goes on with the one above. Spans are those of the cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus.ledger.cells import cell_parts, row_number
from corpus.ledger.columns import Column, Kind, column_named, is_head, merged
from corpus.ledger.forms import begin_of, is_headed, read_form
from corpus.ledger.items import Item, Part, Section
from corpus.ledger.labels import CHINESE, UNIT_FIELDS, Field
from corpus.ledger.marks import read_section
from corpus.ledger.measures import trim
from corpus.numerals import number_value
from corpus.records import Cell, Row, Table

_MOST_TITLE_ROWS = 6
_LOOK_BACK = 120  # characters above a table that can hold its section's heading
_LEADING = re.compile(
    rf"(?:第|问题|任务)?[(（]?(?P<n>\d{{1,3}}|{CHINESE}{{1,3}})"
    r"(?:[)）](?:[.．、])?|[.．、](?!\d)|项[.．、:：]?)[ \t\u3000]*"
)
_NO_FIELDS = (Column.NUMBER, Column.SECTION)
_BINDING: tuple[Kind, ...] = (
    *UNIT_FIELDS,
    Column.PAIRED,
    Column.DATED,
    Field.LEADERS,
    Field.DEADLINE,
)
_TITLE = re.compile(r"(?!注|备注|说明|填表|联系)[^。；;：:！!\n]{2,40}")  # a heading, not a note
_SUM = re.compile(r"合计|总计|小计|共计")


@dataclass(frozen=True, slots=True)
class TableReading:
    """What the tables of a text hold: items, sections, and the ranges that are read with them."""

    items: tuple[Item, ...]
    sections: tuple[Section, ...]
    ranges: tuple[tuple[int, int], ...]


def read_tables(text: str, tables: Sequence[Table]) -> TableReading:
    """Read the tables that are lists of tasks; the others are left to those who read lines."""
    grids = [rows for table in tables if (rows := [row for row in table.rows if row.cells])]
    walk = _Tables(text, sectioned=_sectioned(text, grids))
    for rows in grids:
        walk.take(rows)
    return TableReading(tuple(walk.items), tuple(walk.sections), tuple(walk.ranges))


def _sectioned(text: str, grids: Sequence[list[Row]]) -> bool:
    """Tell whether headings above forms are sections: where each has one, it numbers the task."""
    headed = {is_headed(text, rows) for rows in grids if read_form(text, rows, 1)}
    return len(headed) > 1


@dataclass(slots=True)
class _Tables:
    """The state of one pass over the tables of a text."""

    text: str
    sectioned: bool = False
    items: list[Item] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    ranges: list[tuple[int, int]] = field(default_factory=list)
    kinds: list[Kind | None] = field(default_factory=list)  # of the last list, for its next page
    section: Section | None = None
    group: Cell | None = None  # the cell that makes rows one task: its number, else its problem
    used: set[tuple[Kind, int]] = field(default_factory=set)

    def take(self, rows: list[Row]) -> None:
        """Read one table, if it is a list, a list's next page, or a form."""
        head, kinds = self._head(rows)
        if not kinds and self._goes_on(rows):
            head, kinds = 0, self.kinds
        if not kinds:
            self._form(rows)
            return
        self.kinds = self._without_blank_numbers(kinds, rows[head:])
        if head:
            self.section, self.group = self._section_above(rows[0]), None
        self._cover(rows)
        following: int | None = None
        followings = []
        for row in reversed(rows[head:]):
            followings.append(following)
            number = self._cell(row, Column.NUMBER)
            following = (row_number(self._words(number)) if number else None) or following
        for row, next_number in zip(rows[head:], reversed(followings), strict=True):
            self._row(row, next_number)

    def _without_blank_numbers(
        self, kinds: list[Kind | None], rows: list[Row]
    ) -> list[Kind | None]:
        """Forget a number column that is empty: a word processor numbered it by itself."""
        place = kinds.index(Column.NUMBER) if Column.NUMBER in kinds else None
        if place is None or any(
            self._words(row.cells[place]) for row in rows if place < len(row.cells)
        ):
            return kinds
        return [Field.OTHER if kind is Column.NUMBER else kind for kind in kinds]

    def _section_above(self, row: Row) -> Section | None:
        """Return the section whose heading is the line above a table."""
        begin = min(cell.start for cell in row.cells)
        lines = self.text[max(0, begin - _LOOK_BACK) : begin].rstrip().rsplit("\n", 1)
        end = max(0, begin - _LOOK_BACK) + len("\n".join(lines))
        section = read_section(self.text, *trim(self.text, end - len(lines[-1]), end))
        if section and not section.numbered:
            return None  # 整改任务清单(共4项) counts the whole table
        self.sections += [section] if section else []
        return section

    def _words(self, cell: Cell) -> str:
        return self.text[cell.start : cell.end].strip() if 0 <= cell.start <= cell.end else ""

    def _cover(self, rows: list[Row]) -> None:
        cells = [cell for row in rows for cell in row.cells if self._words(cell)]
        if cells:
            self.ranges.append((min(c.start for c in cells), max(c.end for c in cells)))

    def _head(self, rows: list[Row]) -> tuple[int, list[Kind | None]]:
        """Find the head of one or two rows below the title rows; return where the body begins."""
        for index, row in enumerate(rows[:_MOST_TITLE_ROWS]):
            kinds = self._kinds(row)
            below = self._kinds(rows[index + 1]) if index + 1 < len(rows) else []
            second = len(below) == len(kinds) and self._is_second(row, rows[index + 1], below)
            joint = merged(kinds, below) if second else kinds
            if is_head(joint):
                return index + (2 if second else 1), joint
        return 0, []

    def _kinds(self, row: Row) -> list[Kind | None]:
        return [column_named(self._words(cell)) for cell in row.cells]

    def _is_second(self, upper: Row, lower: Row, kinds: list[Kind | None]) -> bool:
        """Tell whether a row is the head's second: names only, some of them under a joint one."""
        filled = [
            kind
            for above, cell, kind in zip(upper.cells, lower.cells, kinds, strict=False)
            if self._words(cell) and cell != above
        ]
        apart = len({(cell.start, cell.end) for cell in lower.cells}) > 1
        return bool(filled) and apart and None not in filled

    def _goes_on(self, rows: list[Row]) -> bool:
        """Tell whether a table without a head is the next page of the list before it."""
        if not self.kinds or not self.items or len(rows[0].cells) != len(self.kinds):
            return False
        if Column.NUMBER not in self.kinds:
            return False
        words = self._words(rows[0].cells[self.kinds.index(Column.NUMBER)])
        return not words or row_number(words) in (self.items[-1].number, self.items[-1].number + 1)

    def _row(self, row: Row, following: int | None) -> None:
        """Take one row of the body: a section, a task, or more of the task above.

        :param following: the next number below the row.
        """
        filled = {(c.start, c.end): c for c in row.cells if self._words(c)}
        if not filled or self._repeats_head(row):
            return
        if len(filled) == 1 and self._section(next(iter(filled.values())), row):
            return
        number, problem = self._cell(row, Column.NUMBER), self._work(row)
        if number and self._is_aside(number, row):
            self.group = None
            return
        key = number if Column.NUMBER in self.kinds else problem
        if key is None and self._lost_number(problem, row, following):
            key = problem
        if key is not None and key != self.group:
            self._begin(row, key, number, problem)
        elif self.group is None:
            self._begin(row, key or next(iter(filled.values())), None, problem)
        self._fields(row)

    def _work(self, row: Row) -> Cell | None:
        """Return the cell that says what a task is about: the problem, else what is to be done."""
        named = [f for f in (Field.PROBLEM, Field.TARGET, Field.MEASURES) if f in self.kinds]
        return self._cell(row, named[0]) if named else None

    def _is_aside(self, number: Cell, row: Row) -> bool:
        """Tell whether a row is a sum or a note, by what stands for its number."""
        words = self._words(number)
        if _SUM.match(words):
            return True
        bound = any(self._cell(row, kind) not in (None, number) for kind in _BINDING)
        return row_number(words) is None and not bound

    def _lost_number(self, problem: Cell | None, row: Row, following: int | None) -> bool:
        """Tell whether a row without a number is a whole task, for which the numbers leave room."""
        if problem is None or self._cell(row, Field.DEADLINE) is None or not self.items:
            return False
        return problem != self.group and following == self.items[-1].number + 2

    def _repeats_head(self, row: Row) -> bool:
        """Tell whether a row is the head again, as on top of each page."""
        kinds = self._kinds(row)
        filled = [kind for kind, cell in zip(kinds, row.cells, strict=True) if self._words(cell)]
        return len(filled) > 1 and None not in filled

    def _section(self, cell: Cell, row: Row) -> bool:
        """Take a row of one cell as a section; one that is no heading belongs to the task above."""
        whole = len(row.cells) > 1 and all(other == cell for other in row.cells)
        start, end = trim(self.text, cell.start, cell.end)
        section = read_section(self.text, start, end)
        if section is None and whole and _TITLE.fullmatch(self.text, start, end):
            section = Section(self.text[start:end], None, start)
        if section is None or not (whole or section.declared is not None or row.cells[0] == cell):
            # A note over the whole width says something of no single task.
            self.group = None if whole else self.group
            return whole
        self.section, self.group = section, None
        self.sections.append(section)
        return True

    def _cell(self, row: Row, kind: Kind) -> Cell | None:
        """Return the cell of a kind, of several the last that is filled."""
        found = [c for c, k in zip(row.cells, self.kinds, strict=False) if k is kind]
        return next((cell for cell in reversed(found) if self._words(cell)), None)

    def _begin(self, row: Row, key: Cell, number: Cell | None, problem: Cell | None) -> None:
        """Begin a task: its number from its cell, its problem, or its place in the order."""
        place = problem or key
        start, end = trim(self.text, place.start, place.end)
        written = self._words(number) if number else ""
        read = row_number(written)
        value = start
        notes: tuple[str, ...] = ()
        if read is None:
            leading = _LEADING.match(self.text, start, end)
            read = number_value(leading["n"]) if leading else None
            value = leading.end() if leading else start
        if read is None:
            read = self.items[-1].number + 1 if self.items else 1
            why = f"原表编号为“{written}”" if written else "原表没有序号"
            notes = (f"number: {read} ({why}, 按顺序编定)",)
        if problem is None:
            value = end = start
        self.group, self.used = key, set()
        item = Item(read, start, value, end, self._section_of(row), notes=notes)
        self.items.append(item)

    def _section_of(self, row: Row) -> Section | None:
        """Return the section a task stands in: of a section row, else of a column of its own."""
        cell = self._cell(row, Column.SECTION)
        if cell is None and self.section is None and self.kinds.count(Field.PROBLEM) > 1:
            # 反馈问题 | 具体问题: the wider one heads the narrower ones.
            wide = row.cells[self.kinds.index(Field.PROBLEM)]
            cell = wide if wide != self._cell(row, Field.PROBLEM) else None
        if cell is None or not self._words(cell):
            return self.section
        start, end = trim(self.text, cell.start, cell.end)
        return Section(" ".join(self.text[start:end].split()), None, start)

    def _fields(self, row: Row) -> None:
        """Add a row's fields to the task, a cell over several rows once."""
        item = self.items[-1]
        parts: list[Part] = []
        for cell, kind in zip(row.cells, self.kinds, strict=False):
            if kind in _NO_FIELDS or kind is None or not self._words(cell):
                continue
            start, end = trim(self.text, cell.start, cell.end)
            section = item.section is not None and item.section.start == start
            head = kind is Field.PROBLEM and item.end == end
            if head or section or (kind, start) in self.used:
                continue
            self.used.add((kind, start))
            parts += cell_parts(self.text, kind, start, end)
        self.items[-1] = replace(item, parts=(*item.parts, *parts))

    def _form(self, rows: list[Row]) -> None:
        """Read a table that holds one task or a few, labels beside values."""
        number = self.items[-1].number + 1 if self.items else 1
        since = begin_of(rows) if self.sectioned else 0
        if items := read_form(self.text, rows, number, since=since):
            self._cover(rows)
            above = self._section_above(rows[0]) if self.sectioned else None
            self.section = above or (self.section if self.sectioned else None)
            self.items += [replace(item, section=self.section) for item in items]
            self.kinds, self.group = [], None

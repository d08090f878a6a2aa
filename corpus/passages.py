"""A document becomes passages: spans of its clean text, each with the heading path it stands under.

A task's fields are passages of their own; elsewhere a paragraph is one, split between sentences
where it is long, and a row of a table, split between cells. Blank lines belong to none; every
other line to at least one, but for the numbers that fields leave of a table's row.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.records import Document, Passage, Span, Task
from corpus.rows import RowRange, cut_row, row_ranges
from corpus.structure.letters import read_letter
from corpus.structure.outline import (
    ATTACHMENT_LEVEL,
    ITEM_LEVEL,
    Heading,
    counts_decimally,
    read_heading,
)

# Long enough to be understood alone, short enough to be read as evidence at a glance.
_LONGEST = 320
_SENTENCE = re.compile("[^。！？；;!?]*(?:[。！？；;!?]+[”’」』〞）)]*|$)")
# A shorter paragraph says too little alone and goes with the next.
_SHORTEST = 60
_PROBLEM_CONTEXT = 120
_FIELDS = (
    "problem",
    "target",
    "measures",
    "leaders",
    "units",
    "deadline",
    "acceptance",
    "status",
)
# A leaders' or units' field is one passage, however many lines it takes.
_WHOLE_FIELDS = frozenset({"leaders", "units", "deadline", "acceptance"})
_WORD = re.compile(r"[^\W\d_]")
_LABEL_ONLY = re.compile(r"[^:：]{2,6}[:：]$")


@dataclass(frozen=True, slots=True)
class _Block:
    """A range of the text that one or more passages are cut from."""

    start: int
    end: int
    kind: str
    heading: tuple[str, ...]
    task: Task | None = None
    row: RowRange | None = None


def cut_passages(document: Document, tasks: Sequence[Task]) -> tuple[Passage, ...]:
    """Return the passages of a document, in the order of the text."""
    passages: list[Passage] = []
    for block in _blocks(document, tasks):
        for start, end in _pieces(document.text, block):
            passages.append(_passage(document, block, start, end, len(passages)))
    return tuple(passages)


def whole_passage(document: Document) -> Passage:
    """Return a document that is one passage by itself, as those of a BEIR corpus are."""
    span = Span(document.id, 0, len(document.text))
    return Passage(f"{document.id}:0", span, (), "paragraph", document.text, document.title)


def _passage(document: Document, block: _Block, start: int, end: int, index: int) -> Passage:
    context = [document.title, *block.heading]
    if block.task and block.kind != "task.problem":
        context.append(block.task.problem[:_PROBLEM_CONTEXT])
    if block.row and block.row.words:
        context.append(block.row.words)
    return Passage(
        id=f"{document.id}:{index}",
        span=Span(document.id, start, end),
        heading=block.heading,
        kind=block.kind,
        text=document.text[start:end],
        context=" ".join(context),
        task=block.task.id if block.task else None,
    )


def _blocks(document: Document, tasks: Sequence[Task]) -> list[_Block]:
    fields = [
        (span.start, span.end, name, task)
        for task in tasks
        for name, span in task.spans.items()
        if name in _FIELDS
    ]
    fields.sort(key=lambda field: field[:2])
    rows = row_ranges(document.text, document.tables)
    blocks: list[_Block] = []
    path = _HeadingPath(document.text)
    position = 0
    for start, end, name, task in fields:
        blocks += _between(document.text, position, start, path, rows)
        heading = (*path.above(ITEM_LEVEL), str(task.number))
        blocks.append(_Block(start, end, f"task.{name}", heading, task))
        position = max(position, end)
    return blocks + _between(document.text, position, len(document.text), path, rows)


def _between(
    text: str, start: int, end: int, path: _HeadingPath, rows: Sequence[RowRange]
) -> list[_Block]:
    """The blocks of a range without fields: paragraphs, and the rows of tables."""
    blocks: list[_Block] = []
    position = start
    for row in rows[bisect_left(rows, position, key=lambda row: row.end) :]:
        if row.start >= end:
            break
        left, right = max(row.start, position), min(row.end, end)
        blocks += _join(_prose(text, position, left, path))
        if row.is_heading:
            blocks += _prose(text, left, right, path)
        # What fields leave of a row, its number and the tabs, says nothing by itself.
        elif _WORD.search(text, left, right) or (left, right) == (row.start, row.end):
            blocks.append(_Block(left, right, "paragraph", path.entries, row=row))
        position = max(position, right)
    return blocks + _join(_prose(text, position, end, path))


def _prose(text: str, start: int, end: int, path: _HeadingPath) -> Iterator[_Block]:
    for match in re.finditer(r"\S[^\n]*", text[start:end]):
        line_start, line = start + match.start(), match.group().rstrip()
        heading = path.read(line_start, line)
        kind = "heading" if heading and heading.fills_line else "paragraph"
        yield _Block(line_start, line_start + len(line), kind, path.entries)


def _join(blocks: Iterable[_Block]) -> list[_Block]:
    """Join a heading with what it heads, and a short paragraph with the next."""
    joined: list[_Block] = []
    for block in blocks:
        if joined and _belongs(joined[-1], block):
            first = joined.pop()
            block = replace(block, start=first.start)
        joined.append(block)
    return joined


def _belongs(first: _Block, second: _Block) -> bool:
    if second.heading[: len(first.heading)] != first.heading:
        return False
    if first.kind == "heading":
        return True
    length = first.end - first.start
    return length < _SHORTEST and second.heading == first.heading and second.kind != "heading"


class _HeadingPath:
    """The headings above the place that has been reached."""

    def __init__(self, text: str) -> None:
        self._decimal = counts_decimally(text)
        self._letter = read_letter(text)
        self._levels: list[Heading] = []

    def read(self, start: int, line: str) -> Heading | None:
        """Read the line that begins at `start`, and enter the heading it is or begins with."""
        letter = self._letter
        if letter and letter.start <= start < letter.end:
            return None
        if letter and letter.title_start <= start < letter.title_end:
            title = start == letter.title_start
            heading = Heading(ATTACHMENT_LEVEL, letter.title, fills_line=True) if title else None
        else:
            heading = read_heading(line, decimal=self._decimal)
        if heading:
            self.enter(heading)
        return heading

    def enter(self, heading: Heading) -> None:
        self._levels = [other for other in self._levels if other.level < heading.level]
        self._levels.append(heading)

    def above(self, level: int) -> tuple[str, ...]:
        return tuple(heading.text for heading in self._levels if heading.level < level)

    @property
    def entries(self) -> tuple[str, ...]:
        return tuple(heading.text for heading in self._levels)


def _pieces(text: str, block: _Block) -> list[tuple[int, int]]:
    """Cut a block into passages: lines of measures, sentences of long paragraphs."""
    if block.kind.removeprefix("task.") in _WHOLE_FIELDS:
        return [(block.start, block.end)]
    if block.row:
        pieces = cut_row(block.row, block.start, block.end, _LONGEST)
        return [part for start, end in pieces for part in _sentences(text, start, end)]
    if block.task is None:
        return _sentences(text, block.start, block.end)
    lines = [match.span() for match in re.finditer(r"\S[^\n]*", text[block.start : block.end])]
    ranges = [(block.start + start, block.start + end) for start, end in lines]
    if len(ranges) > 1 and _LABEL_ONLY.match(text[slice(*ranges[0])].strip()):
        ranges[:2] = [(ranges[0][0], ranges[1][1])]
    return [piece for start, end in ranges for piece in _sentences(text, start, end)]


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a range between sentences into pieces of about equal length, none too long."""
    if end - start <= _LONGEST:
        return [(start, end)]
    goal = (end - start) / -(-(end - start) // _LONGEST)
    pieces, piece_start = [], start
    for match in _SENTENCE.finditer(text, start, end):
        if match.end() - piece_start >= goal and match.end() < end:
            pieces.append((piece_start, match.end()))
            piece_start = match.end()
    if piece_start < end:
        pieces.append((piece_start, end))
    return pieces

"""Plain text and Markdown: the text stays; tables, marks and broken lines in it are found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.formats.building import MARKUP
from corpus.formats.records import RawText
from corpus.formats.wrapping import find_wraps
from corpus.records import Cell, Edit, Row, Table

_LEAST_ROWS = 3
# The cells of a heading row are short words, no numbers.
_HEAD_CELL = 30
_NUMERIC = re.compile(r"[\d\s.,%％-]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_HEADING = re.compile(r" {0,3}(#{1,6}[ \t]+)\S.*?([ \t]+#+)?[ \t]*$")
_BULLET = re.compile(r"[ \t]*([-*+][ \t]+)\S")
_QUOTE = re.compile(r" {0,3}(>[ \t]?)+")
_RULE = re.compile(r" {0,3}([-*_])([ \t]*\1){2,}[ \t]*$")
# A target looks like one: 漯发[2020](13)号 is a number, not a link.
_LINK = re.compile(r"(!?\[)([^\[\]\n]*)(\]\((?=[^()\s]*[/.#:])[^()\s]*(?:[ \t]+\"[^\"\n]*\")?\))")
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_BAR = re.compile(r"(?<!\\)\|")
# Only punctuation is escaped; ____年__月__日 is a form to fill in.
_INLINE = re.compile(
    r"(?P<line><br[ \t]*/?>)"
    r"|(?P<tag></?(?:b|strong|i|em|u|s|del|ins|span|font|center|mark|p|div)(?:[ \t][^<>\n]*)?>)"
    r"|(?P<bold>(?<!\w)__(?=[^\s_])[^_\n]+?(?<=[^\s_])__(?!\w))"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])",
    re.IGNORECASE,
)
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.M)
_FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.*?)[\"']?[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def read_plain(text: str) -> RawText:
    """Return a plain text with its tables (rows of as many tabs, as Excel pastes) and wraps."""
    tables = []
    run: list[Row] = []
    for row in _tabbed(text):
        if run and len(row.cells) != len(run[0].cells):
            tables += _table(text, run)
            run = []
        if len(row.cells) > 1:
            run.append(row)
    return RawText(text, tuple(find_wraps(text)), (*tables, *_table(text, run)))


def _table(text: str, rows: list[Row]) -> list[Table]:
    if len(rows) < _LEAST_ROWS:
        return []
    heads = [text[cell.start : cell.end].strip() for cell in rows[0].cells]
    if all(0 < len(head) <= _HEAD_CELL and not _NUMERIC.fullmatch(head) for head in heads):
        return [Table(tuple(rows))]
    return []


def _tabbed(text: str) -> Iterator[Row]:
    """Every line as a row of the cells its tabs part; a quoted cell may hold line ends."""
    position = 0
    while position <= len(text):
        cells = []
        while True:
            cell, position = _cell(text, position)
            cells.append(cell)
            if not text.startswith("\t", position):
                break
            position += 1
        yield Row(tuple(cells))
        position += 2 if text.startswith("\r\n", position) else 1


_PLAIN_CELL = re.compile(r"[^\t\r\n]*")
# As spreadsheets copy a cell that holds line ends; quotes inside are doubled.
_QUOTED_CELL = re.compile(r'"([^"\t]*\n(?:[^"\t]|"")*)"(?=\t|\r?\n|\Z)')


def _cell(text: str, position: int) -> tuple[Cell, int]:
    if quoted := _QUOTED_CELL.match(text, position):
        return Cell(*quoted.span(1)), quoted.end()
    plain = _PLAIN_CELL.match(text, position)
    end = plain.end() if plain else position
    return Cell(position, end), end


def read_markdown(text: str) -> RawText:
    """Return a Markdown text with its tables, and its marks as edits; code is left alone."""
    front = _FRONT_MATTER.match(text)
    title = _FRONT_TITLE.search(front.group()) if front else None
    edits = [Edit(0, front.end(), "", MARKUP)] if front else []
    tables: list[Table] = []
    fence = ""
    lines = list(_lines(text, front.end() if front else 0))
    index = 0
    while index < len(lines):
        line = lines[index]
        mark = _FENCE.match(line.text)
        if fence or mark:
            fence = _fenced(fence, mark)
            index += 1
            continue
        height = _pipe_rows(lines, index)
        if height:
            table, found = _pipe_table(lines[index : index + height])
            tables.append(table)
            edits += found
            index += height
            continue
        edits += _marks(line)
        index += 1
    return RawText(text, tuple(edits), tuple(tables), title=title.group(1) if title else "")


def _fenced(fence: str, mark: re.Match[str] | None) -> str:
    """The fence that is open after a line."""
    if not fence:
        return mark.group(1) if mark else ""
    return "" if mark and mark.group(1) == fence else fence


def _lines(text: str, start: int) -> Iterator[_Line]:
    for match in re.compile(r"[^\r\n]*(?:\r?\n|\r|\Z)").finditer(text, start):
        if match.group():
            yield _Line(match.start(), match.group().rstrip("\r\n"))


def _marks(line: _Line) -> list[Edit]:
    """The marks of one line: a heading's, a bullet, a quotation's, links'."""
    if _RULE.match(line.text):
        return [Edit(line.start, line.end, "", MARKUP)]
    spans = []
    rest = 0
    if quote := _QUOTE.match(line.text):
        spans.append(quote.span())
        rest = quote.end()
    if heading := _HEADING.match(line.text[rest:]):
        spans.append((rest, rest + heading.end(1)))
        if heading.group(2):
            spans.append((rest + heading.start(2), rest + heading.end(2)))
    elif bullet := _BULLET.match(line.text[rest:]):
        spans.append((rest + bullet.start(1), rest + bullet.end(1)))
    for link in _LINK.finditer(line.text, spans[-1][1] if spans else 0):
        spans += [link.span(1), link.span(3)]
    edits = [Edit(line.start + start, line.start + end, "", MARKUP) for start, end in spans]
    return sorted([*edits, *_inline(line, spans)], key=lambda edit: edit.start)


def _inline(line: _Line, taken: Sequence[tuple[int, int]] = ()) -> list[Edit]:
    """The marks among a line's words, but for those in ranges that are taken.

    They are tags that only dress words, `<br>`, which is a line end, `__bold__`, and the backslash
    that converters write before the point of a number.
    """
    edits = []
    for match in _INLINE.finditer(line.text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        begin, end = line.start + match.start(), line.start + match.end()
        if match["bold"]:
            edits += [Edit(begin, begin + 2, "", MARKUP), Edit(end - 2, end, "", MARKUP)]
        elif match["escape"]:
            edits.append(Edit(begin, begin + 1, "", MARKUP))
        else:
            edits.append(Edit(begin, end, "\n" if match["line"] else "", MARKUP))
    return edits


def _pipe_rows(lines: list[_Line], index: int) -> int:
    """How many lines the pipe table that begins at a line takes; 0 where none does."""
    if index + 1 >= len(lines) or "|" not in lines[index].text:
        return 0
    delimiter = lines[index + 1].text
    if "|" not in delimiter or not _DELIMITER.match(delimiter):
        return 0
    if len(_cell_spans(lines[index])) != len(_cell_spans(lines[index + 1])):
        return 0
    height = 2
    while index + height < len(lines) and "|" in lines[index + height].text:
        height += 1
    return height


def _pipe_table(lines: list[_Line]) -> tuple[Table, list[Edit]]:
    """A pipe table, and the edits that leave its cells, parted by tabs."""
    width = len(_cell_spans(lines[0]))
    rows, edits = [], []
    for number, line in enumerate(lines):
        if number == 1:  # with its line end: it is no row
            edits.append(Edit(line.start, max(line.end, _next_start(lines)), "", MARKUP))
            continue
        spans = _cell_spans(line)
        spans += [(len(line.text), len(line.text))] * (width - len(spans))
        cells = [Cell(line.start + start, line.start + end) for start, end in spans]
        rows.append(Row(tuple(cells[:width])))
        edits += sorted([*_bar_edits(line, cells), *_inline(line)], key=lambda edit: edit.start)
    return Table(tuple(rows)), edits


def _next_start(lines: list[_Line]) -> int:
    return lines[2].start if len(lines) > 2 else 0


def _bar_edits(line: _Line, cells: list[Cell]) -> list[Edit]:
    edits = []
    position = line.start
    for index, cell in enumerate(cells):
        if cell.start > position:
            edits.append(Edit(position, cell.start, "\t" if index else "", MARKUP))
        position = cell.end
    if line.end > position:
        edits.append(Edit(position, line.end, "", MARKUP))
    return edits


def _cell_spans(line: _Line) -> list[tuple[int, int]]:
    """Where the cells of a pipe row stand in the line, the white space around them left out."""
    bars = [match.start() for match in _BAR.finditer(line.text)]
    body = line.text.rstrip()
    borders = [-1, *bars, len(body)]
    spans = []
    for left, right in pairwise(borders):
        inside = line.text[left + 1 : right]
        start = left + 1 + len(inside) - len(inside.lstrip())
        spans.append((start, max(start, left + 1 + len(inside.rstrip()))))
    if bars and not line.text[: bars[0]].strip():
        spans.pop(0)
    if bars and len(spans) > 1 and bars[-1] == len(body) - 1:
        spans.pop()
    return spans

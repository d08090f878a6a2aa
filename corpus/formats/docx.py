"""A Word document becomes text: paragraphs and tables in order, numbers as Word shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import LoadError
from corpus.formats.building import FURNITURE, MARKUP, GridCell, TextBuilder
from corpus.formats.docx_words import is_deleted, note_mark, paragraph_words
from corpus.formats.numbering import BULLET, Numbering
from corpus.formats.package import Package, child, local, value
from corpus.formats.records import RawText

if TYPE_CHECKING:
    from lxml.etree import _Element

HIDDEN = "hidden text"
CONTENTS = "table of contents"
_CONTENTS_STYLES = ("toc ", "目录")
# What only holds paragraphs and tables; anything else at this level holds no text.
_HOLDERS = frozenset(
    {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "AlternateContent", "Choice"}
)
_MOST_COLUMNS = 500


def read_docx(data: bytes, name: str) -> RawText:
    """Return the text of a docx file.

    :raises LoadError: the file is encrypted, damaged, or holds no document.
    """
    package = Package(data, name)
    main = package.main()
    body = child(package.part(main), "body")
    if body is None:
        raise LoadError(f"文件已损坏(没有正文部分):{name}")
    folder = main.rpartition("/")[0]
    numbering = Numbering(
        package.part(f"{folder}/numbering.xml"), package.part(f"{folder}/styles.xml")
    )
    reader = _Reader(numbering)
    reader.furniture(package, f"{folder}/header\\d*\\.xml")
    reader.blocks(body)
    reader.notes(package.part(f"{folder}/footnotes.xml"), "footnoteReference")
    reader.notes(package.part(f"{folder}/endnotes.xml"), "endnoteReference")
    reader.furniture(package, f"{folder}/footer\\d*\\.xml")
    return reader.builder.finish()


@dataclass(slots=True)
class _Placed:
    """A cell of a table and its place."""

    element: _Element
    row: int
    column: int
    columns: int
    rows: int = 1


class _Reader:
    """Walks a document from its first paragraph to its last."""

    def __init__(self, numbering: Numbering) -> None:
        self.builder = TextBuilder()
        self._numbering = numbering
        self._notes: set[tuple[str, str]] = set()

    def blocks(self, holder: _Element) -> None:
        """Write the paragraphs and tables that an element holds."""
        for block in _blocks(holder):
            if local(block) == "p":
                self._paragraph(block)
            else:
                self._table(block)

    def furniture(self, package: Package, pattern: str) -> None:
        """Write the running heads or feet, each once, as what is no part of the text."""
        texts = []
        for part in package.parts(pattern):
            root = package.part(part)
            texts.append("" if root is None else self._flat(root, count=False))
        for text in dict.fromkeys(text.strip() for text in texts):
            self.builder.change(f"{text}\n" if text else "", "", FURNITURE)

    def notes(self, root: _Element | None, kind: str) -> None:
        """Write the notes that the text refers to, after it."""
        for note in [] if root is None else root:
            identifier = value(note, "id") or ""
            if (kind, identifier) in self._notes:
                self.builder.write(f"{note_mark(kind, identifier)}{self._flat(note).strip()}\n")

    def _paragraph(self, paragraph: _Element) -> None:
        label = self._numbering.label(paragraph)
        words = paragraph_words(paragraph)
        self._notes.update(words.notes)
        end = "" if _is_joined(paragraph) else "\n"
        if self._numbering.style_name(paragraph).startswith(_CONTENTS_STYLES):
            self.builder.change(label + words.shown + "\n", "", CONTENTS)
        else:
            if label.startswith(BULLET):
                self.builder.change(label, "", MARKUP)
            else:
                self.builder.write(label)
            for text, hidden in words.pieces:
                if hidden:
                    self.builder.change(text, "", HIDDEN)
                else:
                    self.builder.write(text)
            self.builder.write(end)
        for box in words.boxes:
            self.blocks(box)

    def _table(self, table: _Element) -> None:
        cells = _grid(table)
        if len(cells) == 1:  # a frame around a text
            self.blocks(cells[0].element)
            return
        grid = [
            GridCell(
                self._flat(cell.element).strip(), cell.row, cell.column, cell.rows, cell.columns
            )
            for cell in cells
        ]
        if any(cell.text for cell in grid):
            self.builder.table(grid)

    def _flat(self, holder: _Element, *, count: bool = True) -> str:
        """The text of a cell, a note or a running head as lines; nested tables row by row."""
        lines = []
        for block in _blocks(holder):
            if local(block) == "tbl":
                lines += self._flat_rows(block)
                continue
            label = self._numbering.label(block) if count else ""
            words = paragraph_words(block)
            self._notes.update(words.notes)
            lines.append(("" if label.startswith(BULLET) else label) + words.shown)
            lines += [self._flat(box, count=count) for box in words.boxes]
        return "\n".join(lines)

    def _flat_rows(self, table: _Element) -> list[str]:
        rows: dict[int, list[str]] = {}
        for cell in _grid(table):
            rows.setdefault(cell.row, []).append(self._flat(cell.element).strip())
        return ["\t".join(texts) for texts in rows.values()]


def _is_joined(paragraph: _Element) -> bool:
    """Whether a tracked change has joined a paragraph to the next."""
    properties = child(paragraph, "pPr")
    return properties is not None and is_deleted(properties, "rPr")


def _blocks(holder: _Element) -> Iterator[_Element]:
    for item in holder:
        name = local(item)
        if name in ("p", "tbl"):
            yield item
        elif name in _HOLDERS:
            yield from _blocks(item)


def _inside(holder: _Element, wanted: str) -> Iterator[_Element]:
    """The rows of a table, or the cells of a row, whatever holds them."""
    for item in holder:
        name = local(item)
        if name == wanted:
            yield item
        elif name in _HOLDERS:
            yield from _inside(item, wanted)


def _grid(table: _Element) -> list[_Placed]:
    """The cells of a table that are shown, each with its place."""
    cells: list[_Placed] = []
    open_cells: dict[int, _Placed] = {}  # by column, the cell that may go on downwards
    rows = [row for row in _inside(table, "tr") if not is_deleted(row, "trPr")]
    for row_number, row in enumerate(rows):
        column = _number(value(child(row, "trPr", "gridBefore")), 0)
        for cell in _inside(row, "tc"):
            width = max(1, _number(value(child(cell, "tcPr", "gridSpan")), 1))
            merge = child(cell, "tcPr", "vMerge")
            goes_on = merge is not None and (value(merge) or "continue") == "continue"
            above = open_cells.get(column)
            if goes_on and above:
                above.rows = row_number - above.row + 1
            else:
                open_cells[column] = _Placed(cell, row_number, column, width)
                cells.append(open_cells[column])
            column += width
    return cells


def _number(text: str | None, default: int) -> int:
    number = int(text) if text and text.isdecimal() and len(text) < 6 else default
    return min(number, _MOST_COLUMNS)

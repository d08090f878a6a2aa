"""A PDF becomes text: its text layer in reading order, without what only paper needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.errors import LoadError
from corpus.formats.building import FURNITURE, WRAP, TextBuilder
from corpus.formats.pdf_lines import Line, page_gutters, read_lines
from corpus.formats.pdf_paragraphs import (
    Frame,
    goes_on,
    page_frames,
    running_lines,
    wrap_replacement,
)
from corpus.formats.pdf_signs import UNKNOWN
from corpus.formats.pdf_source import source_pages
from corpus.formats.pdf_tables import PdfTable, continues, find_tables, join_tables
from corpus.formats.records import RawText

NO_TEXT = "no text layer: run OCR first"
UNREAD = "no text layer"
# A page with fewer characters, and a picture, is a scan; a stamp or a page number may be typed.
_FEW_CHARS = 8
_UNKNOWN_SHARE = 0.3
# The last word of a whole file; a little may follow it.
_END, _TAIL = b"%%EOF", 2048


@dataclass(slots=True)
class _Page:
    """A page as it is read: its lines and tables from top to bottom."""

    number: int
    height: float
    lines: list[Line]
    tables: list[PdfTable]
    turned: str
    scanned: bool
    running: set[int] = field(default_factory=set)

    def body(self) -> list[Line]:
        """The lines that are no furniture, in reading order."""
        return [line for index, line in enumerate(self.lines) if index not in self.running]

    def items(self) -> list[Line | PdfTable]:
        """The lines of the body, and the tables where they stand."""
        items: list[Line | PdfTable] = [*self.body()]
        for table in self.tables:
            after = [at for at, item in enumerate(items) if item.top > table.top]
            items.insert(after[0] if after else len(items), table)
        return items


def read_pdf(data: bytes, name: str) -> RawText:
    """Return the text of a PDF file.

    Pages without a text layer among others stand as a line of their own, deleted by an edit.

    :raises LoadError: the file is encrypted or damaged, or most of it has no text layer.
    """
    if _END not in data.rstrip(b"\0\r\n \t")[-_TAIL:]:  # else what is left would pass for all
        raise LoadError(f"文件不完整(可能没有下载完),请重新取得:{name}")
    pages = _read_pages(data, name)
    _check(pages, name)
    for number, index in running_lines([(page.lines, page.height) for page in pages]):
        pages[number].running.add(index)
    return _Writer(pages).write()


def _read_pages(data: bytes, name: str) -> list[_Page]:
    sources = source_pages(data, name)
    found = [find_tables(page.rules, page.chars) for page in sources]
    gutters = page_gutters([rest for _, rest in found])
    pages = []
    for page, (tables, rest), gutter in zip(sources, found, gutters, strict=True):
        count = sum(bool(char.text.strip()) for char in page.chars)
        scanned = count < _FEW_CHARS and page.pictured
        lines = read_lines(rest, gutter)
        pages.append(_Page(page.number, page.height, lines, tables, page.turned, scanned))
    return pages


def _check(pages: list[_Page], name: str) -> None:
    """Refuse a file most of which cannot be read.

    :raises LoadError: it has no text layer, or one without meaning.
    """
    scanned = sum(page.scanned for page in pages)
    texts = ["".join(_page_text(page).split()) for page in pages]
    if not any(texts) or 2 * scanned > len(pages):
        part = f"{len(pages)} 页中有 {scanned} 页" if any(texts) else ""
        raise LoadError(f"{part}没有文字层:请先做文字识别(OCR);{NO_TEXT}:{name}")
    text = "".join(texts)
    if text.count(UNKNOWN) > _UNKNOWN_SHARE * len(text):
        raise LoadError(f"文字层没有字符编码,读不出文字:请先做文字识别(OCR);{NO_TEXT}:{name}")


def _page_text(page: _Page) -> str:
    cells = [cell.text for table in page.tables for cell in table.cells]
    return "".join([*(line.text for line in page.lines), *cells, page.turned])


class _Writer:
    """Writes the pages, one after the other."""

    def __init__(self, pages: list[_Page]) -> None:
        self._builder = TextBuilder()
        self._pages = pages
        self._frames = page_frames([page.body() for page in pages])
        self._line: tuple[Line, Frame] | None = None  # written, but for its line end
        self._table: PdfTable | None = None  # the last thing so far; it may go on
        self._feet: list[str] = []  # what ends a page comes after the line that ends it

    def write(self) -> RawText:
        """Return the text of all pages."""
        for page, frames in zip(self._pages, self._frames, strict=True):
            self._page(page, frames)
        self._end_table()
        self._end_line(None)
        self._end_page()
        return self._builder.finish()

    def _page(self, page: _Page, frames: dict[int, Frame]) -> None:
        items = page.items()
        first = items[0] if items else None
        if self._table and isinstance(first, PdfTable) and continues(self._table, first):
            self._table = join_tables(self._table, first, page.number)
            items = items[1:]
        else:
            self._end_table()
            if isinstance(first, Line):
                self._end_line((first, frames[first.column]))
            elif first or page.scanned:
                self._end_line(None)
            self._end_page()
            self._builder.page(page.number)
        self._furniture(page)
        for item in items:
            self._item(item, frames)

    def _item(self, item: Line | PdfTable, frames: dict[int, Frame]) -> None:
        self._end_table()
        if isinstance(item, PdfTable):
            self._end_line(None)
            self._table = item
            return
        frame = frames[item.column]
        self._end_line((item, frame))
        self._builder.write(item.text)
        self._line = (item, frame)

    def _end_line(self, following: tuple[Line, Frame] | None) -> None:
        """Write the end of the line before; within a paragraph it is an edit."""
        if self._line is None:
            return
        line, frame = self._line
        self._line = None
        if following and goes_on(line, following[0], frame, following[1]):
            self._builder.change("\n", wrap_replacement(line.text, following[0].text), WRAP)
        else:
            self._builder.write("\n")

    def _end_table(self) -> None:
        if self._table:
            table, self._table = self._table, None
            self._builder.table(table.cells, pages=table.pages, dropped=table.dropped)

    def _end_page(self) -> None:
        for text in self._feet:
            self._builder.change(f"{text}\n", "", FURNITURE)
        self._feet = []

    def _furniture(self, page: _Page) -> None:
        running = [line for index, line in enumerate(page.lines) if index in page.running]
        for line in running:
            if line.top < page.height / 2:
                self._builder.change(f"{line.text}\n", "", FURNITURE)
            else:
                self._feet.append(line.text)
        if page.turned.strip():  # a watermark, a stamp
            self._feet.append(page.turned)
        if page.scanned:
            self._builder.change(f"[第{page.number}页没有文字层,未读]\n", "", UNREAD)

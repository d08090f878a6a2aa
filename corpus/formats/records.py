"""What reading a file of any kind gives, before anything is mended."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.records import Edit, Page, Table


@dataclass(frozen=True, slots=True)
class RawText:
    """The text of a file, and what its format tells about it; all offsets are into `text`.

    `edits` (sorted, disjoint) are what the format shows to be no part of the document's text: a
    web page's navigation, page numbers, the ends of lines within a paragraph of a PDF. `title` is
    what the file calls itself outside its text, empty where it does not.
    """

    text: str
    edits: tuple[Edit, ...] = ()
    tables: tuple[Table, ...] = ()
    pages: tuple[Page, ...] = ()
    title: str = ""

"""The whole way from a file to documents, passages and tasks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from corpus.edits import OffsetMap, Revision, revise
from corpus.errors import LoadError
from corpus.formats.detecting import REFUSED_SUFFIXES, SUFFIXES
from corpus.formats.files import read_raw
from corpus.formats.jsonl import beir_fields, json_value, numbered_lines
from corpus.formats.plain import read_plain
from corpus.formats.records import RawText
from corpus.ledger.reading import read_ledger
from corpus.passages import cut_passages, whole_passage
from corpus.placing import place_pages, place_tables
from corpus.records import Document, Edit, Passage, Reading, Task
from corpus.repairs.steps import repair
from corpus.sources import SourceNote, read_note
from corpus.structure.header import read_header
from corpus.structure.split import page_title_lines, split_documents

_RECORDS_SUFFIXES = (".jsonl", ".jsonl.gz")
_ID_LENGTH = 12


def reader_version() -> str:
    """Name this reader: what another one read is read again.

    The hash of the package's own code and counts, so that no change to a repair can be forgotten.
    """
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for part in sorted([*package.rglob("*.py"), *package.rglob("*.npz")]):
        digest.update(part.read_bytes())
    return digest.hexdigest()[:_ID_LENGTH]


def is_readable(path: Path) -> bool:
    """Whether the file's name says that `read_file` can read it."""
    return path.suffix.lower() in SUFFIXES or holds_records(path)


def is_document(path: Path) -> bool:
    """Whether the file's name says that it is a document, if one that must be saved as another."""
    return is_readable(path) or path.suffix.lower() in REFUSED_SUFFIXES


def read_file(path: Path, source: str) -> Reading:
    """Read one file; `source` is the name its documents are cited by.

    What a file is, its content says; a name only tells one kind of text from another.

    :raises LoadError: the file cannot be read, or its kind is not known.
    """
    if holds_records(path):
        return _read_beir(path, source)
    reading = _read(read_raw(path), source, read_note(path))
    if not any(document.text.strip() for document in reading.documents):
        raise LoadError(f"文件是空的,没有可用的文字:{path}")
    return reading


def read_documents(text: str, source: str, note: SourceNote | None = None) -> Reading:
    """Read the decoded text of one file, with what is known about it beforehand.

    :raises LoadError: the text says nothing.
    """
    return _read(read_plain(text), source, note)


def _read(file: RawText, source: str, note: SourceNote | None) -> Reading:
    """Read a file's text: cut it into documents, mend each, read what they hold.

    :raises LoadError: nothing of the text is left when what is no part of it is taken out.
    """
    main = revise(Revision(file.text, file.text), file.edits)
    ranges, page_title = split_documents(main.text)
    digest = hashlib.sha256(file.text.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_LENGTH]
    alone = len(ranges) == 1
    documents = []
    for index, (start, end) in enumerate(_raw_ranges(main, ranges)):
        revision = repair(file.text[start:end], first=_known_edits(file, start, end, page_title))
        document_id = digest if alone else f"{digest}-{index + 1}"
        told = (note or SourceNote()) if alone else _shared(note)
        document = _document(document_id, source, start, revision, told)
        if alone and file.title and not told.title and document.kind is None:
            document = replace(document, title=file.title)  # the text itself has none
        documents.append(_laid_out(document, file))
    if not any(document.text.strip() for document in documents):
        raise LoadError(f"文件里没有正文(只有网页外围、广告一类的文字):{source}")
    return _reading(documents)


def _raw_ranges(main: Revision, ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges of the raw text: what is deleted between two documents ends the first."""
    offsets = OffsetMap(main.edits)
    borders = [0, *(offsets.raw_start(start) for start, _ in ranges[1:]), len(main.raw)]
    return list(pairwise(borders))


def _known_edits(file: RawText, start: int, end: int, page_title: str | None) -> tuple[Edit, ...]:
    """The edits of a document that are known before it is mended, by offsets in its raw text."""
    inside = [
        replace(edit, start=edit.start - start, end=edit.end - start)
        for edit in file.edits
        if start <= edit.start and edit.end <= end
    ]
    raw = file.text[start:end]
    revision = revise(Revision(raw, raw), inside)
    titles = page_title_lines(revision.text, page_title) if page_title else []
    found = [Edit(left, right, "", "page title") for left, right in titles]
    return revise(revision, found).edits


def _laid_out(document: Document, file: RawText) -> Document:
    """The document with what its file knows of its tables and pages."""
    start, end = document.raw_start, document.raw_start + len(document.raw)
    return replace(
        document,
        tables=place_tables(file.tables, document.edits, start, end),
        pages=place_pages(file.pages, document.edits, start, end),
    )


def _shared(note: SourceNote | None) -> SourceNote:
    """What a note on a file says of each of its documents: not the title, nor the number."""
    note = note or SourceNote()
    return SourceNote(issuer=note.issuer, kind=note.kind, date=note.date)


def _taken_out(revision: Revision) -> list[str]:
    """The lines that were no part of the text: a page's own may say when it was published."""
    removed = (
        revision.raw[edit.start : edit.end] for edit in revision.edits if not edit.replacement
    )
    return [line.strip() for words in removed for line in words.splitlines() if line.strip()]


def _document(
    document_id: str, source: str, start: int, revision: Revision, note: SourceNote
) -> Document:
    header = read_header(revision.text, _taken_out(revision))
    return Document(
        id=document_id,
        title=note.title or header.title or Path(source).stem,
        text=revision.text,
        raw=revision.raw,
        source=source,
        raw_start=start,
        edits=revision.edits,
        number=note.number or header.number,
        issuer=note.issuer or header.issuer,
        issued_on=note.date or header.issued_on,
        kind=note.kind or header.kind,
        addressees=header.addressees,
        attachments=header.attachments,
        year=note.date.year if note.date else header.year,
    )


def _reading(documents: list[Document]) -> Reading:
    tasks: list[Task] = []
    passages: list[Passage] = []
    for document in documents:
        ledger = read_ledger(document)
        tasks += ledger
        passages += cut_passages(document, ledger)
    return Reading(tuple(documents), tuple(passages), tuple(tasks))


def _read_beir(path: Path, source: str) -> Reading:
    documents: list[Document] = []
    passages: list[Passage] = []
    for place, line in numbered_lines(path):
        record = read_record(line, place, source)
        documents += record.documents
        passages += record.passages
    return Reading(tuple(documents), tuple(passages), ())


def holds_records(path: Path) -> bool:
    """Whether a file is a corpus of records, each of which can be read for itself."""
    return path.name.lower().endswith(_RECORDS_SUFFIXES)


def read_record(line: str, place: str, source: str) -> Reading:
    """Read one line of a BEIR corpus: a document that is one passage.

    :param place: the file and line in words, for errors.
    :raises LoadError: it is no such line.
    """
    identifier, title, text = beir_fields(json_value(line, place), place)
    revision = repair(text)
    document = Document(
        id=identifier,
        title=title or revision.text[:40],
        text=revision.text,
        raw=revision.raw,
        source=f"{source}#{identifier}",
        edits=revision.edits,
    )
    return Reading((document,), (whole_passage(document),), ())

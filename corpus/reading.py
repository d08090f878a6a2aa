"""The whole way from a file to documents, passages and tasks."""

from __future__ import annotations

import hashlib
from pathlib import Path

from corpus.edits import Revision
from corpus.errors import LoadError
from corpus.formats.decoding import read_text
from corpus.formats.jsonl import beir_fields, json_value, numbered_lines
from corpus.ledger.reading import read_ledger
from corpus.passages import cut_passages, whole_passage
from corpus.records import Document, Passage, Reading, Task
from corpus.repairs.steps import repair
from corpus.sources import SourceNote, read_note
from corpus.structure.header import read_header
from corpus.structure.split import page_title_lines, split_documents

TEXT_SUFFIXES = frozenset({".txt", ".md"})
CORPUS_SUFFIXES = (".jsonl", ".jsonl.gz")
_ID_LENGTH = 12


def reader_version() -> str:
    """Name this reader: what another one read is read again.

    The hash of the package's own code, so that no change to a repair can be forgotten.
    """
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()[:_ID_LENGTH]


def is_readable(path: Path) -> bool:
    """Whether the file's name says that `read_file` can read it."""
    return path.suffix.lower() in TEXT_SUFFIXES or path.name.lower().endswith(CORPUS_SUFFIXES)


def read_file(path: Path, source: str) -> Reading:
    """Read one file; `source` is the name its documents are cited by.

    :raises LoadError: the file cannot be read, or its kind is not known.
    """
    if path.name.lower().endswith(CORPUS_SUFFIXES):
        return _read_beir(path, source)
    if path.suffix.lower() not in TEXT_SUFFIXES:
        known = "、".join([*sorted(TEXT_SUFFIXES), *CORPUS_SUFFIXES])
        raise LoadError(f"不能读取这种文件:{path}(可读:{known})")
    return read_documents(read_text(path), source, read_note(path))


def read_documents(text: str, source: str, note: SourceNote | None = None) -> Reading:
    """Read the decoded text of one file, with what is known about it beforehand."""
    ranges, page_title = split_documents(text)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_LENGTH]
    documents = []
    for index, (start, end) in enumerate(ranges):
        raw = text[start:end]
        titles = page_title_lines(raw, page_title) if page_title else []
        revision = repair(raw, page_titles=titles)
        document_id = digest if len(ranges) == 1 else f"{digest}-{index + 1}"
        alone = (note or SourceNote()) if len(ranges) == 1 else _shared(note)
        documents.append(_document(document_id, source, start, revision, alone))
    return _reading(documents)


def _shared(note: SourceNote | None) -> SourceNote:
    """What a note on a file says of each of its documents: not the title, nor the number."""
    note = note or SourceNote()
    return SourceNote(issuer=note.issuer, kind=note.kind, date=note.date)


def _document(
    document_id: str, source: str, start: int, revision: Revision, note: SourceNote
) -> Document:
    header = read_header(revision.text)
    return Document(
        id=document_id,
        title=note.title or header.title,
        text=revision.text,
        raw=revision.raw,
        source=source,
        raw_start=start,
        edits=revision.edits,
        number=note.number or header.number,
        issuer=note.issuer or header.issuer,
        issued_on=note.date or header.issued_on,
        kind=note.kind or header.kind,
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
    documents = []
    for place, line in numbered_lines(path):
        identifier, title, text = beir_fields(json_value(line, place), place)
        revision = repair(text)
        documents.append(
            Document(
                id=identifier,
                title=title or revision.text[:40],
                text=revision.text,
                raw=revision.raw,
                source=f"{source}#{identifier}",
                edits=revision.edits,
            )
        )
    if not documents:
        raise LoadError(f"文件是空的,没有可用的文字:{path}")
    return Reading(tuple(documents), tuple(whole_passage(item) for item in documents), ())

"""The whole way from a file to documents, passages and tasks."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.edits import Revision
from corpus.errors import LoadError, os_reason
from corpus.header import read_header
from corpus.ledger import read_ledger
from corpus.load import decode, read_text
from corpus.passages import cut_passages, whole_passage
from corpus.records import Document, Passage, Reading, Task
from corpus.repair import repair
from corpus.sources import SourceNote, read_note
from corpus.split import page_title_lines, split_documents

TEXT_SUFFIXES = frozenset({".txt", ".md"})
CORPUS_SUFFIXES = (".jsonl", ".jsonl.gz")
_ID_LENGTH = 12


def reader_version() -> str:
    """Name this reader: what another one read is read again.

    The hash of the package's own code, so that no change to a repair can be forgotten.
    """
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
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
    for line, record in _json_lines(path):
        identifier, title, text = _beir_fields(record, f"{path} 第 {line} 行")
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


def _beir_fields(record: object, place: str) -> tuple[str, str, str]:
    """Return `_id`, `title` and `text` of a BEIR line."""
    if not isinstance(record, dict):
        raise LoadError(f"{place}不是 JSON 对象")
    identifier, title, text = record.get("_id"), record.get("title") or "", record.get("text")
    if not (isinstance(identifier, str | int) and str(identifier).strip()):
        raise LoadError(f"{place}缺少 _id,或类型不对")
    if not (isinstance(title, str) and isinstance(text, str) and (text.strip() or title.strip())):
        raise LoadError(f"{place}缺少 text,或类型不对")
    try:
        f"{identifier}{title}{text}".encode()
    except UnicodeEncodeError as exc:
        raise LoadError(f"{place}含有残缺的字符(代理项)") from exc
    return str(identifier), title, text or title


def _json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        data = path.read_bytes()
        if path.name.lower().endswith(".gz"):
            data = gzip.decompress(data)
    except gzip.BadGzipFile as exc:
        raise LoadError(f"不是 gzip 压缩文件:{path}") from exc
    except (EOFError, zlib.error) as exc:
        raise LoadError(f"gzip 压缩文件已损坏:{path}") from exc
    except OSError as exc:
        raise LoadError(f"无法读取文件 {path}:{os_reason(exc)}") from exc
    for number, line in enumerate(decode(data, str(path)).split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as exc:
                raise LoadError(f"{path} 第 {number} 行不是 JSON") from exc

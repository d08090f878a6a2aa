"""The types `index` hands out: all frozen, all free of behaviour.

A row is the position of a document, passage or term in its table; rows never leave this
package, ids do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to index: where it is, and the name it goes by in documents and answers.

    `note` names whatever else its reading depends on; a file is read again when it changes.
    """

    path: Path
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage a search found, by id; scores compare only within one search."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Where:
    """What a search may return: passages of these documents and of these kinds; None is any."""

    documents: frozenset[str] | None = None
    kinds: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its texts, and how much it holds."""

    id: str
    title: str
    source: str
    characters: int
    passages: int
    tasks: int
    edits: int
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    kind: str | None = None
    addressees: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source file as it was indexed; the documents of the files lie in the order of files.

    `renamed` says that ids collided with another file's and got a suffix.
    """

    path: str
    source: str
    sha256: str
    size: int
    documents: int
    passages: int
    tasks: int
    note: str = ""
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class EncoderRecord:
    """The encoder a version was made with.

    `probe` is the start of the vector of a fixed text: another model under the same name
    gives another one.
    """

    name: str
    dimensions: int
    probe: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a version holds, without what was removed."""

    documents: int
    passages: int
    tasks: int
    segments: int = 1
    clusters: int = 0


@dataclass(frozen=True, slots=True)
class SegmentCounts:
    """How much a segment holds, what was removed since included; `tokens` in all passages."""

    documents: int
    passages: int
    tasks: int
    terms: int
    tokens: int


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a file of a version must be: its size and the CRC-32 of its bytes."""

    size: int
    crc32: int


@dataclass(frozen=True, slots=True)
class SegmentManifest:
    """What a segment is; its name is the hash of this."""

    format: int
    encoder: EncoderRecord
    counts: SegmentCounts
    files: dict[str, FileRecord]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version is: its segments and what holds for all of them; its id is the hash of this.

    `tokens` are those of the passages that are there.
    """

    format: int
    tokenizer: str
    reader: str
    encoder: EncoderRecord
    created_at: str
    counts: Counts
    tokens: int
    segments: tuple[str, ...]
    files: dict[str, FileRecord]


@dataclass(frozen=True, slots=True)
class Failure:
    """A source file that could not be indexed, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: the version now live, and where its parts came from.

    `published` is false when nothing had changed and the live version was left as it is.
    `files_read` and `files_reused` count source files, `vectors_reused` passages.
    """

    version: str
    published: bool
    counts: Counts
    files_read: int
    files_reused: int
    vectors_reused: int
    failures: tuple[Failure, ...] = ()

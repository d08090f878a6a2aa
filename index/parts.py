"""Parts: what is read in one go, as a segment of its own; several are read at once.

A part is named by all that it is made from, so that a build which was killed finds what it had
done. What a part holds is told by `part.json`, which is written last.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import IndexFormatError, LoadError, os_reason
from corpus.records import Reading
from index.codec import from_bytes, to_bytes
from index.collisions import agree, rename
from index.content import put_together
from index.files import Staging
from index.records import Failure, SourceFile
from index.segment import FORMAT, Segment
from index.tokens import tokenizer_version
from index.writing import Written, write_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from index.dense import Vectorizer
    from index.keys import Keys
    from index.reading import Reader
    from index.records import EncoderRecord

_PART, _BUILDING = "part.json", "building"
_WHOLE = bytes(16)  # the hash of a document that is no record


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a file: what it says, where it stands in words, and its hash."""

    text: str
    place: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Item:
    """A file, or some of its records, to be read; `names` are the new ids of its documents."""

    file: SourceFile
    digest: str
    records: tuple[Record, ...] | None = None
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A part to be made of items; `position` is how far the files are then read, in bytes."""

    items: tuple[Item, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Held:
    """How many documents of an item a part holds, or why it holds none."""

    documents: int
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part that was made: the name of its segment, empty where nothing could be read."""

    name: str
    held: tuple[Held, ...]
    vectors_reused: int = 0


def digest_of(record: str) -> bytes:
    """Return the hash by which a record is known to be unchanged."""
    return hashlib.blake2b(record.encode(errors="surrogatepass"), digest_size=16).digest()


def part_key(job: Job, reader: str, encoder: EncoderRecord) -> str:
    """Name a part by all that it is made from."""
    digest = hashlib.sha256(
        repr((FORMAT, tokenizer_version(), reader, encoder)).encode(errors="surrogatepass")
    )
    for item in job.items:
        told = (str(item.file.path), item.file.source, item.file.note, item.digest, item.names)
        digest.update(repr(told).encode(errors="surrogatepass"))
        for record in item.records or ():
            digest.update(record.digest)
    return digest.hexdigest()[:24]


def finished(folder: Path) -> Part | None:
    """Return the part in a folder, if one was made there and is sound."""
    try:
        part = from_bytes(Part, (folder / _PART).read_bytes())
        if part.name:
            Segment(folder / part.name, whole=True)
    except (OSError, ValueError, IndexFormatError):
        return None
    return part


def make_part(
    folder: Path,
    job: Job,
    reader: Reader,
    vectorizer: Vectorizer,
    checkpoint: Callable[[str], None] = lambda _: None,
) -> Part:
    """Read a job's items and write them as a part into a folder.

    :raises EncoderError: the model failed, or its vectors are unusable.
    :raises OSError: it could not be written.
    """
    shutil.rmtree(folder, ignore_errors=True)
    readings = [_read(item, reader) for item in job.items]
    held = tuple(
        Held(0, one) if isinstance(one, Failure) else Held(len(one.documents)) for one in readings
    )
    sound = [
        (item, one)
        for item, one in zip(job.items, readings, strict=True)
        if not isinstance(one, Failure)
    ]
    content = put_together([one for _, one in sound], _units(sound))
    written = Written("", 0)
    if content.documents:
        staging = Staging(folder / _BUILDING, checkpoint, durable=False)
        written = write_segment(staging, content, vectorizer)
        staging.folder.rename(folder / written.name)
    part = Part(written.name, held, written.vectors_reused)
    folder.mkdir(parents=True, exist_ok=True)
    if not any(one.failure for one in held):  # what failed is tried again
        (folder / _PART).write_bytes(to_bytes(part))
    return part


def _read(item: Item, reader: Reader) -> Reading | Failure:
    try:
        if item.records is None:
            reading = reader.read(item.file)
        else:
            reading = _joined(
                [reader.read_record(one.text, one.place, item.file) for one in item.records]
            )
        agree(reading)
    except LoadError as exc:
        return Failure(item.file.source, str(exc))
    except OSError as exc:
        return unreadable(item.file, exc)
    return rename(reading, dict(item.names)) if item.names else reading


def _joined(readings: Sequence[Reading]) -> Reading:
    return Reading(
        documents=tuple(one for each in readings for one in each.documents),
        passages=tuple(one for each in readings for one in each.passages),
        tasks=tuple(one for each in readings for one in each.tasks),
    )


def _units(readings: Sequence[tuple[Item, Reading]]) -> Keys:
    """The hash of the record each document was read from, as two numbers; zeros for whole files."""
    units = [
        one
        for item, reading in readings
        for one in (
            [record.digest for record in item.records]
            if item.records is not None
            else [_WHOLE] * len(reading.documents)
        )
    ]
    return np.frombuffer(b"".join(units), np.uint64).reshape(-1, 2)


def unreadable(file: SourceFile, exc: OSError) -> Failure:
    """Return the failure of a file that cannot be opened."""
    return Failure(file.source, f"文件 {file.path} 打不开:{os_reason(exc)}")

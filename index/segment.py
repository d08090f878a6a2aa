"""A segment: some documents with all that is searched of them, written once and never changed.

An index is one or more of them; what is removed stays in its segment until that is merged.
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from corpus.errors import IndexFormatError, os_reason
from corpus.records import Document, Passage, Task
from index.codec import from_bytes
from index.files import REBUILD, check, damaged, read_array
from index.postings import Postings
from index.records import DocumentSummary, Manifest, SegmentManifest
from index.sketching import Sketches
from index.tables import Lines, Table
from index.vectors import Vectors, read_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.keys import Keys

M = TypeVar("M", bound=SegmentManifest | Manifest)
FORMAT = 4
MANIFEST = "segment.json"
DENSE, HASHES = "dense", "hashes.npy"


class Segment:
    """An opened segment: frozen, readable from any thread; nothing is parsed but what is asked."""

    def __init__(self, folder: Path, *, whole: bool = False) -> None:
        """Open the segment in a folder; `whole` checks every byte of every file.

        :raises IndexFormatError: it is damaged, or of another format.
        """
        self.folder = folder
        self.manifest = read_manifest(SegmentManifest, folder / MANIFEST)
        for name, record in self.manifest.files.items():
            check(folder, name, record, whole=whole)
        counts = self.manifest.counts
        self.documents = Table(folder / "documents", counts.documents, Document)
        self.passages = Table(folder / "passages", counts.passages, Passage)
        self.summaries = Lines(folder / "documents", "summaries", counts.documents, DocumentSummary)
        self.tasks = Lines(folder, "tasks", counts.tasks, Task)
        self.first = read_array(folder / "passages" / "first.npy", "int64", (counts.documents + 1,))
        if int(self.first[-1]) != counts.passages:
            raise damaged(folder / "passages" / "first.npy", "与段落数不符")
        # The document of each task, and what each document was read from: see `index.units`.
        self.assigned = read_array(folder / "assigned.npy", "int32", (counts.tasks,))
        self.units = read_array(folder / "documents" / "units.npy", "uint64", (counts.documents, 2))
        self.postings = Postings(folder / "lexical", terms=counts.terms, passages=counts.passages)

    @property
    def name(self) -> str:
        """What the segment is called: the hash of what is in it."""
        return self.folder.name

    @functools.cached_property
    def kinds(self) -> tuple[tuple[str, ...], NDArray[np.int16]]:
        """The kinds of passages, and for each passage which one it is."""
        folder = self.folder / "passages"
        codes = read_array(folder / "kinds.npy", "int16", (self.manifest.counts.passages,))
        try:
            names = json.loads((folder / "kinds.json").read_bytes())
        except (OSError, ValueError) as exc:
            raise damaged(folder / "kinds.json", str(exc)) from exc
        return tuple(names), codes

    @functools.cached_property
    def sketches(self) -> Sketches:
        """What of each document's text is kept to find its copies by."""
        return Sketches(self.folder, self.manifest.counts.documents)

    def vectors(self) -> Vectors:
        """Open the vectors for searching.

        :raises IndexFormatError: they are damaged.
        """
        # faiss believes what it reads, so all of it is checked.
        for name, record in self.manifest.files.items():
            if name.startswith(f"{DENSE}/") and name.endswith(".faiss"):
                check(self.folder, name, record, whole=True)
        counts, encoder = self.manifest.counts, self.manifest.encoder
        return Vectors(self.folder / DENSE, passages=counts.passages, dimensions=encoder.dimensions)

    def raw_vectors(self) -> NDArray[np.float16]:
        """Return the vectors as they were written, one a passage."""
        counts, encoder = self.manifest.counts, self.manifest.encoder
        return read_vectors(
            self.folder / DENSE, passages=counts.passages, dimensions=encoder.dimensions
        )

    def hashes(self) -> Keys:
        """Return two numbers for each passage: the hash of the text its vector is of."""
        return read_array(
            self.folder / DENSE / HASHES, "uint64", (self.manifest.counts.passages, 2)
        )


def name_of(manifest: bytes) -> str:
    """Name a segment or a version by what it is."""
    return hashlib.sha256(manifest).hexdigest()[:16]


def read_manifest(kind: type[M], path: Path) -> M:
    """Read what a segment or a version is, from the folder that is named by it.

    :raises IndexFormatError: it is damaged, of another format or not what the name says.
    """
    try:
        raw = path.read_bytes()
        found = json.loads(raw).get("format")
    except OSError as exc:
        raise damaged(path, os_reason(exc)) from exc
    except (ValueError, AttributeError) as exc:
        raise damaged(path, str(exc)) from exc
    if found != FORMAT:
        raise IndexFormatError(
            f"索引 {path.parent} 的格式是 {found},本程序读格式 {FORMAT};{REBUILD}"
        )
    if name_of(raw) != path.parent.name:
        raise damaged(path, "内容与名称不符")
    try:
        return from_bytes(kind, raw)
    except ValueError as exc:
        raise damaged(path, str(exc)) from exc

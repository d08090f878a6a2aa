"""A published version, opened: segments, the order of what they hold, and what was removed.

`<home>/CURRENT` names the live version, `<home>/versions/<id>/` says which of
`<home>/segments/<name>/` it is made of. Opening checks formats, the tokenizer, every file's size,
the bytes of small files and that counts agree; then nothing is parsed but what is asked for.
"""

from __future__ import annotations

import fcntl
import functools
import json
import os
import re
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import IndexFormatError, IndexMissing, os_reason
from corpus.records import Cluster
from index.bm25 import Bm25
from index.files import REBUILD, check, damaged, read_array
from index.joined import Joined
from index.records import Manifest, SourceRecord
from index.removed import Removed
from index.segment import Segment, read_manifest
from index.tables import Lines
from index.tokens import tokenizer_version

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.records import Document, Passage, Task
    from index.records import DocumentSummary

CURRENT, VERSIONS, SEGMENTS, MANIFEST = "CURRENT", "versions", "segments", "manifest.json"
ORDER = "order.npy"
_ID = re.compile(r"[0-9a-f]{16}")


class Version:
    """One version: frozen, readable from any thread, and kept on disk while this lives.

    Rows count through all segments, what was removed included; no list or search gives that.
    """

    def __init__(self, folder: Path, *, whole: bool = False) -> None:
        """Open the version in a folder; `whole` checks every byte of every file.

        :raises IndexFormatError: it is damaged, of another format or from another tokenizer.
        """
        self.folder = folder
        _hold(self, folder)
        self.manifest = _manifest(folder)
        for name, record in self.manifest.files.items():
            check(folder, name, record, whole=whole)
        home = folder.parent.parent
        self.segments = tuple(
            Segment(home / SEGMENTS / name, whole=whole) for name in self.manifest.segments
        )
        self.documents: Joined[Document] = Joined([one.documents for one in self.segments])
        self.passages: Joined[Passage] = Joined([one.passages for one in self.segments])
        counts = self.manifest.counts
        # The rows of the documents that are there, in the order of the files.
        self.order = read_array(folder / ORDER, "int32", (counts.documents,))
        self._clusters = Lines(folder, "clusters", counts.clusters, Cluster)
        self.removed = Removed.read(folder, self.segments)
        self.lexical = Bm25(
            [one.postings for one in self.segments],
            self.removed,
            counts.passages,
            self.manifest.tokens,
        )
        self._check()

    def _check(self) -> None:
        held = len(self.documents), len(self.passages), sum(len(one.tasks) for one in self.segments)
        counts = self.manifest.counts
        there = counts.documents, counts.passages, counts.tasks
        if any(one > other for one, other in zip(there, held, strict=True)):
            raise damaged(self.folder / MANIFEST, "计数比各段的总和还多")
        if len(self.order) and not (0 <= self.order.min() <= self.order.max() < held[0]):
            raise damaged(self.folder / ORDER, "排序表越界")

    @property
    def id(self) -> str:
        """The version's name."""
        return self.folder.name

    @functools.cached_property
    def sources(self) -> tuple[SourceRecord, ...]:
        """The files that the version was read from, in order."""
        path = self.folder / "sources.offsets.npy"
        count = len(read_array(path, "int64", (None,))) - 1
        return Lines(self.folder, "sources", count, SourceRecord).all()

    @functools.cached_property
    def there(self) -> NDArray[np.bool_] | None:
        """Which documents are there; None where none was removed."""
        if len(self.order) == len(self.documents):
            return None
        there = np.zeros(len(self.documents), np.bool_)
        there[self.order] = True
        return there

    @functools.cached_property
    def passages_there(self) -> NDArray[np.bool_] | None:
        """Which passages are there; None where none was removed."""
        if self.there is None:
            return None
        return np.repeat(self.there, self._lengths())

    @functools.cached_property
    def places(self) -> NDArray[np.int64] | None:
        """For each passage where it stands in the order of the files; None where it is its row."""
        if self.there is None and bool((np.diff(self.order) > 0).all()):
            return None
        place = np.full(len(self.documents), len(self.documents), np.int64)
        place[self.order] = np.arange(len(self.order))
        # A document's passages stay in order, as the sort by which they are compared is stable.
        return np.repeat(place, self._lengths())

    def _lengths(self) -> NDArray[np.int64]:
        """How many passages each document has, row by row."""
        return np.concatenate([np.diff(one.first) for one in self.segments])

    @functools.cached_property
    def summaries(self) -> tuple[DocumentSummary, ...]:
        """Every document without its texts, in order."""
        joined = Joined([one.summaries for one in self.segments])
        return tuple(joined.get(int(row)) for row in self.order)

    @functools.cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Every task, in the order of the documents."""
        found: dict[int, list[Task]] = {}
        for base, segment in zip(self.documents.bases[:-1], self.segments, strict=True):
            for row, owner in enumerate((base + segment.assigned).tolist()):
                if self.there is None or self.there[owner]:
                    found.setdefault(owner, []).append(segment.tasks.get(row))
        place = {row: number for number, row in enumerate(self.order.tolist())} if found else {}
        return tuple(task for row in sorted(found, key=place.__getitem__) for task in found[row])

    @functools.cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The documents that are copies of each other."""
        return self._clusters.all()

    def document_row(self, document_id: str) -> int | None:
        """Return the row of a document that is there, or None."""
        return self._row(self.documents, self.there, document_id)

    def passage_row(self, passage_id: str) -> int | None:
        """Return the row of a passage that is there, or None."""
        return self._row(self.passages, self.passages_there, passage_id)

    def passages_of(self, row: int) -> range:
        """Return the rows of a document's passages."""
        number, inside = self.documents.locate(row)
        first, base = self.segments[number].first, int(self.passages.bases[number])
        return range(base + int(first[inside]), base + int(first[inside + 1]))

    def kinds_allowed(self, kinds: frozenset[str]) -> NDArray[np.bool_]:
        """Return which passages are of these kinds."""
        found = []
        for segment in self.segments:
            names, codes = segment.kinds
            found.append(np.isin(codes, [i for i, kind in enumerate(names) if kind in kinds]))
        return np.concatenate(found)

    @staticmethod
    def _row(
        joined: Joined[Document] | Joined[Passage], there: NDArray[np.bool_] | None, name: str
    ) -> int | None:
        rows = (row for row in joined.rows(name) if there is None or there[row])
        return next(rows, None)


def segments_of(folder: Path) -> tuple[str, ...]:
    """Return the names of the segments that a version is made of; none where it says nothing."""
    try:
        names = json.loads((folder / MANIFEST).read_bytes())["segments"]
    except (OSError, ValueError, LookupError, TypeError):
        return ()
    return tuple(map(str, names)) if isinstance(names, list) else ()


def current(home: Path) -> Path:
    """Return the folder of the live version.

    :raises IndexMissing: there is none in this home.
    :raises IndexFormatError: what names it is damaged, or it is gone.
    """
    pointer = home / CURRENT
    try:
        name = pointer.read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError) as exc:
        if _has_versions(home):
            raise damaged(pointer, "文件不存在,而索引的版本还在") from exc
        raise IndexMissing(f"{home} 里还没有索引,请先运行 gongjian index") from exc
    except IsADirectoryError as exc:
        raise damaged(pointer, "是文件夹,不是文件") from exc
    except OSError as exc:
        raise IndexFormatError(f"无法读取索引 {pointer}:{os_reason(exc)}") from exc
    except ValueError as exc:
        raise damaged(pointer, "内容不是版本名") from exc
    if not _ID.fullmatch(name):
        raise damaged(pointer, f"{name[:40]!r} 不是版本名")
    folder = home / VERSIONS / name
    if not folder.is_dir():
        raise damaged(pointer, f"所指的版本 {name} 不存在")
    return folder


def _has_versions(home: Path) -> bool:
    """Whether versions lie here that the lost pointer may have named."""
    try:
        return any(not folder.name.startswith(".") for folder in (home / VERSIONS).iterdir())
    except OSError:
        return False


def open_version(home: Path, *, whole: bool = False) -> Version:
    """Open the live version.

    :raises IndexMissing: there is none in this home.
    :raises IndexFormatError: it is damaged, of another format or from another tokenizer.
    """
    folder = current(home)
    while True:
        try:
            return Version(folder, whole=whole)
        except IndexFormatError:
            # A build may have replaced and removed it between the two steps.
            newer = current(home)
            if newer == folder:
                raise
            folder = newer


def _manifest(folder: Path) -> Manifest:
    manifest = read_manifest(Manifest, folder / MANIFEST)
    if manifest.tokenizer != tokenizer_version():
        raise IndexFormatError(
            f"索引 {folder} 用分词规则 {manifest.tokenizer} 建成,"
            f"本程序用 {tokenizer_version()};{REBUILD}"
        )
    return manifest


def _hold(version: Version, folder: Path) -> None:
    """Keep the version from being pruned while it is open."""
    try:
        handle = os.open(folder / MANIFEST, os.O_RDONLY)
    except OSError as exc:
        raise damaged(folder / MANIFEST, os_reason(exc)) from exc
    weakref.finalize(version, os.close, handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise damaged(folder / MANIFEST, "这个版本正在被清理") from exc
    except OSError:
        return  # a file system without locks: the checks that follow decide

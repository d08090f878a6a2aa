"""A published version on disk, opened: what it holds, read on demand.

`<home>/CURRENT` names the live version, `<home>/versions/<id>/` is it. Opening checks the
format, the tokenizer, every file's size, the bytes of small files and that counts agree;
then nothing is parsed but what is asked for.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import json
import os
import re
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import IndexFormatError, IndexMissing, os_reason
from corpus.records import Cluster, Document, Passage, Task
from index.bm25 import Bm25
from index.codec import from_bytes
from index.files import REBUILD, check, damaged, read_array
from index.records import DocumentSummary, Manifest
from index.tables import Lines, Table
from index.tokens import tokenizer_version

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 3
CURRENT, VERSIONS, MANIFEST = "CURRENT", "versions", "manifest.json"
_ID = re.compile(r"[0-9a-f]{16}")


class Version:
    """One version: frozen, readable from any thread, and kept on disk while this lives."""

    def __init__(self, folder: Path, *, whole: bool = False) -> None:
        """Open the version in a folder; `whole` checks every byte of every file.

        :raises IndexFormatError: it is damaged, of another format or from another tokenizer.
        """
        self.folder = folder
        _hold(self, folder)
        self.manifest = _manifest(folder)
        for name, record in self.manifest.files.items():
            check(folder, name, record, whole=whole)
        counts = self.manifest.counts
        self.documents = Table(folder / "documents", counts.documents, Document)
        self.passages = Table(folder / "passages", counts.passages, Passage)
        self._summaries = Lines(folder / "documents", "summaries", counts.documents)
        self._tasks = Lines(folder, "tasks", counts.tasks)
        self._clusters = Lines(folder, "clusters", counts.clusters)
        self.first = read_array(folder / "passages" / "first.npy", "int64", (counts.documents + 1,))
        if int(self.first[-1]) != counts.passages:
            raise damaged(folder / "passages" / "first.npy", "与段落数不符")
        self.lexical = Bm25(folder / "lexical", terms=counts.terms, passages=counts.passages)

    @property
    def id(self) -> str:
        """The version's name."""
        return self.folder.name

    @property
    def dense(self) -> Path:
        """The folder of vectors."""
        return self.folder / "dense"

    @functools.cached_property
    def summaries(self) -> tuple[DocumentSummary, ...]:
        """Every document without its texts, in order."""
        return self._summaries.all(DocumentSummary)

    @functools.cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Every task, in order."""
        return self._tasks.all(Task)

    @functools.cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The documents that are copies of each other."""
        return self._clusters.all(Cluster)

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


def version_id(manifest: bytes) -> str:
    """Name a version by what it is."""
    return hashlib.sha256(manifest).hexdigest()[:16]


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
        found = json.loads(raw).get("format")
    except (OSError, ValueError, AttributeError) as exc:
        raise damaged(path, str(exc)) from exc
    if found != FORMAT:
        raise IndexFormatError(f"索引 {folder} 的格式是 {found},本程序读格式 {FORMAT};{REBUILD}")
    if version_id(raw) != folder.name:
        raise damaged(path, "内容与版本名不符")
    try:
        manifest = from_bytes(Manifest, raw)
    except ValueError as exc:
        raise damaged(path, str(exc)) from exc
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

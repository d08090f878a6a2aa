"""What `gongjian index` does: paths become source files, a build runs under a progress bar."""

from __future__ import annotations

import fcntl
import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.terminal import warn
from corpus.errors import LoadError, PublishError
from corpus.reading import is_document
from corpus.sources import SHIPPED, SOURCES_FILE
from index.build import Options, build
from index.encoder import open_encoder
from index.local import LocalEngine
from index.milvus.records import Server
from index.records import BuildReport, SourceFile

Progress = Callable[[str, int, int], None]
_PUBLISHING = "milvus.lock"
_STAGES = {
    "read": "读取、切分、计算向量",
    "vectors": "计算向量",
    "copies": "比对副本",
    "merge": "整理",
    "publish": "发布",
    "tokens": "切分词语",
}


def collect(paths: Sequence[Path]) -> tuple[list[SourceFile], list[str]]:
    """Return the files that paths and folders hold, in order, and the names of those passed over.

    :raises LoadError: a path does not exist, or a folder holds no document.
    """
    files: list[SourceFile] = []
    passed: list[str] = []
    for path in paths or [SHIPPED]:
        if path.is_file():
            files.append(source_file(path, path.name))
        elif path.is_dir():
            inside, others = _in_folder(path)
            files += inside
            passed += others
        else:
            raise LoadError(f"路径不存在:{path}")
    return distinct(files), passed


def source_file(path: Path, name: str) -> SourceFile:
    """A file to index under a name; it is read again when the notes beside it change."""
    notes = path.parent / SOURCES_FILE
    note = hashlib.sha256(notes.read_bytes()).hexdigest()[:12] if notes.is_file() else ""
    return SourceFile(path.resolve(), name, note)


def _in_folder(folder: Path) -> tuple[list[SourceFile], list[str]]:
    files, passed = [], []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in Path(name).parts) or path.is_dir():
            continue
        if not path.is_file():  # a link that leads nowhere, a pipe
            passed.append(name)
            continue
        if is_document(path):
            files.append(source_file(path, name))
        elif path.name != SOURCES_FILE:
            passed.append(name)
    if not files:
        raise LoadError(f"文件夹里没有可以读取的文件:{folder}")
    return files, passed


def distinct(files: list[SourceFile]) -> list[SourceFile]:
    """Leave out files named twice; tell files of one name apart by their folders."""
    once = list({file.path: file for file in files}.values())
    for depth in (1, 2, 3):
        names = Counter(file.source for file in once)
        once = [
            replace(file, source="/".join(file.path.parts[-1 - depth :]))
            if names[file.source] > 1
            else file
            for file in once
        ]
    names = Counter(file.source for file in once)
    return [
        replace(file, source=file.path.as_posix()) if names[file.source] > 1 else file
        for file in once
    ]


def run_build(
    files: Sequence[SourceFile],
    home: Path,
    encoder: str | None,
    *,
    batch: int | None = None,
    unseen: Sequence[SourceFile] = (),
) -> BuildReport:
    """Build and publish, telling how far it is on standard error.

    :param batch: how many texts an encoder that is a transformer is given at once.
    :param unseen: files of the index that are kept without a look at them.
    :raises GongjianError: nothing could be read or published; the version that was live stands.
    """
    with progress_of(_STAGES) as shown:
        progress = _Within(shown)
        model = encoder and open_encoder(encoder, batch=batch, progress=progress.batches)
        options = Options(encoder=model or None, unseen=frozenset(unseen), progress=progress)
        created_at = datetime.now(UTC).isoformat(timespec="seconds")
        return build(files, home, created_at=created_at, options=options)


def run_publish(home: Path, server: Server) -> None:
    """Make Milvus answer with the index of a home, telling how far it is on standard error.

    :raises GongjianError: it cannot be reached or written; what was live there still is.
    """
    from index.milvus.publishing import publish_version

    with _alone(home), progress_of(_STAGES) as progress:
        publish_version(LocalEngine.open(home), server, progress=progress)
    warn(f"Milvus({server.shown})已用上这个版本")


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Keep a second publisher of this home out: it would remove what this one is writing."""
    with (home / _PUBLISHING).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise PublishError(f"另一个进程正在把 {home} 发布到 Milvus,请等它结束后再试") from exc
        yield


@contextmanager
def progress_of(stages: Mapping[str, str]) -> Iterator[Progress]:
    """A bar for each stage on standard error, under its name; where nobody watches, a line."""
    if not sys.stderr.isatty():
        yield _Plain(stages)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, int] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stages.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield show


class _Within:
    """Progress that also hears of the batches within one call of a slow encoder."""

    def __init__(self, show: Progress) -> None:
        self._show = show
        self._begun = self._of = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        self._begun, self._of = done, total
        self._show(stage, done, total)

    def batches(self, done: int, _: int) -> None:
        """Add what is done of the call that goes on."""
        if self._of:
            self._show("vectors", self._begun + done, self._of)


class _Plain:
    """Progress where nobody watches: one line a stage."""

    def __init__(self, stages: Mapping[str, str]) -> None:
        self._stages, self._told = stages, set[str]()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self._told:  # parts go through the same stages, one after the other
            self._told.add(stage)
            sys.stderr.write(f"{self._stages.get(stage, stage)}…\n")

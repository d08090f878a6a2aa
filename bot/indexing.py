"""What `gongjian index` does: paths become source files, a build runs under a progress bar."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import GongjianError, LoadError
from corpus.reading import is_document, read_file, reader_version
from corpus.records import Reading
from corpus.sources import SHIPPED, SOURCES_FILE
from index.build import build
from index.encoder import open_encoder
from index.records import BuildReport, SourceFile

Progress = Callable[[str, int, int], None]
_STAGES = {
    "read": "读取文件",
    "copies": "比对副本",
    "tokens": "切分词语",
    "vectors": "计算向量",
    "publish": "发布",
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
    files: Sequence[SourceFile], home: Path, encoder: str | None, *, batch: int | None = None
) -> BuildReport:
    """Build and publish, telling how far it is on standard error.

    :param batch: how many texts an encoder that is a transformer is given at once.
    :raises GongjianError: nothing could be read or published; the version that was live stands.
    """
    with progress_of(_STAGES) as shown:
        progress = _Within(shown)
        model = encoder and open_encoder(encoder, batch=batch, progress=progress.batches)
        return build(
            files,
            home,
            read=read,
            reader_version=reader_version(),
            encoder=model or None,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            progress=progress,
        )


def read(file: SourceFile) -> Reading:
    """Read a file; whatever goes wrong in it is that file's failure, never the build's.

    :raises LoadError: the file cannot be read.
    """
    try:
        return read_file(file.path, file.source)
    except (GongjianError, OSError):
        raise
    except Exception as exc:
        raise LoadError(f"读取 {file.path} 时出错({type(exc).__name__}:{exc})") from exc


@contextmanager
def progress_of(stages: Mapping[str, str]) -> Iterator[Progress]:
    """A bar for each stage on standard error, under its name; where nobody watches, a line."""
    if not sys.stderr.isatty():
        yield _Plain(stages)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
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
        self._stages, self._stage = stages, ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._stage = stage
            sys.stderr.write(f"{self._stages.get(stage, stage)}…\n")

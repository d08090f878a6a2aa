"""Source files become readings: read anew, or taken over from the live version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import LoadError, os_reason
from corpus.records import Reading, Task
from index.collisions import Taken, admit
from index.records import Failure, SourceFile, SourceRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from index.store import Version


@dataclass(frozen=True, slots=True)
class Gathered:
    """Every readable file's reading, in order, and what each file was.

    `unchanged` says that the live version holds exactly this; the readings are then empty.
    """

    readings: tuple[Reading, ...]
    sources: tuple[SourceRecord, ...]
    failures: tuple[Failure, ...]
    reused: int
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    file: SourceFile
    sha256: str
    size: int
    before: int | None  # its place among the live version's sources


def gather(
    files: Sequence[SourceFile],
    live: Version | None,
    *,
    read: Callable[[SourceFile], Reading],
    reader: str,
    may_stop: bool,
    progress: Callable[[str, int, int], None],
) -> Gathered:
    """Read what is new or changed; take the rest over from the live version.

    :param may_stop: take nothing over when the live version holds exactly these files.
    :raises LoadError: not one file could be read.
    """
    failures: dict[SourceFile, Failure] = {}
    plans = list(_plan(files, live if live and live.manifest.reader == reader else None, failures))
    fresh: dict[SourceFile, Reading] = {}
    unknown = [plan.file for plan in plans if plan.before is None]
    _read_all(unknown, read, fresh, failures, progress)
    if may_stop and live and not fresh and _same(plans, live, failures):
        kept = len(live.manifest.sources)
        return Gathered((), live.manifest.sources, _sorted(files, failures), kept, unchanged=True)
    # Ids that had to give way may have their place free now, so those files are read again.
    again = [plan.file for plan in plans if plan.before is not None and _renamed(live, plan)]
    _read_all(again, read, fresh, failures, progress)
    return _assemble(files, plans, live, fresh, failures)


def _plan(
    files: Sequence[SourceFile], live: Version | None, failures: dict[SourceFile, Failure]
) -> Iterator[_Plan]:
    sources = live.manifest.sources if live else ()
    places = {(one.path, one.source, one.sha256, one.note): row for row, one in enumerate(sources)}
    for file in dict.fromkeys(files):
        try:
            with file.path.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
                size = opened.tell()
        except OSError as exc:
            failures[file] = _unreadable(file, exc)
            continue
        place = (str(file.path), file.source, digest, file.note)
        yield _Plan(file, digest, size, places.get(place))


def _read_all(
    files: Sequence[SourceFile],
    read: Callable[[SourceFile], Reading],
    fresh: dict[SourceFile, Reading],
    failures: dict[SourceFile, Failure],
    progress: Callable[[str, int, int], None],
) -> None:
    for done, file in enumerate(files):
        progress("read", done, len(files))
        try:
            fresh[file] = read(file)
        except LoadError as exc:
            failures[file] = Failure(file.source, str(exc))
        except OSError as exc:
            failures[file] = _unreadable(file, exc)
    if files:
        progress("read", len(files), len(files))


def _assemble(
    files: Sequence[SourceFile],
    plans: Sequence[_Plan],
    live: Version | None,
    fresh: dict[SourceFile, Reading],
    failures: dict[SourceFile, Failure],
) -> Gathered:
    taken = Taken(set(), set(), set())
    readings: list[Reading] = []
    sources: list[SourceRecord] = []
    old = list(_slices(live)) if live else []
    for plan in (plan for plan in plans if plan.file not in failures):
        reading = fresh.get(plan.file) or _taken_over(live, old, plan.before)
        try:
            admitted = admit(reading, taken)
        except LoadError as exc:
            failures[plan.file] = Failure(plan.file.source, str(exc))
            continue
        readings.append(admitted)
        sources.append(_record(plan, admitted, renamed=admitted is not reading))
    reported = _sorted(files, failures)
    if not readings:
        why = reported[0].reason if reported else "没有给出文件"
        raise LoadError(f"没有一个文件可以建索引:{why}")
    reused = sum(plan.file not in fresh and plan.file not in failures for plan in plans)
    return Gathered(tuple(readings), tuple(sources), reported, reused)


def _record(plan: _Plan, reading: Reading, *, renamed: bool) -> SourceRecord:
    return SourceRecord(
        path=str(plan.file.path),
        source=plan.file.source,
        sha256=plan.sha256,
        size=plan.size,
        documents=len(reading.documents),
        passages=len(reading.passages),
        tasks=len(reading.tasks),
        note=plan.file.note,
        renamed=renamed,
    )


@dataclass(frozen=True, slots=True)
class _Slice:
    documents: range
    tasks: tuple[Task, ...]


def _slices(live: Version) -> Iterator[_Slice]:
    document = task = 0
    for one in live.manifest.sources:
        after = document + one.documents, task + one.tasks
        yield _Slice(range(document, after[0]), live.tasks[task : after[1]])
        document, task = after


def _taken_over(live: Version | None, old: Sequence[_Slice], place: int | None) -> Reading:
    if live is None or place is None:
        raise ValueError("a file was neither read nor there before")
    rows = old[place].documents
    passages = range(int(live.first[rows.start]), int(live.first[rows.stop]))
    return Reading(
        documents=tuple(map(live.documents.get, rows)),
        passages=tuple(map(live.passages.get, passages)),
        tasks=old[place].tasks,
    )


def _same(plans: Sequence[_Plan], live: Version, failures: dict[SourceFile, Failure]) -> bool:
    kept = [plan.before for plan in plans if plan.file not in failures]
    return kept == list(range(len(live.manifest.sources)))


def _renamed(live: Version | None, plan: _Plan) -> bool:
    return bool(live and plan.before is not None and live.manifest.sources[plan.before].renamed)


def _unreadable(file: SourceFile, exc: OSError) -> Failure:
    return Failure(file.source, f"文件 {file.path} 打不开:{os_reason(exc)}")


def _sorted(
    files: Sequence[SourceFile], failures: dict[SourceFile, Failure]
) -> tuple[Failure, ...]:
    return tuple(failures[file] for file in dict.fromkeys(files) if file in failures)

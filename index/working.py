"""Jobs done, one after the other or several at once, each in a process of its own."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import PublishError
from index.dense import Vectorizer
from index.encoder import open_encoder
from index.parts import Job, Part, finished, make_part, part_key
from index.piece_encoder import PieceEncoder
from index.static_encoder import StaticEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from index.reading import Reader
    from index.records import EncoderRecord, SourceFile

# Below this, processes take longer to start than one takes to read.
_PARALLEL_FROM = 4_000_000
_WAITING = 2  # jobs beyond those being done: bounds memory
_worker: tuple[Reader, Vectorizer] | None = None  # of a process of the pool


@dataclass(frozen=True, slots=True)
class Made:
    """A job that was done, without what it was made from: that would be the whole corpus.

    `files` are those of its items, `position` how far the files are then read.
    """

    files: tuple[SourceFile, ...]
    position: int
    part: Part
    folder: Path


@dataclass(frozen=True, slots=True)
class Workshop:
    """What parts are made with, and where; `tell` hears how far the files are read, in bytes."""

    folder: Path
    reader: Reader
    vectorizer: Vectorizer
    tell: Callable[[int], None]
    checkpoint: Callable[[str], None]

    def make(self, jobs: Iterable[Job], *, size: int, processes: int) -> list[Made]:
        """Do jobs, of so many bytes together; return them in order.

        :raises EncoderError: the model failed, or its vectors are unusable.
        :raises PublishError: a process died.
        :raises OSError: a part could not be written.
        """
        # A heavy model uses all cores by itself, and has no room for a second of its kind.
        light = isinstance(self.vectorizer.encoder, PieceEncoder | StaticEncoder)
        if processes > 1 and light and size >= _PARALLEL_FROM:
            return self._at_once(jobs, processes)
        return [self._one(job) for job in jobs]

    def _one(self, job: Job) -> Made:
        folder = self._place(job)
        part = finished(folder)
        if part is None:
            part = make_part(folder, job, self.reader, self.vectorizer, self.checkpoint)
        self.tell(job.position)
        return _made(job, part, folder)

    def _place(self, job: Job) -> Path:
        return self.folder / part_key(job, self.reader.version, self.vectorizer.record)

    def _at_once(self, jobs: Iterable[Job], processes: int) -> list[Made]:
        made: dict[int, Made] = {}
        pool = ProcessPoolExecutor(
            processes,
            # A copy of this process would have its threads' locks, but not its threads.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self.reader, self.vectorizer.encoder.name, self.vectorizer.record),
        )
        try:
            running: dict[Future[Part], tuple[int, Job]] = {}
            for number, job in enumerate(jobs):
                future = pool.submit(_work, self._place(job), job)
                running[future] = number, job
                if len(running) >= processes + _WAITING:
                    self._collect(running, made)
            while running:
                self._collect(running, made)
        except BrokenProcessPool as exc:
            raise PublishError(
                "建索引的一个进程意外结束(常因内存不足),原有索引未改动;再次运行会接着做"
            ) from exc
        finally:
            pool.shutdown(cancel_futures=True)
        return [made[number] for number in sorted(made)]

    def _collect(self, running: dict[Future[Part], tuple[int, Job]], made: dict[int, Made]) -> None:
        """Take what is done; wait until something is."""
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            number, job = running.pop(future)
            made[number] = _made(job, future.result(), self._place(job))
            self.checkpoint("part")
        # Jobs end out of order: what comes before the first that is missing has been read.
        whole = next((n for n in range(len(made) + 1) if n not in made), 0)
        if whole:
            self.tell(made[whole - 1].position)


def _made(job: Job, part: Part, folder: Path) -> Made:
    return Made(tuple(item.file for item in job.items), job.position, part, folder)


def _begin(reader: Reader, encoder: str, record: EncoderRecord) -> None:
    """Make a process of the pool ready; each uses one core."""
    global _worker
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    _worker = reader, Vectorizer(open_encoder(encoder), record)


def _work(folder: Path, job: Job) -> Part:
    if _worker is None:
        raise RuntimeError("the process was not made ready")
    return finished(folder) or make_part(folder, job, *_worker)

"""Build a version from source files and make it live."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import IndexFormatError, IndexMissing, LoadError
from index.copying import clusters_of
from index.dense import Vectorizer, record_of, same
from index.drafting import Draft, draft_of
from index.encoder import Encoder, open_encoder
from index.naming import clashes, stolen_passages
from index.piece_encoder import SHIPPED_NAME
from index.planning import Plan
from index.publish import publish, sole_builder, staged
from index.reading import CorpusReader
from index.records import BuildReport, Counts, Manifest, SourceFile
from index.segment import FORMAT
from index.settling import settle
from index.store import ORDER, Version, open_version
from index.tables import write_lines
from index.tokens import tokenizer_version
from index.working import Made, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from corpus.records import Cluster
    from index.files import Staging
    from index.naming import Names
    from index.reading import Reader
    from index.settling import Settled

    _Progress = Callable[[str, int, int], None]

_PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Options:
    """How to build; every default is what `gongjian index` does.

    `unseen` are files that the live version holds and that are kept without a look at them.
    `processes` is how many read at once where there is much to read; by default as many as
    there are cores. `progress` hears (step, done, total); steps: read, vectors (in passages; where
    the encoder is heavy), copies, merge, publish. `checkpoint` hears the name of every step on
    the way to the disk.
    """

    reader: Reader | None = None
    encoder: Encoder | str | None = None
    unseen: frozenset[SourceFile] = frozenset()
    processes: int | None = None
    progress: _Progress = lambda step, done, total: None
    checkpoint: Callable[[str], None] = lambda step: None


def build(
    files: Sequence[SourceFile], home: Path, *, created_at: str, options: Options | None = None
) -> BuildReport:
    """Make the index in a home hold exactly these files.

    What the live version has unchanged, by content and by the version of the reader, is taken
    over; where nothing changed nothing is published. A file that cannot be read is reported, and
    the rest indexed. What a killed build had done is taken over too.

    :raises LoadError: not one file could be read; the live version stands.
    :raises PublishError: another build is running, or the disk refuses; likewise.
    :raises EncoderError: the encoder cannot be loaded, or fails.
    :raises MissingExtra: the encoder needs sentence-transformers, which is not installed.
    """
    options = options or Options()
    chosen = options.encoder or SHIPPED_NAME
    model = open_encoder(chosen) if isinstance(chosen, str) else chosen
    with sole_builder(home):
        return _Builder(home, model, options).run(files, created_at)


class _Builder:
    """A build under way, which holds its home."""

    def __init__(self, home: Path, model: Encoder, options: Options) -> None:
        self._home, self._model, self._options = home, model, options
        self._reader = options.reader or CorpusReader()
        self._record = record_of(model)
        # What is kept unseen is not checked either, byte by byte: that would be to look at it.
        live = _live(home, whole=not options.unseen)
        alike = live is not None and same(live.manifest.encoder, self._record)
        self._known = live.segments if live and alike else ()
        may_keep = alike and live is not None and live.manifest.reader == self._reader.version
        self._live = live if may_keep else None

    def run(self, files: Sequence[SourceFile], created_at: str) -> BuildReport:
        """Read what must be read, and publish what came of it."""
        draft = self._draft(files)
        self._options.checkpoint("read")
        if not sum(map(len, draft.rows)):
            failures = draft.failures()
            why = failures[0].reason if failures else "没有给出文件"
            raise LoadError(f"没有一个文件可以建索引:{why}")
        if self._live and self._unchanged(draft, self._live):
            return _report(self._live.id, self._live.manifest, draft, published=False)
        name, manifest = self._publish(draft, created_at)
        shutil.rmtree(self._home / _PARTS, ignore_errors=True)
        return _report(name, manifest, draft, published=True)

    def _draft(self, files: Sequence[SourceFile]) -> Draft:
        """Read files, some of them again where ids clash."""
        names: Names = {}
        while True:
            plan = Plan(files, self._live, self._reader, unseen=self._options.unseen, names=names)
            draft = draft_of(plan, self._live, self._read(plan))
            if len(draft.segments) == draft.old and not names:
                return draft
            again, failures = clashes(draft)
            if not again:
                draft = draft.without(failures)
                return draft.without(stolen_passages(draft))
            for file, given in again.items():
                names[file] = {**names.get(file, {}), **given}

    def _read(self, plan: Plan) -> list[Made]:
        size, progress = plan.size, self._options.progress
        if size:
            progress("read", 0, size)
        vectorizer = Vectorizer(
            self._model,
            self._record,
            self._known,
            partial(progress, "vectors"),
        )
        workshop = Workshop(
            self._home / _PARTS,
            self._reader,
            vectorizer,
            lambda position: progress("read", position, size),
            self._options.checkpoint,
        )
        processes = self._options.processes or os.cpu_count() or 1
        return workshop.make(plan.jobs(), size=size, processes=processes)

    def _unchanged(self, draft: Draft, live: Version) -> bool:
        return (
            len(draft.segments) == draft.old
            and np.array_equal(draft.order, live.order)
            and draft.sources() == live.sources
        )

    def _publish(self, draft: Draft, created_at: str) -> tuple[str, Manifest]:
        progress, checkpoint = self._options.progress, self._options.checkpoint
        progress("copies", 0, 1)
        clusters = clusters_of(draft, self._live.clusters if self._live else ())
        progress("copies", 1, 1)
        settled = settle(
            draft,
            self._live,
            self._home,
            partial(progress, "merge"),
            checkpoint,
        )
        with staged(self._home, checkpoint) as staging:
            progress("publish", 0, 1)
            manifest = self._manifest(staging, draft, settled, clusters, created_at)
            name = publish(self._home, staging, manifest, checkpoint)
            progress("publish", 1, 1)
        return name, manifest

    def _manifest(
        self,
        staging: Staging,
        draft: Draft,
        settled: Settled,
        clusters: Sequence[Cluster],
        created_at: str,
    ) -> Manifest:
        """Write what a version has beside its segments."""
        sources = draft.sources()
        staging.write_array(ORDER, settled.order.astype(np.int32))
        write_lines(staging, "sources", sources)
        write_lines(staging, "clusters", clusters)
        settled.removed.write(staging)
        counts = Counts(
            documents=len(settled.order),
            passages=sum(one.passages for one in sources),
            tasks=sum(one.tasks for one in sources),
            segments=len(settled.segments),
            clusters=len(clusters),
        )
        if not counts.passages:
            raise LoadError("给出的文件里没有可检索的文字,索引未改动")
        return Manifest(
            format=FORMAT,
            tokenizer=tokenizer_version(),
            reader=self._reader.version,
            encoder=self._record,
            created_at=created_at,
            counts=counts,
            tokens=settled.tokens,
            segments=settled.segments,
            files=dict(staging.files),
        )


def _live(home: Path, *, whole: bool) -> Version | None:
    try:
        return open_version(home, whole=whole)
    except (IndexMissing, IndexFormatError):
        return None  # nothing to take over from what is not there or not sound


def _report(name: str, manifest: Manifest, draft: Draft, *, published: bool) -> BuildReport:
    sources = sum(not one.failure for one in draft.entries)
    return BuildReport(
        version=name,
        published=published,
        counts=manifest.counts,
        files_read=sources - draft.reused,
        files_reused=draft.reused,
        vectors_reused=draft.vectors_kept(),
        failures=draft.failures(),
    )

"""Build a version from source files and make it live."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus.duplicates.clusters import find_clusters
from corpus.errors import IndexFormatError, IndexMissing, LoadError
from corpus.reading import CORPUS_SUFFIXES
from index import dense
from index.bm25 import write_bm25
from index.content import Content, put_together, searched, write_content
from index.encoder import Encoder, open_encoder
from index.gather import Gathered, gather
from index.piece_encoder import SHIPPED_NAME
from index.publish import publish, sole_builder, staged
from index.records import BuildReport, Counts, EncoderRecord, Manifest, SourceFile, SourceRecord
from index.store import FORMAT, Version, open_version
from index.tokens import tokenize, tokenizer_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from corpus.records import Document, Reading
    from index.files import Staging

    _Progress = Callable[[str, int, int], None]

_TOLD_EVERY = 500  # passages between two words of progress


def build(
    files: Sequence[SourceFile],
    home: Path,
    *,
    read: Callable[[SourceFile], Reading],
    reader_version: str,
    created_at: str,
    encoder: Encoder | str | None = None,
    progress: _Progress | None = None,
    checkpoint: Callable[[str], None] | None = None,
) -> BuildReport:
    """Make the index in a home hold exactly these files.

    What the live version has unchanged, by content and by `reader_version`, is taken over;
    where nothing changed nothing is published. A file that cannot be read is reported, and
    the rest indexed. Without an `encoder` (or the name of one) the shipped one is used.

    :param read: reads one file; raises LoadError for one that cannot be read.
    :param progress: hears (step, done, total); steps: read, copies, tokens, vectors, publish.
    :param checkpoint: hears the name of every step on the way to the disk.
    :raises LoadError: not one file could be read; the live version stands.
    :raises PublishError: another build is running, or the disk refuses; likewise.
    :raises EncoderError: the encoder cannot be loaded, or fails.
    :raises MissingExtra: the encoder needs sentence-transformers, which is not installed.
    """
    tell, pass_by = progress or _ignore, checkpoint or _ignore
    chosen = encoder or SHIPPED_NAME
    model = open_encoder(chosen) if isinstance(chosen, str) else chosen
    with sole_builder(home):
        live = _live(home)
        same = live is not None and _same_encoder(live, model)
        found = gather(files, live, read=read, reader=reader_version, may_stop=same, progress=tell)
        pass_by("read")
        if live and found.unchanged:
            return _report(live.id, live.manifest, found, vectors=0, published=False)
        with staged(home, pass_by) as staging:
            known = live if same else None
            written = _write(staging, found, model, known, tell)
            manifest = written.manifest(reader_version, created_at, staging)
            tell("publish", 0, 1)
            name = publish(home, staging, manifest, pass_by)
            tell("publish", 1, 1)
    return _report(name, manifest, found, vectors=written.vectors_reused, published=True)


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written of a version but for its manifest."""

    sources: tuple[SourceRecord, ...]
    counts: Counts
    encoder: EncoderRecord
    vectors_reused: int

    def manifest(self, reader: str, created_at: str, staging: Staging) -> Manifest:
        return Manifest(
            format=FORMAT,
            tokenizer=tokenizer_version(),
            reader=reader,
            encoder=self.encoder,
            created_at=created_at,
            counts=self.counts,
            sources=self.sources,
            files=dict(staging.files),
        )


def _write(
    staging: Staging,
    found: Gathered,
    model: Encoder,
    known: Version | None,
    progress: _Progress,
) -> _Written:
    content = _content(found, progress)
    terms = _write_lexical(staging, content, progress)
    record, reused = _write_dense(staging, content, model, known, progress)
    return _Written(found.sources, _counts(content, terms), record, reused)


def _content(found: Gathered, progress: _Progress) -> Content:
    content = put_together(found.readings)
    if not content.passages:
        raise LoadError("给出的文件里没有可检索的文字,索引未改动")
    progress("copies", 0, 1)
    clusters = find_clusters(_whole_documents(found))
    progress("copies", 1, 1)
    return replace(content, clusters=clusters)


def _whole_documents(found: Gathered) -> list[Document]:
    """The documents that may be copies of each other; a record of a BEIR corpus is none.

    There each passage is a document of its own, and is judged as itself.
    """
    return [
        document
        for source, reading in zip(found.sources, found.readings, strict=True)
        if not source.path.lower().endswith(CORPUS_SUFFIXES)
        for document in reading.documents
    ]


def _write_lexical(staging: Staging, content: Content, progress: _Progress) -> int:
    write_content(staging, content)
    return write_bm25(staging, "lexical", _tokens(content, progress))


def _tokens(content: Content, progress: _Progress) -> Iterator[Sequence[str]]:
    total = len(content.passages)
    for done, passage in enumerate(content.passages):
        if done % _TOLD_EVERY == 0:
            progress("tokens", done, total)
        yield tokenize(searched(passage))
    progress("tokens", total, total)


def _write_dense(
    staging: Staging,
    content: Content,
    model: Encoder,
    known: Version | None,
    progress: _Progress,
) -> tuple[EncoderRecord, int]:
    texts = [searched(passage) for passage in content.passages]
    return dense.record_of(model), dense.write_dense(staging, model, texts, known, progress)


def _same_encoder(live: Version, model: Encoder) -> bool:
    return dense.same(live.manifest.encoder, dense.record_of(model))


def _live(home: Path) -> Version | None:
    try:
        return open_version(home, whole=True)
    except (IndexMissing, IndexFormatError):
        return None  # nothing to take over from what is not there or not sound


def _counts(content: Content, terms: int) -> Counts:
    return Counts(
        documents=len(content.documents),
        passages=len(content.passages),
        tasks=len(content.tasks),
        terms=terms,
        clusters=len(content.clusters),
    )


def _report(
    name: str, manifest: Manifest, found: Gathered, *, vectors: int, published: bool
) -> BuildReport:
    return BuildReport(
        version=name,
        published=published,
        counts=manifest.counts,
        files_read=len(found.sources) - found.reused,
        files_reused=found.reused,
        vectors_reused=vectors,
        failures=found.failures,
    )


def _ignore(*_: object) -> None:
    """Hear nothing."""

"""Segments written: from what was read, or from several that become one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.duplicates.sketches import Sketch, no_sketch, sketch_of
from corpus.reading import holds_records
from index.codec import to_bytes
from index.content import kept_passages, kept_tasks, merge_content, searched, write_content
from index.dense import merge_dense, write_dense
from index.kept import count
from index.postings import merge_postings, write_postings
from index.records import SegmentCounts, SegmentManifest
from index.segment import FORMAT, MANIFEST, name_of
from index.sketching import merge_sketches, write_sketches
from index.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from corpus.records import Document
    from index.content import Content
    from index.dense import Vectorizer
    from index.files import Staging
    from index.kept import Kept
    from index.records import EncoderRecord
    from index.segment import Segment

_LEXICAL = "lexical"


@dataclass(frozen=True, slots=True)
class Written:
    """A segment that was written: its name, and how many vectors were known before."""

    name: str
    vectors_reused: int


def write_segment(staging: Staging, content: Content, vectorizer: Vectorizer) -> Written:
    """Write a segment of what was read.

    :raises EncoderError: the model failed, or its vectors are unusable.
    :raises OSError: it could not be written.
    """
    texts = [searched(passage) for passage in content.passages]
    write_content(staging, content)
    write_sketches(staging, [_sketch(one) for one in content.documents])
    terms = write_postings(staging, _LEXICAL, map(tokenize, texts))
    reused = write_dense(staging, texts, vectorizer)
    documents, tasks = len(content.documents), len(content.tasks)
    name = _close(staging, vectorizer.record, terms=terms, documents=documents, tasks=tasks)
    return Written(name, reused)


def merge_segments(
    staging: Staging,
    parts: Sequence[tuple[Segment, Kept]],
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> str:
    """Write the kept documents of several segments as one; return its name.

    :param tell: hears how many of the steps are done, of how many.
    :raises IndexFormatError: a segment is damaged.
    :raises OSError: it could not be written.
    """
    passages = [(one, kept_passages(one, kept)) for one, kept in parts]
    merge_content(staging, parts)
    tell(1, 4)
    merge_sketches(staging, [(one.sketches, kept) for one, kept in parts])
    terms = merge_postings(staging, _LEXICAL, [(one.postings, kept) for one, kept in passages])
    tell(2, 4)
    merge_dense(staging, passages)
    tell(3, 4)
    documents = sum(count(len(one.documents), kept) for one, kept in parts)
    tasks = sum(count(len(one.tasks), kept_tasks(one, kept)) for one, kept in parts)
    encoder = parts[0][0].manifest.encoder
    return _close(staging, encoder, terms=terms, documents=documents, tasks=tasks)


def _close(
    staging: Staging, encoder: EncoderRecord, *, terms: int, documents: int, tasks: int
) -> str:
    lengths = np.load(staging.folder / _LEXICAL / "lengths.npy")
    counts = SegmentCounts(documents, len(lengths), tasks, terms, int(lengths.sum()))
    manifest = SegmentManifest(FORMAT, encoder, counts, dict(staging.files))
    raw = to_bytes(manifest)
    staging.write(MANIFEST, [raw])
    staging.settle()
    return name_of(raw)


def _sketch(document: Document) -> Sketch:
    """What finds the copies of a document; a record of a BEIR corpus has none.

    There each passage is a document of its own, and is judged as itself.
    """
    file, _, _ = document.source.rpartition("#")
    return no_sketch() if holds_records(Path(file)) else sketch_of(document.text)

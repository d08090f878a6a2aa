"""Readings put together in the order of rows, and written as the tables of a version."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.records import DocumentSummary
from index.tables import write_lines, write_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus.records import Cluster, Document, Passage, Reading, Task
    from index.files import Staging


@dataclass(frozen=True, slots=True)
class Content:
    """All documents, their passages (document by document), their tasks, which are copies."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    tasks: tuple[Task, ...]
    clusters: tuple[Cluster, ...] = ()


def put_together(readings: Iterable[Reading]) -> Content:
    """Lay readings one after the other, passages in the order of their documents."""
    documents: list[Document] = []
    passages: list[Passage] = []
    tasks: list[Task] = []
    for one in readings:
        place = {document.id: row for row, document in enumerate(one.documents)}
        documents.extend(one.documents)
        passages.extend(sorted(one.passages, key=lambda each: place[each.span.document_id]))
        tasks.extend(one.tasks)
    return Content(tuple(documents), tuple(passages), tuple(tasks))


def searched(passage: Passage) -> str:
    """Return the text a passage is found by: what its reader knows on arriving, and itself."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def write_content(staging: Staging, content: Content) -> None:
    """Write documents, passages, tasks and clusters of copies.

    :raises OSError: they could not be written.
    """
    held = Counter(passage.span.document_id for passage in content.passages)
    assigned = Counter(task.document_id for task in content.tasks)
    lengths = np.array([held[one.id] for one in content.documents], np.int64)
    write_table(staging, "documents", content.documents)
    write_lines(
        staging,
        "documents/summaries",
        (_summary(one, held[one.id], assigned[one.id]) for one in content.documents),
    )
    write_table(staging, "passages", content.passages)
    staging.write_array("passages/first.npy", np.concatenate([[0], np.cumsum(lengths)]))
    _write_kinds(staging, content.passages)
    write_lines(staging, "tasks", content.tasks)
    write_lines(staging, "clusters", content.clusters)


def _write_kinds(staging: Staging, passages: Iterable[Passage]) -> None:
    kinds = [passage.kind for passage in passages]
    codes = {kind: code for code, kind in enumerate(sorted(set(kinds)))}
    staging.write("passages/kinds.json", [json.dumps(list(codes), ensure_ascii=False).encode()])
    staging.write_array("passages/kinds.npy", np.array([codes[one] for one in kinds], np.int16))


def _summary(document: Document, passages: int, tasks: int) -> DocumentSummary:
    return DocumentSummary(
        id=document.id,
        title=document.title,
        source=document.source,
        characters=len(document.text),
        passages=passages,
        tasks=tasks,
        edits=len(document.edits),
        number=document.number,
        issuer=document.issuer,
        issued_on=document.issued_on,
        kind=document.kind,
        addressees=document.addressees,
        attachments=document.attachments,
        year=document.year,
    )

"""What a segment is made of, laid in the order of rows, and written or merged as its tables."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.kept import count, only
from index.records import DocumentSummary
from index.tables import merge_lines, merge_table, write_lines, write_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from corpus.records import Document, Passage, Reading, Task
    from index.files import Staging
    from index.kept import Kept
    from index.keys import Keys
    from index.segment import Segment


@dataclass(frozen=True, slots=True)
class Content:
    """Documents, their passages (document by document) and their tasks.

    `lengths` are how many passages each document has, `assigned` the document of each task, by
    row: the ids of documents may be there twice until it is known what they are in the whole.
    `units` has two numbers for each document: the hash of the record that it was read from, zeros
    where it was read with the whole file.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    tasks: tuple[Task, ...]
    lengths: NDArray[np.int64]
    assigned: NDArray[np.int64]
    units: Keys


def put_together(readings: Iterable[Reading], units: Keys) -> Content:
    """Lay readings one after the other, passages in the order of their documents."""
    documents: list[Document] = []
    passages: list[Passage] = []
    tasks: list[Task] = []
    lengths: list[int] = []
    assigned: list[int] = []
    for one in readings:
        place = {document.id: row for row, document in enumerate(one.documents)}
        held = Counter(each.span.document_id for each in one.passages)
        lengths += [held[document.id] for document in one.documents]
        assigned += [len(documents) + place[task.document_id] for task in one.tasks]
        documents += one.documents
        passages += sorted(one.passages, key=lambda each: place[each.span.document_id])
        tasks += one.tasks
    return Content(
        tuple(documents),
        tuple(passages),
        tuple(tasks),
        np.array(lengths, np.int64),
        np.array(assigned, np.int64),
        units,
    )


def searched(passage: Passage) -> str:
    """Return the text a passage is found by: what its reader knows on arriving, and itself."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def write_content(staging: Staging, content: Content) -> None:
    """Write documents, passages and tasks.

    :raises OSError: they could not be written.
    """
    tasks = np.bincount(content.assigned, minlength=len(content.documents))
    held = zip(content.documents, content.lengths.tolist(), tasks.tolist(), strict=True)
    write_table(staging, "documents", content.documents)
    write_lines(
        staging,
        "documents/summaries",
        (_summary(one, passages, assigned) for one, passages, assigned in held),
    )
    write_table(staging, "passages", content.passages)
    write_lines(staging, "tasks", content.tasks)
    _write_kinds(staging, [passage.kind for passage in content.passages])
    _write_arrays(
        staging,
        lengths=content.lengths,
        assigned=content.assigned,
        units=content.units,
    )


def merge_content(staging: Staging, parts: Sequence[tuple[Segment, Kept]]) -> None:
    """Write the documents of several segments as one; each with those that go on.

    :raises OSError: they could not be written.
    """
    passages = [(one, kept_passages(one, kept)) for one, kept in parts]
    tasks = [(one, kept_tasks(one, kept)) for one, kept in parts]
    merge_table(staging, "documents", [(one.documents, kept) for one, kept in parts])
    merge_lines(staging, "documents/summaries", [(one.summaries, kept) for one, kept in parts])
    merge_table(staging, "passages", [(one.passages, kept) for one, kept in passages])
    merge_lines(staging, "tasks", [(one.tasks, kept) for one, kept in tasks])
    _merge_kinds(staging, passages)
    _write_arrays(
        staging,
        lengths=np.concatenate([only(np.diff(one.first), kept) for one, kept in parts]),
        assigned=_merged_owners(parts),
        units=np.concatenate([only(one.units, kept) for one, kept in parts]),
    )


def kept_passages(segment: Segment, kept: Kept) -> Kept:
    """Return which passages the kept documents have; None for all."""
    return None if kept is None else np.repeat(kept, np.diff(segment.first))


def kept_tasks(segment: Segment, kept: Kept) -> Kept:
    """Return which tasks the kept documents have; None for all."""
    return None if kept is None else kept[segment.assigned]


def _merged_owners(parts: Sequence[tuple[Segment, Kept]]) -> NDArray[np.int64]:
    owners, base = [], 0
    for one, kept in parts:
        places = np.arange(len(one.documents)) if kept is None else np.cumsum(kept) - 1
        tasks = only(one.assigned, kept_tasks(one, kept))
        owners.append(base + places[tasks])
        base += count(len(one.documents), kept)
    return np.concatenate(owners)


def _write_arrays(
    staging: Staging,
    *,
    lengths: NDArray[np.generic],
    assigned: NDArray[np.int64],
    units: NDArray[np.generic],
) -> None:
    first = np.concatenate([[0], np.cumsum(lengths.astype(np.int64))])
    staging.write_array("passages/first.npy", first.astype(np.int64))
    staging.write_array("assigned.npy", assigned.astype(np.int32))
    staging.write_array("documents/units.npy", units.astype(np.uint64))


def _write_kinds(staging: Staging, kinds: Sequence[str]) -> None:
    codes = {kind: code for code, kind in enumerate(sorted(set(kinds)))}
    _store_kinds(staging, list(codes), np.array([codes[one] for one in kinds], np.int16))


def _merge_kinds(staging: Staging, parts: Sequence[tuple[Segment, Kept]]) -> None:
    names = sorted({name for one, _ in parts for name in one.kinds[0]})
    place = {name: code for code, name in enumerate(names)}
    codes = []
    for one, kept in parts:
        own, rows = one.kinds
        moved = np.array([place[name] for name in own], np.int16)
        codes.append(moved[only(rows, kept)] if own else rows[:0])
    _store_kinds(staging, names, np.concatenate(codes).astype(np.int16))


def _store_kinds(staging: Staging, names: list[str], codes: NDArray[np.int16]) -> None:
    staging.write("passages/kinds.json", [json.dumps(names, ensure_ascii=False).encode()])
    staging.write_array("passages/kinds.npy", codes)


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

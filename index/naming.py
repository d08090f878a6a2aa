"""No id twice in a version: the second file to use a document's id gets another one for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from index.keys import key_of, place_of
from index.records import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from corpus.records import Document, Passage
    from index.drafting import Draft
    from index.joined import Joined
    from index.keys import Keys
    from index.records import SourceFile

    Names = dict[SourceFile, dict[str, str]]


def clashes(draft: Draft) -> tuple[Names, dict[int, Failure]]:
    """Return the other ids that documents of some files need, and which entries must fail.

    A file fails where its own documents share an id.
    """
    documents, order = draft.documents(), draft.order
    keys = np.concatenate([one.documents.ids.keys() for one in draft.segments])
    owners = np.repeat(np.arange(len(draft.rows)), [len(one) for one in draft.rows])
    names: Names = {}
    failures: dict[int, Failure] = {}
    taken = np.sort(keys[order])
    for group in _groups(keys[order], documents, order):
        seen = {int(owners[group[0]])}
        for place in group[1:]:
            entry, name = int(owners[place]), documents.id(int(order[place]))
            file = draft.entries[entry].file
            if entry in seen:
                why = f"文件里有多个文档的编号都是 {name},编号应当各不相同"
                failures.setdefault(entry, Failure(file.source, why))
            else:
                given = [one for each in names.values() for one in each.values()]
                names.setdefault(file, {})[name] = _free(name, taken, given)
            seen.add(entry)
    return names, failures


def stolen_passages(draft: Draft) -> dict[int, Failure]:
    """Return the entries whose passages have ids of another file's, although no document has."""
    passages = draft.passages()
    lengths = draft.lengths()
    entry_of = np.full(len(lengths), -1, np.int64)
    for number, rows in enumerate(draft.rows):
        entry_of[rows] = number
    owners = np.repeat(entry_of, lengths)
    there = np.flatnonzero(owners >= 0)
    there = there[np.argsort(owners[there], kind="stable")]
    keys = np.concatenate([one.passages.ids.keys() for one in draft.segments])[there]
    failures = {}
    for group in _groups(keys, passages, there):
        entry = int(owners[there[group[-1]]])
        why = f"段落编号 {passages.id(int(there[group[-1]]))} 与另一个文件的相同"
        failures[entry] = Failure(draft.entries[entry].file.source, why)
    return failures


def _groups(
    keys: Keys, table: Joined[Document] | Joined[Passage], rows: NDArray[np.int64]
) -> Iterator[list[int]]:
    """The places at which rows of a table have the same id, two or more at a time, in order."""
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    for key in np.unique(keys[order[same]]):
        found: dict[str, list[int]] = {}
        for place in np.flatnonzero(keys == key).tolist():
            found.setdefault(table.id(int(rows[place])), []).append(place)
        yield from (places for places in found.values() if len(places) > 1)


def _free(name: str, taken: Keys, given: list[str]) -> str:
    suffix = 2
    while place_of(taken, key_of(f"{name}-{suffix}")) is not None or f"{name}-{suffix}" in given:
        suffix += 1
    return f"{name}-{suffix}"

"""Ids of different files made distinct: the second to come gets a suffix, everywhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus.errors import LoadError
from corpus.records import Deadline, Passage, Reading, Span, Task

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Taken:
    """The ids already given; `admit` adds to them."""

    documents: set[str]
    passages: set[str]
    tasks: set[str]


def admit(reading: Reading, taken: Taken) -> Reading:
    """Return a reading whose ids are free, the same object when they were; take them.

    :raises LoadError: the reading does not agree with itself, or its passages' ids are
        another file's although its documents' are not.
    """
    _agree(reading)
    names = {one.id: _free(one.id, taken.documents) for one in reading.documents}
    if any(old != new for old, new in names.items()):
        reading = _rename(reading, names)
    _take(taken.documents, [one.id for one in reading.documents], "文档")
    _take(taken.passages, [one.id for one in reading.passages], "段落")
    _take(taken.tasks, [one.id for one in reading.tasks], "任务")
    return reading


def _agree(reading: Reading) -> None:
    known = {one.id for one in reading.documents}
    used = {one.span.document_id for one in reading.passages}
    used |= {one.document_id for one in reading.tasks}
    if lost := sorted(used - known):
        raise LoadError(f"文件里没有编号为 {lost[0]} 的文档,却有它的段落或任务")
    for noun, records in (
        ("文档", reading.documents),
        ("段落", reading.passages),
        ("任务", reading.tasks),
    ):
        counted = Counter(one.id for one in records)
        if again := [name for name, count in counted.items() if count > 1]:
            raise LoadError(f"文件里有多个{noun}的编号都是 {again[0]},编号应当各不相同")


def _take(taken: set[str], ids: list[str], noun: str) -> None:
    if again := taken.intersection(ids):
        raise LoadError(f"{noun}编号 {min(again)} 与另一个文件的相同")
    taken.update(ids)


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    suffix = 2
    while f"{name}-{suffix}" in taken:
        suffix += 1
    return f"{name}-{suffix}"


def _rename(reading: Reading, names: Mapping[str, str]) -> Reading:
    owners = {one.id: one.document_id for one in reading.tasks}
    tasks = {one: _derived(one, owner, names) for one, owner in owners.items()}
    return Reading(
        documents=tuple(replace(one, id=names[one.id]) for one in reading.documents),
        passages=tuple(_passage(one, names, tasks) for one in reading.passages),
        tasks=tuple(_task(one, names, tasks) for one in reading.tasks),
    )


def _derived(name: str, owner: str, names: Mapping[str, str]) -> str:
    """Rename an id after its document: where it begins with the document's, so it does after."""
    if name.startswith(owner):
        return names[owner] + name.removeprefix(owner)
    return name + names[owner].removeprefix(owner)


def _passage(one: Passage, names: Mapping[str, str], tasks: Mapping[str, str]) -> Passage:
    return replace(
        one,
        id=_derived(one.id, one.span.document_id, names),
        span=_span(one.span, names),
        task=tasks.get(one.task, one.task) if one.task else one.task,
    )


def _task(one: Task, names: Mapping[str, str], tasks: Mapping[str, str]) -> Task:
    return replace(
        one,
        id=tasks[one.id],
        document_id=names[one.document_id],
        deadline=one.deadline and _deadline(one.deadline, names),
        milestones=tuple(_deadline(each, names) for each in one.milestones),
        spans={field: _span(span, names) for field, span in one.spans.items()},
    )


def _deadline(one: Deadline, names: Mapping[str, str]) -> Deadline:
    return replace(one, span=_span(one.span, names))


def _span(one: Span, names: Mapping[str, str]) -> Span:
    return replace(one, document_id=names.get(one.document_id, one.document_id))

"""Ids within a file, and other ids given to its documents where another file has the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.errors import LoadError
from corpus.records import Deadline, Passage, Reading, Span, Task

if TYPE_CHECKING:
    from collections.abc import Mapping


def agree(reading: Reading) -> None:
    """Make sure that a reading agrees with itself.

    :raises LoadError: an id is there twice, or what it holds is of a document it has not.
    """
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


def rename(reading: Reading, names: Mapping[str, str]) -> Reading:
    """Return a reading with other ids for some of its documents, and all that hangs on them."""
    known = {one.id for one in reading.documents}
    names = {one: names.get(one, one) for one in known}
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

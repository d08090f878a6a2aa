"""The ledger (台账): the tasks a rectification list assigns, each field with its place.

Values are read, never composed; what had to be concluded stands in `Task.inferred`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from corpus.ledger.checks import find_issues, miscounts
from corpus.ledger.items import Item, Section
from corpus.ledger.lines import read_items
from corpus.ledger.spam import name_spammed_units
from corpus.ledger.tables import read_tables
from corpus.ledger.tasks import read_task
from corpus.records import Document, Task


def read_ledger(document: Document) -> tuple[Task, ...]:
    """Read the tasks a document assigns, in its order; none when it holds no such list."""
    items, sections = _items(document)
    tasks = _with_unique_ids([read_task(document, item) for item in items], items)
    tasks = name_spammed_units(document, tasks)
    return tuple(_with_miscounts(tasks, items, sections))


def check_ledger(document: Document, tasks: tuple[Task, ...]) -> tuple[str, ...]:
    """Return what is wrong with a document's list, in Chinese: counts, numbers, missing fields."""
    items, sections = _items(document)
    return find_issues(document.text, tasks, items, sections)


def _items(document: Document) -> tuple[list[Item], list[Section]]:
    """Read the items of a document's tables and lines, in its order."""
    tables = read_tables(document.text, document.tables)
    items, sections = read_items(document.text, tables.ranges)
    if not tables.items:
        return items, sections
    order = sorted([*tables.items, *items], key=lambda item: item.start)
    return order, sorted([*tables.sections, *sections], key=lambda section: section.start)


def _with_miscounts(tasks: list[Task], items: list[Item], sections: list[Section]) -> list[Task]:
    """Note on the last task of a section that its declared count was not met."""
    noted = list(tasks)
    for section, last, note in miscounts(items, sections):
        if section.declared is not None and last is not None:
            task = noted[last]
            noted[last] = replace(task, inferred=(*task.inferred, f"section: {note}"))
    return noted


def _with_unique_ids(tasks: list[Task], items: list[Item]) -> list[Task]:
    """Tell apart tasks whose number the document gives twice; sections may begin anew at 1."""
    seen: Counter[int] = Counter()
    within: set[tuple[int, int]] = set()
    unique = []
    for task, item in zip(tasks, items, strict=True):
        seen[task.number] += 1
        place = (task.number, item.section.start if item.section else -1)
        if (times := seen[task.number]) > 1:
            note = f"number: {task.number} (原文编号重复, 第{times}次出现)"
            notes = (note,) if place in within else ()
            identifier = f"{task.id}-{times}"
            task = replace(task, id=identifier, inferred=(*task.inferred, *notes))
        within.add(place)
        unique.append(task)
    return unique

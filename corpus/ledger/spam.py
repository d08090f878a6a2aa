"""Units whose name was overwritten by spam: naming the agency where the text supports it.

An item's own prose lists the departments that share its work (商务、发改、公安等部门). Those that
its 责任单位 line does not name are candidates; items with the same spam share one agency, so
their candidates are intersected. Exactly one candidate, or the mark stays.
"""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.edits import OffsetMap
from corpus.ledger.names import department_of
from corpus.records import Document, Task
from corpus.repairs.spam import SPAM_MARK

_SHORT = r"[\u4e00-\u9fff]{2,9}?"
_LISTING = re.compile(rf"({_SHORT}(?:、{_SHORT})+)(?:等)?(?:有关|相关)?(?:管理)?部门")
_WORD_START = 4  # 加强商务: a list's first name has prose before it, at most this much is a verb


def name_spammed_units(document: Document, tasks: list[Task]) -> list[Task]:
    """Replace a spam mark in unit names by the agency that the texts of its items agree on."""
    spams = {
        (name, _raw_of(document, task, name)) for task in tasks for name in _marked_units(task)
    }
    for name, raw in sorted(spams):
        owners = [
            task
            for task in tasks
            if name in _marked_units(task) and _raw_of(document, task, name) == raw
        ]
        agency = _agreed_agency(name, owners)
        owned = {task.id for task in owners}
        tasks = [_renamed(t, name, agency, raw, owners) if t.id in owned else t for t in tasks]
    return tasks


def _marked_units(task: Task) -> list[str]:
    """Return the units of a task that hold a spam mark."""
    return [name for name in (*task.lead_units, *task.cooperating_units) if SPAM_MARK in name]


def _agreed_agency(name: str, owners: list[Task]) -> str | None:
    """Return the full name all owners agree on, with what stands before the mark (市)."""
    before, after = name.split(SPAM_MARK, 1)
    candidates = [found for task in owners if (found := _candidates(task)) is not None]
    agreed = set.intersection(*candidates) if candidates else set()
    fitting = {agency for agency in agreed if agency.endswith(after)}
    return f"{before}{fitting.pop()}" if len(fitting) == 1 else None


def _candidates(task: Task) -> set[str] | None:
    """Return the departments the prose lists and the units do not name; None without a list."""
    text = "\n".join((task.problem, task.target, *task.measures))
    listed = {
        agency
        for match in _LISTING.finditer(text)
        for index, short in enumerate(match[1].split("、"))
        if (agency := _listed_department(short, first=index == 0))
    }
    named = {department_of(name) for name in (*task.lead_units, *task.cooperating_units)}
    return listed - named if listed else None


def _listed_department(short: str, *, first: bool) -> str | None:
    """Read a short name; before a list's first one stands prose (加强商务, 联合公安)."""
    for cut in range(min(_WORD_START, len(short) - 2) + 1 if first else 1):
        if agency := department_of(short[cut:]):
            return agency
    return None


def _renamed(task: Task, name: str, agency: str | None, raw: str, owners: list[Task]) -> Task:
    """Put the agency in the task's units and on record what it was concluded from."""
    role = "lead_units" if name in task.lead_units else "cooperating_units"
    items = "、".join(str(owner.number) for owner in owners)
    if agency is None:
        note = f"{role}: {name} (原文: {raw}; 依据: 被广告文字覆盖, 据第{items}项正文无法确定单位)"
        return replace(task, inferred=(*task.inferred, note))
    note = f"{role}: {agency} (原文: {raw}; 依据: 第{items}项正文所列部门)"
    return replace(
        task,
        lead_units=tuple(agency if unit == name else unit for unit in task.lead_units),
        cooperating_units=tuple(
            agency if unit == name else unit for unit in task.cooperating_units
        ),
        inferred=(*task.inferred, note),
    )


def _raw_of(document: Document, task: Task, name: str) -> str:
    """Return what the file as it came has for a unit's name."""
    span = task.spans["units"]
    start = document.text.find(name, span.start, span.end)
    if start < 0:
        return name
    offsets = OffsetMap(document.edits)
    return document.raw[offsets.raw_start(start) : offsets.raw_end(start + len(name))]

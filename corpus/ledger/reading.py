"""The ledger (台账): the tasks a rectification list assigns, each field with its place.

Values are read, never composed; what had to be concluded stands in `Task.inferred`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

from corpus.deadlines.reading import find_milestones, find_stages, read_deadline
from corpus.ledger.labels import Field
from corpus.ledger.leaders import read_leaders
from corpus.ledger.lines import Item, Part, Section, list_labels, read_items
from corpus.ledger.spam import name_spammed_units
from corpus.ledger.units import Role, Units, split_units
from corpus.records import Deadline, Document, Leader, Span, Task

_SPACES = " \t\u3000\r\n"
_UNIT_ROLES = {
    Field.UNITS: None,
    Field.LEAD_UNITS: Role.LEAD,
    Field.COOPERATING_UNITS: Role.COOPERATING,
}
# What every task must have, by the names its readers know.
_REQUIRED = {
    "problem": "问题",
    "target": "目标",
    "measures": "措施",
    "leaders": "责任领导",
    "units": "责任单位",
    "deadline": "时限",
}
_MEASURE_STYLES = (
    re.compile(r"[(（][ \t]*(\d{1,2})[ \t]*[)）][ \t]*"),
    re.compile(r"(\d{1,2})[ \t]*[.．、](?!\d)[ \t]*"),
)
_MEASURE_START = re.compile(r"(?:^|(?<=[。;；:：\n]))[ \t\u3000]*$")
_DECLARED_TOTAL = re.compile(r"(?:共|分解)[^。\n]{0,20}?(\d{1,3})项")


def read_ledger(document: Document) -> tuple[Task, ...]:
    """Read the tasks a document assigns, in its order; none when it holds no such list."""
    items, sections = read_items(document.text)
    tasks = _with_unique_ids([_task(document, item) for item in items])
    tasks = name_spammed_units(document, tasks)
    return tuple(_with_miscounts(tasks, items, sections))


def check_ledger(document: Document, tasks: tuple[Task, ...]) -> tuple[str, ...]:
    """Return what is wrong with a document's list, in Chinese: counts, numbers, missing fields."""
    items, sections = read_items(document.text)
    counts = Counter(item.section.start for item in items if item.section)
    issues = [f"{s.title}: {note}" for s in sections if (note := _miscount(s, counts))]
    if not items and (labels := list_labels(document.text)):
        issues.append(f"有{'、'.join(labels)}等标签, 但没有读出任务: 未见第1项、一、1.等编号")
    before_list = document.text[: items[0].start] if items else ""
    total = _DECLARED_TOTAL.search(before_list)
    if total and int(total[1]) != len(tasks):
        issues.append(f"正文写明共{total[1]}项, 读出{len(tasks)}项")
    for before, after in pairwise(task.number for task in tasks):
        if after != before + 1:
            issues.append(f"第{before}项之后是第{after}项, 编号不连续")
    for task in tasks:
        missing = [words for name, words in _REQUIRED.items() if name not in task.spans]
        if missing:
            issues.append(f"第{task.number}项缺少: {'、'.join(missing)}")
    return tuple(issues)


def _miscount(section: Section, counts: Counter[int]) -> str:
    """Return how a section's declared count differs from what was read, if it does."""
    read = counts[section.start]
    if section.declared is None or section.declared == read:
        return ""
    return f"标题写明{section.declared}项, 读出{read}项"


def _with_miscounts(tasks: list[Task], items: list[Item], sections: list[Section]) -> list[Task]:
    """Note on the last task of a section that its declared count was not met."""
    counts = Counter(item.section.start for item in items if item.section)
    owners = [item.section.start if item.section else None for item in items]
    noted = list(tasks)
    for section in sections:
        note = _miscount(section, counts)
        if note and section.start in owners:
            last = len(owners) - 1 - owners[::-1].index(section.start)
            noted[last] = replace(noted[last], inferred=(*noted[last].inferred, f"section: {note}"))
    return noted


def _with_unique_ids(tasks: list[Task]) -> list[Task]:
    """Tell apart tasks whose number the document gives twice."""
    seen: Counter[int] = Counter()
    unique = []
    for task in tasks:
        seen[task.number] += 1
        if (times := seen[task.number]) > 1:
            note = f"number: {task.number} (原文编号重复, 第{times}次出现)"
            task = replace(task, id=f"{task.id}-{times}", inferred=(*task.inferred, note))
        unique.append(task)
    return unique


def _task(document: Document, item: Item) -> Task:
    """Read one item's fields."""
    parts = {part.field: part for part in reversed(item.parts)}
    problem, problem_span = _problem(document, item, parts.get(Field.PROBLEM))
    target = _trimmed(document.text, parts.get(Field.TARGET))
    measures = _measures(document.text, parts.get(Field.MEASURES))
    deadline = _deadline(document, parts.get(Field.DEADLINE))
    leaders, leader_notes = _leaders(document.text, item)
    units, unit_notes = _units(document.text, item)
    spans = {} if problem_span is None else {"problem": problem_span}
    return Task(
        id=f"{document.id}#{item.number}",
        document_id=document.id,
        source=document.source,
        number=item.number,
        section=item.section.title if item.section else "",
        problem=problem,
        target=document.text[slice(*target)],
        measures=tuple(document.text[start:end] for start, end in measures),
        leaders=leaders,
        lead_units=units.lead,
        cooperating_units=units.cooperating,
        deadline=deadline,
        milestones=_milestones(document, [target, *measures], deadline),
        spans=spans | _spans(document, item),
        inferred=(*_notes(document, item, parts, deadline), *leader_notes, *unit_notes),
    )


def _trimmed(text: str, part: Part | None) -> tuple[int, int]:
    """Return where a field's value stands, without the spaces around it; empty without a field."""
    return _trim(text, part.value, part.end) if part else (0, 0)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    stripped = words.strip(_SPACES)
    if not stripped:
        return (start, start)
    begin = start + len(words) - len(words.lstrip(_SPACES))
    return begin, begin + len(stripped)


def _problem(document: Document, item: Item, part: Part | None) -> tuple[str, Span | None]:
    """Return the problem's words and the span of the head; a label's words go first."""
    end = max(item.end, part.end) if part else item.end
    start, end = _trim(document.text, item.start, end)
    words = slice(
        *(_trimmed(document.text, part) if part else _trim(document.text, item.value, end))
    )
    return document.text[words], Span(document.id, start, end) if start < end else None


def _spans(document: Document, item: Item) -> dict[str, Span]:
    """Return the places of the labelled fields, label included, several lines as one."""
    found: dict[str, Span] = {}
    for part in item.parts:
        if part.field in (Field.PROBLEM, Field.OTHER):
            continue
        name = Field.UNITS.value if part.field in _UNIT_ROLES else part.field.value
        start, end = _trim(document.text, part.start, part.end)
        if name in found and part.field in (*_UNIT_ROLES, Field.LEADERS):
            start, end = min(start, found[name].start), max(end, found[name].end)
        elif name in found:
            continue
        found[name] = Span(document.id, start, end)
    return found


def _measures(text: str, part: Part | None) -> list[tuple[int, int]]:
    """Cut measures at (1) (2) …, numbers in sequence only, at a line's or sentence's start."""
    if part is None:
        return []
    cuts: list[tuple[int, int]] = []
    for style in _MEASURE_STYLES:
        for match in style.finditer(text, part.value, part.end):
            in_order = int(match[1]) == len(cuts) + 1
            if in_order and _MEASURE_START.search(text, part.value, match.start()):
                cuts.append(match.span())
        if cuts:
            break
    starts = [part.value, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), part.end]
    trimmed = [_trim(text, start, end) for start, end in zip(starts, ends, strict=True)]
    return [(start, end) for start, end in trimmed if start < end]


def _deadline(document: Document, part: Part | None) -> Deadline | None:
    if part is None:
        return None
    value = document.text[part.value : part.end]
    return read_deadline(value, part.value, document.id, base=document.base)


def _milestones(
    document: Document,
    values: list[tuple[int, int]],
    deadline: Deadline | None,
) -> tuple[Deadline, ...]:
    """Find the milestones of target and measures, and the stages of a deadline with several."""
    base, hint = document.base, deadline.due if deadline else None
    if hint is None:
        # Beside 2020年6月底前, a 6月30日前 in the next measure is the same year's.
        plain = _found(document, values, base, None)
        hint = max((one.due for one in plain if one.due), default=None)
    found = _found(document, values, base, hint)
    return (*found, *(find_stages(deadline, base=base) if deadline else ()))


def _found(
    document: Document, values: list[tuple[int, int]], base: date | None, hint: date | None
) -> list[Deadline]:
    return [
        one
        for start, end in values
        for one in find_milestones(
            document.text[start:end], start, document.id, base=base, hint=hint
        )
    ]


def _units(text: str, item: Item) -> tuple[Units, list[str]]:
    """Read the units of every 责任单位, 牵头单位 and 配合单位 line, and name what was filled up."""
    read = [
        split_units(text[part.value : part.end], role=_UNIT_ROLES[part.field])
        for part in item.parts
        if part.field in _UNIT_ROLES
    ]
    lead = tuple(dict.fromkeys(name for units in read for name in units.lead))
    rest = dict.fromkeys(name for units in read for name in units.cooperating)
    cooperating = tuple(name for name in rest if name not in lead)
    notes = [
        f"{'lead_units' if name in lead else 'cooperating_units'}: {name} (原文: {whole})"
        for units in read
        for name, whole in units.completed
    ]
    return Units(lead, cooperating), notes


def _leaders(text: str, item: Item) -> tuple[tuple[Leader, ...], list[str]]:
    """Read the leaders of every 责任领导 line, and note the posts that have no name."""
    found: list[Leader] = []
    notes: list[str] = []
    for part in item.parts:
        if part.field is Field.LEADERS:
            people, nameless = read_leaders(text[part.value : part.end])
            found += people
            notes += [f"leaders: 原文只写职务“{post}”" for post in nameless]
    return tuple(found), notes


def _notes(
    document: Document, item: Item, parts: dict[Field, Part], deadline: Deadline | None
) -> list[str]:
    """Name what was concluded or could not be read."""
    notes = []
    if item.lost:
        notes.append(f"number: {item.number} (原文缺少编号, 按前后顺序推定)")
        found = item.end > item.start
        where = f"原文接在第{item.number - 1}项之后" if found else "原文缺失"
        notes.append(f"problem: {where}, 没有单独的标题")
    counts = Counter(part.field for part in item.parts)
    for name in (Field.PROBLEM, Field.TARGET, Field.MEASURES, Field.DEADLINE):
        if counts[name] > 1:
            notes.append(f"{name.value}: 标签出现{counts[name]}次, 只取第一处")
    part = parts.get(Field.DEADLINE)
    value = document.text[slice(*_trimmed(document.text, part))]
    if part and deadline is None:
        notes.append(f"deadline: 未能识别 (原文: {value})")
    return notes

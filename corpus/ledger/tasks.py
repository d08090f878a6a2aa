"""One item of a list becomes a task: each field's value, its place, and what was concluded.

Where an item has several deadlines (one to each of its measures), the task's own is the last
day of them, and each is a milestone: no day is lost, none is too early for the whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from corpus.deadlines.reading import find_milestones, find_stages, read_deadline
from corpus.ledger.items import Item, Part
from corpus.ledger.labels import Field
from corpus.ledger.measures import Range, cut_measures, trim
from corpus.ledger.parties import ROLES, accepting_units, item_leaders, item_units, people_of
from corpus.ledger.status import says_done
from corpus.records import Deadline, DeadlineKind, Document, Span, Task

# The spans that a part's place counts for.
_SPAN_NAMES: dict[Field, tuple[str, ...]] = {
    **{field: ("units",) for field in ROLES},
    Field.PROBLEM: (),
    Field.OTHER: (),
}
_SINGLE = frozenset({"target"})  # only the first part is read
# Of several deadlines the one that binds the whole: what has no known day may end last.
_RANK = (
    DeadlineKind.RELATIVE,
    DeadlineKind.FIXED,
    DeadlineKind.RECURRING,
    DeadlineKind.ONGOING,
    DeadlineKind.DONE,
)
_LONGEST_STATUS = 80  # a longer 整改进展 is a report, whose first sentence is the status
_FIRST_SENTENCE = re.compile(r"[^。；;\n]+")
_JOINING = "；;，, "  # what sets a field apart from the next one on its line


@dataclass(frozen=True, slots=True)
class _Values:
    """Where the values of an item stand that milestones are found in.

    `work` is the head of a task that has neither target nor measures: it says itself what is due.
    """

    target: Range
    measures: tuple[Range, ...]
    work: Range


def read_task(document: Document, item: Item) -> Task:
    """Read one item's fields."""
    text = document.text
    problem, problem_span = _problem(document, item)
    target = _first(text, item, Field.TARGET)
    values = _Values(target, tuple(_measures(text, item)), _work(text, item))
    deadlines, deadline_notes = _deadlines(document, item)
    deadline = _whole(deadlines)
    leaders, leader_notes = item_leaders(text, item)
    units, unit_notes = item_units(text, item)
    spans = {} if problem_span is None else {"problem": problem_span}
    notes = (*item.notes, *_notes(item), *_unread(text, item), *deadline_notes)
    return Task(
        id=f"{document.id}#{item.number}",
        document_id=document.id,
        source=document.source,
        number=item.number,
        section=item.section.title if item.section else "",
        problem=problem,
        target=text[slice(*target)].rstrip(_JOINING),
        measures=tuple(text[start:end] for start, end in values.measures),
        leaders=leaders,
        lead_units=units.lead,
        cooperating_units=units.cooperating,
        deadline=deadline,
        milestones=_milestones(document, values, deadline, deadlines),
        acceptance_units=accepting_units(text, item),
        status=_status(text, item),
        spans=spans | _spans(document, item, deadline),
        inferred=(*notes, *leader_notes, *unit_notes),
    )


def _parts(item: Item, *fields: Field) -> list[Part]:
    return [part for part in item.parts if part.field in fields]


def _first(text: str, item: Item, field: Field) -> Range:
    """Return where a field's first value stands, without the spaces around it."""
    part = next((one for one in item.parts if one.field is field), None)
    return trim(text, part.value, part.end) if part else (0, 0)


def _problem(document: Document, item: Item) -> tuple[str, Span | None]:
    """Return the problem's words and the span of the head; a label's words go with a title's."""
    text = document.text
    part = next((one for one in item.parts if one.field is Field.PROBLEM), None)
    titled = bool(text[item.value : item.end].strip())
    end = item.end
    if part and _follows(text, item, part):
        end = max(end, part.end)
    start, stop = trim(text, item.start, end)
    words = trim(text, item.value, end)
    if part and not titled:
        words = trim(text, part.value, part.end)
        start, stop = (start, stop) if end > item.end else trim(text, part.start, part.end)
    return text[slice(*words)], Span(document.id, start, stop) if start < stop else None


def _follows(text: str, item: Item, part: Part) -> bool:
    """Tell whether a labelled problem stands right behind its item's head."""
    return part.start >= item.start and not text[item.end : part.start].strip()


def _spans(document: Document, item: Item, deadline: Deadline | None) -> dict[str, Span]:
    """Return the places of the labelled fields, label included, several parts as one.

    Of several deadlines it is the place of the one that holds for the whole; the others are
    milestones with places of their own.
    """
    found: dict[str, Span] = {}
    status = _status_part(document.text, item)
    for part in item.parts:
        if part.field is Field.STATUS and part is not status:
            continue
        aside = deadline and not part.value <= deadline.span.start < part.end
        if part.field is Field.DEADLINE and aside:
            continue
        start, end = trim(document.text, part.start, part.end)
        names = _SPAN_NAMES.get(part.field, (part.field.value,))
        if part.field in ROLES and people_of(document.text, part):
            names = ("units", "leaders")
        for name in names:
            if start == end or (name in found and name in _SINGLE):
                continue
            if name in found:
                start, end = min(start, found[name].start), max(end, found[name].end)
            found[name] = Span(document.id, start, end)
    return found


def _measures(text: str, item: Item) -> list[Range]:
    found: list[Range] = []
    for part in _parts(item, Field.MEASURES):
        found += cut_measures(text, part.value, part.end, after=len(found))
    return found


def _work(text: str, item: Item) -> Range:
    """Return where the head stands, of a task that is said in its head alone."""
    said = _parts(item, Field.PROBLEM, Field.TARGET, Field.MEASURES)
    return (0, 0) if said else trim(text, item.value, item.end)


def _deadlines(document: Document, item: Item) -> tuple[list[Deadline], list[str]]:
    """Read every deadline of an item, each wording once, and note those that cannot be read."""
    found: dict[str, Deadline] = {}
    notes = []
    for part in _parts(item, Field.DEADLINE):
        value = document.text[part.value : part.end]
        deadline = read_deadline(value, part.value, document.id, base=document.base)
        if deadline is None:
            notes.append(f"deadline: 未能识别 (原文: {_flat(value)})")
        else:
            found.setdefault(deadline.text, deadline)
    if len(found) > 1:
        words = "、".join(_flat(text) for text in found)
        notes.append(f"deadline: 原文有{len(found)}个时限({words}), 整项取最晚的, 其余作为节点")
    return list(found.values()), notes


def _whole(deadlines: list[Deadline]) -> Deadline | None:
    """Return the deadline by which all of an item is done."""
    latest = sorted(deadlines, key=lambda one: one.due or date.min, reverse=True)
    return min(latest, key=lambda one: _RANK.index(one.kind), default=None)


def _milestones(
    document: Document, values: _Values, deadline: Deadline | None, deadlines: list[Deadline]
) -> tuple[Deadline, ...]:
    """Find the milestones of target and measures, and the stages of the deadlines."""
    base, hint = document.base, deadline.due if deadline else None
    if hint is None:
        # Beside 2020年6月底前, a 6月30日前 in the next measure is the same year's.
        plain = _found(document, values, base, None)
        hint = max((one.due for one in plain if one.due), default=None)
    found = _found(document, values, base, hint)
    if len(deadlines) > 1:
        return (*found, *deadlines)
    return (*found, *(find_stages(deadline, base=base) if deadline else ()))


def _found(
    document: Document, values: _Values, base: date | None, hint: date | None
) -> list[Deadline]:
    return [
        one
        for start, end in (values.work, values.target, *values.measures)
        for one in find_milestones(
            document.text[start:end], start, document.id, base=base, hint=hint
        )
    ]


def _status_part(text: str, item: Item) -> Part | None:
    """Return the part whose status counts for the whole: the first that is not of something done.

    A table may tell of each measure how far it is.
    """
    parts = [part for part in _parts(item, Field.STATUS) if text[part.value : part.end].strip()]
    undone = (part for part in parts if not says_done(text[part.value : part.end]))
    return next(undone, parts[0] if parts else None)


def _status(text: str, item: Item) -> str:
    """Return the status as written: all of a short one, of a report its first sentence."""
    part = _status_part(text, item)
    return _short_status(text[slice(*trim(text, part.value, part.end))]) if part else ""


def _short_status(value: str) -> str:
    if len(value) <= _LONGEST_STATUS:
        return value.rstrip("。；;，,")
    first = _FIRST_SENTENCE.match(value)
    return first.group() if first and len(first.group()) <= _LONGEST_STATUS else ""


def _flat(words: str) -> str:
    """Return words as one line of a note."""
    return " ".join(words.split())


def _notes(item: Item) -> list[str]:
    """Name what was concluded about a head that the page lost."""
    if not item.lost:
        return []
    where = f"原文接在第{item.number - 1}项之后" if item.end > item.start else "原文缺失"
    return [
        f"number: {item.number} (原文缺少编号, 按前后顺序推定)",
        f"problem: {where}, 没有单独的标题",
    ]


def _unread(text: str, item: Item) -> list[str]:
    """Name the further values of fields that have but one."""
    notes = []
    titled = bool(text[item.value : item.end].strip())
    states = [_flat(text[part.value : part.end]) for part in _parts(item, Field.STATUS)]
    if len(states) > 1:
        notes.append(
            f"status: 原文有{len(states)}处({'; '.join(states)}), 取未完成的, 都完成了取第一处"
        )
    for name in (Field.PROBLEM, Field.TARGET):
        parts = _parts(item, name)
        heads = name is Field.PROBLEM and titled and parts and not _follows(text, item, parts[0])
        further = parts if heads else parts[1:]
        if rest := "; ".join(_flat(text[part.value : part.end]) for part in further):
            notes.append(f"{name.value}: 原文有{len(further) + 1}处, 只取第一处 (另有: {rest})")
    return notes

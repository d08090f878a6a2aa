"""Answers that are lists: every task of a unit, a leader, a kind or a date, with the count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from corpus.ledger_names import unit_matches
from corpus.records import DeadlineKind, Task
from index.engine import Engine
from retrieval.citing import cite_span
from retrieval.fields import task_title
from retrieval.ledger import COOPERATING, LEAD, Selection, has_unit, select
from retrieval.matching import headings
from retrieval.question import Question
from retrieval.records import Answer, AnswerKind

_KINDS = (
    (DeadlineKind.DONE, "已(?:经)?(?:整改到位|完成|整改完|办结|销号)"),
    (DeadlineKind.ONGOING, "立行立改|长期坚持|持续推进|没有(?:截止)?(?:日期|期限)"),
    (DeadlineKind.FIXED, "有(?:明确|具体)?的?(?:截止日期|时限|期限)"),
)
# 2020年8月底前到期, 2021年完成的, 2020年8月15日前
_DAYS = re.compile(
    r"((?:19|20)\d\d)年(?:(\d{1,2})月(?:(\d{1,2})[日号])?)?年?([底末]?)(之?前|以前|为止)?"
    r"(?=.{0,6}?(?:到期|截止|完成|办结|销号|要|的|任务|事项))"
)
_ROLES = ((LEAD, "牵头|主责|主管"), (COOPERATING, "配合|协办|协助"))
_UNIT = re.compile(
    "[\u4e00-\u9fff]{1,12}?(?:局|委|办|公司|政府|管委会|中心|部门)(?![\u4e00-\u9fff]{0,2}长)"
)


def answer_list(engine: Engine, question: Question) -> Answer | None:
    """Answer a list question completely; None when nothing says which tasks are meant."""
    tasks = engine.tasks()
    selection = _read_selection(question, tasks)
    if selection is None:
        return None
    found = select(tasks, selection)
    places = headings(engine, found)
    lines = "\n".join(task_title(task) + _role(task, selection) for task in found)
    return Answer(
        question=question.text,
        kind=AnswerKind.LIST,
        text=f"共{len(found)}项:\n{lines}" if found else "共0项:台账中没有符合的任务。",
        citations=tuple(
            cite_span(engine, task.spans[name], places[task.id])
            for task in found
            for name in _cited(selection)
            if name in task.spans
        ),
        confidence=1.0,
        tasks=tuple(found),
        total=len(found),
    )


def unknown_unit(engine: Engine, question: Question) -> str | None:
    """The unit that a list question names and the ledger does not know, if there is one."""
    if not re.search("牵头|配合|负责|承担|主管", question.folded):
        return None
    tasks = engine.tasks()
    named = _UNIT.findall(question.folded)
    return named[-1] if tasks and named and _unit(question.folded, tasks) is None else None


def _role(task: Task, selection: Selection) -> str:
    """In which role the unit asked for has the task, where the question left it open."""
    if selection.unit is None or selection.role is not None:
        return ""
    return "(牵头)" if has_unit(task, selection.unit, LEAD) else "(配合)"


def _cited(selection: Selection) -> tuple[str, ...]:
    if selection.leader:
        return ("leaders",)
    if selection.unit:
        return ("units",)
    return ("deadline",)


def _read_selection(question: Question, tasks: Sequence[Task]) -> Selection | None:
    text = question.folded
    after, before = _days(text)
    selection = Selection(
        unit=_unit(text, tasks),
        leader=_leader(text, tasks),
        kind=next((kind for kind, words in _KINDS if re.search(words, text)), None),
        due_after=after,
        due_before=before,
    )
    if selection == Selection():
        return selection if re.search("所有|全部|一共|总共|共有", text) else None
    role = next((role for role, words in _ROLES if re.search(words, text)), None)
    return replace(selection, role=role) if selection.unit else selection


def _leader(text: str, tasks: Sequence[Task]) -> str | None:
    squeezed = "".join(text.split())
    names = {leader.name for task in tasks for leader in task.leaders if leader.name}
    return next((name for name in sorted(names) if name in squeezed), None)


def _unit(text: str, tasks: Sequence[Task]) -> str | None:
    """The words of the question that name a unit of the ledger, the longest first."""
    units = {unit for task in tasks for unit in (*task.lead_units, *task.cooperating_units)}
    named = [
        text[start : match.end()]
        for match in _UNIT.finditer(text)
        for start in range(match.start(), match.end() - 2)
    ]
    for words in sorted(named, key=len, reverse=True):
        if any(unit_matches(words, unit) for unit in units):
            return words
    return None


def _days(text: str) -> tuple[date | None, date | None]:
    """The first and last day that a question asks for; only the last where it says 前."""
    match = _DAYS.search(text)
    if not match:
        return None, None
    year, month, day, edge, until = match.groups()
    try:
        last_month = date(int(year), int(month or 12), 1)
        last = date(int(year), int(month), int(day)) if day else _month_end(last_month)
    except ValueError:  # 2020年13月
        return None, None
    if until:
        return None, last
    if day:
        return last, last
    return date(int(year), last_month.month if month or edge else 1, 1), last


def _month_end(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return following - timedelta(days=1)

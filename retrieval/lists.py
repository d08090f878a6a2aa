"""Answers that are lists: every task of a unit, leader, section, kind or date, with the count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from corpus.records import DeadlineKind, Task
from index.engine import Engine
from retrieval.anchors import Anchors, Whereabouts
from retrieval.citing import cite_span
from retrieval.coverage import coverage, squeeze, terms
from retrieval.fields import plan_names, task_title
from retrieval.homes import home_of_plans, whereabouts_of
from retrieval.inferring import inferred_units, remarks
from retrieval.ledger import COOPERATING, LEAD, Selection, has_unit, select
from retrieval.matching import headings
from retrieval.question import Question
from retrieval.records import Answer, AnswerKind, Detail
from retrieval.refusing import refuse
from retrieval.unit_words import named_unit

_KINDS = (
    (DeadlineKind.DONE, "已(?:经)?(?:整改到位|完成|整改完|办结|销号)"),
    (
        DeadlineKind.ONGOING,
        "立行立改|长期坚持|持续推进|没有(?:固定|明确|具体)?的?(?:截止)?(?:日期|时限|期限)",
    ),
    (DeadlineKind.FIXED, "(?<!没)有(?:明确|具体|固定)?的?(?:截止日期|时限|期限)"),
)
# 2020年8月底前到期, 2021年完成的, 2020年8月15日前, 2022年以后
_DAYS = re.compile(
    r"((?:19|20)\d\d)年(?:(\d{1,2})月(?:(\d{1,2})[日号])?)?年?([底末]?)(之?前|以前|为止|之?后|以后)?"
    r"(?=.{0,6}?(?:到期|截止|完成|办结|销号|要|的|任务|事项))"
)
_ROLES = ((LEAD, "牵头|主责|主管"), (COOPERATING, "配合|协办|协助|参与"))
_ROLE_VERB = re.compile("牵头|配合|负责|承担|主管|分管|主责|协办|参与")
_OF_TASKS = re.compile("任务|事项|台账|(?:完成|到期)的整改")
_ALL = re.compile("所有|全部|一共|总共|共有|多少|几项|清单")
# What is left of 市公安局牵头哪些任务 when the unit and the asking are taken away.
_REST = re.compile(
    "涉及|有关|相关|关于|方面|任务|事项|问题|工作|项目|整改|牵头|配合|负责|承担|主管|分管|主责|协办|参与|单位|部门|领导|[的了是有都由和要]"
)
# A section or a subject that covers this much of the words asked for is the one that is meant.
_SECTION, _SUBJECT = 0.75, 0.8


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a list question selects: by the ledger's fields, or tasks found by their words."""

    selection: Selection
    tasks: tuple[Task, ...] | None = None


def answer_list(engine: Engine, question: Question, anchors: Anchors) -> Answer | None:
    """Answer a list question completely; None where it is none, or names nothing to list by."""
    tasks = engine.tasks()
    unit = named_unit(question.folded, tasks)
    leader = _leader(question.folded, tasks)
    if not (question.listing or _only_names(question, unit.words or leader)):
        return None
    if not (unit.words or unit.unknown or leader or _OF_TASKS.search(question.folded)):
        return None
    bound = _bound(anchors, tasks, unit.words or "")
    home = home_of_plans(engine)
    if places := [place for place in bound.places if place not in home]:
        return refuse(question, f"现有文件的台账中没有关于{'、'.join(places)}的任务。")
    if unit.unknown and _ROLE_VERB.search(question.folded):
        return refuse(question, f"现有文件的台账中没有{unit.unknown}的任务(0项)。")
    plans = whereabouts_of(engine, (task.document_id for task in tasks))
    tasks = [task for task in tasks if bound.at_home(plans[task.document_id])]
    wanted = _read(engine, question, anchors, tasks, unit.words, leader)
    if wanted is None:
        return None
    dated = wanted.selection.due_before or wanted.selection.due_after
    if anchors.years and not dated and not _in_years(anchors, tasks, plans):
        return refuse(question, f"现有文件的台账中没有{'、'.join(anchors.years)}年的任务。")
    found = select(tasks if wanted.tasks is None else wanted.tasks, wanted.selection)
    return _answer(engine, question, found, wanted.selection)


def _answer(
    engine: Engine, question: Question, found: Sequence[Task], selection: Selection
) -> Answer:
    places = headings(engine, found)
    plans = plan_names(engine, found)
    lines = "\n".join(
        plans[task.document_id] + task_title(task) + _role(task, selection) for task in found
    )
    return Answer(
        question=question.text,
        kind=AnswerKind.LIST,
        text=f"共{len(found)}项:\n{lines}" if found else "共0项:台账中没有符合的任务。",
        citations=tuple(
            cite_span(engine, task.spans[name], places[task.id])
            for task in found
            for name in ("problem", _cited(selection))
            if name in task.spans
        ),
        confidence=1.0,
        details=tuple(
            Detail("注意", f"第{task.number}项 {remark}")
            for task in found
            if selection.unit and _guessed(task, selection)
            for remark in remarks(task)
        ),
        tasks=tuple(found),
        total=len(found),
    )


def _only_names(question: Question, named: str | None) -> bool:
    """Whether nothing but a unit or leader and a role is in the question: 杨骁负责的任务."""
    if not named or question.items or not _ROLE_VERB.search(question.folded):
        return False
    if re.search("谁|哪个|哪家|哪位", question.folded):
        return False
    rest = _REST.sub("", question.subject.replace(named, "").replace(" ", ""))
    return not re.sub(r"\W", "", rest)


def _bound(anchors: Anchors, tasks: Sequence[Task], unit: str) -> Anchors:
    """The anchors without the places that are only part of a unit's name."""
    units = "".join(name for task in tasks for name in (*task.lead_units, *task.cooperating_units))
    places = tuple(place for place in anchors.places if not (place in unit and place in units))
    return replace(anchors, places=places)


def _in_years(anchors: Anchors, tasks: Sequence[Task], plans: Mapping[str, Whereabouts]) -> bool:
    """Whether a plan that tasks are of speaks of the years that a question names."""
    asked = replace(anchors, places=(), own=(), codes=())
    return any(asked.may_mean(plans[identifier]) for identifier in {t.document_id for t in tasks})


def _read(
    engine: Engine,
    question: Question,
    anchors: Anchors,
    tasks: Sequence[Task],
    unit: str | None,
    leader: str | None,
) -> _Wanted | None:
    text = question.folded
    after, before = _days(text)
    selection = Selection(
        unit=unit,
        leader=leader,
        kind=next((kind for kind, words in _KINDS if re.search(words, text)), None),
        due_after=after,
        due_before=before,
    )
    if selection != Selection():
        role = next((role for role, words in _ROLES if re.search(words, text)), None)
        return _Wanted(replace(selection, role=role) if unit else selection)
    if not _OF_TASKS.search(text):
        return None
    subject = _REST.sub(" ", anchors.strip(question.subject, home_of_plans(engine)))
    if (about := _about(engine, tasks, subject)) is not None:
        return _Wanted(selection, tuple(about)) if about else None
    return _Wanted(selection) if _ALL.search(text) else None


def _about(engine: Engine, tasks: Sequence[Task], subject: str) -> list[Task] | None:
    """The tasks of a section or on a subject; None where the question names neither."""
    wanted = terms(engine, subject)
    if not wanted:
        return None
    section = [task for task in tasks if coverage(wanted, squeeze(task.section)) >= _SECTION]
    return section or [
        task
        for task in tasks
        if coverage(wanted, squeeze(task.section + task.problem + task.target)) >= _SUBJECT
    ]


def _role(task: Task, selection: Selection) -> str:
    """In which role the unit asked for has the task, and whether its name is a guess."""
    if selection.unit is None:
        return ""
    role = "牵头" if has_unit(task, selection.unit, LEAD) else "配合"
    guess = "推断" if _guessed(task, selection) else ""
    shown = [words for words in ("" if selection.role else role, guess) if words]
    return f"({','.join(shown)})" if shown else ""


def _guessed(task: Task, selection: Selection) -> bool:
    """Whether the unit has the task only by a name that was guessed."""
    units = (*task.lead_units, *task.cooperating_units)
    sure = tuple(unit for unit in units if unit not in inferred_units(task))
    known = replace(task, lead_units=sure, cooperating_units=())
    return bool(selection.unit) and not has_unit(known, selection.unit or "")


def _cited(selection: Selection) -> str:
    if selection.leader:
        return "leaders"
    return "units" if selection.unit else "deadline"


def _leader(text: str, tasks: Sequence[Task]) -> str | None:
    squeezed = "".join(text.split())
    names = {leader.name for task in tasks for leader in task.leaders if leader.name}
    return next((name for name in sorted(names) if name in squeezed), None)


def _days(text: str) -> tuple[date | None, date | None]:
    """The first and last day that a question asks for; only one of them for 前 or 后."""
    match = _DAYS.search(text)
    if not match:
        return None, None
    year, month, day, edge, side = match.groups()
    try:
        last_month = date(int(year), int(month or 12), 1)
        last = date(int(year), int(month), int(day)) if day else _month_end(last_month)
    except ValueError:  # 2020年13月
        return None, None
    if side and side.endswith("后"):
        return last + timedelta(days=1), None
    if side:
        return None, last
    if day:
        return last, last
    return date(int(year), last_month.month if month or edge else 1, 1), last


def _month_end(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return following - timedelta(days=1)

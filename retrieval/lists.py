"""Answers that are lists: every task of a unit, leader, section, kind or date, with the count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.records import DeadlineKind, Task
from index.engine import Engine
from retrieval.anchors import Anchors, Whereabouts
from retrieval.citing import cite_span
from retrieval.conditions import Conditions, about, read_conditions
from retrieval.fields import plan_names, task_title
from retrieval.homes import home_of_plans, whereabouts_of
from retrieval.inferring import inferred_units, remarks
from retrieval.ledger import LEAD, has_unit
from retrieval.matching import headings
from retrieval.mentions import unknown_unit
from retrieval.question import Question, content
from retrieval.records import Answer, AnswerKind, Detail
from retrieval.refusing import refuse
from retrieval.task_copies import distinct_tasks

_ROLE_VERB = re.compile("牵头|配合|负责|承担|主管|分管|主责|协办|参与")
# 市公安居牵头: somebody has the task.
_DOES = re.compile("(?<=[\u4e00-\u9fff]{2})(?:牵头|配合|分管|主管|协办)")
_ASKS_WHO = re.compile("谁|哪个|哪家|哪位|(?:什么|哪些|几个)(?:单位|部门|领导)")
# 清单化管理 is a way of working, no list.
_LEDGER = "清单(?![化式制管])"
_OF_TASKS = re.compile(f"任务|事项|台账|{_LEDGER}|(?:完成|到期)的整改")
# Asks which or how many, of things that are counted as tasks are; 多少个乡镇 counts others.
_WHICH = re.compile(
    "哪[一几]?[项件条]|哪几个|哪些(?!单位|部门|领导|措施|目标|局|人|公司|企业)|[几多少][项件条]"
    "|(?:多少|几)个(?=(?:整改)?(?:任务|问题|事项)|[^\u4e00-\u9fff]|$)"
    f"|列(?:出|一下|举)|都?有啥|都?有哪些|一共|总共|{_LEDGER}|所有|全部"
)
_THINGS = re.compile(f"任务|事项|整改|{_LEDGER}|台账|[项件条](?![目])|活")
_ALL = re.compile(f"所有|全部|一共|总共|共有|多少|几项|{_LEDGER}")
# 那市公安局呢: what is said besides what is meant; _LISTED is said for it.
_FOLLOWING = re.compile("^(?:那么?|还有|换成|如果是|要是)+|[呢?？。!！\\s]+$")
_LISTED = "到期的任务"
NO_TASKS = "共0项:台账中没有符合的任务。"
_EVERY = re.compile("所有|全部|列?出")
# What is left of 市公安局牵头哪些任务 when the unit and the asking are taken away.
_REST = re.compile(
    r"\d+项|涉及|有关|相关|关于|方面|清单|台账|其中|里面|加起来|任务|事项|问题|工作|项目|整改|牵头|配合|负责|承担|主管|分管|主责|协办|参与|单位|部门|领导|责任|时限|期限|担任|完成|到期|办结|[的了是有都由和要在里列]|一起|共同|联合|同时|并且|而且|以及|不|没|未|无需|只"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An answer that is a list, or refuses to be one, and what its tasks were asked to satisfy."""

    answer: Answer
    conditions: Conditions | None = None


def answer_list(engine: Engine, question: Question, anchors: Anchors) -> Listed | None:
    """Answer a list question completely; None where it is none, or names nothing to list by."""
    tasks = distinct_tasks(engine, engine.tasks())
    if question.items or not _may_list(question):
        return None
    conditions, rest = read_conditions(engine, question.folded, tasks)
    unknown = None if conditions.units else unknown_unit(question.folded, tasks)
    if not (question.listing or _asks_which(question) or _only_names(conditions, rest)):
        return None
    if conditions == Conditions() and not unknown and not _OF_TASKS.search(question.folded):
        return None
    # 临颍 in 国网临颍供电公司 is part of a name; 市 before it may make a place of any word.
    bound = replace(anchors, places=tuple(place for place in anchors.places if place in rest))
    home = home_of_plans(engine)
    if places := [place for place in bound.places if place not in home]:
        return _refused(question, f"现有文件的台账中没有关于{'、'.join(places)}的任务。")
    if unknown and _ROLE_VERB.search(question.folded):
        return _refused(question, f"现有文件的台账中没有{unknown}的任务(0项)。")
    if _unread(question, conditions):
        return _refused(question, "没有认出问的是哪个单位或领导,请写单位全称或领导姓名。")
    plans = whereabouts_of(engine, (task.document_id for task in tasks))
    tasks = [task for task in tasks if bound.at_home(plans[task.document_id])]
    wanted = _narrowed(engine, conditions, anchors.strip(rest, home), tasks, question)
    if wanted is None:
        return None
    if anchors.years and not wanted.dated and not _in_years(anchors, tasks, plans):
        return _refused(question, f"现有文件的台账中没有{'、'.join(anchors.years)}年的任务。")
    return _listed(engine, question, tasks, wanted)


def follow_list(
    engine: Engine, question: Question, anchors: Anchors, before: Conditions
) -> Listed | None:
    """Answer 那市公安局呢 after a list: its conditions, with what is named in their place.

    None where the question names nothing that tasks could be listed by.
    """
    tasks = distinct_tasks(engine, engine.tasks())
    words = _FOLLOWING.sub("", question.folded)
    conditions, rest = read_conditions(engine, words + _LISTED, tasks)
    home = home_of_plans(engine)
    if places := [place for place in anchors.places if place in rest and place not in home]:
        return _refused(question, f"现有文件的台账中没有关于{'、'.join(places)}的任务。")
    if conditions.units == () and (unknown := unknown_unit(words, tasks)):
        return _refused(question, f"现有文件的台账中没有{unknown}的任务(0项)。")
    subject = _REST.sub(" ", content(rest))
    if conditions == Conditions() or subject.strip():
        found = about(engine, tasks, subject)
        if not found or conditions != Conditions():
            return None
        conditions = Conditions(among=frozenset(task.id for task in found))
    return _listed(engine, question, tasks, before.followed_by(conditions))


def _listed(
    engine: Engine, question: Question, tasks: Sequence[Task], wanted: Conditions
) -> Listed:
    found = [task for task in tasks if wanted.met_by(task)]
    return Listed(_answer(engine, question, found, wanted), wanted)


def _refused(question: Question, why: str) -> Listed:
    return Listed(refuse(question, why))


def _unread(question: Question, conditions: Conditions) -> bool:
    """Whether a question asks for the tasks of somebody whose name could not be read."""
    if conditions.units or conditions.leaders or conditions.among is not None:
        return False
    match = _DOES.search(question.folded)
    return bool(match) and not _ASKS_WHO.search(question.folded)


def _may_list(question: Question) -> bool:
    """Whether a question could ask for a list at all: what is read next costs more."""
    text = question.folded
    return bool(question.listing or _WHICH.search(text) or _ROLE_VERB.search(text))


def _asks_which(question: Question) -> bool:
    return bool(_WHICH.search(question.folded) and _THINGS.search(question.folded))


def _narrowed(
    engine: Engine,
    conditions: Conditions,
    rest: str,
    tasks: Sequence[Task],
    question: Question,
) -> Conditions | None:
    """The conditions with what the rest of a question says the tasks are about.

    None where the question names nothing that tasks could be listed by.
    """
    subject = _REST.sub(" ", content(rest))
    # 全部任务有哪些 says nothing of what they are about.
    found = about(engine, tasks, subject) if _EVERY.sub("", subject).strip() else None
    if conditions != Conditions():
        if found and conditions.among is None:
            return replace(conditions, among=frozenset(task.id for task in found))
        return conditions
    if not _OF_TASKS.search(question.folded):
        return None
    if found is not None:
        return Conditions(among=frozenset(task.id for task in found)) if found else None
    return conditions if _ALL.search(question.folded) else None


def _answer(
    engine: Engine, question: Question, found: Sequence[Task], conditions: Conditions
) -> Answer:
    places = headings(engine, found)
    plans = plan_names(engine, found)
    lines = "\n".join(
        plans[task.document_id] + task_title(task) + _role(task, conditions) for task in found
    )
    return Answer(
        question=question.text,
        kind=AnswerKind.LIST,
        text=f"共{len(found)}项:\n{lines}" if found else NO_TASKS,
        citations=tuple(
            cite_span(engine, task.spans[name], places[task.id])
            for task in found
            for name in ("problem", _cited(conditions, task))
            if name in task.spans
        ),
        confidence=1.0,
        details=tuple(
            Detail("注意", f"第{task.number}项 {remark}")
            for task in found
            if conditions.units and _guessed(task, conditions)
            for remark in remarks(task)
        ),
        tasks=tuple(found),
        total=len(found),
    )


def _only_names(conditions: Conditions, rest: str) -> bool:
    """Whether nothing but a unit or leader and a role is in the question: 杨骁负责的任务."""
    if not (conditions.units or conditions.leaders) or not _ROLE_VERB.search(rest):
        return False
    if re.search("谁|哪个|哪家|哪位", rest):
        return False
    return not re.sub(r"\W", "", _REST.sub("", content(rest)))


def _in_years(anchors: Anchors, tasks: Sequence[Task], plans: Mapping[str, Whereabouts]) -> bool:
    """Whether a plan that tasks are of speaks of the years that a question names."""
    asked = replace(anchors, places=(), own=(), codes=())
    return any(asked.may_mean(plans[identifier]) for identifier in {t.document_id for t in tasks})


def _role(task: Task, conditions: Conditions) -> str:
    """In which role the unit asked for has the task, and whether its name is a guess."""
    if len(conditions.units) != 1 or conditions.units[0].absent:
        return ""
    (unit,) = conditions.units
    role = "牵头" if all(has_unit(task, name, LEAD) for name in unit.names) else "配合"
    guess = "推断" if _guessed(task, conditions) else ""
    shown = [words for words in ("" if unit.role else role, guess) if words]
    return f"({','.join(shown)})" if shown else ""


def _guessed(task: Task, conditions: Conditions) -> bool:
    """Whether a unit has the task only by a name that was guessed."""
    units = (*task.lead_units, *task.cooperating_units)
    sure = tuple(unit for unit in units if unit not in inferred_units(task))
    known = replace(task, lead_units=sure, cooperating_units=())
    names = [name for unit in conditions.units if not unit.absent for name in unit.names]
    return any(has_unit(task, name) and not has_unit(known, name) for name in names)


def _cited(conditions: Conditions, task: Task) -> str:
    """The field that shows that a task satisfies the conditions."""
    if conditions.leaders:
        return "leaders"
    if conditions.units:
        return "units"
    of_progress = conditions.kind is DeadlineKind.DONE or conditions.unfinished
    return "status" if of_progress and "status" in task.spans else "deadline"

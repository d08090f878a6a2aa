"""Answers to field questions: read from the ledger, cited from the plan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from corpus.records import Deadline, DeadlineKind, Task
from index.engine import Engine
from retrieval.citing import cite_span
from retrieval.inferring import as_written, inferred_units, remarks
from retrieval.masked import is_masked
from retrieval.matching import TaskMatch
from retrieval.question import Field, Question
from retrieval.records import Answer, AnswerKind, Citation, Detail
from retrieval.steps import Step, asked_step

# Where each field stands: the spans that are cited for it.
_SPANS = {
    Field.DEADLINE: ("deadline", "target", "units"),
    Field.LEAD: ("units", "deadline"),
    Field.COOPERATING: ("units", "deadline"),
    Field.UNITS: ("units", "deadline"),
    Field.LEADERS: ("leaders", "units", "deadline"),
    Field.TARGET: ("target", "deadline", "units"),
    Field.MEASURES: ("measures", "deadline", "units"),
    Field.PROBLEM: ("problem", "deadline", "units"),
    Field.ACCEPTANCE: ("acceptance", "deadline", "units"),
    Field.STATUS: ("status", "deadline", "units"),
}
_NO_DATE = {
    DeadlineKind.ONGOING: "没有截止日期:立即整改,并长期坚持",
    DeadlineKind.DONE: "已经整改到位,没有待办期限",
    DeadlineKind.RECURRING: "按周期重复",
    DeadlineKind.RELATIVE: "从起算之日计,文中没有给出起算日期",
}
MISSING = "文中没有写明"
STRUCK_OUT, GUESSED, WHOLE_TASK = "(原文此处已隐去)", "(推断)", "整项任务的时限"
_TITLE_LENGTH = 36
_BY_NAME = re.compile("时限|期限|截止|到期")


def answer_field(
    engine: Engine, question: Question, matches: Sequence[TaskMatch], subject: str = ""
) -> Answer:
    """Answer a question for fields of the tasks it means; several tasks are shown as several.

    `subject` may describe a step inside the one task that is meant.
    """
    fields = question.fields or (Field.DEADLINE,)
    tasks = tuple(match.task for match in matches)
    if fields == (Field.DEADLINE,) and len(tasks) == 1:
        step = asked_step(engine, subject, tasks[0])
        # Who asks for the 时限 by its name means the task's, unless a step has a date of its own.
        if step and (step.dated or not _BY_NAME.search(question.folded)):
            return _answer_step(engine, question, matches[0], step)
    citations: list[Citation] = []
    details: list[Detail] = []
    for match in matches:
        citations += _citations(engine, match, fields, several=len(matches) > 1)
        details += _details(match.task, fields, alone=len(matches) == 1)
    return Answer(
        question=question.text,
        kind=AnswerKind.FIELD,
        text=_text(tasks, fields, plan_names(engine, tasks)),
        citations=tuple(citations),
        confidence=round(min(1.0, max(match.score for match in matches)), 3),
        details=tuple(details),
        tasks=tasks,
        total=len(tasks),
        value=_value(tasks, fields),
    )


def _answer_step(engine: Engine, question: Question, match: TaskMatch, step: Step) -> Answer:
    """Answer with a step's own date, the whole task's deadline beside it."""
    task = match.task
    sentence = cite_span(engine, step.sentence, match.heading)
    words = (step.milestone.text if step.milestone else sentence.quote).rstrip("。;；")
    return Answer(
        question=question.text,
        kind=AnswerKind.FIELD,
        text=f"{words};{WHOLE_TASK}:{field_text(task, Field.DEADLINE)}",
        citations=(sentence, *_citations(engine, match, (Field.DEADLINE,))),
        confidence=round(min(1.0, match.score), 3),
        details=tuple(_details(task, (Field.DEADLINE,), alone=True)),
        tasks=(task,),
        total=1,
        value=deadline_value(step.milestone) | {"task": deadline_value(task.deadline)},
    )


def field_text(task: Task, field: Field) -> str:
    """A field of a task as a person reads it first."""
    if field is Field.DEADLINE:
        return _deadline_text(task.deadline) if task.deadline else MISSING
    lead, cooperating = units_text(task, task.lead_units), units_text(task, task.cooperating_units)
    texts = {
        Field.UNITS: f"牵头:{lead};配合:{cooperating}"
        if lead and cooperating
        else lead or cooperating,
        Field.LEAD: lead,
        Field.COOPERATING: cooperating,
        Field.LEADERS: "、".join(
            f"{leader.name}({leader.post})" if leader.post else leader.name
            for leader in task.leaders
            if leader.name
        ),
        Field.TARGET: task.target,
        Field.MEASURES: _numbered(task.measures),
        Field.PROBLEM: task.problem,
        Field.ACCEPTANCE: "、".join(task.acceptance_units),
        Field.STATUS: task.status or _done_text(task),
    }
    return texts[field] or MISSING


def _done_text(task: Task) -> str:
    """What a deadline says of a task that is done (已整改到位)."""
    done = task.deadline and task.deadline.kind is DeadlineKind.DONE
    return task.deadline.text if task.deadline and done else ""


def _deadline_text(deadline: Deadline) -> str:
    """The words of a deadline; what was struck out of them is no date, and is said to be none."""
    return f"{deadline.text}{STRUCK_OUT}" if is_masked(deadline.text) else deadline.text


def units_text(task: Task, units: Sequence[str]) -> str:
    """Units as the plan writes them, those whose names are guessed marked so."""
    guessed, written = inferred_units(task), as_written(task)
    return "、".join(
        f"{unit}{GUESSED}" if unit in guessed else written.get(unit, unit) for unit in units
    )


def task_title(task: Task) -> str:
    """The item number and the first words of the problem."""
    problem = task.problem.split("。")[0]
    if len(problem) > _TITLE_LENGTH:
        # Never inside a number: 2019年12月9 would be another day.
        problem = re.sub(r"[0-9.,年月]+$", "", problem[:_TITLE_LENGTH]) + "…"
    return f"第{task.number}项 {problem}"


def deadline_value(deadline: Deadline | None) -> dict[str, Any]:
    """The computed value of a deadline, to stand beside its words."""
    if deadline is None:
        return {"due": None}
    value: dict[str, Any] = {"kind": deadline.kind.value, "due": deadline.due}
    if deadline.recurrence:
        value["recurrence"] = deadline.recurrence
    return value


def plan_names(engine: Engine, tasks: Sequence[Task]) -> dict[str, str]:
    """What to call the plan of each task, by document id; nothing where all are of one plan."""
    documents = {task.document_id for task in tasks}
    if len(documents) < 2:
        return dict.fromkeys(documents, "")
    found = {identifier: engine.document(identifier) for identifier in documents}
    names = {one.id: one.number or f"《{one.title}》" for one in found.values()}
    alike = Counter(names.values())  # a draft and its final version may go by one name
    return {
        identifier: f"{name}({found[identifier].source}) " if alike[name] > 1 else f"{name} "
        for identifier, name in names.items()
    }


def _text(tasks: Sequence[Task], fields: Sequence[Field], plans: dict[str, str]) -> str:
    if len(tasks) == 1:
        return _joined(tasks[0], fields)
    lines = [
        f"{plans[task.document_id]}{task_title(task)}:{_joined(task, fields)}" for task in tasks
    ]
    return f"有{len(tasks)}项任务符合:\n" + "\n".join(lines)


def _joined(task: Task, fields: Sequence[Field]) -> str:
    if len(fields) == 1:
        return field_text(task, fields[0])
    texts = (f"{LABELS[field]}:{field_text(task, field).rstrip('。')}" for field in fields)
    return ";".join(texts)


# What stands before each of several fields in one answer.
LABELS = {
    Field.DEADLINE: "整改时限",
    Field.LEAD: "牵头单位",
    Field.COOPERATING: "配合单位",
    Field.UNITS: "责任单位",
    Field.LEADERS: "责任领导",
    Field.TARGET: "整改目标",
    Field.MEASURES: "整改措施",
    Field.PROBLEM: "存在问题",
    Field.ACCEPTANCE: "验收单位",
    Field.STATUS: "整改状态",
}


def _details(task: Task, fields: Sequence[Field], *, alone: bool) -> list[Detail]:
    """What a cadre must also know to act: the stages, who, and until when."""
    if not alone:
        return [Detail("注意", f"第{task.number}项 {remark}") for remark in remarks(task)]
    details = [Detail("任务", task_title(task))]
    dated = task.deadline and not is_masked(task.deadline.text)
    if task.deadline and dated and (remark := _NO_DATE.get(task.deadline.kind)):
        details.append(Detail("说明", remark))
    if Field.DEADLINE not in fields:
        details.append(Detail("时限", field_text(task, Field.DEADLINE)))
    if task.milestones and not set(fields) - {Field.DEADLINE, Field.TARGET, Field.MEASURES}:
        details += [Detail("阶段", _stage(milestone)) for milestone in task.milestones]
    asked = set(fields)
    if not asked & {Field.LEAD, Field.UNITS}:
        details.append(Detail("牵头", field_text(task, Field.LEAD)))
    if task.cooperating_units and not asked & {Field.COOPERATING, Field.UNITS}:
        details.append(Detail("配合", field_text(task, Field.COOPERATING)))
    if task.leaders and Field.LEADERS not in asked:
        details.append(Detail("领导", "、".join(leader.name for leader in task.leaders)))
    if task.status and Field.STATUS not in asked:
        details.append(Detail("状态", task.status))
    return details + [Detail("注意", remark) for remark in remarks(task)]


def _stage(milestone: Deadline) -> str:
    return f"{milestone.text}(至 {milestone.due})" if milestone.due else milestone.text


def _value(tasks: Sequence[Task], fields: Sequence[Field]) -> dict[str, Any]:
    if Field.DEADLINE not in fields:
        return {}
    if len(tasks) == 1:
        return deadline_value(tasks[0].deadline)
    several = len({task.document_id for task in tasks}) > 1
    return {
        "tasks": {
            task.id if several else str(task.number): deadline_value(task.deadline)
            for task in tasks
        }
    }


def _citations(
    engine: Engine, match: TaskMatch, fields: Sequence[Field], *, several: bool = False
) -> list[Citation]:
    names = dict.fromkeys(name for field in fields for name in _SPANS[field])
    if several:
        names["problem"] = None
    return [
        cite_span(engine, match.task.spans[name], match.heading)
        for name in names
        if name in match.task.spans
    ]


def _numbered(measures: Sequence[str]) -> str:
    if len(measures) < 2:
        return "".join(measures)
    return "\n".join(f"({index}){text}" for index, text in enumerate(measures, start=1))

"""A question becomes an answer, or an honest no; a conversation remembers what it was about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus.errors import QuestionError
from index.engine import Engine
from index.tokens import fold
from retrieval.about_documents import answer_document
from retrieval.anchors import DOCUMENT_NUMBER, Anchors, Whereabouts, read_anchors, whereabouts
from retrieval.coverage import squeeze
from retrieval.facts import answer_fact
from retrieval.fields import answer_field
from retrieval.lists import answer_list, home_of_plans
from retrieval.matching import TaskMatch, match_tasks, meant, numbered
from retrieval.people import answer_person
from retrieval.question import Field, Question, read_question
from retrieval.records import Answer
from retrieval.refusing import refuse
from retrieval.search import search
from retrieval.steps import asked_step

# No question of a cadre is longer, and the time for an answer must stay bounded.
LONGEST_QUESTION = 2000
# A task that covers less of the subject than this is not the one that is meant.
_DESCRIBED = 0.6
# A subject that fits more tasks than this as well names none of them.
_MOST = 6
# More tasks than this, as in a list of all, are not kept for the next question.
_KEPT = 12
_AND = re.compile("和|以及|与|、")


@dataclass(frozen=True, slots=True)
class Context:
    """What was said before: the tasks that the last answer was about, the fields asked for."""

    matches: tuple[TaskMatch, ...] = ()
    fields: tuple[Field, ...] = ()


def ask(engine: Engine, text: str, context: Context | None = None) -> tuple[Answer, Context]:
    """Answer a question and return what to remember for the next one.

    :raises QuestionError: the question is empty or too long.
    :raises EngineError: the engine failed.
    """
    if not text.strip():
        raise QuestionError("问题是空的,请写出要问的内容")
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(f"问题太长({len(text)} 字),请压缩到 {LONGEST_QUESTION} 字以内")
    question = _in_context(read_question(text), context or Context())
    anchors = read_anchors(question.folded, home_of_plans(engine))
    if named := answer_document(engine, question):
        return named, Context()
    if engine.tasks() and (answered := _from_ledger(engine, question, anchors, context)):
        return answered
    fact = answer_fact(engine, question)
    return fact, _about_task(engine, fact) or context or Context()


def _about_task(engine: Engine, fact: Answer) -> Context | None:
    """The task that a fact was cited from, for 谁负责 to follow."""
    if fact.abstained:
        return None
    first = fact.citations[0]
    for passage in engine.passages_of(first.document_id):
        if passage.task and passage.span.start <= first.start and first.end <= passage.span.end:
            task = next(task for task in engine.tasks() if task.id == passage.task)
            return Context((TaskMatch(task, 1.0, passage.heading),))
    return Context()


def _in_context(question: Question, context: Context) -> Question:
    """那黑加油站呢 asks for the fields that were asked for before."""
    follows = re.match("那|还有", question.folded) or re.search("呢[?？。]?$", question.folded)
    if follows and not question.fields and context.fields:
        return replace(question, fields=context.fields, labelled=True)
    return question


def _from_ledger(
    engine: Engine, question: Question, anchors: Anchors, context: Context | None
) -> tuple[Answer, Context] | None:
    """Answer from the ledger, or refuse; None where the question is not for it."""
    if question.negated and (question.listing or question.fields):
        why = "还不能回答带“不是”“除……外”的台账问题,请直接问要的单位或任务。"
        return refuse(question, why), context or Context()
    if (listed := answer_list(engine, question, anchors)) is not None:
        return listed, _remember(engine, listed) if listed.tasks else context or Context()
    if person := answer_person(engine, question, anchors):
        return person, Context()
    matches = _tasks_meant(engine, question, anchors, context or Context())
    if matches:
        fields = question.fields or (Field.DEADLINE,)
        subject = anchors.strip(question.subject, home_of_plans(engine))
        return answer_field(engine, question, matches, subject), Context(tuple(matches), fields)
    unclear = _unclear(question)
    return (refuse(question, unclear), context or Context()) if unclear else None


def _remember(engine: Engine, listed: Answer) -> Context:
    """The tasks of a short list, so that 第二个的时限 can be asked."""
    if not 0 < len(listed.tasks) <= _KEPT:
        return Context()
    numbers = {task.id: task.number for task in listed.tasks}
    found = [match for number in numbers.values() for match in numbered(engine, number)]
    return Context(tuple(match for match in found if match.task.id in numbers))


def _unclear(question: Question) -> str | None:
    """What is missing in a question for the ledger that no task fits."""
    if question.items and (question.fields or not question.subject):
        items = "、".join(map(str, question.items))
        return f"现有文件的台账中没有找到这样的第{items}项任务。"
    if question.fields and (question.count or not question.subject):
        return "请写明是哪一项任务,例如“烤烟用煤整改时限”;全部任务见 gongjian tasks。"
    return None


def _tasks_meant(
    engine: Engine, question: Question, anchors: Anchors, context: Context
) -> list[TaskMatch]:
    """The tasks that a field question is about; none where it is no field question."""
    if question.items:
        found = [match for item in question.items for match in numbered(engine, item)]
        return _of_document(engine, question, _in_place(engine, anchors, found, dated=True))
    if not question.fields:
        return []
    if question.ordinal is not None and not question.subject:
        return list(context.matches[question.ordinal - 1 : question.ordinal])
    if not question.subject:
        fits = question.count in {None, len(context.matches)}
        return list(context.matches) if fits else []
    subject = anchors.strip(question.subject, home_of_plans(engine))
    subject = DOCUMENT_NUMBER.sub(" ", subject)
    matches = _in_years(engine, anchors, _described(engine, anchors, subject))
    matches = _stepped(engine, question, subject, _of_document(engine, question, matches))
    if len(matches) > _MOST or question.count not in {None, len(matches)}:
        return []
    return matches if question.labelled or _is_about(engine, question, matches) else []


def _stepped(
    engine: Engine, question: Question, subject: str, matches: list[TaskMatch]
) -> list[TaskMatch]:
    """Of several matches the one that has a dated step of just this subject, if only one has."""
    if len(matches) < 2 or question.fields != (Field.DEADLINE,):
        return matches
    steps = [(asked_step(engine, subject, match.task), match) for match in matches]
    dated = [match for step, match in steps if step and step.dated]
    return dated if len(dated) == 1 else matches


def _described(engine: Engine, anchors: Anchors, subject: str) -> list[TaskMatch]:
    """The tasks a subject describes; 烤烟用煤和黑加油站 describes those of each part."""
    parts = [part for part in _AND.split(subject) if len(part) > 1]
    each = [_best(engine, anchors, part) for part in parts] if len(parts) > 1 else []
    if len(each) > 1 and all(each) and not _shared(each):
        return [match for matches in each for match in matches]
    return _best(engine, anchors, subject)


def _best(engine: Engine, anchors: Anchors, subject: str) -> list[TaskMatch]:
    matches = meant(_in_place(engine, anchors, match_tasks(engine, subject)))
    good = matches and max(match.score for match in matches) >= _DESCRIBED
    return matches if good else []


def _shared(each: list[list[TaskMatch]]) -> bool:
    """Whether the parts of a subject describe one task: 电、天然气 or 局、委 in one name."""
    sets = [{match.task.id for match in matches} for matches in each]
    return bool(set.intersection(*sets))


def _in_place(
    engine: Engine, anchors: Anchors, matches: list[TaskMatch], *, dated: bool = False
) -> list[TaskMatch]:
    """The matches of plans that are at home in the place named, or of tasks that name it.

    With `dated` the plan must also speak of the years named.
    """
    placed = replace(anchors, years=())
    places = _plans(engine, matches)
    found = [match for match in matches if _tied(places, placed, match)]
    if not (dated and anchors.years):
        return found
    return [match for match in found if anchors.may_mean(places[match.task.document_id])]


def _plans(engine: Engine, matches: list[TaskMatch]) -> dict[str, Whereabouts]:
    """Where and when the plans of matches are, by document id."""
    documents = {match.task.document_id for match in matches}
    return {identifier: whereabouts(engine.document(identifier)) for identifier in documents}


def _of_document(engine: Engine, question: Question, matches: list[TaskMatch]) -> list[TaskMatch]:
    """The matches of the document whose number the question gives, if it gives one."""
    asked = DOCUMENT_NUMBER.search(question.folded)
    if asked is None:
        return matches
    found = []
    for match in matches:
        number = engine.document(match.task.document_id).number
        known = DOCUMENT_NUMBER.search(fold(number or ""))
        if known is None or known["serial"] != asked["serial"]:
            continue
        if asked["year"] in {None, known["year"]}:
            found.append(match)
    return found


def _in_years(engine: Engine, anchors: Anchors, matches: list[TaskMatch]) -> list[TaskMatch]:
    """The matches, if every one of them speaks of the years named."""
    if not anchors.years:
        return matches
    places = _plans(engine, matches)
    return matches if all(_tied(places, anchors, match) for match in matches) else []


def _tied(places: dict[str, Whereabouts], anchors: Anchors, match: TaskMatch) -> bool:
    task, where = match.task, places[match.task.document_id]
    due = task.deadline.text if task.deadline else ""
    words = squeeze("\n".join((task.section, task.problem, task.target, due)))
    return anchors.may_mean(where) and anchors.tied_to(where, words)


def _is_about(engine: Engine, question: Question, matches: list[TaskMatch]) -> bool:
    """Whether the passage that fits a question best belongs to one of the tasks."""
    hits = search(engine, question.folded, 1)
    return bool(hits) and hits[0].passage.task in {match.task.id for match in matches}

"""A question becomes an answer, or an honest no; a conversation remembers what it was about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.errors import QuestionError
from index.engine import Engine
from retrieval.about_documents import answer_document
from retrieval.anchors import Anchors, read_anchors
from retrieval.choosing import meant_by_sense, tasks_meant
from retrieval.conditions import Conditions
from retrieval.coverage import terms
from retrieval.facts import answer_fact
from retrieval.fields import answer_field
from retrieval.homes import home_of_plans
from retrieval.lists import Listed, answer_list, follow_list
from retrieval.matching import TaskMatch, headings
from retrieval.mending import mend
from retrieval.people import answer_person, leaders_areas, local_leaders
from retrieval.proof import prove
from retrieval.question import Field, Question, content, read_question
from retrieval.records import Answer, Detail
from retrieval.refusing import refuse
from retrieval.task_copies import also_assigned_in, distinct_matches
from retrieval.trail import SILENT, Trail
from retrieval.years import with_years

# No question of a cadre is longer, and the time for an answer must stay bounded.
LONGEST_QUESTION = 2000
# A text must say all of a question that the ledger refuses.
_CERTAIN = 0.99
# A question of so few words says too little by itself.
_LITTLE = 2
_POINTS_BACK = re.compile("^(?:那|它|其中|其|这|还有|又|再|当时|截至|截止)")
_BY_SENSE = "问法与文件用词不同,是按意思对应到这一项的,请核对"
# More tasks than this, as in a list of all, are not kept for the next question.
_KEPT = 12


@dataclass(frozen=True, slots=True)
class Context:
    """What was said before: the tasks of the last answer, the fields asked for, the subject.

    `listed` are the tasks of the last list, 第二个 means the second of these; `conditions` what
    they were asked to satisfy, for 那市公安局呢.
    """

    matches: tuple[TaskMatch, ...] = ()
    fields: tuple[Field, ...] = ()
    spoken: str = ""
    listed: tuple[TaskMatch, ...] = ()
    conditions: Conditions | None = None


def ask(
    engine: Engine,
    text: str,
    context: Context | None = None,
    *,
    trail: Trail = SILENT,
    mending: bool = True,
) -> tuple[Answer, Context]:
    """Answer a question and return what to remember for the next one; `trail` is told how.

    :param mending: ask again with slips of typing mended where there is no answer.
    :raises QuestionError: the question is empty or too long.
    :raises EngineError: the engine failed.
    """
    if not text.strip():
        raise QuestionError("问题是空的,请写出要问的内容")
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(f"问题太长({len(text)} 字),请压缩到 {LONGEST_QUESTION} 字以内")
    context = context or Context()
    answer, after = _mended(engine, text, context, trail, mending=mending)
    proof = prove(answer)
    trail.proven(proof)
    lost = proof.answer.abstained and not answer.abstained
    return with_years(engine, proof.answer), context if lost else after


def _mended(
    engine: Engine, text: str, context: Context, trail: Trail, *, mending: bool
) -> tuple[Answer, Context]:
    """Answer a question as it is written, or else as it sounds."""
    answer, after = _asked(engine, text, context, trail)
    if mending and answer.abstained and (mended := mend(engine, text)):
        again, then = _asked(engine, mended.text, context, trail)
        trail.mended(mended.changes, kept=not again.abstained)
        if not again.abstained:
            read = "、".join(f"“{typed}”读作“{word}”" for typed, word in mended.changes)
            details = (*again.details, Detail("读法", read))
            return replace(again, question=text, details=details), then
    return answer, after


def _asked(engine: Engine, text: str, context: Context, trail: Trail) -> tuple[Answer, Context]:
    alone = read_question(text)
    question = _in_context(alone, context)
    known = home_of_plans(engine)
    if {Field.LEADERS, Field.UNITS} & set(question.fields):
        known |= leaders_areas(engine.tasks())
    anchors = read_anchors(question.folded, known)
    trail.read(question, anchors)
    if question != alone:
        trail.followed("上一问所问的项目")
    if named := answer_document(engine, question):
        trail.took("文件本身")
        return named, Context()
    if engine.tasks() and (answered := _from_ledger(engine, question, anchors, context, trail)):
        return answered
    trail.took("正文")
    fact, spoken = _fact(engine, question, context, trail)
    if fact.abstained and (guessed := _by_sense(engine, question, anchors)):
        trail.took("台账,按意思对应的任务")
        return guessed
    return fact, _about_task(engine, fact, spoken) or context


def _fact(engine: Engine, question: Question, context: Context, trail: Trail) -> tuple[Answer, str]:
    """Answer with a fact, and say what was spoken of; 占全省多少 follows what was said before.

    What says little by itself is asked with the words of before first, anything else after it
    found nothing by itself.
    """
    words = content(question.folded)
    little = len(terms(engine, words)) <= _LITTLE or bool(_POINTS_BACK.search(question.folded))
    alone = None if little and context.spoken else answer_fact(engine, question, trail)
    if context.spoken and (alone is None or alone.abstained):
        spoken = f"{context.spoken} {words}"
        asked = replace(read_question(f"{context.spoken} {question.folded}"), text=question.text)
        together = answer_fact(engine, asked, trail)
        if not together.abstained:
            trail.followed(f"上一问所说的“{context.spoken}”")
            return together, spoken
    return alone or answer_fact(engine, question, trail), words


def _about_task(engine: Engine, fact: Answer, spoken: str) -> Context | None:
    """What a fact was about, and the task it was cited from, for 谁负责 to follow."""
    if fact.abstained:
        return None
    first = fact.citations[0]
    for passage in engine.passages_of(first.document_id):
        if passage.task and passage.span.start <= first.start and first.end <= passage.span.end:
            task = next(task for task in engine.tasks() if task.id == passage.task)
            return Context((TaskMatch(task, 1.0, passage.heading),), spoken=spoken)
    return Context(spoken=spoken)


def _in_context(question: Question, context: Context) -> Question:
    """那黑加油站呢 asks for the fields that were asked for before."""
    if _follows(question) and not question.fields and context.fields:
        return replace(question, fields=context.fields, labelled=True)
    return question


def _follows(question: Question) -> bool:
    """Whether a question goes on from what was said before: 那黑加油站呢."""
    return bool(re.match("那|还有", question.folded) or re.search("呢[?？。]?$", question.folded))


def _from_ledger(
    engine: Engine, question: Question, anchors: Anchors, context: Context, trail: Trail
) -> tuple[Answer, Context] | None:
    """Answer from the ledger, or refuse; None where the question is not for it."""
    trail.took("台账")
    if question.negated and (question.listing or question.fields):
        why = "还不能回答带“不是”“除……外”的台账问题,请直接问要的单位或任务。"
        return refuse(question, why), context
    if listed := _list(engine, question, anchors, context, trail):
        elsewhere = listed.answer.abstained and anchors.places and not _follows(question)
        if elsewhere and _told(engine, question):
            return None
        trail.took("台账,清单")
        trail.listed(listed.conditions)
        return listed.answer, _remember(engine, listed) if listed.conditions else context
    if person := answer_person(engine, question, anchors):
        trail.took("台账,责任领导")
        return person, Context()
    found = tasks_meant(engine, question, anchors, context.matches, context.listed)
    if matches := distinct_matches(engine, found):
        trail.took("台账,任务的字段")
        if found == list(context.matches) and not question.items:
            trail.followed("上一问的" + "、".join(f"第{one.task.number}项" for one in matches))
        return _of_tasks(engine, question, anchors, matches, context)
    unclear = _unclear(question)
    return (refuse(question, unclear), context) if unclear else None


def _of_tasks(
    engine: Engine,
    question: Question,
    anchors: Anchors,
    matches: Sequence[TaskMatch],
    context: Context,
) -> tuple[Answer, Context]:
    """Answer with the fields that are asked for of the tasks that are meant."""
    fields = question.fields or (Field.DEADLINE,)
    subject = anchors.strip(question.subject, home_of_plans(engine))
    counted = question.ordinal is not None or question.spoken_item
    kept = context.listed if counted else ()
    about = Context(tuple(matches), fields, subject or context.spoken, kept)
    local = local_leaders(question, matches, anchors.places)
    answer = answer_field(engine, local.question, local.matches, subject)
    return replace(answer, also_in=also_assigned_in(engine, answer.tasks)), about


def _list(
    engine: Engine, question: Question, anchors: Anchors, context: Context, trail: Trail
) -> Listed | None:
    """Answer with a list: one that is asked for, or one that follows another."""
    listed = answer_list(engine, question, anchors)
    asks = question.fields or question.ordinal is not None or question.items
    if listed or asks or not context.conditions or not _follows(question):
        return listed
    if followed := follow_list(engine, question, anchors, context.conditions):
        trail.followed("上一问清单的条件")
    return followed


def _by_sense(
    engine: Engine, question: Question, anchors: Anchors
) -> tuple[Answer, Context] | None:
    """Answer from the task that a question in other words seems to be about, and say so."""
    matches = meant_by_sense(engine, question, anchors)
    if not matches:
        return None
    answer = answer_field(engine, question, matches, question.subject)
    about = Context(tuple(matches), question.fields, question.subject)
    return replace(answer, details=(*answer.details, Detail("注意", _BY_SENSE))), about


def _told(engine: Engine, question: Question) -> bool:
    """Whether another document tells what the ledger does not: 南京的“三个任务很重”."""
    fact = answer_fact(engine, question)
    return not fact.abstained and fact.confidence >= _CERTAIN


def _remember(engine: Engine, listed: Listed) -> Context:
    """What a list was of, and the tasks of a short one, so that 第二个的时限 can be asked."""
    tasks = listed.answer.tasks
    if not 0 < len(tasks) <= _KEPT:
        return Context(conditions=listed.conditions)
    places = headings(engine, tasks)
    matches = tuple(TaskMatch(task, 1.0, places[task.id]) for task in tasks)
    return Context(matches, listed=matches, conditions=listed.conditions)


def _unclear(question: Question) -> str | None:
    """What is missing in a question for the ledger that no task fits."""
    if question.items and (question.fields or not question.subject):
        items = "、".join(map(str, question.items))
        return f"现有文件的台账中没有找到这样的第{items}项任务。"
    if question.fields and (question.count or not question.subject):
        return "请写明是哪一项任务,例如“烤烟用煤整改时限”;全部任务见 gongjian tasks。"
    return None

"""A question becomes an answer, or an honest no; a conversation remembers what it was about."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.errors import QuestionError
from index.engine import Engine
from retrieval.anchors import identity, read_anchors
from retrieval.facts import answer_fact
from retrieval.fields import answer_field
from retrieval.lists import answer_list, unknown_unit
from retrieval.matching import TaskMatch, match_tasks, meant, numbered
from retrieval.naming import answer_document
from retrieval.question import Question, read_question
from retrieval.records import Answer, AnswerKind
from retrieval.search import search

# No question of a cadre is longer, and the time for an answer must stay bounded.
LONGEST_QUESTION = 2000
# A task that covers less of the subject than this is not the one that is meant.
_DESCRIBED = 0.6


# A subject that fits more tasks than this as well names none of them.
_MOST = 6


@dataclass(frozen=True, slots=True)
class Context:
    """What was said before: the tasks that the last answer was about."""

    matches: tuple[TaskMatch, ...] = ()


def ask(engine: Engine, text: str, context: Context | None = None) -> tuple[Answer, Context]:
    """Answer a question and return what to remember for the next one.

    :raises QuestionError: the question is empty or too long.
    :raises EngineError: the engine failed.
    """
    if not text.strip():
        raise QuestionError("问题是空的,请写出要问的内容")
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(f"问题太长({len(text)} 字),请压缩到 {LONGEST_QUESTION} 字以内")
    question = read_question(text)
    if question.listing and not question.negated and (listed := answer_list(engine, question)):
        return listed, Context()
    if question.listing and (unit := unknown_unit(engine, question)):
        return refuse(question, f"现有文件的台账中没有{unit}的任务。"), Context()
    if named := answer_document(engine, question):
        return named, Context()
    if question.negated and (question.listing or question.fields):
        return refuse(
            question, "还不能回答带“不是”“除……外”的台账问题,请直接问要的单位或任务。"
        ), Context()
    matches = _tasks_meant(engine, question, context or Context())
    if matches:
        return answer_field(engine, question, matches), Context(tuple(matches))
    if why := _unclear(question):
        return refuse(question, why), Context()
    return answer_fact(engine, question), Context()


def _unclear(question: Question) -> str | None:
    """What is missing in a question for the ledger that no task fits."""
    if question.item is not None and (question.fields or not question.subject):
        return f"现有文件的台账中没有找到这样的第{question.item}项任务。"
    if question.labelled and question.fields and (question.count or not question.subject):
        return "请写明是哪一项任务,例如“烤烟用煤整改时限”;全部任务见 gongjian tasks。"
    return None


def refuse(question: Question, why: str) -> Answer:
    """Say why there is no answer, where no passage would help."""
    return Answer(question.text, AnswerKind.NONE, why, (), 0.0)


def _tasks_meant(engine: Engine, question: Question, context: Context) -> list[TaskMatch]:
    """The tasks that a field question is about; none where it is no field question."""
    if question.item is not None:
        return _anchored(engine, question, numbered(engine, question.item))
    if not question.fields:
        return []
    if not question.subject:
        return list(context.matches)
    matches = meant(_anchored(engine, question, match_tasks(engine, question.subject)))
    if not matches or max(match.score for match in matches) < _DESCRIBED:
        return []
    if len(matches) > _MOST or question.count not in {None, len(matches)}:
        return []
    return matches if question.labelled or _is_about(engine, question, matches) else []


def _anchored(engine: Engine, question: Question, matches: list[TaskMatch]) -> list[TaskMatch]:
    """The tasks of plans that name the place and the year of the question."""
    anchors = read_anchors(question.folded)
    held = {
        identifier: anchors.hold(identity(engine.document(identifier)))
        for identifier in {match.task.document_id for match in matches}
    }
    return [match for match in matches if held[match.task.document_id]]


def _is_about(engine: Engine, question: Question, matches: list[TaskMatch]) -> bool:
    """Whether the passage that fits a question best belongs to one of the tasks."""
    hits = search(engine, question.folded, 1)
    return bool(hits) and hits[0].passage.task in {match.task.id for match in matches}

"""A question becomes an answer, or an honest no; a conversation remembers what it was about."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.errors import QuestionError
from index.engine import Engine
from retrieval.facts import answer_fact
from retrieval.fields import answer_field
from retrieval.lists import answer_list
from retrieval.matching import TaskMatch, match_tasks, meant, numbered
from retrieval.question import Question, read_question
from retrieval.records import Answer

# No question of a cadre is longer, and the time for an answer must stay bounded.
LONGEST_QUESTION = 2000
# A task that covers less of the subject than this is not the one that is meant.
_DESCRIBED = 0.6


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
    if question.listing and (listed := answer_list(engine, question)):
        return listed, Context()
    matches = _tasks_meant(engine, question, context or Context())
    if matches:
        return answer_field(engine, question, matches), Context(tuple(matches))
    return answer_fact(engine, question), Context()


def _tasks_meant(engine: Engine, question: Question, context: Context) -> list[TaskMatch]:
    """The tasks that a field question is about; none where it is no field question."""
    if question.item is not None and (question.fields or not question.subject):
        return numbered(engine, question.item)
    if not question.fields:
        return []
    if not question.subject:
        return list(context.matches)
    matches = match_tasks(engine, question.subject)
    if not matches or matches[0].score < _DESCRIBED:
        return []
    return meant(matches)

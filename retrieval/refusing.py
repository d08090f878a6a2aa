"""An honest no."""

from __future__ import annotations

from retrieval.question import Question
from retrieval.records import Answer, AnswerKind


def refuse(question: Question, why: str) -> Answer:
    """Say why there is no answer, where no passage would help."""
    return Answer(question.text, AnswerKind.NONE, why, (), 0.0)

"""A question set put to the product, question after question, as a person would."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from eval.judging import Judge
from eval.records import Problem, Question, Verdict, reason_of
from eval.relevance import Evidence
from index.engine import Engine
from retrieval.answering import Context, ask
from retrieval.records import Answer

Ask = Callable[[Engine, str, Context | None], tuple[Answer, Context]]


def answer_questions(
    engine: Engine, questions: Sequence[Question], evidence: Evidence, *, ask: Ask = ask
) -> tuple[list[Verdict], list[Problem]]:
    """Ask every question and judge what is said; one that raises is a problem and is wrong.

    :param ask: what answers, in the place of `retrieval.answering.ask`.
    """
    verdicts: list[Verdict] = []
    problems: list[Problem] = []
    judge = Judge(engine)
    if questions:
        _warm(engine, questions[0], ask)
    for question in questions:
        try:
            verdicts.append(_answer(engine, question, evidence, judge, ask))
        except Exception as exc:  # whatever it is: the rest is measured
            why = reason_of(exc)
            problems.append(Problem(question.place, f"回答时出错({why})"))
            verdicts.append(_failed(question, why))
    return verdicts, problems


def _warm(engine: Engine, question: Question, ask: Ask) -> None:
    """Let what is loaded on the first question be loaded, so that no time measured holds it."""
    try:
        ask(engine, question.turns[0].question, None)
    except Exception:  # it will be told when the question is asked for good
        return


def _answer(
    engine: Engine, question: Question, evidence: Evidence, judge: Judge, ask: Ask
) -> Verdict:
    context: Context | None = None
    said: list[Answer] = []
    elapsed: list[float] = []
    for turn in question.turns:
        started = time.perf_counter()
        answer, context = ask(engine, turn.question, context)
        elapsed.append((time.perf_counter() - started) * 1000)
        said.append(answer)
    relevant = [
        {passage.id for passage in evidence.relevant(turn, question.source)}
        for turn in question.turns
    ]
    return judge.verdict(question, relevant, said, elapsed)


def _failed(question: Question, why: str) -> Verdict:
    return Verdict(
        id=question.id,
        kind=question.kind,
        styles=question.styles,
        question=question.text,
        right=False,
        refused=(),
        unanswerable=(),
        said="",
        expected="",
        elapsed_ms=(),
        why=why,
    )

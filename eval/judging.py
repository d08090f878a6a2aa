"""Whether an answer is right, told from what a question expects; strict where a cadre must be.

Words are compared in folded form without white space. An answer that names the right thing among
wrong ones is wrong: tasks must be exactly those expected, and nothing excluded may be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.records import Passage
from eval.citations import holds, misplaced, ungrounded
from eval.records import Question, QuestionKind, Turn, Verdict
from eval.relevance import task_number
from index.engine import Engine
from index.tokens import fold
from retrieval.coverage import squeeze
from retrieval.records import Answer, AnswerKind, Citation

# The contract's answer@60: what a person takes in at a glance.
BRIEF = 60
_QUOTED = 2
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Judged:
    """One turn judged; see `Verdict` for what the parts mean."""

    right: bool
    why: str
    exact: bool | None
    cited: bool | None
    complete: float | None
    brief: bool | None


def judge(
    engine: Engine, question: Question, relevant: Sequence[set[str]], said: Sequence[Answer]
) -> Judged:
    """Judge the answers to all turns of a question; a conversation is right if every turn is.

    :param relevant: for each turn the ids of the passages that hold the answer.
    """
    parts = [
        _judge_turn(engine, turn, ids, answer)
        for turn, ids, answer in zip(question.turns, relevant, said, strict=True)
    ]
    faults = [
        f"第{number}问:{part.why}" if len(parts) > 1 else part.why
        for number, part in enumerate(parts, start=1)
        if part.why
    ]
    return Judged(
        right=all(part.right for part in parts),
        why=";".join(faults),
        exact=_all(part.exact for part in parts),
        cited=_all(part.cited for part in parts),
        complete=_mean(part.complete for part in parts),
        brief=_all(part.brief for part in parts),
    )


def verdict(
    question: Question, judged: Judged, said: Sequence[Answer], elapsed_ms: Sequence[float]
) -> Verdict:
    """Put together what is kept of a question."""
    return Verdict(
        id=question.id,
        kind=question.kind,
        styles=question.styles,
        question=question.text,
        right=judged.right,
        abstained=said[-1].abstained,
        said=" / ".join(_short(answer.text) for answer in said),
        expected=" / ".join(expectation(turn) for turn in question.turns),
        elapsed_ms=tuple(round(one, 3) for one in elapsed_ms),
        exact=judged.exact,
        cited=judged.cited,
        complete=judged.complete,
        brief=judged.brief,
        why=judged.why,
        quotes=() if judged.right else tuple(_quotes(said)),
    )


def expectation(turn: Turn) -> str:
    """What the answer must be, in words."""
    if turn.kind is QuestionKind.NONE:
        return "没有答案"
    parts = [*turn.answers[:1], "、".join(item[0] for item in turn.items)]
    if turn.tasks:
        parts.append("、".join(f"第{task}项" for task in turn.tasks))
    return "|".join(part for part in parts if part)


def says(answer: str, accepted: Iterable[str], *, within: int | None = None) -> bool:
    """Whether a text, or its first characters, holds one of the accepted spans when folded."""
    folded = fold(answer[:within])
    return any(fold(one) in folded for one in accepted)


def _judge_turn(engine: Engine, turn: Turn, relevant: set[str], answer: Answer) -> Judged:
    if turn.kind is QuestionKind.NONE:
        why = "" if answer.abstained else "应当说没有,却给了答案"
        exact = None if answer.abstained else _exact(engine, turn, answer, right=False)
        return Judged(answer.abstained, why, exact, None, None, None)
    if answer.abstained:
        none = 0.0 if _listing(turn) else None
        return Judged(False, "没有回答", None, None, none, False if turn.answers else None)
    faults = list(_faults(turn, answer, _tasks(engine, answer)))
    return Judged(
        right=not faults,
        why="、".join(faults),
        exact=_exact(engine, turn, answer, right=not faults),
        cited=any(_stands_in(engine, citation, relevant) for citation in answer.citations),
        complete=_completeness(turn, answer) if _listing(turn) else None,
        brief=_brief(turn, answer),
    )


def _tasks(engine: Engine, answer: Answer) -> set[int]:
    """The tasks an answer is about: those it names, for a fact the one it is quoted from."""
    if answer.kind is not AnswerKind.FACT:
        return {task.number for task in answer.tasks}
    passages = _passages(engine, answer.citations[0]) if answer.citations else []
    return {task_number(passage) for passage in passages if passage.task}


def _faults(turn: Turn, answer: Answer, named: set[int]) -> Iterable[str]:
    text = squeeze(answer.text)
    if turn.answers and not any(squeeze(one) in text for one in turn.answers):
        yield f"没有说“{turn.answers[0]}”"
    for item in turn.items:
        if not any(squeeze(one) in text for one in item):
            yield f"少了“{item[0]}”"
    for one in turn.excludes:
        if squeeze(one) in text:
            yield f"不该说“{one}”"
    if turn.tasks and named != set(turn.tasks):
        yield f"任务应为{_numbers(turn.tasks)},说的是{_numbers(sorted(named))}"
    if turn.total is not None and answer.total != turn.total:
        yield f"总数应为{turn.total},说的是{answer.total}"
    if turn.due and answer.value.get("due") != turn.due:
        yield f"日期应为{turn.due},说的是{answer.value.get('due') or '无'}"


def _listing(turn: Turn) -> bool:
    return turn.kind is QuestionKind.LIST or bool(turn.items)


def _completeness(turn: Turn, answer: Answer) -> float:
    """Share of what the list must hold that the answer names."""
    text = squeeze(answer.text)
    named = {task.number for task in answer.tasks}
    found = [any(squeeze(one) in text for one in item) for item in turn.items]
    if turn.kind is QuestionKind.LIST:
        found += [task in named for task in turn.tasks]
    return sum(found) / len(found)


def _brief(turn: Turn, answer: Answer) -> bool | None:
    if not turn.answers:
        return None
    return says(answer.text, turn.answers, within=BRIEF)


def _exact(engine: Engine, turn: Turn, answer: Answer, *, right: bool) -> bool:
    """Whether every citation stands where it says, and together they hold what is said."""
    if not answer.citations or any(misplaced(engine, one) for one in answer.citations):
        return False
    if ungrounded(answer):
        return False
    if not right:
        return True
    wanted = [turn.answers] if turn.answers else []
    return all(holds(answer.citations, options) for options in (*wanted, *turn.items))


def _stands_in(engine: Engine, citation: Citation, relevant: set[str]) -> bool:
    return any(passage.id in relevant for passage in _passages(engine, citation))


def _passages(engine: Engine, citation: Citation) -> list[Passage]:
    """The passages that a citation is quoted from."""
    return [
        passage
        for passage in engine.passages_of(citation.document_id)
        if passage.span.start <= citation.start and citation.end <= passage.span.end
    ]


def _quotes(said: Sequence[Answer]) -> Iterable[str]:
    for answer in said:
        for citation in answer.citations[:_QUOTED]:
            place = " › ".join([citation.title, *citation.heading])
            yield f"{place}:“{_short(citation.quote)}”"


def _numbers(tasks: Iterable[int]) -> str:
    return "、".join(map(str, tasks)) or "无"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _all(values: Iterable[bool | None]) -> bool | None:
    known = [value for value in values if value is not None]
    return all(known) if known else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None

"""Whether an answer is right, told from what a question expects; strict where a cadre must be.

Words are compared in folded form without white space, numbers whole: 8家 is not said by 18家. Tasks
must be exactly those expected, and what is excluded may not be said. A fact that is not told in a
few sentences is not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.citations import Names, holds, misplaced, passages_at, ungrounded
from eval.records import Question, QuestionKind, Turn, Verdict
from eval.relevance import task_number
from index.engine import Engine
from index.tokens import fold
from retrieval.coverage import squeeze
from retrieval.records import Answer, AnswerKind, Citation

# The contract's answer@60: what a person takes in at a glance.
BRIEF = 60
# A fact longer than this is a page to be read, not an answer.
_LONGEST_FACT = 400
_QUOTED = 2
_SHOWN = 160
_ITEM_LINE = re.compile(r"^(?:.* )?第(\d+)项", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Judged:
    """One turn judged; see `Verdict` for what the parts mean."""

    right: bool
    why: str
    refused: bool
    exact: bool | None = None
    cited: bool | None = None
    complete: float | None = None
    brief: bool | None = None


class Judge:
    """Judges the answers of one engine: its ledger tells which names are names."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._names = Names(engine.tasks())

    def verdict(
        self,
        question: Question,
        relevant: Sequence[set[str]],
        said: Sequence[Answer],
        elapsed_ms: Sequence[float],
    ) -> Verdict:
        """Judge the answers to all turns of a question; it is right if every turn is.

        :param relevant: for each turn the ids of the passages that hold the answer.
        """
        parts = [
            self.judge(turn, ids, answer)
            for turn, ids, answer in zip(question.turns, relevant, said, strict=True)
        ]
        faults = [
            f"第{number}问:{part.why}" if len(parts) > 1 else part.why
            for number, part in enumerate(parts, start=1)
            if part.why
        ]
        right = all(part.right for part in parts)
        return Verdict(
            id=question.id,
            kind=question.kind,
            styles=question.styles,
            question=question.text,
            right=right,
            refused=tuple(part.refused for part in parts),
            unanswerable=tuple(turn.kind is QuestionKind.NONE for turn in question.turns),
            said=" / ".join(_short(answer.text) for answer in said),
            expected=" / ".join(expectation(turn) for turn in question.turns),
            elapsed_ms=tuple(round(one, 3) for one in elapsed_ms),
            exact=_all(part.exact for part in parts),
            cited=_all(part.cited for part in parts),
            complete=_mean(part.complete for part in parts),
            brief=_all(part.brief for part in parts),
            why=";".join(faults),
            quotes=() if right else tuple(_quotes(said)),
        )

    def judge(self, turn: Turn, relevant: set[str], answer: Answer) -> Judged:
        """Judge the answer to one turn."""
        if answer.abstained:
            return self._refusal(turn, answer)
        exact = self._exact(turn, answer)
        if turn.kind is QuestionKind.NONE:
            return Judged(False, "应当说没有,却给了答案", refused=False, exact=exact)
        faults = list(_faults(turn, answer, self._tasks(answer)))
        return Judged(
            right=not faults,
            why="、".join(faults),
            refused=False,
            exact=exact and (bool(faults) or _held(turn, answer)),
            cited=any(self._stands_in(citation, relevant) for citation in answer.citations),
            complete=_completeness(turn, answer) if _listing(turn) else None,
            brief=says(squeeze(answer.text[:BRIEF]), turn.answers) if turn.answers else None,
        )

    def _refusal(self, turn: Turn, answer: Answer) -> Judged:
        """A refusal must read as one, and what it shows as nearest must stand where it says."""
        quoted = any(citation.quote in answer.text for citation in answer.citations)
        sound = bool(answer.text.strip()) and not quoted
        placed = not any(misplaced(self._engine, one) for one in answer.citations)
        if turn.kind is QuestionKind.NONE:
            why = "" if sound else "说没有时没有说清"
            return Judged(sound, why, refused=True, exact=None if placed else False)
        none = 0.0 if _listing(turn) else None
        brief = False if turn.answers else None
        return Judged(False, "没有回答", refused=True, complete=none, brief=brief)

    def _exact(self, turn: Turn, answer: Answer) -> bool:
        """Whether every citation is what it claims, and what is said stands in the quotes."""
        if not answer.citations or any(misplaced(self._engine, one) for one in answer.citations):
            return False
        if ungrounded(answer) or self._names.ungrounded(answer):
            return False
        cited = {
            passage.task
            for citation in answer.citations
            for passage in passages_at(self._engine, citation)
            if passage.task
        }
        return {task.id for task in answer.tasks} <= cited

    def _tasks(self, answer: Answer) -> set[int]:
        """The tasks an answer is about: those it names, for a fact the one it is quoted from."""
        if answer.kind is not AnswerKind.FACT:
            return {task.number for task in answer.tasks}
        first = answer.citations[:1]
        passages = [one for citation in first for one in passages_at(self._engine, citation)]
        return {task_number(passage) for passage in passages if passage.task}

    def _stands_in(self, citation: Citation, relevant: set[str]) -> bool:
        return any(passage.id in relevant for passage in passages_at(self._engine, citation))


def expectation(turn: Turn) -> str:
    """What the answer must be, in words."""
    if turn.kind is QuestionKind.NONE:
        return "没有答案"
    parts = [*turn.answers[:1], "、".join(item[0] for item in turn.items)]
    if turn.tasks:
        parts.append("、".join(f"第{task}项" for task in turn.tasks))
    return "|".join(part for part in parts if part)


def says(text: str, accepted: Iterable[str]) -> bool:
    """Whether a squeezed text says one of the accepted spans, its numbers whole."""
    return any(_pattern(squeeze(one)).search(text) for one in accepted)


def opens_with(answer: str, accepted: Iterable[str]) -> bool:
    """Whether the first 60 characters of an answer hold an accepted span, both folded."""
    return holds_folded(answer[:BRIEF], accepted)


def holds_folded(text: str, accepted: Iterable[str]) -> bool:
    """Whether a text holds an accepted span, both folded: how public sets are compared."""
    folded = fold(text)
    return any(fold(one) in folded for one in accepted)


def _pattern(words: str) -> re.Pattern[str]:
    before = r"(?<![\d.])" if words[:1].isdigit() else ""
    after = r"(?!\d)" if words[-1:].isdigit() else ""
    return re.compile(before + re.escape(words) + after)


def _faults(turn: Turn, answer: Answer, named: set[int]) -> Iterable[str]:
    text = squeeze(answer.text)
    if turn.answers and not says(text, turn.answers):
        yield f"没有说“{turn.answers[0]}”"
    for item in turn.items:
        if not says(text, item):
            yield f"少了“{item[0]}”"
    for one in turn.excludes:
        if says(text, [one]):
            yield f"不该说“{one}”"
    if answer.kind is AnswerKind.FACT and len(answer.text) > _LONGEST_FACT:
        yield f"答得太长({len(answer.text)} 字)"
    yield from _ledger_faults(turn, answer, named)


def _ledger_faults(turn: Turn, answer: Answer, named: set[int]) -> Iterable[str]:
    if turn.tasks and named != set(turn.tasks):
        yield f"任务应为{_numbers(turn.tasks)},说的是{_numbers(sorted(named))}"
    if turn.total is not None and answer.total != turn.total:
        yield f"总数应为{turn.total},说的是{answer.total}"
    if answer.kind is AnswerKind.LIST:
        shown = [int(number) for number in _ITEM_LINE.findall(answer.text)]
        if sorted(shown) != sorted(task.number for task in answer.tasks):
            yield f"写出的是{_numbers(shown)},与任务不符"
    # A fact says a date in the words it stands in; only the ledger comes to a day.
    if turn.due and answer.kind is AnswerKind.FIELD and answer.value.get("due") != turn.due:
        yield f"日期应为{turn.due},说的是{answer.value.get('due') or '无'}"


def _listing(turn: Turn) -> bool:
    return turn.kind is QuestionKind.LIST or bool(turn.items)


def _held(turn: Turn, answer: Answer) -> bool:
    """Whether the quotes hold what makes the answer right."""
    wanted = [turn.answers] if turn.answers else []
    return all(holds(answer.citations, options) for options in (*wanted, *turn.items))


def _completeness(turn: Turn, answer: Answer) -> float:
    """Share of what the list must hold that the answer names."""
    text = squeeze(answer.text)
    named = {task.number for task in answer.tasks}
    found = [says(text, item) for item in turn.items]
    if turn.kind is QuestionKind.LIST:
        found += [task in named for task in turn.tasks]
    return sum(found) / len(found)


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

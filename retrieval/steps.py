"""The deadline of a step inside a task: 11个乡镇 are due in 2020, though the task runs to 2022."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.records import Deadline, DeadlineKind, Document, Span, Task
from index.engine import Engine
from retrieval.coverage import Term, coverage, squeeze, terms

_DATE = re.compile(r"\d\s*[年月日]|每[年月周日天]|季度")
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]?")
# A step is meant when its sentence says this much more of the subject than the task's problem,
_MORE = 0.1
# and at least this much of it.
_ENOUGH = 0.6
# Of two steps in one sentence, that which repeats the question's words unbroken is meant: 综合整治
# and not 整治方案.
_UNBROKEN = 0.25


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone that a question means, and the sentence it stands in.

    Without a milestone the sentence names a date that is no deadline (预计9月份完工).
    """

    milestone: Deadline | None
    sentence: Span
    score: float
    clause: float

    @property
    def dated(self) -> bool:
        """Whether the step has a date of its own."""
        return self.milestone is not None and self.milestone.due is not None


def asked_step(engine: Engine, subject: str, task: Task) -> Step | None:
    """Return the step of a task that a subject describes better than it does the whole task.

    Where the task itself has no date (立行立改), a dated step described as well is meant too.
    """
    wanted = terms(engine, subject)
    if not wanted:
        return None
    document = engine.document(task.document_id)
    problem = squeeze(task.problem)
    whole = coverage(wanted, problem)
    dated = task.deadline is not None and task.deadline.kind is DeadlineKind.FIXED
    steps = [_step(document, squeeze(subject), wanted, milestone) for milestone in task.milestones]
    good = [
        step
        for step in steps
        if step.score >= max(_ENOUGH, whole if step.dated and not dated else whole + _MORE)
        and _tells_apart(step, steps, wanted, problem)
    ]
    best = max(good, key=lambda step: (step.clause, step.score), default=None)
    return best or _dated_sentence(document, wanted, task, max(_ENOUGH, whole + _MORE))


def _dated_sentence(
    document: Document, wanted: Sequence[Term], task: Task, least: float
) -> Step | None:
    """The sentence of the target or the measures that says most of a subject, if it has a date."""
    found = []
    for name in ("target", "measures"):
        span = task.spans.get(name, Span(document.id, 0, 0))
        for match in _SENTENCE.finditer(document.text, span.start, span.end):
            score = coverage(wanted, squeeze(match.group()))
            if score >= least and _DATE.search(match.group()):
                found.append(Step(None, Span(document.id, match.start(), match.end()), score, 0.0))
    return max(found, key=lambda step: step.score, default=None)


def _step(document: Document, subject: str, wanted: Sequence[Term], milestone: Deadline) -> Step:
    before, sentence = _around(document, milestone.span)
    text = document.text[before.start : sentence.end]
    clause = squeeze(milestone.text)
    said = coverage(wanted, clause) + _UNBROKEN * _tail(subject, clause)
    return Step(milestone, sentence, coverage(wanted, squeeze(text)), said)


def _tail(subject: str, clause: str) -> int:
    """How many of a subject's last characters stand unbroken in a clause: its head is there."""
    length = 0
    while length < len(subject) and subject[-length - 1 :] in clause:
        length += 1
    return length


def _tells_apart(step: Step, steps: Sequence[Step], wanted: Sequence[Term], problem: str) -> bool:
    """Whether the question says which of several steps of one sentence it means."""
    beside = [other for other in steps if other.sentence == step.sentence]
    if len(beside) == 1:
        return True
    clause = squeeze(step.milestone.text) if step.milestone else ""
    own = [term for term in wanted if term.presence(clause) > term.presence(problem)]
    return bool(own) and step.clause > max(
        (other.clause for other in beside if other is not step), default=0.0
    )


def _around(document: Document, span: Span) -> tuple[Span, Span]:
    """The sentence a span stands in, and the one before it on the same line."""
    line_start = document.text.rfind("\n", 0, span.start) + 1
    before = Span(document.id, line_start, line_start)
    for match in _SENTENCE.finditer(document.text, line_start):
        found = Span(document.id, match.start(), match.end())
        if match.end() >= span.end or match.start() == match.end():
            return before, found
        before = found
    return before, span

"""Which passages hold the answer: evidence, looked for in the passages of the index under test.

Questions name pieces of text, not passage ids, so that a set outlives every change to how
documents are cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.records import Passage
from eval.records import Problem, Queries, Question, QuestionKind, Turn
from index.engine import Engine
from retrieval.coverage import squeeze

_NO_QUERY = frozenset({QuestionKind.NONE, QuestionKind.CONVERSATION})
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class _Place:
    passage: Passage
    task: int
    text: str


class Evidence:
    """The passages of an index by the file they came from, ready to be searched for words."""

    def __init__(self, engine: Engine) -> None:
        self._places: dict[str, list[_Place]] = {}
        for document in engine.documents():
            places = self._places.setdefault(document.source, [])
            places += [_place(passage) for passage in engine.passages_of(document.id)]

    def sources(self) -> list[str]:
        """The names of the files."""
        return list(self._places)

    def holding(self, words: str, source: str, tasks: Sequence[int] = ()) -> list[Passage]:
        """Return the passages of a file (and of these tasks, if any are named) with the words."""
        wanted = squeeze(words)
        return [
            place.passage
            for place in self._places.get(source, ())
            if wanted in place.text and (not tasks or place.task in tasks)
        ]

    def relevant(self, turn: Turn, source: str | None) -> list[Passage]:
        """Return the passages that hold a piece of the evidence, each once."""
        found = {
            passage.id: passage
            for piece in turn.evidence
            for passage in self.holding(piece, source or "", turn.tasks)
        }
        return list(found.values())

    def problems(self, question: Question) -> list[Problem]:
        """Say what of a question does not stand in the corpus."""
        if question.kind is QuestionKind.NONE:
            return []
        if question.source not in self._places:
            return [Problem(question.place, f"语料里没有文件 {question.source}")]
        return [
            Problem(question.place, why)
            for turn in question.turns
            for why in self._faults(turn, question.source)
        ]

    def _faults(self, turn: Turn, source: str) -> Iterable[str]:
        for piece in turn.evidence:
            if not self.holding(piece, source, turn.tasks):
                where = "、".join(f"第{task}项" for task in turn.tasks)
                yield f"{source}{where and '的'}{where}没有一段含有证据“{piece[:_SHOWN]}”"
                return  # whether the answer stands there cannot be told
        texts = [squeeze(passage.text) for passage in self.relevant(turn, source)]
        if turn.kind in (QuestionKind.FIELD, QuestionKind.FACT):
            yield from _not_held(turn, texts)


def _not_held(turn: Turn, texts: Sequence[str]) -> Iterable[str]:
    if turn.answers and not any(squeeze(one) in text for one in turn.answers for text in texts):
        yield f"证据所在的段落里没有答案“{turn.answers[0][:_SHOWN]}”"
    for item in turn.items:
        if not any(squeeze(one) in text for one in item for text in texts):
            yield f"证据所在的段落里没有“{item[0][:_SHOWN]}”"


def _place(passage: Passage) -> _Place:
    return _Place(passage, task_number(passage), squeeze(passage.text))


def task_number(passage: Passage) -> int:
    """The item number of the task a passage belongs to, 0 where it belongs to none."""
    return int((passage.task or "#0").rpartition("#")[2])


def usable(
    questions: Sequence[Question], evidence: Evidence
) -> tuple[list[Question], list[Problem]]:
    """Part the questions whose evidence stands in the corpus from what is wrong with the rest."""
    kept: list[Question] = []
    problems: list[Problem] = []
    for question in questions:
        faults = evidence.problems(question)
        problems += faults
        if not faults:
            kept.append(question)
    return kept, problems


def search_queries(name: str, questions: Sequence[Question], evidence: Evidence) -> Queries:
    """Return what searches are measured on: single questions that have an answer.

    Their groups are their kind and styles. A follow-up means nothing without what came before it.
    """
    single = [one for one in questions if one.kind not in _NO_QUERY]
    return Queries(
        name=name,
        texts={one.id: one.turns[0].question for one in single},
        qrels={
            one.id: {passage.id: 1 for passage in evidence.relevant(one.turns[0], one.source)}
            for one in single
        },
        groups={one.id: (one.kind.value, *one.styles) for one in single},
    )

"""Which tasks of the ledger a subject means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.records import Passage, Task
from index.engine import Engine
from index.records import Where
from retrieval.coverage import Term, squeeze, terms
from retrieval.search import search

_KINDS = frozenset(
    f"task.{field}" for field in ("problem", "target", "measures", "leaders", "units", "deadline")
)
_CANDIDATES = 60
# What a word found in each field is worth: the problem is what a task is about.
_WORTH = (("problem", 1.0), ("target", 0.9), ("measures", 0.75))
# The search's own score settles what the words leave open.
_SEARCH_SHARE = 0.15
# A problem that says the subject word for word is what is meant, whatever else fits.
_VERBATIM = 0.1
# Tasks this close to the best are meant as well as it.
_TIE = 0.92


@dataclass(frozen=True, slots=True)
class TaskMatch:
    """A task, how well a subject describes it (0 to 1), and where it stands."""

    task: Task
    score: float
    heading: tuple[str, ...]


def match_tasks(engine: Engine, subject: str) -> list[TaskMatch]:
    """Return the tasks a subject may mean, best first."""
    wanted = terms(engine, subject)
    if not wanted:
        return []
    hits = search(engine, subject, _CANDIDATES, where=Where(kinds=_KINDS))
    found: dict[str, tuple[Passage, float]] = {}
    for hit in hits:
        if hit.passage.task:
            found.setdefault(hit.passage.task, (hit.passage, hit.score))
    tasks = {task.id: task for task in engine.tasks()} if found else {}
    verbatim = squeeze(subject)
    matches = [
        TaskMatch(
            tasks[identifier],
            (1 - _SEARCH_SHARE) * _described(wanted, tasks[identifier])
            + _SEARCH_SHARE * score
            + _VERBATIM * (verbatim in squeeze(tasks[identifier].problem)),
            passage.heading,
        )
        for identifier, (passage, score) in found.items()
    ]
    return sorted(matches, key=lambda match: (-match.score, match.task.number))


def meant(matches: Sequence[TaskMatch]) -> list[TaskMatch]:
    """Return the best match and those that fit as well as it, in the order of the ledger."""
    if not matches:
        return []
    close = [match for match in matches if match.score >= _TIE * matches[0].score]
    return sorted(close, key=lambda match: (match.task.document_id, match.task.number))


def numbered(engine: Engine, number: int) -> list[TaskMatch]:
    """Return the tasks with an item number, one for each plan that has it."""
    found = [task for task in engine.tasks() if task.number == number]
    places = headings(engine, found)
    return [TaskMatch(task, 1.0, places[task.id]) for task in found]


def headings(engine: Engine, tasks: Sequence[Task]) -> dict[str, tuple[str, ...]]:
    """Return the heading path of each task, by its id."""
    places: dict[str, tuple[str, ...]] = {task.id: (str(task.number),) for task in tasks}
    for document_id in {task.document_id for task in tasks}:
        for passage in engine.passages_of(document_id):
            if passage.task in places:
                places[passage.task] = passage.heading
    return places


def _described(wanted: Sequence[Term], task: Task) -> float:
    texts = {
        "problem": squeeze(task.problem + task.section),
        "target": squeeze(task.target),
        "measures": squeeze("\n".join(task.measures)),
    }
    total = sum(term.weight for term in wanted)
    return sum(term.weight * _best(term, texts) for term in wanted) / total


def _best(term: Term, texts: dict[str, str]) -> float:
    return max(worth * term.presence(texts[field]) for field, worth in _WORTH)

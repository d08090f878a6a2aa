"""Tasks that several copies of one plan assign are told once; what a copy says otherwise is kept.

A draft's task with another deadline is another task: both are shown, and a cadre sees that the
versions differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from corpus.records import Deadline, Task
from index.engine import Engine
from retrieval.copies import copies_of, standings
from retrieval.coverage import squeeze
from retrieval.folding import shared
from retrieval.masked import count_masks, is_masked
from retrieval.matching import TaskMatch, headings
from retrieval.records import Copy

# A reworded copy words a problem otherwise; another plan has another problem under the number.
_SAME_PROBLEM = 0.5


def distinct_tasks(engine: Engine, tasks: Iterable[Task]) -> list[Task]:
    """Return the tasks without those that a better copy of their plan assigns just so."""
    told = _told_for(engine)
    return [task for task in tasks if task.id not in told]


def distinct_matches(engine: Engine, matches: Sequence[TaskMatch]) -> list[TaskMatch]:
    """Return the matches, those of copies as one, told from the best copy."""
    told = _told_for(engine)
    if not any(match.task.id in told for match in matches):
        return list(matches)
    best = {task.id: task for task in engine.tasks()}
    found: dict[str, TaskMatch] = {}
    for match in matches:
        task = best[told.get(match.task.id, match.task.id)]
        known = found.get(task.id)
        if known is None or known.score < match.score:
            found[task.id] = replace(match, task=task)
    places = headings(engine, [match.task for match in found.values()])
    return [replace(match, heading=places[match.task.id]) for match in found.values()]


def also_assigned_in(engine: Engine, tasks: Iterable[Task]) -> tuple[Copy, ...]:
    """The documents that assign all of these tasks too, just so."""
    told = _told_for(engine)
    wanted = {task.id for task in tasks}
    if not wanted & set(told.values()):
        return ()
    holders: dict[str, set[str]] = {}
    for task in engine.tasks():
        if (best := told.get(task.id)) in wanted:
            holders.setdefault(task.document_id, set()).add(str(best))
    documents = [engine.document(one) for one, held in holders.items() if held == wanted]
    return tuple(Copy(one.id, one.title, one.source) for one in documents)


@lru_cache(maxsize=2)  # an engine never changes; that of a version before may still answer
def _told_for(engine: Engine) -> Mapping[str, str]:
    """For each task that a better copy assigns just so, the task of that copy."""
    if not standings(engine):
        return {}
    held: dict[str, list[Task]] = {}
    for task in engine.tasks():
        held.setdefault(task.document_id, []).append(task)
    told: dict[str, str] = {}
    for cluster in engine.clusters():
        kept: list[Task] = []
        copies = copies_of(engine, cluster.best)
        tasks = [task for document in copies for task in held.get(document, ())]
        masks = {task.id: _masks(engine, task) for task in tasks}
        # What a copy has is told before what another struck out.
        for task in sorted(tasks, key=lambda task: masks[task.id] > 0):
            best = next((one for one in kept if _same(one, task, masks[task.id])), None)
            if best:
                told[task.id] = best.id
            else:
                kept.append(task)
    return told


def _same(best: Task, task: Task, masks: int) -> bool:
    """Whether two tasks of copies are one: the same number, deadlines and units.

    What was struck out of the second may be anything, so many times as it has masks.
    """
    return (
        best.number == task.number
        and best.document_id != task.document_id
        and shared(*sorted((best.problem, task.problem), key=len)) >= _SAME_PROBLEM
        and (_binding(best) == _binding(task) or (masks > 0 and _covers(best, task, masks)))
    )


def _binding(task: Task) -> tuple[Any, ...]:
    """What of a task may not differ."""
    return (
        _when(task.deadline),
        tuple(_when(one) for one in task.milestones),
        set(task.lead_units),
        set(task.cooperating_units),
        [leader.name for leader in task.leaders],
        squeeze(task.status),
    )


def _covers(best: Task, task: Task, masks: int) -> bool:
    """Whether all that a task with masks still says is what the best one says."""
    whole, rest = _unmasked(best), _unmasked(task)
    told = _when(best.deadline) == _when(task.deadline) or _struck_out(task.deadline)
    return told and rest <= whole and (whole - rest).total() <= masks


def _unmasked(task: Task) -> Counter[tuple[Any, ...]]:
    """The milestones, units and leaders of a task from which nothing was struck out."""
    named = {
        "lead": task.lead_units,
        "cooperating": task.cooperating_units,
        "leader": [leader.name for leader in task.leaders],
        "status": [squeeze(task.status)] if task.status else [],
    }
    found: Counter[tuple[Any, ...]] = Counter(
        (role, name) for role, names in named.items() for name in names if not is_masked(name)
    )
    found.update(_when(one) for one in task.milestones if not is_masked(one.text))
    return found


def _struck_out(deadline: Deadline | None) -> bool:
    return deadline is not None and is_masked(deadline.text)


def _masks(engine: Engine, task: Task) -> int:
    """How many values and names were struck out of a task."""
    text = engine.document(task.document_id).text
    words = "\n".join(text[span.start : span.end] for span in task.spans.values())
    return count_masks(words)


def _when(deadline: Deadline | None) -> tuple[Any, ...]:
    if deadline is None:
        return ()
    dated = deadline.due or deadline.recurrence
    words = "" if dated else squeeze(deadline.text)
    return deadline.kind, deadline.due, deadline.recurrence, deadline.quantity, words

"""Which tasks of the ledger a question means: by number, by subject, by what was said before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from index.engine import Engine
from index.tokens import fold
from retrieval.anchors import DOCUMENT_NUMBER, Anchors, Whereabouts
from retrieval.coverage import squeeze, terms
from retrieval.homes import home_of_plans, whereabouts_of
from retrieval.matching import TaskMatch, match_tasks, meant, numbered
from retrieval.mentions import mentioned_units
from retrieval.parties import UnitCondition, role_of
from retrieval.question import LAST, Field, Question
from retrieval.search import search
from retrieval.steps import asked_step

# A task that covers less of the subject than this is not the one that is meant.
DESCRIBED = 0.6
# Less will do where one task stands out before all others, and more than one word of the subject,
# or what documents write for it, is in it.
_HINTED, _STANDS_OUT = 0.33, 0.08
_FOUND, _LEAST_FOUND = 0.7, 2
# A subject that fits more tasks than this as well names none of them.
_MOST = 6
_AND = re.compile("和|以及|与|、")
_HAS_IT = re.compile("(?:来)?(?P<verb>牵头|配合|负责)(?:整改)?的(?!是|单位|部门|有|$)")


def tasks_meant(
    engine: Engine,
    question: Question,
    anchors: Anchors,
    earlier: Sequence[TaskMatch],
    listed: Sequence[TaskMatch] = (),
) -> list[TaskMatch]:
    """The tasks that a field question is about; none where it is no field question.

    `earlier` are those the last answer was about: a question without a subject means them;
    `listed` those of the last list, if it was about some of them: 第二个 means the second.
    """
    earlier = list(earlier)
    listed = list(listed) or earlier
    if question.items and question.spoken_item and len(listed) > 1 and not question.subject:
        return listed[question.items[0] - 1 : question.items[0]]
    if question.items:
        found = [match for item in question.items for match in numbered(engine, item)]
        return _of_document(engine, question, _in_place(engine, anchors, found, dated=True))
    if not question.fields:
        return []
    if question.ordinal is not None and not question.subject:
        return listed[-1:] if question.ordinal == LAST else listed[question.ordinal - 1 :][:1]
    if not question.subject or (earlier and _only_places(question.subject, anchors)):
        return earlier if question.count in {None, len(earlier)} else []
    subject = anchors.strip(question.subject, home_of_plans(engine))
    subject, led = _led_by(engine, question, DOCUMENT_NUMBER.sub(" ", subject))
    posts = bool({Field.LEADERS, Field.UNITS} & set(question.fields))
    matches = _in_years(engine, anchors, _described(engine, anchors, subject, posts=posts))
    matches = [match for match in matches if all(unit.met_by(match.task) for unit in led)]
    matches = _stepped(engine, question, subject, _of_document(engine, question, matches))
    if len(matches) > _MOST or question.count not in {None, len(matches)}:
        return []
    return matches if question.labelled or _is_about(engine, question, matches) else []


def meant_by_sense(engine: Engine, question: Question, anchors: Anchors) -> list[TaskMatch]:
    """The one task that a question in other words than the plan's is about, if one stands out.

    For what nothing else answers: who is answered so must be told to look.
    """
    if not question.fields or question.items or not question.subject:
        return []
    subject = anchors.strip(question.subject, home_of_plans(engine))
    matches = _in_years(engine, anchors, _in_place(engine, anchors, match_tasks(engine, subject)))
    if not matches or matches[0].score < _HINTED:
        return []
    if len(matches) > 1 and matches[0].score - matches[1].score < _STANDS_OUT:
        return []
    task = matches[0].task
    said = squeeze("\n".join((task.section, task.problem, task.target, *task.measures)))
    found = sum(term.presence(said) >= _FOUND for term in terms(engine, subject))
    return matches[:1] if found >= _LEAST_FOUND else []


def _only_places(subject: str, anchors: Anchors) -> bool:
    """Whether a subject is nothing but places: 召陵区呢."""
    return bool(anchors.places) and not anchors.strip(subject, anchors.places).strip()


def _led_by(engine: Engine, question: Question, subject: str) -> tuple[str, list[UnitCondition]]:
    """The units that a question says have the task (发改委牵头的), the subject without them."""
    tasks = engine.tasks()
    conditions = []
    for unit in mentioned_units(question.folded, tasks):
        if has := _HAS_IT.match(question.folded, unit.end):
            conditions.append(UnitCondition((unit.words,), role_of(has["verb"])))
            subject = subject.replace(unit.words, " ")
    return subject.strip(), conditions


def _stepped(
    engine: Engine, question: Question, subject: str, matches: list[TaskMatch]
) -> list[TaskMatch]:
    """Of several matches the one that has a dated step of just this subject, if only one has."""
    if len(matches) < 2 or question.fields != (Field.DEADLINE,):
        return matches
    steps = [(asked_step(engine, subject, match.task), match) for match in matches]
    dated = [match for step, match in steps if step and step.dated]
    return dated if len(dated) == 1 else matches


def _described(engine: Engine, anchors: Anchors, subject: str, *, posts: bool) -> list[TaskMatch]:
    """The tasks a subject describes; 烤烟用煤和黑加油站 describes those of each part.

    With `posts` a place may also be that of a leader: 临颍县的责任领导.
    """
    parts = [part for part in _AND.split(subject) if len(part) > 1]
    best = partial(_best, engine, anchors, posts=posts)
    each = [best(part) for part in parts] if len(parts) > 1 else []
    if len(each) > 1 and all(each) and not _shared(each):
        return [match for matches in each for match in matches]
    return best(subject)


def _best(engine: Engine, anchors: Anchors, subject: str, *, posts: bool) -> list[TaskMatch]:
    if posts:
        subject = anchors.strip(subject, anchors.places)
    matches = meant(_in_place(engine, anchors, match_tasks(engine, subject), posts=posts))
    good = matches and max(match.score for match in matches) >= DESCRIBED
    return matches if good else []


def _shared(each: list[list[TaskMatch]]) -> bool:
    """Whether the parts of a subject describe one task: 电、天然气 or 局、委 in one name."""
    sets = [{match.task.id for match in matches} for matches in each]
    return bool(set.intersection(*sets))


def _in_place(
    engine: Engine,
    anchors: Anchors,
    matches: list[TaskMatch],
    *,
    dated: bool = False,
    posts: bool = False,
) -> list[TaskMatch]:
    """The matches of plans that are at home in the place named, or of tasks that name it.

    With `dated` the plan must also speak of the years named.
    """
    placed = replace(anchors, years=())
    places = _plans(engine, matches)
    found = [match for match in matches if _tied(places, placed, match, posts=posts)]
    if not (dated and anchors.years):
        return found
    return [match for match in found if anchors.may_mean(places[match.task.document_id])]


def _plans(engine: Engine, matches: list[TaskMatch]) -> dict[str, Whereabouts]:
    """Where and when the plans of matches are, by document id."""
    return whereabouts_of(engine, (match.task.document_id for match in matches))


def _of_document(engine: Engine, question: Question, matches: list[TaskMatch]) -> list[TaskMatch]:
    """The matches of the document whose number the question gives, if it gives one."""
    asked = DOCUMENT_NUMBER.search(question.folded)
    if asked is None:
        return matches
    found = []
    for match in matches:
        number = engine.document(match.task.document_id).number
        known = DOCUMENT_NUMBER.search(fold(number or ""))
        if known is None or known["serial"] != asked["serial"]:
            continue
        if asked["year"] in {None, known["year"]}:
            found.append(match)
    return found


def _in_years(engine: Engine, anchors: Anchors, matches: list[TaskMatch]) -> list[TaskMatch]:
    """The matches, if every one of them speaks of the years named."""
    if not anchors.years:
        return matches
    places = _plans(engine, matches)
    return matches if all(_tied(places, anchors, match) for match in matches) else []


def _tied(
    places: dict[str, Whereabouts], anchors: Anchors, match: TaskMatch, *, posts: bool = False
) -> bool:
    task, where = match.task, places[match.task.document_id]
    due = task.deadline.text if task.deadline else ""
    held = [leader.post for leader in task.leaders] if posts else []
    words = squeeze("\n".join((task.section, task.problem, task.target, due, *held)))
    return anchors.may_mean(where) and anchors.tied_to(where, words)


def _is_about(engine: Engine, question: Question, matches: list[TaskMatch]) -> bool:
    """Whether the passage that fits a question best belongs to one of the tasks."""
    hits = search(engine, question.folded, 1)
    return bool(hits) and hits[0].passage.task in {match.task.id for match in matches}

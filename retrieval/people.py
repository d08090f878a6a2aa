"""Questions about the leaders of the ledger: 吕娜什么职务, 舞阳县县长是谁."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.records import Leader, Task
from index.engine import Engine
from retrieval.anchors import Anchors, whereabouts
from retrieval.citing import cite_span
from retrieval.coverage import squeeze
from retrieval.matching import TaskMatch, headings
from retrieval.question import Field, Question
from retrieval.records import Answer, AnswerKind, Detail
from retrieval.task_copies import distinct_tasks

_ASKS_POST = re.compile("什么职务|何职|什么职位|担任什么|任什么职|是什么官|是谁$|哪位$")
_AREA = re.compile("([\u4e00-\u9fff]{2,3}?)[县区](?=委|人民|政府|长)")
_OF_POSTS = frozenset("政府副常务委市")
_ASKS_NAME = re.compile("^(?P<post>.{2,20}?)(?:是谁|叫什么(?:名字)?|是哪位|姓名)[?？。]?$")


def answer_person(engine: Engine, question: Question, anchors: Anchors) -> Answer | None:
    """Answer with a leader's post or with who holds a post; None where it is not asked for."""
    text = "".join(question.folded.split()).rstrip("?？。")
    tasks = distinct_tasks(engine, engine.tasks())
    leaders = {leader: task for task in reversed(tasks) for leader in task.leaders if leader.name}
    if _ASKS_POST.search(text):
        for leader, task in leaders.items():
            if leader.name in text and leader.post:
                return _answer(engine, question, task, leader, leader.post)
    if asked := _ASKS_NAME.match(text):
        post = anchors.strip(asked["post"], anchors.places).replace(" ", "")
        for leader, task in leaders.items():
            if _holds(leader, asked["post"], post) and _here(engine, leader, task, anchors):
                return _answer(engine, question, task, leader, leader.name)
    return None


def _holds(leader: Leader, asked: str, bare: str) -> bool:
    """Whether a leader's post is the one asked for: whole, or without the level before it."""
    posts = [part for part in re.split("[、,，]", leader.post) if part]
    wanted = {asked, bare, f"市{bare}"} - {"", "市"}
    short = {re.sub("^.*?(?:人民政府|政府)", "", post) for post in posts}
    short |= {re.sub("人民政府|政府", "", post) for post in posts}
    return bool(wanted & ({*posts} | short)) and len(bare) > 1


def _here(engine: Engine, leader: Leader, task: Task, anchors: Anchors) -> bool:
    """Whether a leader is of the place named: the plan's own, or the one in the post."""
    where = whereabouts(engine.document(task.document_id))
    return anchors.may_mean(where) and anchors.tied_to(where, squeeze(leader.post))


def _answer(engine: Engine, question: Question, task: Task, leader: Leader, text: str) -> Answer:
    heading = headings(engine, [task])[task.id]
    return Answer(
        question=question.text,
        kind=AnswerKind.FACT,
        text=text,
        citations=(cite_span(engine, task.spans["leaders"], heading),),
        confidence=1.0,
        details=(Detail("姓名", leader.name), Detail("职务", leader.post)),
        total=1,
    )


def leaders_areas(tasks: Sequence[Task]) -> frozenset[str]:
    """The counties and districts that leaders of the ledger are of: 源汇 of 源汇区委副书记."""
    posts = (leader.post for task in tasks for leader in task.leaders)
    areas = (area for post in posts for area in _AREA.findall(post))
    return frozenset(area for area in areas if not set(area) & _OF_POSTS)


@dataclass(frozen=True, slots=True)
class Local:
    """A field question and its tasks, with only the leaders of the place it names."""

    question: Question
    matches: list[TaskMatch]


def local_leaders(question: Question, matches: Sequence[TaskMatch], places: Sequence[str]) -> Local:
    """Keep the leaders whose posts are of a place named: 临颍县的责任领导, 源汇区是谁负责.

    Where no leader is of that place, everything stays as it is.
    """
    if not places or not {Field.LEADERS, Field.UNITS} & set(question.fields):
        return Local(question, list(matches))
    kept = []
    for match in matches:
        leaders = tuple(
            leader for leader in match.task.leaders if any(one in leader.post for one in places)
        )
        if leaders:
            kept.append(replace(match, task=replace(match.task, leaders=leaders)))
    if not kept:
        return Local(question, list(matches))
    fields = tuple(Field.LEADERS if one is Field.UNITS else one for one in question.fields)
    return Local(replace(question, fields=tuple(dict.fromkeys(fields))), kept)

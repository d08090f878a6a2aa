"""Questions about the leaders of the ledger: 吕娜什么职务, 舞阳县县长是谁."""

from __future__ import annotations

import re

from corpus.records import Leader, Task
from index.engine import Engine
from retrieval.anchors import Anchors, whereabouts
from retrieval.citing import cite_span
from retrieval.coverage import squeeze
from retrieval.matching import headings
from retrieval.question import Question
from retrieval.records import Answer, AnswerKind, Detail

_ASKS_POST = re.compile("什么职务|何职|什么职位|担任什么|任什么职|是什么官|是谁$|哪位$")
_ASKS_NAME = re.compile("^(?P<post>.{2,20}?)(?:是谁|叫什么(?:名字)?|是哪位|姓名)[?？。]?$")


def answer_person(engine: Engine, question: Question, anchors: Anchors) -> Answer | None:
    """Answer with a leader's post or with who holds a post; None where it is not asked for."""
    text = "".join(question.folded.split()).rstrip("?？。")
    tasks = engine.tasks()
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

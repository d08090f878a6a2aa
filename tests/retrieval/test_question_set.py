"""The first question set: the right passage first for at least 45 of 50."""

import json
from pathlib import Path

from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.coverage import squeeze
from retrieval.records import Answer

QUESTIONS = Path(__file__).parents[2] / "eval" / "questions" / "first.jsonl"


def cited_right(engine: LocalEngine, question: dict, answer: Answer) -> bool:
    if answer.abstained or not answer.citations:
        return False
    if answer.tasks:
        return [task.number for task in answer.tasks] == question["tasks"]
    first = answer.citations[0]
    passages = [
        passage
        for passage in engine.passages_of(first.document_id)
        if passage.span.start <= first.start and first.end <= passage.span.end
    ]
    return any(
        squeeze(piece) in squeeze(passage.text)
        for piece in question["evidence"]
        for passage in passages
    )


def test_the_set_is_ten_questions_on_each_file():
    questions = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    files = [question["file"][:3] for question in questions]
    assert {name: files.count(name) for name in set(files)} == dict.fromkeys(
        ("000", "001", "002", "003", "004"), 10
    )


def test_the_evidence_of_every_question_stands_in_a_passage(engine: LocalEngine):
    passages = [
        squeeze(passage.text)
        for document in engine.documents()
        for passage in engine.passages_of(document.id)
    ]
    for line in QUESTIONS.read_text("utf-8").splitlines():
        for piece in json.loads(line)["evidence"]:
            assert any(squeeze(piece) in text for text in passages), piece


def test_the_right_passage_comes_first_for_45_of_50(engine: LocalEngine):
    questions = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    wrong = [
        question["id"]
        for question in questions
        if not cited_right(engine, question, ask(engine, question["question"])[0])
    ]
    assert len(wrong) <= 5, wrong

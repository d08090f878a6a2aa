"""The first question set: the right passage first for at least 45 of 50."""

from eval.first_set import measure_answers, read_questions
from index.local import LocalEngine
from retrieval.coverage import squeeze


def test_the_set_is_ten_questions_on_each_file():
    files = [question.id[:3] for question in read_questions()]
    assert {name: files.count(name) for name in set(files)} == dict.fromkeys(
        ("000", "001", "002", "003", "004"), 10
    )


def test_the_evidence_of_every_question_stands_in_a_passage(engine: LocalEngine):
    passages = [
        squeeze(passage.text)
        for document in engine.documents()
        for passage in engine.passages_of(document.id)
    ]
    for question in read_questions():
        for piece in question.evidence:
            assert any(squeeze(piece) in text for text in passages), piece


def test_the_right_passage_comes_first_for_45_of_50(engine: LocalEngine):
    measured = measure_answers(engine, read_questions())
    assert measured["right_passage_first"] >= 45, measured["wrong"]

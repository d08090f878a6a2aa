"""The question sets: read strictly, and what the shipped ones promise."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from corpus.errors import LoadError
from eval.question_set import FOLDER, STYLES, read_questions, shipped_sets
from eval.records import Question, QuestionKind
from eval.relevance import Evidence, usable
from eval.splitting import sets_of
from retrieval.coverage import squeeze

GOOD = {
    "id": "x-1", "kind": "fact", "file": "f.txt", "question": "什么?", "answers": ["甲"], "evidence": ["甲"],
}  # fmt: skip
NONE = {"id": "x-2", "kind": "none", "near": "year", "question": "什么?"}


def write(path: Path, *records: object) -> Path:
    lines = [
        one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ("{", "不是 JSON"),
        ([1], "不是 JSON 对象"),
        ({**GOOD, "anwsers": []}, "不认识的键:anwsers"),
        ({**GOOD, "kind": "maybe"}, "kind 应为"),
        ({**GOOD, "id": " "}, "缺少 id"),
        ({**GOOD, "question": None}, "缺少 question"),
        ({**GOOD, "file": None}, "缺少 file"),
        ({**GOOD, "answers": []}, "缺少 answers 或 items"),
        ({**GOOD, "answers": "甲"}, "answers 应为列表"),
        ({**GOOD, "answers": [""]}, "没有空的"),
        ({**GOOD, "evidence": []}, "缺少 evidence"),
        ({**GOOD, "items": [[]]}, "items 的每一项"),
        ({**GOOD, "tasks": [1, 1]}, "不重复的整数"),
        ({**GOOD, "tasks": [True]}, "不重复的整数"),
        ({**GOOD, "total": "3"}, "total 应为整数"),
        ({**GOOD, "due": "2020年底"}, "due 应写成"),
        ({**GOOD, "style": ["loud"]}, "不认识的 style:loud"),
        ({**GOOD, "near": "year"}, "near 只用于 none"),
        ({**GOOD, "turns": []}, "只有 conversation 才有 turns"),
        ({**GOOD, "kind": "list", "tasks": [1, 2], "total": 3}, "total 等于它的个数"),
        ({**NONE, "near": None}, "near 只用于 none"),
        ({**NONE, "answers": ["甲"]}, "none 类的问题没有答案"),
        ({"id": "c", "kind": "conversation", "file": "f", "turns": [GOOD]}, "两到三个问题"),
        ({"id": "c", "kind": "conversation", "file": "f", "turns": [1, 2]}, "应是 JSON 对象"),
        (GOOD, "重复"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_the_rest_kept(tmp_path, record, why):
    path = write(tmp_path / "set.jsonl", GOOD, record, NONE)
    questions, problems = read_questions(path)
    assert [question.id for question in questions] == ["x-1", "x-2"]
    (problem,) = problems
    assert problem.place == f"{path} 第 2 行"
    assert why in problem.reason


def test_a_set_without_a_usable_line_is_refused(tmp_path):
    with pytest.raises(LoadError, match=r"没有可用的问题.*第 1 行"):
        read_questions(write(tmp_path / "bad.jsonl", "?"))
    with pytest.raises(LoadError, match="文件是空的"):
        read_questions(write(tmp_path / "empty.jsonl"))
    with pytest.raises(LoadError, match="没有这个文件"):
        read_questions(tmp_path / "absent.jsonl")


@pytest.fixture(scope="module")
def shipped() -> dict[str, list[Question]]:
    sets = {}
    for path in shipped_sets():
        sets[path.stem], problems = read_questions(path)
        assert problems == []
    return sets


def test_every_answer_stands_in_the_corpus(shipped, evidence: Evidence):
    for questions in shipped.values():
        kept, problems = usable(questions, evidence)
        assert problems == []
        assert kept == questions


def test_no_question_stands_twice(shipped):
    questions = [question for each in shipped.values() for question in each]
    for of in (lambda one: one.id, lambda one: squeeze(one.text)):
        counts = Counter(map(of, questions))
        assert [name for name, count in counts.items() if count > 1] == []


def test_there_are_enough_of_every_kind_and_style(shipped):
    questions = [question for each in shipped.values() for question in each]
    kinds = Counter(question.kind for question in questions)
    styles = Counter(style for question in questions for style in question.styles)
    assert len(questions) >= 240
    assert all(kinds[kind] >= 40 for kind in QuestionKind)
    assert styles["paraphrase"] >= 50
    assert sum(styles[style] for style in STYLES) - styles["paraphrase"] >= 20
    assert all(styles[style] >= 3 for style in STYLES)
    for each in shipped.values():
        assert {question.kind for question in each} == set(QuestionKind)


def test_a_paraphrase_shares_no_bigram_with_the_key_terms_of_its_passage(
    shipped, evidence: Evidence
):
    for question in (one for each in shipped.values() for one in each):
        assert bool(question.key_terms) == ("paraphrase" in question.styles), question.id
        asked = squeeze(question.text)
        for term in map(squeeze, question.key_terms):
            pairs = ["".join(pair) for pair in pairwise(term)]
            assert pairs, question.id
            assert [pair for pair in pairs if pair in asked] == [], question.id
            held = evidence.holding(term, question.source or "", question.turns[0].tasks)
            assert held, (question.id, term)


def test_questions_stand_in_the_set_of_what_answers_them(shipped, evidence: Evidence):
    """Lists span tasks of both sets; they are split by unit, leader and section instead."""
    for name, questions in shipped.items():
        for question in questions:
            for turn in question.turns:
                if turn.kind not in (QuestionKind.LIST, QuestionKind.NONE):
                    found = sets_of(evidence.relevant(turn, question.source), question.source)
                    assert not found or name in found, question.id


def test_no_list_is_asked_for_in_both_sets(shipped):
    lists = {
        name: {
            question.turns[0].tasks for question in questions if question.kind is QuestionKind.LIST
        }
        for name, questions in shipped.items()
    }
    # Different conditions may come to the same few tasks; long lists are the condition itself.
    assert not {one for one in lists["dev"] & lists["test"] if len(one) > 4}


def test_every_kind_of_near_miss_is_there(shipped):
    near = Counter(one.near for each in shipped.values() for one in each if one.near)
    assert set(near) == {"place", "year", "subject", "detail", "unrelated"}
    assert min(near.values()) >= 8


def test_the_readme_names_every_key():
    text = (FOLDER / "README.md").read_text("utf-8")
    from eval.question_set import _KEYS

    for key in _KEYS:
        assert f"| `{key}` |" in text, key

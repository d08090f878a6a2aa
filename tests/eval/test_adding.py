"""Feedback becomes a line of a set, or is refused with the reason."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.errors import LoadError, QuestionError
from eval.adding import NewQuestion, add_question, set_for
from eval.question_set import read_questions, shipped_sets
from eval.records import QuestionKind
from eval.relevance import Evidence, usable

FIELD = NewQuestion(
    "烤烟改造最晚哪天完成",
    QuestionKind.FIELD,
    answers=("2022年年底",),
    quotes=("整改时限:2022年年底",),
    due=date(2022, 12, 31),
)


def test_a_field_question_finds_its_file_and_task(evidence: Evidence, tmp_path: Path):
    path = tmp_path / "mine.jsonl"
    assert add_question(FIELD, evidence, path, []) == "004-17-added-01"
    (line,) = path.read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "id": "004-17-added-01",
        "kind": "field",
        "file": "004_dbcf2c26876c712d.txt",
        "question": "烤烟改造最晚哪天完成",
        "answers": ["2022年年底"],
        "due": "2022-12-31",
        "tasks": [17],
        "evidence": ["整改时限:2022年年底"],
    }
    questions, problems = read_questions(path)
    assert problems == []
    assert usable(questions, evidence) == (questions, [])


def test_lines_are_appended_and_numbered_on(evidence: Evidence, tmp_path: Path):
    path = tmp_path / "mine.jsonl"
    add_question(FIELD, evidence, path, [])
    path.write_text(path.read_text("utf-8").rstrip("\n"), "utf-8")  # a last line without its end
    fact = NewQuestion("信阳有没有", QuestionKind.NONE, near="place")
    other = NewQuestion(
        "烤烟什么时候改造完?",
        QuestionKind.FIELD,
        answers=("2022年年底",),
        quotes=("2022年年底",),
        tasks=(17,),
    )
    assert add_question(fact, evidence, path, []) == "none-added-01"
    assert add_question(other, evidence, path, []) == "004-17-added-02"
    assert len(read_questions(path)[0]) == 3


def test_a_list_names_its_tasks_and_each_holds_a_quote(evidence: Evidence, tmp_path: Path):
    new = NewQuestion(
        "哪几项由市公安局、市交通运输局牵头",
        QuestionKind.LIST,
        quotes=("市公安局、市交通运输局牵头",),
        tasks=(28, 29, 30, 31),
    )
    add_question(new, evidence, tmp_path / "mine.jsonl", [])
    (question,) = read_questions(tmp_path / "mine.jsonl")[0]
    assert question.turns[0].tasks == (28, 29, 30, 31)
    assert question.turns[0].total == 4
    with pytest.raises(QuestionError, match="第15项没有一段含有所给的原文"):
        add_question(
            replace(new, question="问", tasks=(15, 28)), evidence, tmp_path / "mine.jsonl", []
        )


def test_a_set_in_another_encoding_or_behind_a_link_is_not_spoiled(
    evidence: Evidence, tmp_path: Path
):
    none = NewQuestion("信阳有没有", QuestionKind.NONE, near="place")
    real = tmp_path / "real.jsonl"
    real.write_bytes(b"")
    link = tmp_path / "link.jsonl"
    link.symlink_to(real)
    add_question(none, evidence, link, [])
    assert link.is_symlink()
    assert len(read_questions(real)[0]) == 1
    other = tmp_path / "gb.jsonl"
    other.write_bytes(real.read_text("utf-8").encode("gb18030"))
    before = other.read_bytes()
    with pytest.raises(LoadError, match="不是 UTF-8"):
        add_question(replace(none, question="洛阳有没有"), evidence, other, [])
    assert other.read_bytes() == before


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (NewQuestion("问", QuestionKind.FACT, answers=("2035年",), quotes=("整改时限:2022年年底",)), "没有答案“2035年”"),
        (NewQuestion("问", QuestionKind.FACT, answers=("甲",), quotes=("不在文中的话",)), "没有一段含有“不在文中的话”"),
        (NewQuestion("问", QuestionKind.FACT, answers=("甲",)), "缺少答案所在段落里的原文"),
        (NewQuestion("问", QuestionKind.FACT, quotes=("整改时限:2022年年底",)), "缺少 answers 或 items"),
        (NewQuestion("问", QuestionKind.FACT, answers=("污染防治攻坚",), quotes=("污染防治攻坚",)), "请用 --file 指明"),
        (NewQuestion("问", QuestionKind.FIELD, answers=("立行立改",), quotes=("立行立改,长期坚持",)), "请用 --task 指明"),
        (NewQuestion("问", QuestionKind.NONE), "near 只用于 none"),
        (NewQuestion("问", QuestionKind.LIST, quotes=("市公安局牵头",)), "写明每一项任务"),
        (NewQuestion("问", QuestionKind.FACT, answers=("的",), quotes=("的",), source="004_dbcf2c26876c712d.txt"), "抄得长一些"),
        (NewQuestion("问", QuestionKind.FACT, answers=("甲",), quotes=(" ",)), "缺少答案所在段落里的原文"),
        (NewQuestion("问" * 3000, QuestionKind.NONE, near="year"), "问题太长"),
        (NewQuestion(" ", QuestionKind.NONE, near="year"), "缺少 question"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused_and_nothing_is_written(evidence, tmp_path, new, why):
    path = tmp_path / "mine.jsonl"
    with pytest.raises(QuestionError, match=why):
        add_question(new, evidence, path, [])
    assert not path.exists()


def test_a_question_that_is_there_already_is_refused(evidence: Evidence, tmp_path: Path):
    new = NewQuestion(
        "烤烟用煤 整改时限?",
        QuestionKind.FIELD,
        answers=("2022年年底",),
        quotes=("整改时限:2022年年底",),
    )
    with pytest.raises(QuestionError, match="已经在问题集里:004-17-01"):
        add_question(new, evidence, tmp_path / "mine.jsonl", shipped_sets())


def test_a_question_goes_to_the_set_of_what_answers_it(evidence: Evidence):
    assert set_for(FIELD, evidence).stem == "dev"
    held_out = NewQuestion(
        "问", QuestionKind.FIELD, answers=("已整改到位",), quotes=("已整改到位",), tasks=(23,)
    )
    assert set_for(held_out, evidence).stem == "test"
    speech = NewQuestion(
        "问", QuestionKind.FACT, answers=("百分之九十",), quotes=("已经完成了百分之九十的整改任务",)
    )
    assert set_for(speech, evidence).stem == "test"
    assert set_for(NewQuestion("问", QuestionKind.NONE, near="year"), evidence).stem == "dev"

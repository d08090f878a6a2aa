"""Nothing leaves that the citations do not say: proven whole, cut down, or not said at all."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.local import LocalEngine
from retrieval.answering import ask
from retrieval.fields import LABELS
from retrieval.grounds import stands_in
from retrieval.proof import prove
from retrieval.records import Answer, AnswerKind, Citation, Piece, Proof
from retrieval.trail import Record

_DEV = Path(__file__).parents[2] / "eval" / "questions" / "dev.jsonl"
_MUTATIONS = 400


def proven(engine: LocalEngine, text: str) -> Proof:
    record = Record()
    ask(engine, text, trail=record)
    assert record.proof is not None
    return record.proof


def answer(engine: LocalEngine, text: str) -> Answer:
    found, _ = ask(engine, text)
    assert not found.abstained
    return found


def proofs_of_dev(engine: LocalEngine) -> Iterator[tuple[str, Proof]]:
    for line in _DEV.read_text("utf-8").splitlines():
        question = json.loads(line)
        context = None
        for turn in question.get("turns") or [question]:
            record = Record()
            _, context = ask(engine, turn["question"], context, trail=record)
            assert record.proof is not None
            yield turn["question"], record.proof


@pytest.fixture(scope="module")
def said(engine: LocalEngine) -> list[Answer]:
    """What is answered to the dev questions."""
    return [proof.answer for _, proof in proofs_of_dev(engine) if not proof.answer.abstained]


def test_every_answer_to_the_dev_questions_is_proven_whole(engine: LocalEngine):
    failed = {text: proof.failed for text, proof in proofs_of_dev(engine) if proof.failed}
    assert failed == {}


def test_every_field_of_every_task_is_proven_whole(engine: LocalEngine):
    for task in engine.tasks():
        for label in LABELS.values():
            proof = proven(engine, f"第{task.number}项的{label}")
            assert not proof.answer.abstained
            assert proof.failed == ()


def test_each_piece_names_the_citation_that_says_it(engine: LocalEngine):
    proof = proven(engine, "第20项的牵头单位和整改时限")
    said = [piece for piece in proof.pieces if piece.citation]
    assert [piece.words for piece in said] == ["立行立改、长期坚持", "市交通运输局"]
    for piece in said:
        assert piece.words in proof.answer.citations[piece.citation - 1].quote


@pytest.mark.parametrize(
    ("question", "told", "instead"),
    [
        ("烤烟用煤整改时限", "2022", "2023"),
        ("烤烟用煤整改时限", "年底", "6月"),
        ("烤烟用煤整改时限", "2022年年底", "二〇二三年年底"),
        ("南环路大修筹到了多少钱？", r"\d+", "77"),
        ("第20项由哪个单位牵头", "交通运输局", "审计局"),
        ("第20项的责任领导", "徐汇川", "徐汇山"),
        ("漯发〔2020〕13号的发文字号", "13", "14"),
        ("漯发〔2020〕13号的成文日期", "23日", "24日"),
    ],
)
def test_what_was_tampered_with_is_not_said(
    engine: LocalEngine, question: str, told: str, instead: str
):
    found = answer(engine, question)
    tampered = replace(found, text=re.sub(told, instead, found.text, count=1))
    assert tampered.text != found.text
    proof = prove(tampered)
    assert proof.failed
    assert instead not in proof.answer.text


def test_an_answer_of_which_nothing_is_left_abstains_with_its_passages(engine: LocalEngine):
    found = answer(engine, "烤烟用煤整改时限")
    proof = prove(replace(found, text="2031年年底"))
    assert proof.answer.kind is AnswerKind.NONE
    assert proof.answer.text == "找到的答案在引文里找不到依据,所以不作答。"
    assert proof.answer.citations == found.citations[:3]
    assert proof.answer.tasks == ()
    assert proof.answer.value == {}


def test_an_item_of_a_list_that_is_not_proven_is_left_out_and_the_count_says_so(
    engine: LocalEngine,
):
    found = answer(engine, "市公安局牵头哪些任务")
    lines = found.text.split("\n")
    lines[2] = "第3项 全市要在2021年建成99座加油站"
    proof = prove(replace(found, text="\n".join(lines)))
    assert "99" not in proof.answer.text
    assert proof.answer.text.startswith(f"共{found.total - 1}项:")
    assert proof.answer.total == len(proof.answer.tasks) == found.total - 1
    assert proof.answer.details[-1].label == "核对"


def test_a_true_title_under_another_items_number_is_not_proven(engine: LocalEngine):
    found = answer(engine, "市公安局牵头哪些任务")
    first, second = found.tasks[0].number, found.tasks[1].number
    text = found.text.replace(f"第{first}项", f"第{second}项", 1)
    assert prove(replace(found, text=text)).answer.total == found.total - 1


def test_a_count_that_is_not_that_of_the_items_is_put_right(engine: LocalEngine):
    found = answer(engine, "市公安局牵头哪些任务")
    text = found.text.replace(f"共{found.total}项", f"共{found.total + 3}项")
    proof = prove(replace(found, text=text, total=found.total + 3))
    assert proof.failed == (f"共{found.total + 3}项:",)
    assert proof.answer.text.split("\n")[0] == f"共{found.total}项:"
    assert proof.answer.total == found.total


def test_of_several_units_those_that_are_named_stay(engine: LocalEngine):
    found = answer(engine, "烤烟用煤由谁牵头")
    proof = prove(replace(found, text=found.text + "、市审计局"))
    assert proof.failed == ("市审计局",)
    assert proof.answer.text == found.text


def test_of_several_fields_those_that_are_quoted_stay(engine: LocalEngine):
    found = answer(engine, "第17项的牵头单位和整改时限")
    proof = prove(replace(found, text=found.text.replace("2022年年底", "2025年年底")))
    assert proof.answer.text == "牵头单位:市农业农村局、市烟草专卖局(市烟草公司)"


def test_a_guessed_name_passes_only_with_its_mark(engine: LocalEngine):
    found = answer(engine, "第15项由谁牵头")
    assert "(推断)" in found.text
    assert prove(found).failed == ()
    assert prove(replace(found, text=found.text.replace("(推断)", ""))).failed == ("市商务局",)


def test_a_day_worked_out_from_no_quoted_deadline_is_dropped(engine: LocalEngine):
    found = answer(engine, "烤烟用煤整改时限")
    proof = prove(replace(found, value={"kind": "fixed", "due": date(2023, 12, 31)}))
    assert proof.answer.text == found.text
    assert proof.answer.value == {}
    assert proof.failed == ("2023-12-31",)
    assert Piece("2022-12-31", why="按原文日期换算") in prove(found).pieces


def test_a_refusal_names_no_number_but_those_asked_about():
    refusal = Answer("第四十项的时限", AnswerKind.NONE, "没有第40项任务。", (), 0.0)
    assert prove(refusal).answer == refusal
    leaking = replace(refusal, text="没有第40项任务,总投资300万元。")
    assert "300" not in prove(leaking).answer.text


@pytest.mark.parametrize(
    ("words", "text", "stands"),
    [
        ("12", "2012年", False),
        ("12", "共12家", True),
        ("12", "12.5吨", False),
        ("5吨", "12.5吨", False),
        ("80", "完成80%", False),
        ("80%", "完成80%", True),
        ("十七", "二十七家", False),
        ("二十", "二十七家", False),
        ("二十七", "共二十七家", True),
        ("12", "2012年有12家", True),
    ],
)
def test_a_number_is_found_as_a_whole(words: str, text: str, stands: bool):
    assert stands_in(words, text) is stands


def test_of_a_quote_of_another_answer_nothing_is_proven():
    quote = Citation("a", "甲", None, "a.txt", (), "投资300万元。", 0, 8, 0, 8)
    other = Answer("投资多少", AnswerKind.FACT, "投资500万元", (quote,), 1.0)
    assert prove(other).answer.abstained
    assert not prove(replace(other, text="投资300万元")).answer.abstained


def test_numbers_changed_at_random_are_never_said(said: list[Answer]):
    rounds = random.Random(20)
    for _ in range(_MUTATIONS):
        found = rounds.choice(said)
        numbers = list(re.finditer(r"\d+", found.text))
        if not numbers:
            continue
        number = rounds.choice(numbers)
        # No text of the corpus has a number of so many digits.
        other = str(rounds.randrange(10**11, 10**12))
        text = found.text[: number.start()] + other + found.text[number.end() :]
        proof = prove(replace(found, text=text))
        assert proof.failed
        assert other not in proof.answer.text


def test_whatever_an_answer_says_the_proof_ends_and_adds_nothing(said: list[Answer]):
    rounds = random.Random(21)
    letters = "第17项 :;、()。\n…共有牵头%2〔〕.年"
    for _ in range(_MUTATIONS):
        found = rounds.choice(said)
        noise = "".join(rounds.choice(letters) for _ in range(rounds.randrange(12)))
        at = rounds.randrange(len(found.text) + 1)
        text = found.text[:at] + noise + found.text[at:]
        proof = prove(replace(found, text=text))
        if not proof.answer.abstained and not proof.failed:
            assert re.sub(r"\s", "", proof.answer.text) == re.sub(r"\s", "", text)

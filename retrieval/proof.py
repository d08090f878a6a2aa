"""Proof: before an answer leaves, all it says is looked up in its own citations.

An answer is made of quoted words and of the few words that frame them (共3项, 牵头单位:). Every
piece that is no frame must stand in a quote, an item of a list in a quote of that very task; so no
number, date, unit or name is said that is not there to be read. What is worked out must be the
working out of what is quoted: how many are listed, the day of 2022年底. What fails is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from corpus.numerals import number_value
from corpus.structure.days import first_day
from index.tokens import fold
from retrieval.clauses import prove_lines
from retrieval.grounds import Grounds
from retrieval.items import prove_items
from retrieval.lists import NO_TASKS
from retrieval.records import Answer, AnswerKind, Detail, Piece, Proof

_HEAD = re.compile(r"(?P<kind>共|有)(?P<count>\d+)项(?P<rest>任务符合)?:")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NUMERAL = re.compile("[零〇一二三四五六七八九十百千]+")
# What a refusal counts: a ledger that has none.
_NONE_OF_THEM = "0"
_NO_ANSWER = "现有文件中没有找到这个问题的答案。"
_UNPROVEN = "找到的答案在引文里找不到依据,所以不作答。"
_NEAREST = 3


def prove(answer: Answer) -> Proof:
    """Return what is left of an answer when all that no citation says is cut away.

    Where nothing is left, it is an abstention that says so, its citations the nearest passages.
    """
    if answer.abstained:
        return _refusal(answer)
    if answer.text == NO_TASKS and not answer.tasks:
        return Proof(answer, (Piece("0", why="台账中没有符合条件的任务"),))
    grounds = Grounds(answer.citations)
    head, *lines = answer.text.split("\n")
    counted = _HEAD.fullmatch(head)
    proof = _list(answer, grounds, counted, lines) if counted and lines else _plain(answer, grounds)
    return proof if proof.answer.abstained else _value(proof, grounds)


def _plain(answer: Answer, grounds: Grounds) -> Proof:
    text, pieces = prove_lines(answer.text, grounds, answer.tasks)
    if not text.strip():
        return _nothing_left(answer, pieces)
    whole = all(piece.proven for piece in pieces)
    return Proof(answer if whole else _noted(replace(answer, text=text), pieces), tuple(pieces))


def _list(answer: Answer, grounds: Grounds, head: re.Match[str], lines: list[str]) -> Proof:
    """A list with its count: what is counted is what is listed."""
    kept, tasks, pieces = prove_items(answer, grounds, lines)
    if not kept:
        return _nothing_left(answer, pieces)
    counted = int(head["count"]) == len(kept)
    pieces = [Piece(head.group(), why="列出的条数" if counted else ""), *pieces]
    text = "\n".join([f"{head['kind']}{len(kept)}项{head['rest'] or ''}:", *kept])
    if text == answer.text and answer.total == len(kept):
        return Proof(answer, tuple(pieces))
    left = replace(answer, text=text, tasks=tasks, total=len(kept))
    return Proof(_noted(left, pieces), tuple(pieces))


def _noted(answer: Answer, pieces: list[Piece]) -> Answer:
    """An answer that says of itself that something of it is left out."""
    failed = sum(not piece.proven for piece in pieces)
    remark = Detail("核对", f"有{failed}处在引文里找不到依据,没有列出,请核对原文")
    return replace(answer, details=(*answer.details, remark))


def _nothing_left(answer: Answer, pieces: list[Piece]) -> Proof:
    """An abstention; not even here is said what failed."""
    nearest = answer.citations[:_NEAREST]
    said_no = Answer(answer.question, AnswerKind.NONE, _UNPROVEN, nearest, 0.0)
    return Proof(said_no, tuple(pieces))


def _refusal(answer: Answer) -> Proof:
    """A refusal names no number but those of the question."""
    asked = fold(answer.question)
    known = {_NONE_OF_THEM, *_NUMBER.findall(asked)}
    known |= {str(number_value(numeral)) for numeral in _NUMERAL.findall(asked)}
    known |= {str(item) for item in _between(asked)}
    if unasked := [one for one in _NUMBER.findall(fold(answer.text)) if one not in known]:
        return Proof(replace(answer, text=_NO_ANSWER), tuple(Piece(one) for one in unasked))
    return Proof(answer, ())


def _between(asked: str) -> range:
    """The items that 第5项到第8项 names without writing them."""
    numbers = [int(one) for one in re.findall(r"\d{1,3}(?!\d)", asked)]
    return range(min(numbers), max(numbers) + 1) if len(numbers) > 1 else range(0)


def _value(proof: Proof, grounds: Grounds) -> Proof:
    """The days worked out are those of the deadlines that are quoted, or of a day that is."""
    answer = proof.answer
    asked = set(_days(answer.value))
    if not asked:
        return proof
    known = {
        deadline.due
        for task in answer.tasks
        for deadline in (task.deadline, *task.milestones)
        if deadline and deadline.due and grounds.said_in(deadline.text)
    }
    written = (first_day("".join(fold(one.quote).split())) for one in answer.citations)
    known |= {day for day in written if day}
    failed = sorted(asked - known)
    worked = [Piece(str(day), why="按原文日期换算") for day in sorted(asked & known)]
    pieces = (*proof.pieces, *worked, *(Piece(str(day)) for day in failed))
    return Proof(replace(answer, value={}) if failed else answer, pieces)


def _days(value: Mapping[str, Any]) -> Iterator[date]:
    """Every day in a value, however deep."""
    for one in value.values():
        if isinstance(one, Mapping):
            yield from _days(one)
        elif isinstance(one, date):
            yield one

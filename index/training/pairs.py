"""Questions cut from official text: each is one that its passage answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from index.training.records import Lay, Text

_CLAUSE = re.compile(r"[^，。；：！？\n,;:!?]+[，。；：！？\n,;:!?]*")
_ARTICLE = re.compile(r"第[一二三四五六七八九十百千零〇\d]+条.*$")
_DEFINED = re.compile(r"(?:本(?:法|条例|办法|规定|方案|意见)所称)?([^，。；：\n]{2,20}?)[，,]?是指")
_TAILS = """
怎么办 如何处理 怎么处理 有什么规定 有哪些要求 应该怎么做 是否可以 可以吗 合法吗 吗 由谁负责 谁来管
有什么后果 需要什么条件 什么时候 要多久 怎么认定 如何认定 包括哪些 有哪些 怎么规定的 是什么意思
会怎样 要承担什么责任 找谁 哪个部门负责 多少钱
"""
# Said after a clause, it makes a question of it.
TAILS = tuple(_TAILS.split())
_DEFINITIONS = ("什么是{}", "{}是什么意思", "{}指什么")
_FINED = ("罚多少钱", "怎么处罚", "会被罚吗", "处罚")
_DUTIES = ("应该做什么", "有什么义务", "要怎么做", "有哪些责任")
_IN_CHARGE = ("谁负责", "哪个部门管", "归谁管")
# Shares of what questions are cut as; the rest is asked by the kind of rule the text states.
_CLAUSES, _TAILED, _SCRAPS, _NAMED = 0.40, 0.15, 0.25, 0.08
_TAILED_SCRAPS = 0.3
_SAID_OTHERWISE = 0.7  # of the words that people say otherwise, in half of the questions
_WITHOUT_CONTEXT = 0.25  # the encoder must not lean on titles alone
_LONGEST, _KEPT = 120, 100
# Every phrase a question may be given: the vocabulary must know them.
PHRASES = (*TAILS, *(one.format("") for one in _DEFINITIONS), *_FINED, *_DUTIES, *_IN_CHARGE)


class Pairs:
    """Draws questions from texts; the same generator draws the same ones."""

    def __init__(self, texts: Sequence[Text], lay: Lay, rng: np.random.Generator) -> None:
        self._contexts = [fold(text.context) for text in texts]
        self._bodies = [fold(text.body) for text in texts]
        self._rng = rng
        self._lay = {fold(official): [*map(fold, words)] for official, words in lay.items()}
        longest_first = sorted(self._lay, key=lambda word: (-len(word), word))
        self._official = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def draw(self, row: int) -> tuple[str, bool]:
        """Return a question that a text answers, and whether its context may help."""
        question = self._cut(self._contexts[row], self._bodies[row])
        if len(question) > _LONGEST:
            start = int(self._rng.integers(len(question) - _KEPT))
            question = question[start : start + _KEPT]
        if self._rng.random() < 0.5:
            question = self._official.sub(self._said, question)
        return question, bool(self._rng.random() >= _WITHOUT_CONTEXT)

    def _said(self, match: re.Match[str]) -> str:
        if self._rng.random() >= _SAID_OTHERWISE:
            return match.group()
        return self._one(self._lay[match.group()])

    def _one(self, choices: Sequence[str]) -> str:
        return choices[int(self._rng.integers(len(choices)))]

    def _cut(self, context: str, body: str) -> str:
        clauses = _CLAUSE.findall(body)
        if not clauses:
            return context or body
        kind = self._rng.random()
        part = self._clauses(clauses)
        if kind < _CLAUSES:
            return part
        if kind < _CLAUSES + _TAILED:
            return part + self._one(TAILS)
        if kind < _CLAUSES + _TAILED + _SCRAPS:
            return self._scraps(body)
        name = _ARTICLE.sub("", context).removeprefix("中华人民共和国")
        if kind < _CLAUSES + _TAILED + _SCRAPS + _NAMED and name:
            return f"{name} {part}" if self._rng.random() < 0.5 else name
        return self._of_rule(body, clauses, part)

    def _clauses(self, clauses: Sequence[str]) -> str:
        """One to three clauses that follow each other."""
        count = min(len(clauses), 1 + int(self._rng.integers(3)))
        start = int(self._rng.integers(len(clauses) - count + 1))
        return "".join(clauses[start : start + count])

    def _scraps(self, body: str) -> str:
        """A few short pieces from anywhere."""
        pieces = []
        for _ in range(int(self._rng.integers(2, 7))):
            length = int(self._rng.integers(2, 5))
            start = int(self._rng.integers(max(1, len(body) - length)))
            pieces.append(body[start : start + length])
        tail = self._one(TAILS) if self._rng.random() < _TAILED_SCRAPS else ""
        return " ".join(pieces) + tail

    def _of_rule(self, body: str, clauses: Sequence[str], part: str) -> str:
        """What people ask of a definition, a fine, a duty or a task."""
        if defined := _DEFINED.search(body):
            return self._one(_DEFINITIONS).format(defined[1])
        if "罚款" in body:
            return clauses[0] + self._one(_FINED)
        if "应当" in body:
            return body.partition("应当")[0][-20:] + self._one(_DUTIES)
        if "负责" in body:
            return body.partition("负责")[2][:25] + self._one(_IN_CHARGE)
        return part

"""How much of what a question names stands in a text, rare words counting more."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.engine import Engine
from index.tokens import fold, segment
from retrieval.bridging import Bridge, bridges

_BLANK = re.compile(r"\s+")
# A word of one Han character tells too little; one digit may be an item's number.
_WORD = re.compile(r"[^\W_]{2,}|[0-9a-z]")
# Words that stand in any question or any official text and tell nothing apart.
_EMPTY = """
进行 开展 工作 情况 问题 方面 我们 咱们 我市 我区 本市 全市 整改 任务 事项 项目 规定 要求 需要 一下
现在 目前 眼下 主要 关于 以及 他们 这个 那个 那位 那些 这些 一项 打算 认为 还存 时候 名字 没有 一共
俺们 这儿 那儿 哪儿 这里 那里 这边 那边 这块 那块 哪块 回事 说说 讲讲 听说 打听 知道 多钱
还要 真的 有人 我家 他家 人家 自家 东西 那条 这条
"""
_EMPTY_WORDS = frozenset(_EMPTY.split())
# A word of two that the dictionary lacks and that one of these begins or ends was cut amiss:
# 能收 in 能收回吗, 交了 in 交了十年.
_LOOSE = re.compile("^[能要会没还就再才给被把让跟也都该可想天来](?=.$)|(?<=^.)[了过着个块]$")
# A word that is not in the corpus at all still counts, a little less than the rarest that is:
# it may be a typing error or another word for the same thing.
_UNKNOWN_SHARE = 0.95
# 秸秆焚烧 where the text has 秸秆露天焚烧.
_APART = 0.9
# Part of a long word found (黑加油站点 in 黑加油站) is worth at most this much of it.
_PARTIAL = 0.7
# Another word for the same thing is nearly as good as the word itself.
_BRIDGED = 0.9

# The passages of one corpus are looked at again and again.
_SQUEEZED = 8192
_TAKEN_APART = 4096


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of a question, its weight (BM25's idf), and what documents write for it."""

    word: str
    weight: float
    official: tuple[str, ...] = ()

    def presence(self, squeezed: str) -> float:
        """How far the term stands in a squeezed text, 0 to 1."""
        found = presence(self.word, squeezed)
        if found == 1.0 or not self.official:
            return found
        return max(found, _BRIDGED * max(presence(one, squeezed) for one in self.official))


def terms(engine: Engine, text: str) -> list[Term]:
    """Return the content words of a text, each once; a word of the thesaurus is one of them."""
    # BM25's idf of a word that one passage has.
    rarest = math.log(1 + (engine.manifest.counts.passages - 0.5) / 1.5) * _UNKNOWN_SHARE
    folded = fold(text)
    found: dict[str, Term] = {}
    for bridge in bridges(folded):
        known = known_words(engine, bridge)
        if known:
            weight = engine.weight(bridge.word) or max(weight for _, weight in known)
            official = tuple(words for words, _ in known)
            found[bridge.word] = Term(bridge.word, weight, official)
            folded = folded[: bridge.start] + " " * len(bridge.word) + folded[bridge.end :]
    for word in segment(folded):
        if _WORD.match(word) and word not in _EMPTY_WORDS and not _amiss(word):
            found.setdefault(word, Term(word, engine.weight(word) or rarest))
    return list(found.values())


def _amiss(word: str) -> bool:
    return bool(_LOOSE.search(word)) and len(segment(word, guess=False)) > 1


def known_words(engine: Engine, bridge: Bridge) -> list[tuple[str, float]]:
    """What the corpus itself writes for a word of the thesaurus, with the weight of its rarest."""
    known = []
    for words in bridge.official:
        weights = [engine.weight(word) for word in segment(words) if _WORD.match(word)]
        if weights and all(weights):
            known.append((words, max(weights)))
    return known


@lru_cache(_SQUEEZED)
def squeeze(text: str) -> str:
    """Return the folded text without white space: what terms are looked for in."""
    return _BLANK.sub("", fold(text))


def coverage(wanted: Sequence[Term], squeezed: str) -> float:
    """Share of the terms' weight found in a squeezed text, 0 to 1; 0 without terms."""
    total = sum(term.weight for term in wanted)
    if not total:
        return 0.0
    return sum(term.weight * term.presence(squeezed) for term in wanted) / total


def presence(word: str, squeezed: str) -> float:
    """1 where the word stands in the text, part of it where its pieces do."""
    if word in squeezed:
        return 1.0
    if len(word) < 3:
        return 0.0  # one pair, which is not there
    halves, pairs = _pieces(word)
    for first, second in halves:
        if first in squeezed and second in squeezed:
            return _APART
    found = 0
    for pair in pairs:
        found += pair in squeezed
    return _PARTIAL * found / len(pairs)


@lru_cache(_TAKEN_APART)
def _pieces(word: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """A word's halves of two characters or more, and its pairs of characters."""
    halves = tuple((word[:cut], word[cut:]) for cut in range(2, len(word) - 1))
    return halves, tuple(word[index : index + 2] for index in range(len(word) - 1))

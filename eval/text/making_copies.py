"""Documents for measuring near-duplicates: originals, copies of every kind, and look-alikes.

All is drawn from the passages of a BEIR corpus and a seeded generator, so that a run can be
repeated; a copy's family is the number of its original.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.records import Document

# Shares of the documents: of a hundred, so many are copies of each kind, or look-alikes.
_COPIED, _LOOK_ALIKES = 24, 6
# Of the look-alikes so many are one plan of two places; of the others so much is the same.
_OTHER_PLACE, _BOILERPLATE = 0.3, 0.5
_REVISED = 0.5  # share of the paragraphs whose numbers a new version changes
_SHORTEST, _LONGEST = 2_000, 20_000
_NOTICE = "来源:本站整理 责任编辑:信息中心 发布时间:{}年{}月{}日 点击次数:{}"
# What spinning programs put for everyday words; the seed corpus shows such text.
_SPUN = """
保护>疼惜 发展>进展 及时>准时 特别>特殊 管理>治理 规定>划定 应当>理应 根据>按照 单位>单元
或者>或是 工作>事情 进行>举行 部门>部分 有关>相关 人员>职员 机构>机关 实施>施行 负责>担任
组织>构造 建立>树立 提供>供给 保障>保证 使用>运用 要求>请求 情况>情形 必须>务必 监督>监视
依法>遵法 制定>拟定 符合>契合 条件>前提 批准>核准 登记>挂号 责任>义务 处理>处置 检查>搜检
国家>国度 生产>出产 安全>平安 活动>勾当 服务>办事 标准>尺度 设施>举措 措施>办法 决定>抉择
申请>恳求 公布>发布
"""
_PAIRS = tuple(tuple(pair.split(">")) for pair in _SPUN.split())
_DIGITS = re.compile(r"\d+")
_NUMERALS = re.compile(r"[一二三四五六七八九十百]+(?=[年月日个万元倍])|\d+")
_TOWNS = ("临颍", "舞阳", "郾城", "召陵", "源汇", "登封", "新密", "荥阳")


@dataclass(frozen=True, slots=True)
class Made:
    """A document, the family it belongs to, and how it was made; negatives have a family alone."""

    document: Document
    family: int
    kind: str


def make(passages: Sequence[str], count: int, seed: int = 7) -> list[Made]:
    """Return `count` documents in random order."""
    chance = random.Random(seed)
    made: list[Made] = []
    family = 0
    while len(made) < count:
        paragraphs, drawn = _paragraphs(passages, chance), chance.randrange(100)
        if drawn < _LOOK_ALIKES:
            paragraphs, other = _look_alikes(paragraphs, passages, chance)
            made.append(_made(other, family, "look-alike", len(made)))
            family += 1
        made.append(_made(paragraphs, family, "original", len(made)))
        if _LOOK_ALIKES <= drawn < _LOOK_ALIKES + _COPIED:
            for kind in chance.choices(list(COPYING), k=chance.choice((1, 1, 2, 3, 6))):
                copied = COPYING[kind](paragraphs, passages, chance)
                made.append(_made(copied, family, kind, len(made)))
        family += 1
    made = made[:count]
    chance.shuffle(made)
    return made


def _made(paragraphs: Sequence[str], family: int, kind: str, serial: int) -> Made:
    text = "\n".join(paragraphs)
    document = Document(f"d{serial}", paragraphs[0][:30], text, text, f"{serial}.txt")
    return Made(document, family, kind)


def _paragraphs(passages: Sequence[str], chance: random.Random) -> list[str]:
    # Short documents are many, long ones few.
    length = int(_SHORTEST * (_LONGEST / _SHORTEST) ** chance.random())
    paragraphs = []
    while length > 0:
        paragraphs.append(chance.choice(passages))
        length -= len(paragraphs[-1])
    return paragraphs


def _reprint(paragraphs: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
    """Another site's copy: other punctuation and white space, a line of its own."""
    day = (chance.randrange(2010, 2024), chance.randrange(1, 13), chance.randrange(1, 29))
    notice = _NOTICE.format(*day, chance.randrange(9999))
    changed = [line.replace("，", ",").replace("；", "; ") for line in paragraphs]
    return [notice, *("  " + line for line in changed)]


def _reworded(share: float) -> Callable[[list[str], Sequence[str], random.Random], list[str]]:
    def reword(paragraphs: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
        pairs = {old: new for old, new in chance.sample(_PAIRS, int(share * len(_PAIRS)))}
        pattern = re.compile("|".join(pairs))
        return [pattern.sub(lambda match: pairs[match.group()], line) for line in paragraphs]

    return reword


def _abridged(share: float) -> Callable[[list[str], Sequence[str], random.Random], list[str]]:
    def abridge(paragraphs: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
        left = [line for line in paragraphs if chance.random() < share]
        return left or paragraphs[:1]

    return abridge


def _excerpt(paragraphs: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
    length = max(2, len(paragraphs) // 4)
    start = chance.randrange(max(1, len(paragraphs) - length))
    return paragraphs[start : start + length]


def _masked(paragraphs: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
    mask = chance.choice(("**", "XX", "×××"))
    return [_NUMERALS.sub(mask, line) for line in paragraphs]


def _revised(paragraphs: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
    return [
        _DIGITS.sub(lambda match: str(int(match.group()) + 1), line)
        if chance.random() < _REVISED
        else line
        for line in paragraphs
    ]


def _expanded(paragraphs: list[str], passages: Sequence[str], chance: random.Random) -> list[str]:
    added = chance.choices(passages, k=max(1, len(paragraphs) // 2))
    return [*added, *paragraphs]


def _spun_excerpt(
    paragraphs: list[str], passages: Sequence[str], chance: random.Random
) -> list[str]:
    return _reworded(0.8)(_abridged(0.5)(paragraphs, passages, chance), passages, chance)


def _look_alikes(
    paragraphs: list[str], passages: Sequence[str], chance: random.Random
) -> tuple[list[str], list[str]]:
    """Two plans with the same boilerplate, or one plan for two counties."""
    if chance.random() < _OTHER_PLACE:
        here, there = (
            [f"关于印发{town}县实施方案的通知", *(_of_town(town, line) for line in paragraphs)]
            for town in chance.sample(_TOWNS, 2)
        )
        return here, there
    kept = [line for line in paragraphs if chance.random() < _BOILERPLATE]
    rest = len("".join(paragraphs)) - len("".join(kept))
    while rest > 0:
        kept.append(chance.choice(passages))
        rest -= len(kept[-1])
    return paragraphs, kept


def _of_town(town: str, line: str) -> str:
    return line.replace("人民政府", f"{town}县人民政府", 1)


COPYING = {
    "reprint": _reprint,
    "reworded": _reworded(0.4),
    "heavily reworded": _reworded(1.0),
    "abridged": _abridged(0.6),
    "strongly abridged": _abridged(0.25),
    "excerpt": _excerpt,
    "masked": _masked,
    "revised": _revised,
    "expanded": _expanded,
    "reworded and abridged": _spun_excerpt,
}

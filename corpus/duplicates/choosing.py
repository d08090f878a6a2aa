"""Which copy is the best: issued, as it was written, the newest, with its values, unmended."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from corpus.duplicates.relating import Copy
from corpus.duplicates.versions import Version, is_draft

# Quotation marks that no author types: a machine put them, with its synonyms.
_MACHINE = re.compile("[〞〝]")
# A copy that lacks more than half of what another has is an excerpt, never the best.
_EXCERPT = 0.5
# Lengths and repairs count by steps, so that a stray character decides nothing: 5 % of the
# longest, five repairs in a thousand characters.
_LENGTH_STEP, _REPAIR_STEP = 0.05, 0.005


@dataclass(frozen=True, slots=True)
class Told:
    """What comparing copies told of each, by document id.

    `wording` is more where a copy was reworded, 0 for what is not there; `versions` tell apart
    those whose numbers differ.
    """

    wording: Mapping[str, int]
    versions: Mapping[str, Version]


@dataclass(frozen=True, slots=True)
class _Others:
    """What a copy is measured against: the longest of all, the versions, each one's wording."""

    longest: int
    told: Told
    numbered: bool
    revised: bool


@dataclass(frozen=True, slots=True)
class _Criterion:
    """What speaks for a copy, in words, and how it is reckoned: less is better."""

    why: str
    reckon: Callable[[Copy, _Others], Any]


def _draft(copy: Copy, others: _Others) -> bool:
    if is_draft(copy.document):
        return True
    version = others.told.versions[copy.document.id]
    return others.revised and others.numbered and not version.numbered


def _outdated(copy: Copy, others: _Others) -> int:
    day = others.told.versions[copy.document.id].day
    return -(day or date.min).toordinal() if others.revised else 0


def _excerpt(copy: Copy, others: _Others) -> bool:
    return len(copy.form.codes) < _EXCERPT * others.longest


def _machine_made(copy: Copy, _: _Others) -> bool:
    return bool(_MACHINE.search(copy.document.text))


def _wording(copy: Copy, others: _Others) -> int:
    return others.told.wording.get(copy.document.id, 0)


def _masks(copy: Copy, _: _Others) -> int:
    return copy.masks


def _repairs(copy: Copy, _: _Others) -> int:
    return int(len(copy.document.edits) / max(1, len(copy.document.text)) / _REPAIR_STEP)


def _shortness(copy: Copy, others: _Others) -> int:
    return int((1 - len(copy.form.codes) / max(1, others.longest)) / _LENGTH_STEP)


def _lateness(copy: Copy, _: _Others) -> date:
    return copy.document.issued_on or date.max


def _numberless(copy: Copy, _: _Others) -> bool:
    return not copy.document.number


_CRITERIA = (
    _Criterion("是印发的文件,不是未定稿", _draft),
    _Criterion("内容完整,不是节选", _excerpt),
    _Criterion("没有机器改写留下的引号", _machine_made),
    _Criterion("用词没有被改写", _wording),
    _Criterion("数字有修订,日期较晚", _outdated),
    _Criterion("隐去的数值和姓名最少", _masks),
    _Criterion("修正之处最少", _repairs),
    _Criterion("篇幅最长", _shortness),
    _Criterion("日期最早", _lateness),
    _Criterion("有发文字号", _numberless),
)
_EQUAL = "各份相当,取排在最前的一份"


def ranked(copies: Sequence[Copy], told: Told) -> list[Copy]:
    """Return copies of one text, the best first."""
    others = _others(copies, told)
    keys = [tuple(one.reckon(copy, others) for one in _CRITERIA) for copy in copies]
    return [copies[index] for index in sorted(range(len(copies)), key=lambda index: keys[index])]


def reason(best: Copy, rest: Sequence[Copy], told: Told) -> str:
    """Say in words what made a copy the best: where it first beats each of the others."""
    others = _others([best, *rest], told)
    decisive: list[str] = []
    left = list(rest)
    for criterion in _CRITERIA:
        mine = criterion.reckon(best, others)
        equal = [copy for copy in left if criterion.reckon(copy, others) <= mine]
        if len(equal) < len(left):
            decisive.append(criterion.why)
        left = equal
    return "、".join(decisive) or _EQUAL


def _others(copies: Sequence[Copy], told: Told) -> _Others:
    found = {told.versions[copy.document.id] for copy in copies}
    longest = max((len(copy.form.codes) for copy in copies), default=0)
    numbered = any(version.numbered for version in found)
    return _Others(longest, told, numbered, len(found) > 1)

"""Whom a question for a list asks for: units with their roles, leaders, and those left out.

Units joined by 和 or 、 have one role and must all have it; joined by 或, any of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.records import Task
from retrieval.ledger import COOPERATING, LEAD, has_leader, has_unit
from retrieval.mentions import Mention

_LEADING = "牵头|挑头|打头|领头|主责|主管|挑大梁"
_HELPING = "配合|协办|协助|打下手|搭把手|参加配合"
_ANY = "参与|参加|负责|承担|涉及|分管|管|担任"
_ROLE = re.compile(f"(?P<lead>{_LEADING})|(?P<help>{_HELPING})")
_NO = "(?:都|并|也|均)?(?:不(?!管|论)|没有?|未|无需|无须|不用|不需要)(?:曾|再|是|由|做|当)?"
# 没有市公安局, 除市公安局外: named as what must not be there.
_LEFT_OUT = re.compile("(?:没有|没|不是由?|不由|不归|不含|不包括|除了?|去掉)[^,，。、和]{0,2}$")
_IS_NOT = re.compile(f"{_NO}(?P<what>{_LEADING}|{_HELPING}|{_ANY}|责任领导)?|(?:除外|以外|之外)")
# 不牵头、只配合 says what there is after what there is not.
_BUT = re.compile(f"[、,，]?(?:只|而是|但是?|仅)(?:是|负责)?(?P<help>{_HELPING}|参与|参加)")
_EITHER = re.compile("都算|加起来|加在一起|合计|不管|无论|不论|都要|也算|总共|加|或")
_ALONE = re.compile("只由|独自|单独|自己|仅由")
_JOINED = re.compile("^(?:[、,，和与跟及同]|以及|还有)$")
_OR = re.compile("^(?:或者?|还是)$")
_ONLY = re.compile("只有|仅有|一个人|唯一|一位(?:责任)?领导|单独")


@dataclass(frozen=True, slots=True)
class UnitCondition:
    """Units that must have a role in a task, or any role; `absent`: that must not.

    `some`: one of them is enough; `alone`: no other unit has the task.
    """

    names: tuple[str, ...]
    role: str | None = None
    absent: bool = False
    some: bool = False
    alone: bool = False

    def met_by(self, task: Task) -> bool:
        """Whether a task satisfies the condition."""
        had = (has_unit(task, name, self.role) for name in self.names)
        if self.absent:
            return not any(had)
        units = len(task.lead_units) + len(task.cooperating_units)
        return (any(had) if self.some else all(had)) and (not self.alone or units == 1)


@dataclass(frozen=True, slots=True)
class LeaderCondition:
    """Leaders that must answer for a task, or must not; `only`: nobody else does."""

    names: tuple[str, ...]
    absent: tuple[str, ...] = ()
    some: bool = False
    only: bool = False

    def met_by(self, task: Task) -> bool:
        """Whether a task satisfies the condition."""
        if any(has_leader(task, name) for name in self.absent):
            return False
        if self.only and len(task.leaders) != 1:
            return False
        had = [has_leader(task, name) for name in self.names]
        return any(had) if self.some and had else all(had)


def read_units(folded: str, units: Sequence[Mention]) -> tuple[UnitCondition, ...]:
    """Return what a question says of the units it mentions."""
    groups = _groups(folded, units)
    if not groups:
        return ()
    bounds = [0, *(group[-1].end for group in groups[:-1])]
    ends = [*(group[0].start for group in groups[1:]), len(folded)]
    return tuple(
        _unit(folded, group, start, end, single=len(groups) == 1)
        for group, start, end in zip(groups, bounds, ends, strict=True)
    )


def read_leaders(folded: str, leaders: Sequence[Mention]) -> LeaderCondition | None:
    """Return what a question says of the leaders it names; None where it names none."""
    if not leaders:
        return None
    absent = tuple(one.words for one in leaders if _excluded(folded, one))
    named = tuple(one.words for one in leaders if one.words not in absent)
    return LeaderCondition(
        names=named,
        absent=absent,
        some=any(_OR.match(between) for between in _between(folded, leaders)),
        only=bool(named and _ONLY.search(folded)),
    )


def _groups(folded: str, units: Sequence[Mention]) -> list[list[Mention]]:
    """Units that stand joined, group by group."""
    groups: list[list[Mention]] = []
    for unit in units:
        between = folded[groups[-1][-1].end : unit.start].strip() if groups else ""
        if groups and (not between or _JOINED.match(between) or _OR.match(between)):
            groups[-1].append(unit)
        else:
            groups.append([unit])
    return groups


def _unit(
    folded: str, group: Sequence[Mention], start: int, end: int, *, single: bool
) -> UnitCondition:
    """The condition of one group, from what stands before and after it."""
    names = tuple(unit.words for unit in group)
    some = any(_OR.match(between) for between in _between(folded, group))
    before, after = folded[start : group[0].start], folded[group[-1].end : end]
    negated = _IS_NOT.match(after.lstrip(",， "))
    if negated and negated.group():
        but = _BUT.match(after.lstrip(",， "), negated.end())
        if but:
            return UnitCondition(names, COOPERATING, some=some)
        return UnitCondition(names, role_of(negated["what"]), absent=True)
    if _LEFT_OUT.search(before):
        found = _ROLE.search(after)
        return UnitCondition(names, role_of(found.group()) if found else None, absent=True)
    roles = list(_ROLE.finditer(folded if single else after))
    if {one.lastgroup for one in roles} == {"lead", "help"} and single and _EITHER.search(folded):
        return UnitCondition(names, some=some)
    nearest = _ROLE.search(after) or next(reversed(list(_ROLE.finditer(before))), None)
    alone = bool(_ALONE.search(before + after)) and nearest is None
    role = role_of(nearest.group()) if nearest else None
    return UnitCondition(names, role, some=some, alone=alone)


def role_of(words: str | None) -> str | None:
    """The role that a verb stands for; None for any."""
    if not words:
        return None
    if re.fullmatch(_LEADING, words):
        return LEAD
    return COOPERATING if re.fullmatch(_HELPING, words) else None


def _excluded(folded: str, leader: Mention) -> bool:
    """Whether a leader is named as one who must not be there."""
    after = _IS_NOT.match(folded, leader.end)
    return bool(_LEFT_OUT.search(folded[: leader.start])) or bool(after and after.group())


def _between(folded: str, mentions: Sequence[Mention]) -> list[str]:
    return [folded[one.end : other.start].strip() for one, other in pairwise(mentions)]

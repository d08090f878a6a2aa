"""Which units and leaders of the ledger a question mentions, and where in it.

Units are looked for by every name they may go by, longest first, rather than cut out of the
question: what stands around a name is as free as people are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.ledger.names import DEPARTMENTS, department_of, unit_matches, unit_names
from corpus.records import Task

_KINDS = ("局", "委员会", "委", "办公室", "办", "部门", "单位", "系统")
_SHORTEST = 3
_VERBS = "牵头|配合|参与|负责|承担|主管"
_TELLING = 4  # 供电公司 names 国网漯河供电公司
# 纪委书记杨骁 names a person, not a unit.
_POST = re.compile("副?(?:书记|市长|区长|县长|镇长|主任|局长|部长|厅长)")
_POSTS = re.compile(
    "(?:[省市县区](?:委|政府)?)?(?:常委|常务)?(?:纪委|监委|组织部?|统战部?|宣传部?|政法委|党工委|管委会)?"
    "副?(?:书记|市长|区长|县长|主任|局长|部长)$"
)
# A name that ends like a unit's, for one that the ledger does not know.
_OTHER = re.compile(
    r"(?:[\u4e00-\u9fff]{2,3}[省市县区]|市)?[\u4e00-\u9fff]{2,8}?(?:局|委员会|管委会|监委|纪委|公司|政府|厅|组织部|宣传部|统战部)"
)
_NOT_IN_NAME = re.compile(
    "由|是|归|让|给|把|将|的|了|哪|什么|啥|几|多少|任务|事项|问题|项目|所有|全部|一共|总共|请问|还|都|有没有|牵头|配合"
    '|参与|负责|承担|主管|分管|主责|协办|单位|部门|\\d|[、,，?？。!！:：“”"\\s]'
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a folded question: the words, and where they stand."""

    words: str
    start: int
    end: int


def mentioned_units(folded: str, tasks: Sequence[Task]) -> list[Mention]:
    """Return the units of the ledger that a folded question mentions, in its order."""
    pattern = _pattern(frozenset(_ledger_units(tasks)))
    found = (Mention(one.group(), one.start(), one.end()) for one in pattern.finditer(folded))
    return [one for one in found if not _POST.match(folded, one.end)]


def unknown_unit(folded: str, tasks: Sequence[Task]) -> str | None:
    """Return a name in a folded question that ends like a unit's and is none of the ledger's."""
    units = _ledger_units(tasks)
    for piece in _NOT_IN_NAME.split(folded):
        match = _OTHER.fullmatch(piece) or _OTHER.search(piece)
        if match and not any(unit_matches(match.group(), unit) for unit in units):
            return match.group()
    return None


def mentioned_leaders(folded: str, tasks: Sequence[Task]) -> list[Mention]:
    """Return the leaders of the ledger that a folded question names, posts before them included."""
    names = {leader.name for task in tasks for leader in task.leaders if leader.name}
    found = []
    for name in names:
        spaced = r"\s*".join(map(re.escape, name))
        for match in re.finditer(spaced, folded):
            post = _POSTS.search(folded[: match.start()])
            after = _POST.match(folded, match.end())
            start = post.start() if post else match.start()
            found.append(Mention(name, start, after.end() if after else match.end()))
    return sorted(found, key=lambda one: one.start)


def _ledger_units(tasks: Iterable[Task]) -> set[str]:
    return {unit for task in tasks for unit in (*task.lead_units, *task.cooperating_units)}


@lru_cache(maxsize=64)
def _pattern(units: frozenset[str]) -> re.Pattern[str]:
    """A pattern of every name that the units may go by, longest first."""
    full = {name for unit in units for name in unit_names(unit)}
    forms = full | {name[1:] for name in full if name.startswith("市")}
    forms |= {
        name[-_TELLING:]
        for name in full
        if len(name) > _TELLING and unit_matches(name[-_TELLING:], name)
    }
    departments = {department_of(name) for name in full}
    shorts = [
        short for official, shorts in DEPARTMENTS if official in departments for short in shorts
    ]
    forms |= {official for official in departments if official}
    forms |= {short + kind for short in shorts for kind in _KINDS}
    known = sorted(
        (one for one in forms if len(one) >= _SHORTEST), key=lambda one: (-len(one), one)
    )
    # A short form alone (公安, 商务) names a unit only right before its role.
    names = [*map(re.escape, known), *(f"{re.escape(one)}(?={_VERBS})" for one in shorts)]
    # 市市场监管局 holds a level before a name that begins like one.
    return re.compile(f"(?:漯河市|市)?(?:{'|'.join(names)})" if names else "(?!)")

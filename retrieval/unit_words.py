"""Which unit of the ledger the words of a question name, if any."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.ledger_names import unit_matches
from corpus.records import Task

_ENDS = "局|委员会|管委会|纪委监委|监委|纪委|委|办公室|办|公司|政府|中心|厅|组织部|宣传部|统战部|部"
# Words that cannot be part of a unit's name: the name lies between them.
_BETWEEN = re.compile(
    "由|是|归|让|给|的|了|哪些|哪几|哪个|什么|啥|几项|多少|任务|事项|问题|项目|所有|全部|一共|总共|请问|还|都有|有没有"
    '|牵头|配合|参与|负责|承担|主管|分管|主责|协办|单位|部门|(?:19|20)\\d\\d年|[、,，?？。!！:：“”"\\s]'
)
_NAME = re.compile(f".{{1,20}}?(?:{_ENDS})$")
# A department's short name (公安, 商务) names it only right before its role.
_SHORT = re.compile("([\u4e00-\u9fff]{2,6})(?=(?:局|委)?(?:牵头|配合|参与|负责|承担|主管))")


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """The words that name a unit of the ledger, or a unit that the ledger does not know."""

    words: str | None = None
    unknown: str | None = None


def named_unit(folded: str, tasks: Sequence[Task]) -> NamedUnit:
    """Return the unit that a folded question names."""
    units = {unit for task in tasks for unit in (*task.lead_units, *task.cooperating_units)}
    pieces = [piece for piece in _BETWEEN.split(folded) if len(piece) > 1]
    named = [piece for piece in pieces if _NAME.match(piece)]
    short = [match for match in _SHORT.findall(folded) if match not in named]
    for words in sorted(
        {*named, *(piece for piece in pieces if piece in short)}, key=len, reverse=True
    ):
        if any(unit_matches(words, unit) for unit in units):
            return NamedUnit(words=words)
    return NamedUnit(unknown=named[0] if named else None)

"""The columns of a table: which field of the ledger each one holds, by the names in its head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from corpus.ledger.labels import CLOSING_FIELDS, LABELS, OPENING_FIELDS, Field, field_told


class Column(StrEnum):
    """What a column holds besides fields: an item's number, the section it belongs to.

    PAIRED is 牵头单位/配合单位: who leads stands above the line break or the slash. DATED is
    责任单位及完成时限.
    """

    NUMBER = "number"
    SECTION = "section"
    PAIRED = "paired"
    DATED = "dated"


Kind = Field | Column

_NAMES: dict[str, Kind] = dict.fromkeys(
    ("序号", "编号", "问题序号", "任务序号", "问题编号", "任务编号", "项号", "号"), Column.NUMBER
)
_NAMES |= dict.fromkeys(
    (
        "类别",
        "领域",
        "分类",
        "类型",
        "问题类别",
        "问题类型",
        "所属领域",
        "方面",
        "问题分类",
        "版块",
    ),
    Column.SECTION,
)
_NAMES |= {
    "单位": Field.UNITS,
    "部门": Field.UNITS,
    "领导": Field.LEADERS,
    "状态": Field.STATUS,
    "进展": Field.STATUS,
    "进度": Field.STATUS,
    "任务": Field.PROBLEM,
    "整改内容": Field.PROBLEM,
    "事项": Field.PROBLEM,
}
_IGNORED = re.compile(
    r"来源|依据|性质|备注|联系|电话|督导|督办|监督|复查|佐证|验收(?!.*(?:单位|部门))|销号(?!单位)"
)
_DATED = re.compile(
    r"(?:单位|部门)(?:及|和|与|、|/|／).*(?:时限|期限|时间)|(?:时限|期限|时间)(?:及|和|与|、|/|／).*(?:单位|部门)"
)
_PAIRED = re.compile(r"牵头.*(?:配合|协办)")
_BRACKETED_PEOPLE = re.compile(r"(?:单位|部门)\s*[(（]\s*(?:责任人|负责人|责任领导)\s*[)）]\s*$")
_ASIDE = re.compile(r"[(（][^()（）]*[)）]|[\s:：*【】\[\]]")
_LONGEST_HEAD = 16  # characters of a head's name; a value is longer
_FEWEST_HEADS = 3


def column_named(text: str) -> Kind | None:
    """Return what a head cell names; OTHER for what nobody reads, None for what is no head."""
    if _BRACKETED_PEOPLE.search(text):
        return Field.PARTIES
    name = _ASIDE.sub("", text)
    if not name or len(name) > _LONGEST_HEAD or re.search(r"[。；;，,]|\d{2}", name):
        return None
    if known := _NAMES.get(name) or LABELS.get(name):
        return known
    if _DATED.search(name):
        return Column.DATED
    if _PAIRED.search(name):
        return Column.PAIRED
    return Field.OTHER if _IGNORED.search(name) else field_told(name)


def is_head(kinds: Sequence[Kind | None]) -> bool:
    """Tell whether a row's names make the head of a list of tasks."""
    fields = {Field.UNITS if kind in (Column.PAIRED, Column.DATED) else kind for kind in kinds}
    named = sum(kind is not None for kind in kinds)
    enough = len(fields - {None}) >= _FEWEST_HEADS or named == len(kinds)
    closing = CLOSING_FIELDS - {Field.OTHER, Field.STATUS}
    return enough and bool(fields & OPENING_FIELDS) and bool(fields & closing)


def merged(upper: Sequence[Kind | None], lower: Sequence[Kind | None]) -> list[Kind | None]:
    """Join a head of two rows: the lower name where it says more (责任单位 over 牵头单位)."""
    return [
        below if below is not None and below is not Field.OTHER else above
        for above, below in zip(upper, lower, strict=True)
    ]

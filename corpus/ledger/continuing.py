"""Whether a line without a label still belongs to the field above it."""

from __future__ import annotations

import re

from corpus.deadlines.dates import find_moments
from corpus.ledger.labels import CLOSING_FIELDS, Field

_LEADER_LINE = re.compile(r"^\S{1,4}(?:[ \t\u3000]+\S{1,3})?[ \t\u3000]+\S|(?:长|主任|书记|委员)$")
_UNIT_LINE = re.compile(
    r"^(?!.*\d{4}年)[^。]*(?:局|委|办|政府|管委会|公司|单位|部门|牵头|配合)[^。]*。?$"
)
_OPEN_END = re.compile(r"[,，、;；:：至和及或(（\-—~～]$")
_BROKEN = re.compile(
    r"[年月第\d]\n(?:[底末内前]|[上中下]旬)|[年第]\n\d{1,2}[ \t]*[月季]|月\n\d{1,2}[ \t]*日"
)
_LONGEST_ENTRY = 30
_ENTRY = re.compile(
    r"(?:局|委|办|厅|院|政府|公司|中心|部门|单位|[支大总]队|管委会|长|主任|书记|委员|主席|经理)[)）、,，;；。]*$"
    r"|^[\u4e00-\u9fff]{2,4}[、,，;；。]?$|^[\u4e00-\u9fff]{1,4}[ \t\u3000]+[\u4e00-\u9fff]{1,12}$"
)
_LONGEST_STAGE = 40
# A problem that lost its number, or what follows the list, is no stage of a deadline.
_NO_STAGE = re.compile(r"未|不|没|问题|缺|差|印发|抄送|存在|滞后|〔")


def continues(field: Field, value: str, words: str) -> bool:
    """Tell whether a line goes on with a field whose value so far is given."""
    if field not in CLOSING_FIELDS or not value:
        return True
    if field is Field.DEADLINE:
        return _goes_on(value, words)
    if field is Field.OTHER:
        return False
    if field is Field.STATUS:
        return _OPEN_END.search(value) is not None
    if field in (Field.LEADERS, Field.PARTIES) and _LEADER_LINE.search(words):
        return True
    return field is not Field.LEADERS and _UNIT_LINE.search(words) is not None


def is_entry(words: str) -> bool:
    """Tell whether words are one of several people or units that a field lists line by line."""
    return len(words) <= _LONGEST_ENTRY and _ENTRY.search(words) is not None


def _goes_on(value: str, words: str) -> bool:
    """Tell whether a line belongs to the deadline above it: a broken date, or a date of its own."""
    if _OPEN_END.search(value) or _BROKEN.search(f"{value[-1:]}\n{words}"):
        return True
    if len(words) > _LONGEST_STAGE or _NO_STAGE.search(words):
        return False
    moments = find_moments(words, base=None)
    return any(m.bounded and words[: m.end].rstrip()[-1] in "底末内前" for m in moments)

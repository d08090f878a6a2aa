"""Lines that end an item or belong to none: attachments, page numbers, the foot of a paper."""

from __future__ import annotations

import re

from corpus.ledger.labels import CLOSING_FIELDS, GAP, OPENING_FIELDS, Field

_ATTACHMENT = re.compile(
    r"附[ \u3000]*件[ \u3000]*\d*(?:[ \u3000]*[:：]?|[:： \u3000][^。；;]{1,40})$"
)
_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*)?\d{1,4}\s*(?:页[^一-龥]*)?[-—–－·\s]*$")
_NUMERAL = "[0-9〇○零一二三四五六七八九十]"
_DAY = re.compile(
    rf"[(（]?{_NUMERAL}{{4}}{GAP}年{GAP}{_NUMERAL}{{1,3}}{GAP}月{GAP}{_NUMERAL}{{1,3}}{GAP}日[)）]?"
)
_SIGNATURE = re.compile(r"[\u4e00-\u9fff（）() \t\u3000]{4,40}")
_STOPPED = tuple("。；;！!")


def is_page_number(words: str) -> bool:
    """Tell whether a line holds a page's number and nothing else."""
    return _PAGE_NUMBER.match(words) is not None


def is_attachment(words: str, last: Field | None) -> bool:
    """Tell whether a line begins an attachment, behind a field that such words are no part of."""
    return last not in OPENING_FIELDS and _ATTACHMENT.match(words) is not None


def is_foot(value: str, words: str, below: str, last: Field | None) -> bool:
    """Tell whether a line is the signature or the day that a paper ends with.

    :param value: the value of the field above, which must be whole.
    :param below: the next line.
    """
    if not value or not (last in CLOSING_FIELDS or value.endswith(_STOPPED)):
        return False
    if _DAY.fullmatch(words):
        return True
    return bool(_DAY.fullmatch(below)) and _SIGNATURE.fullmatch(words) is not None

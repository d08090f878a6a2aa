"""Who a document is addressed to: the line below the title that ends with a colon (主送机关)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.structure.elements import addressed, begins_body, is_furniture

_CLASSES = re.compile("[，,;；](?![^(（]*[)）])")
_NAMES = re.compile("、(?![^(（]*[)）])")
# A name that stands alone; 自治区 of 各省、自治区、直辖市人民政府 does not.
_WHOLE = re.compile(
    "(?:[局委厅署院]|政府|委员会|办公[室厅]|公司|中心|管委会|大学|学校|银行|集团|指挥部|小组|单位|部门|机构|协会)(?:[(（][^()（）]*[)）])?$"
)
_LINES = 6


def read_addressees(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the addressees named in the lines below the title, in their order."""
    words = ""
    for line in lines[:_LINES]:
        if not words and (is_furniture(line) or line.startswith(("(", "（"))):
            continue
        if whole := addressed(words + line):
            return tuple(_split(whole))
        if begins_body(line) or line.endswith(("。", "；")) or not _goes_on(line):
            return ()
        words += line
    return ()


def _goes_on(line: str) -> bool:
    """Whether a line of addressees goes on in the next."""
    return line.startswith("各") or bool(re.search("[、，,]", line))


def _split(words: str) -> list[str]:
    names: list[str] = []
    for group in _CLASSES.split(words):
        parts = [part.strip() for part in _NAMES.split(group)]
        # 各县区 of 各县区公安局、财政局 goes with both.
        apart = all(map(_WHOLE.search, parts)) and not any(
            part[0] == "各" for part in parts if part
        )
        names += parts if apart else [group.strip()]
    return [name for name in names if name]

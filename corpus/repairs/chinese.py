"""Traditional characters become simplified ones, where a text really is traditional.

OpenCC's `t2s` maps characters and keeps their number. It leaves 著, which mainland text
writes 着 except in the words of `_KEPT_ZHU`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from corpus.records import Edit

if TYPE_CHECKING:
    from opencc import OpenCC

# A block is traditional when this share of its Han characters would change. Measured on the
# shipped corpus: the traditional document 30 %, every other document below 0.2 %.
_TRADITIONAL_SHARE = 0.05
_HAN = re.compile("[\u3400-\u9fff]")
_KEPT_ZHU = re.compile(
    "显著|著名|著作|专著|编著|土著|卓著|昭著|原著|遗著|名著|论著|巨著|译著|著称|著者|著述"
    "|合著|著录|著有|著书|较著|所著|其著|续著|撰著|著《|著述"
)


@cache
def _converter() -> OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


def to_simplified(text: str) -> str:
    """Return `text` in simplified characters, as many as it had."""
    converted: str = _converter().convert(text)
    if len(converted) == len(text):
        return converted
    # A phrase rule that changes the length would break every offset: go character by character.
    return "".join(_one(char) for char in text)


@cache
def _one(char: str) -> str:
    converted: str = _converter().convert(char)
    return converted if len(converted) == 1 else char


def find_traditional(text: str) -> list[Edit]:
    """Find what a traditional text writes otherwise in simplified characters, line by line."""
    edits: list[Edit] = []
    start = 0
    for line in text.splitlines(keepends=True):
        edits += _convert_line(line, start)
        start += len(line)
    return edits


def _convert_line(line: str, start: int) -> list[Edit]:
    simplified = to_simplified(line)
    if simplified == line:
        return []
    changed = sum(1 for old, new in zip(line, simplified, strict=True) if old != new)
    if changed < _TRADITIONAL_SHARE * len(_HAN.findall(line)):
        return []
    simplified = _zhu_to_zhe(simplified)
    return [
        Edit(start + index, start + index + 1, new, "traditional")
        for index, (old, new) in enumerate(zip(line, simplified, strict=True))
        if old != new
    ]


def _zhu_to_zhe(text: str) -> str:
    kept = {match.start() + match.group().index("著") for match in _KEPT_ZHU.finditer(text)}
    return "".join(
        "着" if char == "著" and index not in kept else char for index, char in enumerate(text)
    )

"""Traditional characters become simplified ones, where a text really is traditional.

OpenCC's `t2s` maps characters and keeps their number. It leaves 著, which mainland text
writes 着 except in the words of `_KEPT_ZHU`, and some variants (衞, 濶). Quotation marks
(「」) stay as they came: both kinds are read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING

from corpus.records import Edit

if TYPE_CHECKING:
    from opencc import OpenCC

# A text is traditional when this share of its Han characters would change; so is a line of it.
# Measured on the shipped corpus: the traditional document 30 %, every other below 0.2 %.
_TRADITIONAL_SHARE = 0.05
# A line of another text needs more: a name (钱鍾书) or a quoted title makes no such line.
_LINE_SHARE = 0.12
_LEAST_IN_LINE = 4
_SURROGATE = re.compile("([\ud800-\udfff])")
_HAN = re.compile("[\u3400-\u9fff]")
_KEPT_ZHU = re.compile(
    "显著|著名|著作|专著|编著|土著|卓著|昭著|原著|遗著|名著|论著|巨著|译著|著称|著者|著述"
    "|合著|著录|著有|著书|较著|所著|其著|续著|撰著|著《|拙著|著文|著译|[《》].{0,4}著|著(?=[））])"
)
# Characters that simplified text keeps too, in names and words of their own (乾隆, 文徵明, 瞭望):
# they are no evidence of a traditional text.
_KEPT = frozenset("乾徵於瞭昇頔濛鍾夥吒拚捱摺榘菸薹袷醣麴麽藉祕陞氾餘甦喆堃淼甯")
# Words in which converted text keeps them.
_KEPT_WORDS = re.compile(
    "乾(?=[隆清坤陵县嘉元卦宁安德符道州])|(?<=康)乾|(?<=魏)徵|(?<=文)徵(?=明)|(?<=[角变])徵|徵(?=[羽音调])"
)
# Variants that t2s leaves; none is a character of simplified text.
_VARIANTS = str.maketrans(
    "衞濶粧託搾綳閲恒說爲衆羣脫悅稅銳値卽旣敎産", "卫阔妆托榨绷阅恒说为众群脱悦税锐值即既教产"
)


@cache
def _converter() -> OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


def to_simplified(text: str) -> str:
    """Return `text` in simplified characters, as many as it had."""
    if _SURROGATE.search(text):  # half a character, as JSON can write one, is not for OpenCC
        return "".join(
            piece if _SURROGATE.match(piece) else to_simplified(piece)
            for piece in _SURROGATE.split(text)
        )
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
    """Find what a traditional text, or line, writes otherwise in simplified characters."""
    simplified = to_simplified(text)
    if simplified == text:
        return []
    places = [
        place for place, (old, new) in enumerate(zip(text, simplified, strict=True)) if old != new
    ]
    evidence = [place for place in places if text[place] not in _KEPT]
    if not evidence:
        return []
    simplified = _with_kept_words(text, _zhu_to_zhe(simplified).translate(_VARIANTS))
    traditional = len(evidence) >= _TRADITIONAL_SHARE * len(_HAN.findall(text))
    edits = []
    for start, end in _lines_around(text, places):
        changed = _count(evidence, start, end)
        share = changed / max(1, len(_HAN.findall(text, start, end)))
        alone = changed >= _LEAST_IN_LINE and share >= _LINE_SHARE
        # In a traditional text one character is enough where no more are simplified ones.
        if alone or (
            traditional and _count(places, start, end) > _simplified_only(text, start, end)
        ):
            edits += _differences(text, simplified, start, end)
    return edits


def _count(places: list[int], start: int, end: int) -> int:
    return bisect_left(places, end) - bisect_left(places, start)


def _simplified_only(text: str, start: int, end: int) -> int:
    """How many characters of a line no traditional text has: in GB 2312 and not in Big5."""
    return sum(_is_simplified(char) for char in _HAN.findall(text, start, end))


@cache
def _is_simplified(char: str) -> bool:
    return bool(char.encode("gb2312", "ignore")) and not char.encode("big5", "ignore")


def _with_kept_words(text: str, simplified: str) -> str:
    """Put back 乾 and 徵 in the words that keep them."""
    kept = list(simplified)
    mixed = "".join(
        old if old in "乾徵" else new for old, new in zip(text, simplified, strict=True)
    )
    for match in _KEPT_WORDS.finditer(mixed):
        kept[match.start()] = match.group()
    return "".join(kept)


def _lines_around(text: str, places: list[int]) -> list[tuple[int, int]]:
    """The lines in which the places lie, each once."""
    lines: list[tuple[int, int]] = []
    for place in places:
        if not lines or place >= lines[-1][1]:
            end = text.find("\n", place)
            lines.append((text.rfind("\n", 0, place) + 1, len(text) if end < 0 else end + 1))
    return lines


def _differences(text: str, simplified: str, start: int, end: int) -> list[Edit]:
    return [
        Edit(place, place + 1, simplified[place], "traditional")
        for place in range(start, end)
        if text[place] != simplified[place]
    ]


def _zhu_to_zhe(text: str) -> str:
    kept = {match.start() + match.group().index("著") for match in _KEPT_ZHU.finditer(text)}
    return "".join(
        "着" if char == "著" and index not in kept else char for index, char in enumerate(text)
    )

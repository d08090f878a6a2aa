"""The repairs, an ordered list of named steps; each records every edit it makes.

The order matters: boilerplate goes while its words are still what the web page wrote; glyphs are
mended before traditional characters are converted, because the conversion would turn
a wrong glyph (釐 for 金) into another wrong one (厘); pinyin is checked against the characters
as they came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.edits import Revision, revise
from corpus.records import Edit
from corpus.repairs.chinese import find_traditional
from corpus.repairs.glyphs import find_glyphs
from corpus.repairs.layout import find_bold_marks, find_broken_lines
from corpus.repairs.pinyin import find_pinyin
from corpus.repairs.spam import find_spam
from corpus.repairs.webpage import find_boilerplate

_NEWLINE = re.compile("\r\n?|[\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff\u00ad]+")
_ODD_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ％]|(?<=[0-9０-９])．(?=[0-9０-９]{1,2}(?![0-9０-９年]))")
_TO_ASCII = 0xFEE0
# Radicals of the supplement that are used as whole characters; they have no compatibility form.
_RADICALS = dict(
    zip(
        "⺠⺟⺩⺧⻓⻔⻅⻆⻉⻋⻚⻛⻜⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⻘⻗⻝⻡⻄⻊⻁⺝⺜⺫⺬⺗⺎⺋⺮⺶⺹⻙⻑⻒⺼⻃",
        "民母王牛长门见角贝车页风飞马骨鬼鱼鸟卤麦黄齐齿龙龟青雨食首西足虎月日目示心兀卩竹羊老韦長長肉西",
        strict=True,
    )
)


def _find_newlines(text: str) -> list[Edit]:
    return [Edit(*match.span(), "\n", "newline") for match in _NEWLINE.finditer(text)]


def _find_invisible(text: str) -> list[Edit]:
    edits = [Edit(*match.span(), "", "invisible") for match in _INVISIBLE.finditer(text)]
    edits += [Edit(*match.span(), " ", "invisible") for match in _ODD_SPACE.finditer(text)]
    return sorted(edits, key=lambda edit: edit.start)


def _find_width(text: str) -> list[Edit]:
    """Find full-width digits, letters and percent signs; punctuation stays as written."""
    return [
        Edit(*match.span(), chr(ord(match.group()) - _TO_ASCII), "width")
        for match in _FULL_WIDTH.finditer(text)
    ]


def _find_radicals(text: str) -> list[Edit]:
    """Find Kangxi and CJK radicals that a PDF wrote for whole characters (⼯ for 工)."""
    import unicodedata

    edits = []
    for match in re.finditer("[\u2e80-\u2fdf]", text):
        radical = match.group()
        whole = _RADICALS.get(radical) or unicodedata.normalize("NFKC", radical)
        if whole != radical:
            edits.append(Edit(*match.span(), whole, "radical"))
    return edits


@dataclass(frozen=True, slots=True)
class Step:
    """One repair: its name, and how its edits are found in the text as it then stands."""

    name: str
    find: Callable[[str], list[Edit]]


STEPS = (
    Step("newline", _find_newlines),
    Step("invisible", _find_invisible),
    Step("boilerplate", find_boilerplate),
    Step("width", _find_width),
    Step("radical", _find_radicals),
    Step("bold", find_bold_marks),
    Step("pinyin", find_pinyin),
    Step("glyph", find_glyphs),
    Step("traditional", find_traditional),
    Step("spam", find_spam),
    Step("broken line", find_broken_lines),
)


def repair(raw: str, *, first: Sequence[Edit] = (), steps: tuple[Step, ...] = STEPS) -> Revision:
    """Return the raw text with every step carried out and recorded, in order.

    `first` (sorted, disjoint) are the edits known beforehand: what the file's format shows to be
    no part of the text, the lines that only repeat the title of the page around it.
    """
    revision = revise(Revision(raw, raw), first)
    for step in steps:
        revision = revise(revision, step.find(revision.text))
    return revision

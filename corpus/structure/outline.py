"""The structure of an official document, read from how its lines begin.

Levels as GB/T 9704 numbers them (一、 (一) 1. (1)), with 附件 above and the spoken
ordinals 一是/一要/第一, below. A heading may fill its line or run into its paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMERAL = "[一二三四五六七八九十百零〇]+"
_MARKERS = (
    (0, re.compile(rf"附\s*件\s*(?:\d+|{_NUMERAL})?\s*[:：]?\s*$")),
    (1, re.compile(rf"第{_NUMERAL}[章编]\s*")),
    (2, re.compile(rf"第{_NUMERAL}节\s*")),
    (1, re.compile(rf"{_NUMERAL}\s*、\s*")),
    (2, re.compile(rf"[(（]\s*{_NUMERAL}\s*[)）]\s*")),
    (3, re.compile(r"\d{1,3}\s*(?:[.．](?!\d)|、)\s*")),
    (4, re.compile(r"[(（]\s*\d{1,3}\s*[)）]\s*")),
    (5, re.compile(rf"(?:第{_NUMERAL}[,，、]|{_NUMERAL}(?:是|要|来)(?!否|不要))")),
)
# Letters set apart to fill a line: 领 导 批 示.
_SPACED = re.compile(r"(?:[\u4e00-\u9fff] ){2,}[\u4e00-\u9fff]$")
# A bulletin's headline that runs into its first sentence: 市委书记…研究污染防治工作 12月31日上午,
_HEADLINE = re.compile(
    r"([^，。；！？,;!?]{14,90}?)[ \u3000]+"
    r"(?=\d{4}\s*年|\d{1,2}\s*月\s*\d{1,2}\s*日|近日|日前|连日来)"
)
_HEADLINE_LEVEL = 2
# Whom a document goes to stands at its end and under none of its headings.
_CIRCULATION = re.compile("(抄报|抄送|报|送|发)[:：]")
_HEADING_LENGTH = 45
_SENTENCE_END = re.compile("[。；;!！?？]")
_CLAUSE_END = re.compile(r"[。；;!！?？]|(?<=\S{8})\s")
_ITEM_LEVEL = 3
_ITEM_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Marker:
    """How a line begins: the level, and where the words after the number begin."""

    level: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level, the words for a heading path, and whether it fills its line."""

    level: int
    text: str
    fills_line: bool


def read_marker(line: str) -> Marker | None:
    """Return the numbering at the start of a stripped line, if there is one."""
    for level, pattern in _MARKERS:
        if match := pattern.match(line):
            return Marker(level, match.end())
    return None


def read_heading(line: str) -> Heading | None:
    """Return the heading that a stripped line is, or begins with."""
    marker = read_marker(line)
    if marker is None:
        return _unnumbered(line)
    if marker.level == 0:
        return Heading(0, "附件" + "".join(_ITEM_NUMBER.findall(line)), fills_line=True)
    if len(line) <= _HEADING_LENGTH and not _SENTENCE_END.search(line[:-1]):
        fills = marker.level < _ITEM_LEVEL or line[-1] not in "。;；"
        return Heading(marker.level, line.rstrip("。;；:："), fills_line=fills)
    return Heading(marker.level, _run_in(line, marker), fills_line=False)


def _unnumbered(line: str) -> Heading | None:
    if _SPACED.match(line):
        return Heading(1, line.replace(" ", ""), fills_line=True)
    if circulation := _CIRCULATION.match(line):
        return Heading(1, circulation.group(1), fills_line=False)
    if headline := _HEADLINE.match(line):
        return Heading(_HEADLINE_LEVEL, headline.group(1), fills_line=False)
    return None


def _run_in(line: str, marker: Marker) -> str:
    """Return the heading's own words where the paragraph follows on the same line."""
    end = _CLAUSE_END.search(line, marker.end)
    words = line[: end.start()] if end else line
    if len(words) <= _HEADING_LENGTH:
        return words
    if marker.level == _ITEM_LEVEL and (number := _ITEM_NUMBER.match(line)):
        return number.group()
    return line[: marker.end].strip(" ,，、")

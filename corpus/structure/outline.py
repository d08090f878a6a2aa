"""The structure of an official document, read from how its lines begin.

Levels from the outside in: 附件, 第一编, 第一章, 第一节, then 一、 (一) 1. (1) as GB/T 9704 numbers
them, and the spoken ordinals 一是/一要/第一, with ① last. Articles (第一条) stand where 一、 does,
and so does 1 in a text that counts 1, 1.1, 1.1.1. A heading may fill its line or run into its
paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

_NUMERAL = "[一二三四五六七八九十百零〇]+"
_COUNT = r"[一二三四五六七八九十]{1,3}"
# What two numbers count together is no heading: 一、二类企业; 1、2号机组.
_COUNTED = "(?:类|级|季度|期|档|线|批|产业|等[级品]|年级|号|环|月)"
# What a reference goes on with: 第三条规定的, 第二章、第三章.
_REFERRED = (
    r"(?!\s*(?:规定|所[列称述]|[的、，,。；;:：和及与或至到中内以之款项]|第|[(（]|明确|要求|指出|提出|修改|改为"
    "|增加|删去|作为|执行|处罚|进行))"
)
ATTACHMENT_LEVEL, ITEM_LEVEL = 0, 6
_PART, _CHAPTER, _SECTION, _FIRST, _SECOND, _DETAIL, _SPOKEN = 1, 2, 3, 4, 5, 7, 8
_MARKERS = (
    (ATTACHMENT_LEVEL, re.compile(rf"附\s*[件表录]\s*(?:\d+|{_NUMERAL})?\s*[:：]?\s*$")),
    (ATTACHMENT_LEVEL, re.compile(rf"附\s*[件表录]\s*(?:\d+|{_NUMERAL})\s+[^\s。；;:：]{{4,40}}$")),
    (_PART, re.compile(rf"第{_NUMERAL}(?:编|部分|篇)(?![制写章]){_REFERRED}\s*[:：]?\s*")),
    (_CHAPTER, re.compile(rf"第{_NUMERAL}章{_REFERRED}\s*")),
    (_SECTION, re.compile(rf"第{_NUMERAL}节(?![能约假日省]){_REFERRED}\s*")),
    (
        _FIRST,
        re.compile(
            rf"第(?:{_NUMERAL}|[一二三四五六七八九]?千{_NUMERAL})条(?:之{_COUNT})?"
            rf"(?:[\s\u3000]+|{_REFERRED})"
        ),
    ),
    (_FIRST, re.compile(rf"{_NUMERAL}\s*、\s*(?!(?:{_COUNT}、)*{_COUNT}{_COUNTED})")),
    (_FIRST, re.compile(rf"{_COUNT}\s*[.．](?!\d)\s*")),
    (_SECOND, re.compile(rf"[(（]\s*{_NUMERAL}\s*[)）](?![项款]|[、和及至]\s*[(（])\s*")),
    (ITEM_LEVEL, re.compile(rf"\d{{1,3}}\s*(?:[.．](?!\d)|、(?!(?:\d+、)*\d+{_COUNTED}))\s*")),
    (_DETAIL, re.compile(r"[(（]\s*\d{1,3}\s*[)）]\s*")),
    (_DETAIL, re.compile(r"\d{1,2}\s*[)）]\s*")),
    (_SPOKEN, re.compile(rf"(?:第{_NUMERAL}[,，、]|{_NUMERAL}(?:是|要|来)(?!否|不要))")),
    (_SPOKEN + 1, re.compile("[①-⑳]\\s*")),
)
# 1 总则, 1.1 编制目的, 1.1.1 指导思想: a text that counts so does it throughout.
_DECIMAL = re.compile(
    r"\d{1,2}(?P<more>(?:[.．]\d{1,2}){0,3})(?:[.．]?\s+|(?=[\u4e00-\u9fff]))(?=[\u4e00-\u9fff“《])"
)
_DECIMAL_LINE = re.compile(
    r"(?m)^[ \t\u3000]*\d{1,2}[.．]\d{1,2}\s*[\u4e00-\u9fff][^\n。；;]{1,28}$"
)
_LEAST_DECIMALS = 3
_MEASURED = re.compile(
    r"\d{1,2}(?:[.．]\d+)?\s*(?:[万亿元吨米个项家条次年月日人天亩倍级类号期%％]|平方|立方|公里|微[米克升]|厘米|毫[米升]|千[米瓦克]|分贝|微克|毫克|小时|千)"
)
# What a marker can begin with; most lines begin with something else.
_BEGINS = frozenset("附第一二三四五六七八九十百零〇(（0123456789①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
# An entry of a table of contents: 第一章 总则……1.
_CONTENTS = re.compile(r"(?:[.…·．]{3,}|…+)\s*[(（]?\d{1,4}[)）]?$")
# Letters set apart to fill a line: 领 导 批 示.
_SPACED = re.compile(r"(?:[\u4e00-\u9fff][ \u3000]+){2,}[\u4e00-\u9fff]$")
# A bulletin's section: 【工作动态】.
_BRACKETED = re.compile(r"[【〖]\s*([^【】〖〗]{2,20}?)\s*[】〗]$")
# A bulletin's headline that runs into its first sentence: 市委书记…研究污染防治工作 12月31日上午,
_HEADLINE = re.compile(
    r"([^，。；！？,;!?]{14,90}?)[ \u3000]+"
    r"(?=\d{4}\s*年|\d{1,2}\s*月\s*\d{1,2}\s*日|近日|日前|连日来)"
)
_HEADLINE_LENGTH = 100
# Whom a document goes to stands at its end and under none of its headings.
_CIRCULATION = re.compile("(抄报|抄送|报|送|发)[:：]")
_HEADING_LENGTH = 45
_SENTENCE_END = re.compile("[。；;!！?？]")
_CLAUSE_END = re.compile(r"[。；;!！?？]|(?<=\S{8})\s")
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


def counts_decimally(text: str) -> bool:
    """Whether a document numbers its headings 1, 1.1, 1.1.1."""
    found = islice(_DECIMAL_LINE.finditer(text), _LEAST_DECIMALS)
    return len(list(found)) == _LEAST_DECIMALS


def read_marker(line: str, *, decimal: bool = False) -> Marker | None:
    """Return the numbering at the start of a stripped line, if there is one."""
    if not line or line[0] not in _BEGINS:
        return None
    if decimal and (match := _DECIMAL.match(line)) and not _measures(line, match):
        level = _FIRST + len(re.findall("[.．]\\d", match["more"]))
        return Marker(level, match.end())
    for level, pattern in _MARKERS:
        if match := pattern.match(line):
            return Marker(level, match.end())
    return None


def _measures(line: str, match: re.Match[str]) -> bool:
    """Whether the number is a quantity: it has a unit, or runs into a sentence."""
    return bool(_MEASURED.match(line)) or (
        match.group()[-1] not in " \u3000\t" and line[-1] in "。；;，,"
    )


def read_heading(line: str, *, decimal: bool = False) -> Heading | None:
    """Return the heading that a stripped line is, or begins with; `decimal` where 1.1 is one."""
    marker = read_marker(line, decimal=decimal)
    if marker is None:
        return _unnumbered(line)
    if _CONTENTS.search(line):
        return None
    if marker.level == ATTACHMENT_LEVEL:
        return Heading(ATTACHMENT_LEVEL, _attachment(line), fills_line=True)
    if marker.level == _FIRST and line[0] == "第" and not _is_named(line):
        return Heading(_FIRST, line[: marker.end].strip(), fills_line=False)  # 第三条 has no name
    if len(line) <= _HEADING_LENGTH and not _SENTENCE_END.search(line[:-1]):
        fills = marker.level < ITEM_LEVEL or line[-1] not in "。;；"
        return Heading(marker.level, line.rstrip("。;；:："), fills_line=fills)
    return Heading(marker.level, _run_in(line, marker), fills_line=False)


def _is_named(line: str) -> bool:
    """Whether an article's line is its name, not its first sentence."""
    return len(line) <= _HEADING_LENGTH and line[-1] not in "。；;：:"


def _attachment(line: str) -> str:
    """附件1, however its letters are set, with the title that stands beside it."""
    name = re.match(r"附\s*.\s*[^\s:：]*", line)
    rest = line[name.end() :].strip(" \u3000:：") if name else ""
    return " ".join(filter(None, ("".join(name.group().split()) if name else "", rest)))


def _unnumbered(line: str) -> Heading | None:
    if len(line) <= _HEADING_LENGTH:
        if _SPACED.match(line):
            return Heading(_FIRST, "".join(line.split()), fills_line=True)
        if bracketed := _BRACKETED.match(line):
            return Heading(_SECTION, bracketed.group(1), fills_line=True)
    if circulation := _CIRCULATION.match(line):
        return Heading(ATTACHMENT_LEVEL, circulation.group(1), fills_line=False)
    head = line[:_HEADLINE_LENGTH]
    if (" " in head or "\u3000" in head) and (headline := _HEADLINE.match(line)):
        return Heading(_SECOND, headline.group(1), fills_line=False)
    return None


def _run_in(line: str, marker: Marker) -> str:
    """Return the heading's own words where the paragraph follows on the same line."""
    end = _CLAUSE_END.search(line, marker.end)
    words = line[: end.start()] if end else line
    if len(words) <= _HEADING_LENGTH:
        return words
    if marker.level == ITEM_LEVEL and (number := _ITEM_NUMBER.match(line)):
        return number.group()
    return line[: marker.end].strip(" ,，、")

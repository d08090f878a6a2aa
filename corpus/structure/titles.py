"""Titles of official documents: what they end with, and which lines at the head are one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.structure.elements import (
    NUMBER,
    addressed,
    begins_body,
    close_up,
    is_ending,
    is_furniture,
    is_greeting,
    organisation,
    squeeze_letters,
)

_KIND = (
    "讲话|主持词|发言|致辞|通知|通报|通告|公告|方案|报告|意见|办法|规定|规则|细则|条例|决定|决议|批复"
    "|纪要|战报|简报|快报|总结|计划|规划|汇报|清单|令|函"
)
# What ends a title that stands where a title must stand; elsewhere these are too common.
_KIND_AT_HEAD = (
    f"{_KIND}|讲话稿|发言稿|演讲|贺信|慰问信|公报|公示|议案|提案|请示|命令|要点|措施|预案|纲要|指南"
    "|规程|章程|准则|守则|制度|规范|标准|倡议书|责任书|承诺书|公开信|专报|通讯|动态|信息|解释|法典|修正案|周报|月报|日报"
    "|年报|督办单|交办单|台账|目录|名单|安排|情况|法|解读|答复|建议|提示|须知|任务书|作战图|行动|分工|说明"
    "|汇报材料|发言材料|交流材料|检查材料|剖析材料|经验材料|事迹材料"
)
_LAST_LETTERS = frozenset(kind[-1] for kind in _KIND_AT_HEAD.split("|")) | frozenset(")）〕》”")
_SUFFIX = r"(?:\s*[(（〔][^()（）]{1,14}[)）〕])*"
TITLE_END = re.compile(rf"({_KIND})(?:[(（][^()（）]{{1,10}}[)）])?$")
_HEAD_END = re.compile(rf"({_KIND_AT_HEAD}){_SUFFIX}$")
RUN_IN_TITLE = re.compile(rf"((?:在|关于)[^。；;]{{4,60}}?的(?:{_KIND}))(?:\s+|$)")
# The name of a collection is no document's: 讲话稿(精选5篇), 文件汇编.
_COLLECTION = re.compile(
    r"(?:汇编|选编|合集|合订本|文集|大全)(?:[(（].{1,12}[)）])?$|\d+\s*篇[)）]?$|[一二三四五六七八九十]+篇[)）]$"
)
_FIRST = re.compile(r"\s*[(（]?\s*(?:篇\s*)?[1一]\s*[)）]?")
# 篇一:…, 第1篇 …, 【篇三】…: a place in a collection before a document's own title.
SERIES_MARK = re.compile(
    r"[【〖\[(（]?(?:第\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*篇"
    r"|[篇例](?:\d{1,2}|[一二三四五六七八九十]{1,3})"
    r"|(?:会议|发言|交流|典型|经验|学习|汇报)?材料(?:之)?"
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?=[】〗\])）:：、.\s]|$)"
    r"|范文\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3}))[】〗\])）]?\s*[:：、.]?\s*"
)
_TITLE_LENGTH = 80
# A title over several lines is set in large type: its lines are short, and not many.
_LINE_LENGTH, _LINES, _JOINED_LENGTH = 48, 5, 160
_FALLBACK_LENGTH = 40
_FORWARDING = re.compile("关于(?:印发|转发|批转|发布|公布|下发|做好|开展|报送)|^(?:印发|转发|批转)")
_FORWARDED = re.compile(
    f"的[^的]{{0,6}}(?:通知|函|公告|通报|意见|请示|批复|报告|决定|命令){_SUFFIX}$"
)
_ABOUT = re.compile("在(?!于)|关于|印发|转发|批转")
_SUBTITLE = re.compile("[—─–]{1,2}|--")
# The number behind a title: 关于…的通知(国办发〔2020〕32号).
_NUMBERED = re.compile(rf"\s*[(（]\s*{NUMBER.pattern}\s*[)）]$")
_CALLED = re.compile(r"^(?:附\s*件\s*\d*|标\s*题|题\s*目|文件名称)\s*[:：]\s*")
_SET_APART = re.compile(rf"(?<=[\u4e00-\u9fff])\s+(?=(?:{_KIND_AT_HEAD})$)")
# What state a paper is in, below its title: (试行), (征求意见稿).
_STATE = re.compile(
    r"[(（](?:试行|暂行|草案|讨论稿|送审稿|征求意见稿|修订稿?|样式|摘要|节选"
    r"|[一二三四五六]|(?:19|20)\d\d\s*年?\s*(?:修订|修正|版|本)?)[)）]"
)
_UNFINISHED, _GOES_ON = ("关于", "的", "和", "与", "及", "、", "，"), ("的", "》", "”")
_NO_TITLE_END = re.compile("[：:]$|[。；;]")
# A line that breaks off here is text, or a title that says what it is about.
_BROKEN_OFF = ("，", ",", "、")
# The issue of a bulletin: 第15期, (总第120期).
ISSUE = re.compile(
    r"[(（〔]?\s*(?P<issue>(?:(?:19|20)\d\d\s*年\s*)?(?:总\s*)?"
    r"第\s*[\d一二三四五六七八九十百]+\s*期)(?:\s*[(（]?\s*总\s*第?\s*\d+\s*期\s*[)）]?)?\s*[)）〕]?"
)
_PERIODICAL = re.compile(
    "(?:战报|简报|快报|专报|通讯|动态|信息|周报|月报|日报|要情|通报|专刊|参考)$"
)
_ATTACHMENT = re.compile(r"附\s*[件表]\s*(?:\d+|[一二三四五六七八九十]+)?\s*[:：]?$")
_CONTENTS = re.compile(r"目\s*[录次]$")
_CONTENTS_ENTRY = re.compile(r"(?:[.…·．]{2,}|\s)\s*[(（]?\d{1,4}[)）]?$")


@dataclass(frozen=True, slots=True)
class Title:
    """The lines a title takes (one past the last), its words, and what kind of paper it names."""

    first: int
    end: int
    words: str
    kind: str | None


def title_kind(words: str) -> str | None:
    """Return what kind of paper a title names: 通知, 方案."""
    match = _HEAD_END.search(words) or _HEAD_END.search(_SUBTITLE.split(words)[0])
    return match.group(1) if match else None


def may_end_title(line: str) -> bool:
    """Whether a title may end with this line, told from its last letter alone."""
    return line[-1:] in _LAST_LETTERS


def find_title(lines: Sequence[str]) -> Title | None:
    """Return the title among the head's lines, set over several perhaps; None where none is."""
    plain: Title | None = None
    index = 0
    while index < len(lines):
        line = lines[index]
        if run_in := RUN_IN_TITLE.match(line):
            return _titled(index, index + 1, run_in.group(1))
        if is_furniture(line) or _ATTACHMENT.match(line):
            index += 1
            continue
        if begins_body(line) or _breaks_off(line):
            break
        found = _block(lines, index)
        if found and not _is_collection(found.words, lines[found.end : found.end + 1]):
            if found.kind:
                return _with_issue(lines, found)
            plain = plain or found
        index += 1
    return plain


def first_words(lines: Sequence[str]) -> str:
    """Return what stands for the title of a text that has none: how it begins."""
    first = next((line for line in lines if not is_furniture(line)), lines[0] if lines else "")
    first = first[:_JOINED_LENGTH]
    return re.split("[。;；]", _own(first) or first)[0][:_FALLBACK_LENGTH]


def without_contents(lines: Sequence[str]) -> list[str]:
    """Return lines with a table of contents among them made empty: its entries are no titles."""
    result, inside = list(lines), False
    for index, line in enumerate(lines):
        if _CONTENTS.match(line):
            inside = True
        elif inside and not (_CONTENTS_ENTRY.search(line) or line in lines[index + 1 :]):
            inside = False
        if inside:
            result[index] = ""
    return [line for line in result if line]


def _breaks_off(line: str) -> bool:
    return line.endswith(_BROKEN_OFF) and not _ABOUT.search(line)


def _is_collection(words: str, following: Sequence[str]) -> bool:
    """Whether a title is a collection's; its first document may bear the same with a number."""
    first = following[0].removeprefix(words) if following else ""
    return bool(_COLLECTION.search(words) or _FIRST.fullmatch(first))


def _titled(first: int, end: int, words: str) -> Title:
    return Title(first, end, words, title_kind(words))


def _block(lines: Sequence[str], first: int) -> Title | None:
    """Join the lines from here on for as long as the title they make goes on."""
    words = _own(lines[first])
    other = is_furniture(lines[first]) or is_ending(lines[first])
    if not words or other or _NO_TITLE_END.search(words):
        return None
    if len(words) > _TITLE_LENGTH or not re.search("[\u4e00-\u9fff]{2}", words):
        return None
    if organisation(lines[first]) and not _goes_on(words, ""):
        return None
    end = first + 1
    while end < len(lines) and end - first < _LINES and _goes_on(words, lines[end]):
        words += squeeze_letters(lines[end])
        end += 1
    return _titled(first, end, words) if len(words) <= _JOINED_LENGTH else None


def _own(line: str) -> str:
    """A line's words without its place in a collection, 战 报 put together and to what it is of."""
    own = SERIES_MARK.sub("", line, count=1) if SERIES_MARK.match(line) else line
    own = _SET_APART.sub("", squeeze_letters(_CALLED.sub("", own)))
    whole = own.startswith("《") and own.endswith("》") and own.count("《") == 1
    return own[1:-1] if whole else _NUMBERED.sub("", own)


def _goes_on(words: str, line: str) -> bool:
    """Whether a title is not at its end and the next line belongs to it."""
    open_marks = words.count("《") > words.count("》") or words.count("“") > words.count("”")
    if not line:
        return open_marks
    if line.endswith((":", "：")):
        return False
    if is_greeting(line) or addressed(line) or len(line) > _LINE_LENGTH:
        return open_marks and len(line) <= _LINE_LENGTH
    if is_furniture(line) or begins_body(line) or ISSUE.fullmatch(line):
        return False
    if line.startswith(("(", "（")):
        return bool(title_kind(words) and _STATE.fullmatch(line))
    if (
        open_marks
        or line.startswith(("的", "》", "”"))
        or words.endswith(("关于", "的", "和", "与"))
    ):
        return True
    if _SUBTITLE.match(line):
        return True
    if _ABOUT.match(line) and title_kind(line):
        return False
    if _FORWARDING.search(words) and not _FORWARDED.search(words):
        return True
    return title_kind(words) is None and len(words) <= _LINE_LENGTH and _may_follow(line)


def _may_follow(line: str) -> bool:
    return bool(title_kind(line)) and not organisation(line) and not _NO_TITLE_END.search(line)


def _with_issue(lines: Sequence[str], title: Title) -> Title:
    """A bulletin is told apart by its issue: 战报(第1期)."""
    follows = lines[title.end] if title.end < len(lines) else ""
    issue = ISSUE.match(follows) if _PERIODICAL.search(title.words) else None
    if not issue:
        return title
    words = f"{title.words}({close_up(issue['issue'])})"
    return Title(title.first, title.end + 1, words, title.kind)

"""Where documents begin that follow one another in a file, each told by its own head.

A title alone is not enough: a number, an addressee, a greeting or the day it was passed must
stand with it. The plan that a notice prints, attachments and the law of an order begin none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.structure.elements import (
    addressed,
    close_up,
    info_entries,
    is_day,
    is_furniture,
    is_greeting,
    number_of,
    organisation,
    sign_of,
)
from corpus.structure.titles import ISSUE, Title, find_title, may_end_title, title_kind

_LINE = re.compile(r"(?m)^(?:[^\n]*\S[^\n]*|[^\S\n]*\f[^\n]*)$")
_SHORT = 80
# How far the title may stand from what goes with it.
_ABOVE, _BELOW = 6, 6
# Sign, secrecy, urgency and the like stand above a number.
_MARKS_ABOVE = 8
_LEAST_LENGTH = 150
_SEPARATOR = re.compile(r"(?:[-=*＊—_~～☆★·.]\s*){5,}|\f+")
_ATTACHED = re.compile(r"附\s*[件表]\s*(?:\d+|[一二三四五六七八九十]+)?\s*[:：]?$")
_REMARK = re.compile("[(（].*日.*(?:通过|公布|发布|修[订正])")
# How a document ends, where only the number of the next tells them apart.
_ENDED = re.compile(r"[。！!)）][”’』]?$|.*(?:印\s*发|日)$|抄\s*[送报]|[送报发]\s*[:：]|谢谢")
_ORDER = re.compile("令(?:[(（]?.*号[)）]?)?$")
_PRINTS = re.compile("印发|转发|批转")
_MARKS = re.compile('[《》“”"〈〉\\s]')
# What is printed along is announced in so many lines.
_ANNOUNCED = 60
# A web page says below a title when it was published; the text follows at once.
_PUBLISHED = re.compile(
    r"(?:发布|发表|更新)(?:时间|日期)\s*[:：]|(?:信息|文章|新闻|稿件)?来\s*源\s*[:：]|(?:时间|日期)\s*[:：]\s*20\d\d"
)
_TEXT_BELOW, _LEAST_SENTENCE = 2, 20
# Answers and the like follow one another with nothing but signature and day between.
_IN_SERIES = frozenset(
    ["答复", "批复", "复函", "函", "通报", "公告", "通告", "公示", "决定", "请示"]
)
# What holds news of many places.
_BULLETIN = re.compile("[简快战专日周月]报|动态|信息|通讯|专刊|参考")


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a document may begin (its first line), and what its head shows besides the title."""

    line: int
    title: str
    number: str | None
    shows: int


def document_starts(text: str) -> list[int]:
    """Return where each document begins; fewer than two where the file holds only one."""
    offsets = [(match.start(), match.group().strip()) for match in _LINE.finditer(text)]
    lines = [line or "\f" for _, line in offsets]
    first = _title_at(lines, 0) if lines else None
    kept = [_Start(0, first.words, None, 0)] if first else []
    for start in _candidates(lines):
        before = kept[-1] if kept else None
        if before and offsets[start.line][0] - offsets[before.line][0] < _LEAST_LENGTH:
            if start.shows > before.shows:
                kept[-1] = start
        elif before is None or _is_new(lines, before, start):
            kept.append(start)
    return [offsets[start.line][0] for start in kept] if len(kept) > 1 else []


def _candidates(lines: Sequence[str]) -> list[_Start]:
    found: list[_Start] = []
    for index, line in enumerate(lines):
        start = _read_start(lines, index) if len(line) <= _SHORT or is_greeting(line) else None
        if start and (not found or start.line > found[-1].line):
            found.append(start)
        elif start and start.line == found[-1].line and start.shows > found[-1].shows:
            found[-1] = start
    return found


def _read_start(lines: Sequence[str], index: int) -> _Start | None:
    """The start of a document that this line gives away."""
    line = lines[index]
    if "号" in line and (number := number_of(line)):
        return _numbered(lines, index, number)
    if "期" in line and (issue := ISSUE.fullmatch(line)):
        return _issue(lines, index, close_up(issue["issue"]))
    if index and _PUBLISHED.match(line):
        return _published(lines, index)
    if line[-1] in ":：" and addressed(line):
        return _below_title(lines, index)
    if is_greeting(line) or (line[0] in "(（" and _REMARK.match(line)):
        return _below_title(lines, index)
    if index + 1 < len(lines) and (_SEPARATOR.fullmatch(line) or is_day(line)):
        title = _title_at(lines, index + 1)
        if title and (title.kind in _IN_SERIES or not is_day(line)):
            return _Start(index + 1, title.words, None, 0)
    return None


def _issue(lines: Sequence[str], index: int, issue: str) -> _Start | None:
    """A bulletin's head: its name stands above its issue."""
    title = _title_at(lines, index - 1) if index else None
    if title is None or not ISSUE.match(lines[index - 1 + title.end - 1]):
        return None
    return _Start(_first_line(lines, index - 1), title.words, issue, 2)


def _published(lines: Sequence[str], index: int) -> _Start | None:
    """A page's head: the title, when it was published, and the text at once."""
    below = lines[index + 1 : index + 1 + _TEXT_BELOW]
    if not any(len(one) >= _LEAST_SENTENCE and "。" in one for one in below):
        return None
    title = find_title(lines[index - 1 : index])
    return _Start(index - 1, title.words, None, 1) if title else None


def _title_at(lines: Sequence[str], index: int) -> Title | None:
    near = lines[index : index + _BELOW]
    if lines[index].startswith("附") or not any(map(may_end_title, near)):
        return None
    found = find_title(near)
    return found if found and found.first == 0 and found.kind else None


def _numbered(lines: Sequence[str], index: int, number: str) -> _Start | None:
    """A head with a number: the title follows, or stands just above."""
    if _ORDER.search(number) or (
        index and _ORDER.search(lines[index - 1]) and sign_of(lines[index - 1])
    ):
        return _Start(_first_line(lines, index), "", number, 2)
    near = lines[index + 1 : index + 1 + _BELOW]
    found = find_title(near) if any(map(may_end_title, near)) else None
    if found and found.kind:
        between = lines[index + 1 : index + 1 + found.first]
        if all(is_furniture(one) or organisation(one) for one in between):
            after = lines[index + 1 + found.end : index + 4 + found.end]
            signed = index and (organisation(lines[index - 1]) or sign_of(lines[index - 1]))
            told = any(addressed(one) is not None for one in after)
            shows = 1 + (told or bool(signed and any("。" in one for one in after)))
            return _Start(_first_line(lines, index), found.words, number, shows)
    above = _below_title(lines, index)
    return above and _Start(above.line, above.title, number, 1)


def _below_title(lines: Sequence[str], index: int) -> _Start | None:
    """A head whose title stands above this line, with nothing but its furniture between."""
    best: _Start | None = None
    if not any(map(may_end_title, lines[max(0, index - _ABOVE) : index])):
        return None
    for first in range(index - 1, max(-1, index - 1 - _ABOVE), -1):
        title = _title_at(lines, first)
        if title is None or first + title.end > index:
            if len(lines[first]) > _SHORT or lines[first].endswith(("。", "；")):
                break
            continue
        between = lines[first + title.end : index]
        if not all(is_furniture(one) or _is_speaker(one) for one in between):
            break
        number = next((found for one in between if (found := number_of(one))), None)
        shows = 1 + bool(number)
        if best is None or len(title.words) > len(best.title):
            best = _Start(_first_line(lines, first), title.words, number, shows)
    return best


def _is_speaker(line: str) -> bool:
    """Whether a line may name who speaks and where: short and without a sentence."""
    return len(line) <= 30 and not re.search("[。；：:]", line)


def _first_line(lines: Sequence[str], index: int) -> int:
    """The first line of a head: marks and signs above the number belong to it."""
    last = max(0, index - _MARKS_ABOVE)
    while index > last and not is_day(lines[index - 1]):
        above = lines[index - 1]
        named = is_furniture(above) or organisation(above) or info_entries(above)
        if not named or _SEPARATOR.fullmatch(above):
            break
        index -= 1
    return index


def _is_new(lines: Sequence[str], before: _Start, start: _Start) -> bool:
    """Whether a document begins here, and not a part of the one before."""
    above = lines[start.line - 1]
    if any(_ATTACHED.match(line) for line in lines[max(0, start.line - 2) : start.line]):
        return False
    if start.number and start.number == before.number:
        return False
    title, other = _MARKS.sub("", start.title), _MARKS.sub("", before.title)
    prefix, found, suffix = other.partition(title) if title else (other, "", "")
    if found and (suffix or not start.shows or _PRINTS.search(prefix)):
        return False  # what a notice prints, or a running head
    if start.shows > 1:
        return True
    head = close_up("".join(lines[before.line : min(start.line, before.line + _ANNOUNCED)]))
    if title and re.search(f"《{re.escape(title)}》|[.．、:：]{re.escape(title)}", head):
        return False
    if start.title and title_kind(start.title) is None and _BULLETIN.search(before.title):
        return False  # its news have their sources
    if is_day(above) and not start.shows and title_kind(start.title) != title_kind(before.title):
        return False
    return bool(_ENDED.match(above) or _ENDED.search(above) or _SEPARATOR.fullmatch(above))

"""What a document says of itself: at its head, in its signature, at its end (GB/T 9704-2012)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from corpus.structure.addressees import read_addressees
from corpus.structure.attachments import read_attachments
from corpus.structure.days import first_day
from corpus.structure.elements import (
    begins_body,
    close_up,
    info_entries,
    is_furniture,
    number_behind,
    number_of,
    organisation,
    sign_of,
    squeeze_letters,
)
from corpus.structure.issuing import (
    act_day,
    bulletin_day,
    bulletin_issuer,
    head_day,
    printed,
    published_day,
    signature,
    told_day,
)
from corpus.structure.titles import Title, find_title, first_words, title_kind, without_contents
from corpus.structure.years import read_year

# A head is no longer; a web page's table of information may take half of it.
_HEAD_LINES = 40
_END_LINES = 12
_LEAST_INFO = 2
# How far below a web page's title the paper's own may end.
_AGAIN = 12
_INFO_TITLE = ("标题", "名称", "信息名称", "文件名称")
_INFO_NUMBER = ("发文字号", "发文文号", "发布文号", "发文号", "文号", "文件编号")
_INFO_ISSUER = ("发文机关", "发文机构", "发文单位", "制发机关", "发布机构", "发布机关", "发布单位")
_INFO_DAY = ("成文日期", "发文日期", "印发日期", "制发日期", "生成日期", "公布日期", "颁布日期")
_BULLETIN = frozenset(
    ["战报", "简报", "快报", "专报", "通讯", "动态", "信息", "周报", "月报", "日报"]
)
# What is passed and put in force, its day told below the title.
_ENACTED = re.compile(
    "法|法典|解释|修正案|条例|规定|办法|规则|细则|决定|决议|公报|章程|准则|守则|规程|纲要|规划|规范|意见|报告|安排"
)
# In these a body and a day on one line are a row.
_TABLES = frozenset(["台账", "清单", "名单", "目录", "方案", "计划", "分工"])
# The issuer that begins a title: 国务院办公厅关于….
_TITLE_ISSUER = re.compile("(.{3,60}?)(?:关于|印发|转发|批转)")
_ATTACHED = re.compile(r"附\s*件\s*(?:\d+|[一二三四五六七八九十]+)?\s*[:：]?$")
_LISTED = re.compile(r"1\s*[.．、]")


@dataclass(frozen=True, slots=True)
class Header:
    """What was read; None, or nothing, where the document does not say it."""

    title: str
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    kind: str | None = None
    addressees: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    year: int | None = None


def read_header(text: str, around: Sequence[str] = ()) -> Header:
    """Read what a clean document says of itself; the title falls back to its first words.

    `around` are the lines of the page about it: they date a news report and nothing else.
    """
    lines = [stripped for line in text.splitlines() if (stripped := line.strip())]
    info, head = _information(lines[:_HEAD_LINES])
    head = without_contents(head)
    title = _title(info, head, lines)
    below = head[title.end :]
    number = _one_of(info, _INFO_NUMBER) or _number(head, title)
    issued_on, signed = _issued(info, head, below, lines, title)
    if issued_on is None and title.kind is None:
        issued_on = published_day([*head, *around[:_HEAD_LINES]])
    issuer = _one_of(info, _INFO_ISSUER) or _issuer(head, title, signed)
    return Header(
        title=title.words,
        number=number,
        issuer=issuer,
        issued_on=issued_on,
        kind=title.kind,
        addressees=read_addressees(below) or read_addressees(_below_again(below)),
        attachments=read_attachments(lines),
        year=read_year(text, title.words, number, issued_on),
    )


def _information(lines: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Part a web page's table of information from the head; the value may follow its key."""
    info: dict[str, str] = {}
    rest: list[str] = []
    waiting = ""
    for line in lines:
        entries = info_entries(line)
        if entries:
            info |= {key: value for key, value in entries if value or key not in info}
            waiting = entries[-1][0] if not entries[-1][1] else ""
        elif waiting and len(line) <= _LINE_OF_INFO:
            info[waiting], waiting = line, ""
        else:
            rest.append(line)
    return (info, rest) if len(info) >= _LEAST_INFO else ({}, list(lines))


_LINE_OF_INFO = 80


def _one_of(info: dict[str, str], keys: Sequence[str]) -> str | None:
    return next((close_up(info[key]) for key in keys if info.get(key, "").strip("-—无/ ")), None)


def _title(info: dict[str, str], head: Sequence[str], lines: Sequence[str]) -> Title:
    found = find_title(head)
    if found and found.kind:
        return found
    for key in _INFO_TITLE:
        if words := squeeze_letters(info.get(key, "")):
            return Title(0, 0, words, title_kind(words))
    order = next((index for index, line in enumerate(head[:6]) if sign_of(line)), None)
    if found is None and order is not None:
        return _promulgated(head) or Title(order, order + 1, close_up(head[order]), None)
    words = first_words(head or lines)
    return found or Title(0, 0, words, None)


def _promulgated(head: Sequence[str]) -> Title | None:
    """The title of the law below the order that promulgates it."""
    for index, line in enumerate(head):
        found = find_title(head[index:]) if title_kind(line) and not begins_body(line) else None
        if found and found.first == 0:
            return Title(index, index + found.end, found.words, found.kind)
    return None


def _below_again(below: Sequence[str]) -> Sequence[str]:
    """The lines below the paper's own title, where a web page set one above its head."""
    again = find_title(below[:_AGAIN])
    if again is None or again.kind is None:
        return ()
    between = below[: again.first]
    return below[again.end :] if all(is_furniture(o) or organisation(o) for o in between) else ()


def _number(head: Sequence[str], title: Title) -> str | None:
    """The number above the title, or on one of the lines just below it."""
    for line in head[: title.end + 4]:
        if found := number_of(line) or number_behind(line):
            return found
        if begins_body(line) and line not in head[: title.end]:
            return None
    return None


def _issued(
    info: dict[str, str],
    head: Sequence[str],
    below: Sequence[str],
    lines: Sequence[str],
    title: Title,
) -> tuple[date | None, str | None]:
    """The day of issue and who signs beside it: head and signature before the print line."""
    for key in _INFO_DAY:
        if day := first_day(info.get(key, "")):
            return day, signature(_letter(lines))[1]
    if (at_head := head_day(head)) and not (at_head[1] and title.kind in _TABLES):
        return at_head[0], at_head[1] or signature(_letter(lines))[1]
    if day := told_day(title.words):
        return day, None
    if title.kind in _BULLETIN and (day := bulletin_day(head)):
        return day, None
    if title.kind and _ENACTED.fullmatch(title.kind) and (day := act_day(below)):
        return day, None
    day, signed = signature(_letter(lines))
    if day:
        return day, signed
    return printed(lines[-_END_LINES:])[0], None


def _letter(lines: Sequence[str]) -> list[str]:
    """The document without its attachments."""
    for at, line in enumerate(lines):
        if at and line.startswith("附") and _ATTACHED.match(line):
            lists = line[-1] in ":：" and _LISTED.match("".join(lines[at + 1 : at + 2]))
            if not lists:  # 附件: and 1.… below it stand before the signature
                return list(lines[:at])
    return list(lines)


def _issuer(head: Sequence[str], title: Title, signed: str | None) -> str | None:
    above = _above(head[: title.first])
    if above:
        return above
    if title.kind in _BULLETIN and (editors := bulletin_issuer(head[title.end :])):
        return editors
    if signed:
        return signed
    begins = _TITLE_ISSUER.match(title.words)
    names = [organisation(part) for part in re.split("[、,，]", begins.group(1))] if begins else []
    return " ".join(name for name in names if name) if names and all(names) else None


def _above(lines: Sequence[str]) -> str | None:
    """The bodies named above the title: by the sign of their papers, or on lines of their own."""
    signs = [name for line in lines if (name := sign_of(line))]
    named = [name for line in lines if (name := organisation(line))]
    if signs and named:  # joint papers: the word 文件 stands beside one of the names
        return _each_once([*named, *signs])
    return _each_once(signs or named)


def _each_once(names: Sequence[str]) -> str | None:
    """Join the bodies that lines name, some on one line; 某县委 is short for its full name."""
    bodies = dict.fromkeys(body for name in names for body in name.split())
    kept = [body for body in bodies if f"中国共产党{body}员会" not in bodies]
    return " ".join(kept) or None

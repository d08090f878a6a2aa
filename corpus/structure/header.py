"""What stands at the head of a document: title, 发文字号, issuer, 成文日期."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from corpus.numerals import number_value

_KIND = (
    "讲话|主持词|发言|致辞|通知|通报|通告|公告|方案|报告|意见|办法|规定|规则|细则|条例|决定|决议|批复"
    "|纪要|战报|简报|快报|总结|计划|规划|汇报|清单|令|函"
)
TITLE_END = re.compile(rf"({_KIND})(?:[(（][^()（）]{{1,10}}[)）])?$")
RUN_IN_TITLE = re.compile(rf"((?:在|关于)[^。；;]{{4,60}}?的(?:{_KIND}))(?:\s+|$)")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}\s*[〔\[［【(（]\s*(\d{4})\s*[〕\]］】)）]\s*\d+\s*号")
_NUMBER_LINE = re.compile(rf"({_NUMBER.pattern})(?:\s+签发人.*)?")
_DIGIT = "[〇○零一二三四五六七八九十\\d]"
_DATE = re.compile(rf"({_DIGIT}{{4}})\s*年\s*({_DIGIT}{{1,2}})\s*月\s*({_DIGIT}{{1,3}})\s*日")
_YEAR_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HEAD_LINES = 12
_TITLE_LENGTH = 80
_FALLBACK_LENGTH = 40
_BODY_LENGTH = 90


@dataclass(frozen=True, slots=True)
class Header:
    """What was read at the head; None where it does not stand there."""

    title: str
    number: str | None
    issuer: str | None
    issued_on: date | None
    kind: str | None


def read_header(text: str) -> Header:
    """Read the head of a clean document; the title falls back to its first words."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][:_HEAD_LINES]
    index, title = _find_title(lines)
    numbers = [match.group(1) for line in lines[:5] if (match := _NUMBER_LINE.fullmatch(line))]
    number = numbers[0] if numbers else None
    before = lines[index - 1] if index else ""
    issuer = before if number and before and number not in before else None
    kind = TITLE_END.search(title)
    return Header(title, number, issuer, _issued_on(text), kind.group(1) if kind else None)


def _find_title(lines: list[str]) -> tuple[int, str]:
    for index, line in enumerate(lines):
        if run_in := RUN_IN_TITLE.match(line):
            return index, run_in.group(1)
        if len(line) > _BODY_LENGTH or line.endswith("。"):
            break
        if len(line) <= _TITLE_LENGTH and TITLE_END.search(line):
            before = lines[index - 1] if index else ""
            if re.match("在|关于", before) and not TITLE_END.search(before):
                return index - 1, before + line
            return index, line
    first = lines[0] if lines else ""
    return 0, re.split("[。;；]", first)[0][:_FALLBACK_LENGTH]


def _issued_on(text: str) -> date | None:
    """Return the date that stands on a line of its own."""
    for line in text.splitlines():
        if (match := _DATE.fullmatch(line.strip())) and (found := _date(match)):
            return found
    return None


def _date(match: re.Match[str]) -> date | None:
    year, *rest = match.groups()
    try:
        return date(int(year.translate(_YEAR_DIGITS)), *map(number_value, rest))
    except ValueError:  # 2020年13月40日
        return None

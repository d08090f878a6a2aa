"""What must stay whole in a text: document numbers, dates, ordinals, quantities, codes.

All functions take folded text (see `index.tokens`). A date also gives its parts, a number
its unit, so that `2020年` finds `2020年8月底` and `13号` written with any bracket is one token.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.numerals import number_value

if TYPE_CHECKING:
    from collections.abc import Iterator

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇\U00020000-\U0003ffff"

# Where the issuer's short name starts (漯发, 豫环攻坚办) cannot be seen in running text, so
# every plausible length is a token; a question's own spelling then meets one of them.
_ISSUER_LENGTHS = range(2, 8)
_NUMBER = re.compile(
    rf"([{HAN}]{{0,{_ISSUER_LENGTHS[-1]}}})[〔\[(【]\s?((?:19|20)\d{{2}})\s?[〕\])】]\s?(?:第\s?)?(\d+)\s?号"
)
_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d{2})年(?:年?([底末初中])|(\d{1,2})月(?:(\d{1,2})[日号]|([底末初上中下]))?)?"
)
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月(?:(\d{1,2})[日号]|([底末初上中下]))?")
_NUMERALS = "零〇一二两三四五六七八九十百千"
_ORDINAL = re.compile(rf"第(\d+|[{_NUMERALS}]+)([条款项章节编目批轮次类号点期])")
_COUNTED = "个|家|台|辆|户|名|座|处|项|条|所|件|套|批|次|份|级|类|人"
_MEASURES = (
    "万元|亿元|元|万吨|吨|公斤|千克|毫克|微克|克|斤|公里|千米|平方公里|平方米|立方米|万亩|亩|公顷|米"
    "|蒸吨|千瓦时|千瓦|度|马力|小时|分钟|天|个月|个工作日|个百分点|倍|周"
)
_QUANTITY = re.compile(
    rf"(?<![\d.第])(\d+(?:\.\d+)?)({_MEASURES}|[%‰℃]|(?:{_COUNTED})(?=([{HAN}]{{2}})?))"
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# Latin, Greek, Cyrillic, kana and Hangul letters: whatever is not Han comes in whole runs.
_LETTERS = "a-z0-9\u00df-\u024f\u0370-\u052f\u3041-\u3096\u30a1-\u30fa\u30fc\uac00-\ud7a3"
_CODE = re.compile(rf"[{_LETTERS}]+(?:[.\-_/+&][{_LETTERS}]+)*")
_WORDS_IN_CODE = re.compile(r"[-_/+&]")


def marks(folded: str) -> list[str]:
    """Return the tokens of a folded text that words and bigrams would tear apart."""
    text = _THOUSANDS.sub("", folded)
    return [token for find in _FINDERS for token in find(text)]


def _document_numbers(text: str) -> Iterator[str]:
    for issuer, year, serial in _NUMBER.findall(text):
        core = f"〔{year}〕{int(serial)}号"
        yield core
        for length in _ISSUER_LENGTHS:
            if length <= len(issuer):
                yield issuer[-length:] + core


def _dates(text: str) -> Iterator[str]:
    for year, edge, month, day, part in _YEAR.findall(text):
        yield f"{year}年"
        if edge:
            yield f"{year}年{_edge(edge)}"
        if month:
            yield f"{year}年{int(month)}月"
        if day:
            yield f"{year}年{int(month)}月{int(day)}日"
        if part:
            yield f"{year}年{int(month)}月{_edge(part)}"
    for month, day, part in _MONTH.findall(text):
        yield f"{int(month)}月"
        if day:
            yield f"{int(month)}月{int(day)}日"
        if part:
            yield f"{int(month)}月{_edge(part)}"


def _edge(char: str) -> str:
    return "底" if char == "末" else char


def _ordinals(text: str) -> Iterator[str]:
    for numeral, noun in _ORDINAL.findall(text):
        yield f"第{number_value(numeral)}{noun}"


def _quantities(text: str) -> Iterator[str]:
    for number, unit, counted in _QUANTITY.findall(text):
        yield number + unit
        if counted:
            yield number + unit + counted


def _codes(text: str) -> Iterator[str]:
    for code in _CODE.findall(text):
        yield code
        if not code.isdigit() and _WORDS_IN_CODE.search(code):
            yield from _WORDS_IN_CODE.split(code)


_FINDERS = (_document_numbers, _dates, _ordinals, _quantities, _codes)

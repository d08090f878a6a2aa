"""Which year 今年 means in an answer: said beside the words, which stay as they were written."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from corpus.records import Document
from index.engine import Engine
from retrieval.records import Answer, Detail

_YEARS = {
    "今年": 0,
    "本年度": 0,
    "去年": -1,
    "上年": -1,
    "上年度": -1,
    "上一年": -1,
    "明年": 1,
    "次年": 1,
    "前年": -2,
    "后年": 2,
}
_MONTHS = {"本月": 0, "上个月": -1, "上月": -1, "下个月": 1, "下月": 1}
# 2019年上半年 and 去年上半年 say their year themselves.
_HALF = r"(?<![年度\d])[上下]半年"
_WORD = re.compile(
    # 向上年度…, 目前年…: the letters of other words.
    rf"(?:{'|'.join(sorted([*_YEARS, *_MONTHS], key=len, reverse=True))})(?![轻纪])|{_HALF}"
)
_OTHER = re.compile("[目以之当]前年|[以之]后年|[以之往]上年|当今年|至今年|[一两三]年上年")
_LABEL = "年份"


def with_years(engine: Engine, answer: Answer) -> Answer:
    """Return the answer with what its relative years mean, where the documents tell."""
    if answer.abstained or not (words := _words(answer.text)):
        return answer
    details: list[Detail] = []
    for word in words:
        meanings = _meanings(engine, answer, word)
        several = len(set(meanings.values())) > 1
        for title, meaning in meanings.items():
            said = f"{meaning}(《{title}》)" if several else meaning
            if (detail := Detail(_LABEL, said)) not in details:
                details.append(detail)
    return replace(answer, details=(*answer.details, *details)) if details else answer


def _words(text: str) -> list[str]:
    """The relative words of a text, each once, in their order."""
    spans = [match.span() for match in _OTHER.finditer(text)]
    found = (
        match.group()
        for match in _WORD.finditer(text)
        if not any(start <= match.start() < end for start, end in spans)
    )
    return list(dict.fromkeys(found))


def _meanings(engine: Engine, answer: Answer, word: str) -> dict[str, str]:
    """What a word means in each document that is quoted with it, by title."""
    meanings: dict[str, str] = {}
    for citation in answer.citations:
        if word in citation.quote:
            document = engine.document(citation.document_id)
            if meaning := _meaning(document, word):
                meanings.setdefault(document.title, meaning)
    return meanings


def _meaning(document: Document, word: str) -> str | None:
    if document.year is None:
        return None
    inferred = "" if _states_year(document) else "(推断)"
    if word in _YEARS:
        return f"{word}指{document.year + _YEARS[word]}年{inferred}"
    if word in _MONTHS:
        if document.issued_on is None:
            return None
        month = _shifted(document.issued_on, _MONTHS[word])
        return f"{word}指{month.year}年{month.month}月"
    return f"{word}指{document.year}年{word}{inferred}"


def _shifted(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _states_year(document: Document) -> bool:
    """Whether the day of issue or the number says the year; else it was told from title or text."""
    return document.issued_on is not None or str(document.year) in (document.number or "")

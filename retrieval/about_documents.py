"""Questions about a document itself: 漯发〔2020〕13号是什么文件, 整改方案的发文字号和印发日期."""

from __future__ import annotations

import re

from corpus.records import Document, Span
from index.engine import Engine
from index.tokens import fold
from retrieval.citing import cite_span
from retrieval.coverage import coverage, squeeze, terms
from retrieval.question import Question, content
from retrieval.records import Answer, AnswerKind, Detail
from retrieval.refusing import refuse

_ASKS = re.compile("什么文件|哪个文件|哪份文件|文件名|标题|题目|叫什么|是什么$|全称")
_NUMBER = re.compile(r"[〔\[(（【]\s*(\d{4})\s*[〕\])）】]\s*(?:第\s*)?(\d+)\s*号")
# What can be asked of a document, and how it is asked for.
_ATTRIBUTES = (
    ("number", re.compile("发文字号|文号|发文号|文件号")),
    (
        "date",
        re.compile(
            "(?:印发|成文|发文|签发)(?:的)?(?:日期|时间)|(?:什么时候|哪一?天|何时)(?:印发|发文|成文)的?"
        ),
    ),
    ("issuer", re.compile("发文(?:机关|单位)|(?:谁|哪个(?:单位|机关|部门)|哪家)(?:印发|发文)的?")),
)
# A document is meant when its title says so much of what else the question says.
_TITLED = 0.75


def answer_document(engine: Engine, question: Question) -> Answer | None:
    """Answer with the title of the document of a 发文字号, or with what is asked of a document."""
    for name, words in _ATTRIBUTES:
        if words.search(question.folded):
            return _attribute(engine, question, name, words.sub(" ", question.folded))
    asked = _NUMBER.search(question.folded)
    if not asked:
        return None
    numbered = [(one.id, fold(one.number)) for one in engine.documents() if one.number]
    same = [
        (document, number) for document, number in numbered if _serial(number) == asked.groups()
    ]
    none = f"没有收入文号为{asked.group()}的文件。"
    if not same and all(_serial(number) for _, number in numbered):
        return refuse(question, none)
    if not _ASKS.search(question.folded):
        return None
    for document, number in same:
        if _NUMBER.split(number)[0] in question.folded:
            return _answer(engine, question, engine.document(document))
    return refuse(question, none)


def _serial(number: str) -> tuple[str, ...]:
    """The year and serial of a 发文字号."""
    match = _NUMBER.search(number)
    return match.groups() if match else ()


def _attribute(engine: Engine, question: Question, name: str, rest: str) -> Answer | None:
    """Answer with a document's number, date or issuer, where just one document is meant."""
    wanted = terms(engine, content(rest))
    if not wanted:
        return None
    meant = [one for one in engine.documents() if coverage(wanted, squeeze(one.title)) >= _TITLED]
    if len(meant) != 1:
        return None
    document = engine.document(meant[0].id)
    span = _where(document, name)
    if span is None:
        return None
    citation = cite_span(engine, span, ())
    return Answer(
        question=question.text,
        kind=AnswerKind.FACT,
        text=citation.quote,
        citations=(citation,),
        confidence=1.0,
        details=(Detail("文件", document.title),),
        value={"date": document.issued_on} if name == "date" else {},
        total=1,
    )


def _where(document: Document, name: str) -> Span | None:
    """Where a document says its number, date or issuer itself."""
    if name == "date" and document.issued_on:
        day = document.issued_on
        pattern = rf"{day.year}\s*年\s*0?{day.month}\s*月\s*0?{day.day}\s*日"
    else:
        value = document.number if name == "number" else document.issuer
        pattern = re.escape(value) if name != "date" and value else "(?!)"
    match = re.search(pattern, document.text)
    return Span(document.id, *match.span()) if match else None


def _answer(engine: Engine, question: Question, document: Document) -> Answer | None:
    start = document.text.find(document.title)
    if start < 0:  # the title was put together from lines, or told by the notes beside the file
        return None
    citation = cite_span(engine, Span(document.id, start, start + len(document.title)), ())
    details = [Detail("文号", document.number or "")]
    if document.issuer:
        details.append(Detail("机关", document.issuer))
    if document.issued_on:
        details.append(Detail("日期", str(document.issued_on)))
    return Answer(
        question=question.text,
        kind=AnswerKind.FACT,
        text=document.title,
        citations=(citation,),
        confidence=1.0,
        details=tuple(details),
        total=1,
    )

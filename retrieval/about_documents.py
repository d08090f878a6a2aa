"""Questions about a document itself: 漯发〔2020〕13号是什么文件."""

from __future__ import annotations

import re

from corpus.records import Document, Span
from index.engine import Engine
from index.tokens import fold
from retrieval.citing import cite_span
from retrieval.question import Question
from retrieval.records import Answer, AnswerKind, Detail

_ASKS = re.compile("什么文件|哪个文件|哪份文件|文件名|标题|题目|叫什么|是什么$|全称")
_NUMBER = re.compile(r"[〔\[(（【]\s*(\d{4})\s*[〕\])）】]\s*(?:第\s*)?(\d+)\s*号")


def answer_document(engine: Engine, question: Question) -> Answer | None:
    """Answer with the title of the document whose 发文字号 is asked about, if it is here."""
    asked = _NUMBER.search(question.folded)
    if not asked or not _ASKS.search(question.folded):
        return None
    for summary in engine.documents():
        if not summary.number:
            continue
        number = fold(summary.number)
        known = _NUMBER.search(number)
        if (
            known
            and known.groups() == asked.groups()
            and number[: known.start()] in question.folded
        ):
            return _answer(engine, question, engine.document(summary.id))
    text = f"没有收入文号为{asked.group()}的文件。"
    return Answer(question.text, AnswerKind.NONE, text, (), 0.0)


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

"""Questions about a document itself: 漯发〔2020〕13号是什么文件, 整改方案的发文字号和印发日期."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from corpus.records import Document, Span
from corpus.structure.days import DAY, read_day
from index.engine import Engine
from index.tokens import fold
from retrieval.citing import cite_span
from retrieval.coverage import coverage, squeeze, terms
from retrieval.fields import MISSING
from retrieval.question import Question, content
from retrieval.records import Answer, AnswerKind, Citation, Detail
from retrieval.refusing import refuse

_ASKS = re.compile("什么文件|哪个文件|哪份文件|文件名|标题|题目|叫什么|是什么$|全称")
_NUMBER = re.compile(r"[〔\[(（【]\s*(\d{4})\s*[〕\])）】]\s*(?:第\s*)?(\d+)\s*号")
# What can be asked of a document, and how it is asked for.
_ATTRIBUTES = (
    ("number", re.compile("发文字号|文号|发文号|文件号")),
    (
        "addressees",
        re.compile(
            "主送(?:给)?(?:的)?(?:机关|单位|部门)?|(?:发|印发|(?<!抄)送)给(?:了|的是)?(?:谁|哪些|哪几)(?:个|家)?"
        ),
    ),
    ("copies", re.compile("抄送(?:给|的)?(?:机关|单位|部门)?")),
    (
        "attachments",
        re.compile(
            "(?:都?有|带|含|包括)?(?:哪些|哪几个|几个|几份|多少个?|什么)附件"
            "|附件(?:都|分别)?(?:有|是|包括|包含|叫|列了)?(?:哪些|哪几个|几个|几份|多少个?|什么|清单有哪些)"
        ),
    ),
    (
        "date",
        re.compile(
            "(?:印发|成文|发文|签发|落款)(?:的)?(?:日期|时间)|(?:什么时候|哪一?天|何时)(?:印发|发文|成文)的?"
        ),
    ),
    ("issuer", re.compile("发文(?:机关|单位)|(?:谁|哪个(?:单位|机关|部门)|哪家)(?:印发|发文)的?")),
)
# What no passage tells where the document itself does not.
_NAMES = {"addressees": "主送机关", "copies": "抄送机关", "attachments": "附件"}
# A line of 版记 that says who else gets the paper.
_COPIES = re.compile("(?m)^[ \\t\\u3000]*抄\\s*(?:送|报)\\s*[:：][^\\n]*")
# A document is meant when its title says so much of what else the question says.
_TITLED = 0.75
# What stands before each of several things that are asked for.
LABELS = {
    "number": "文号",
    "addressees": "主送机关",
    "copies": "抄送机关",
    "attachments": "附件",
    "date": "印发日期",
    "issuer": "发文机关",
}
_OWN_NAME = re.compile(r"^\s*抄\s*(?:送|报)\s*[:：]\s*")


def answer_document(engine: Engine, question: Question) -> Answer | None:
    """Answer with the title of the document of a 发文字号, or with what is asked of a document."""
    names, rest = _asked_of(question.folded)
    if names:
        return _attributes(engine, question, names, rest)
    asked = _NUMBER.search(question.folded)
    if not asked:
        return None
    numbered = [(one.id, fold(one.number)) for one in engine.documents() if one.number]
    same = [
        (document, number) for document, number in numbered if asked.groups() in _serials(number)
    ]
    none = f"没有收入文号为{asked.group()}的文件。"
    if not same and all(_serials(number) for _, number in numbered):
        return refuse(question, none)
    if not _ASKS.search(question.folded):
        return None
    for document, number in same:
        if _NUMBER.split(number)[0] in question.folded:
            return _answer(engine, question, engine.document(document))
    return refuse(question, none)


def _serials(number: str) -> list[tuple[str, ...]]:
    """The year and serial of a 发文字号, of each where joint papers have several."""
    return [match.groups() for match in _NUMBER.finditer(number)]


def _asked_of(folded: str) -> tuple[list[str], str]:
    """What a question asks of a document, and the question without the asking.

    文号和印发日期 asks for both; of what an earlier pattern took, a later one asks nothing.
    """
    names: list[str] = []
    for name, words in _ATTRIBUTES:
        left = words.sub(" ", folded)
        if left != folded:
            names.append(name)
            folded = left
    return names, folded


def _attributes(
    engine: Engine, question: Question, names: Sequence[str], rest: str
) -> Answer | None:
    """Answer with what is asked of a document, where just one is meant and says any of it."""
    document = _meant(engine, rest)
    if document is None:
        return None
    spans = {name: _where(document, name) for name in names}
    if not any(spans.values()):
        unsaid = "、".join(_NAMES[name] for name in names if name in _NAMES)
        return refuse(question, f"《{document.title}》没有写明{unsaid}。") if unsaid else None
    cited = {name: [cite_span(engine, span, ()) for span in spans[name]] for name in names}
    citations = tuple(citation for name in names for citation in cited[name])
    return Answer(
        question=question.text,
        kind=AnswerKind.LIST if list(names) == ["attachments"] else AnswerKind.FACT,
        text=_said(cited),
        citations=citations,
        confidence=1.0,
        details=(Detail("文件", document.title),),
        value={"date": document.issued_on} if cited.get("date") else {},
        total=len(citations),
    )


def _said(cited: Mapping[str, Sequence[Citation]]) -> str:
    """The quotes, a line each; of several things that are asked for, each behind its name."""
    quotes = {name: [one.quote for one in citations] for name, citations in cited.items()}
    if len(quotes) == 1:
        return "\n".join(next(iter(quotes.values())))
    return "\n".join(
        f"{LABELS[name]}:{_bare(name, '、'.join(said)) if said else MISSING}"
        for name, said in quotes.items()
    )


def _bare(name: str, said: str) -> str:
    """A quote that names what it is by itself (抄送:市审计局。) without the name."""
    return _OWN_NAME.sub("", said) if name == "copies" else said


def _meant(engine: Engine, rest: str) -> Document | None:
    """The one document that a question names by its number, or by most words of its title."""
    if asked := _NUMBER.search(rest):
        meant = [
            one
            for one in engine.documents()
            if one.number and asked.groups() in _serials(fold(one.number))
        ]
    else:
        wanted = terms(engine, content(rest))
        if not wanted:
            return None
        meant = [
            one for one in engine.documents() if coverage(wanted, squeeze(one.title)) >= _TITLED
        ]
    return engine.document(meant[0].id) if len(meant) == 1 else None


def _where(document: Document, name: str) -> list[Span]:
    """Where a document says it itself; nothing where it does not, or not in full."""
    if name == "date":
        found = [_date_span(document)]
    elif name == "addressees":
        found = [_range(document, document.addressees)]
    elif name == "attachments":
        found = [_find(document, title) for title in document.attachments]
    elif name == "copies":
        found = [_line(document, match) for match in _COPIES.finditer(document.text)]
    else:
        found = [_find(document, document.number if name == "number" else document.issuer)]
    return [span for span in found if span] if all(found) else []


def _line(document: Document, match: re.Match[str]) -> Span:
    return Span(document.id, *match.span())


def _find(document: Document, words: str | None) -> Span | None:
    """Where the words stand first, however their letters are spaced and broken into lines."""
    letters = "".join((words or "").split())
    match = re.search(r"\s*".join(map(re.escape, letters)), document.text) if letters else None
    return _line(document, match) if match else None


def _range(document: Document, names: Sequence[str]) -> Span | None:
    """Where a row of names stands, from the first to the last."""
    if not names or (first := _find(document, names[0])) is None:
        return None
    end = document.text.find(names[-1], first.start)
    return Span(document.id, first.start, end + len(names[-1])) if end >= 0 else None


def _date_span(document: Document) -> Span | None:
    """The day of issue as the document writes it, in figures or in characters."""
    for match in DAY.finditer(document.text):
        if document.issued_on and read_day(match) == document.issued_on:
            return _line(document, match)
    return None


def _answer(engine: Engine, question: Question, document: Document) -> Answer | None:
    span = _find(document, document.title)
    if span is None:  # the title was told by the notes beside the file
        return None
    citation = cite_span(engine, span, ())
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

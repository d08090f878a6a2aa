"""Answers to questions of fact: the best sentence of the best passage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.records import Passage, Span
from index.engine import Engine
from retrieval.citing import cite_passage, cite_span
from retrieval.coverage import Term, coverage, squeeze, terms
from retrieval.question import Question, content
from retrieval.records import Answer, AnswerKind, Copy, Hit
from retrieval.search import search

_HITS = 20
# Only passages that the search ranks near the best are read for the answer.
_READ = 5
_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?]+[”’」』〞）)]*|\n|$)")
# What a sentence is worth: the words of the question, the passage's rank, what is expected of it.
_WORDS, _PASSAGE, _EXPECTED = 0.5, 0.35, 0.15
# Less of the question than this in the best passage, and the corpus is said not to answer it.
_ENOUGH = 0.42
_NEAREST = 3
_NUMBER = "(?:\\d[\\d,.]*|[一二三四五六七八九十百千万两几]+)"
_EXPECTATIONS: tuple[tuple[str, str], ...] = (
    (
        "多少|百分之几|比例|占比|几[个家项条次人天年吨元]|多大|多高|率是",
        f"{_NUMBER}\\s*(?:[%％]|个|家|项|条|次|人|天|年|万|亿|吨|元|公里|微克|处|件|名|位|余|批|辆)|百分之",
    ),
    (
        "什么时候|何时|哪天|哪一天|几月|几号|哪年|时间|日期",
        r"\d\s*[年月日号]|[年月]底|季度|上半年|下半年",
    ),
    ("谁|哪位|哪些人|何人|姓名", "书记|市长|区长|县长|主任|局长|同志|院士|厅长|领导"),
    ("为什么|为何|原因|怎么回事", "因为|由于|原因|是因|来自|所以|因此|主要是"),
    ("哪些|哪几|包括|几个方面|几点", "、.*、|一是.*二是|一要.*二要|第一.*第二"),
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    span: Span
    passage: Passage
    score: float


def answer_fact(engine: Engine, question: Question) -> Answer:
    """Answer with the best sentence, or say that the corpus does not hold the answer."""
    asked = content(question.folded)
    hits = search(engine, asked or question.text, _HITS)
    wanted = terms(engine, asked)
    if not hits or not wanted:
        return abstain(engine, question, hits, 0.0)
    # A passage is read with its heading, so it is judged with it.
    covers = [_covers(wanted, hit.passage) for hit in hits[:_READ]]
    confidence = max(covers)
    if confidence < _ENOUGH:
        return abstain(engine, question, hits, confidence)
    best = _best_sentence(question, wanted, hits[:_READ])
    citation = cite_span(engine, best.span, best.passage.heading)
    return Answer(
        question=question.text,
        kind=AnswerKind.FACT,
        text=citation.quote,
        citations=(citation,),
        confidence=round(confidence, 3),
        total=1,
        also_in=_copies(engine, best.passage, citation.quote, hits),
    )


def abstain(engine: Engine, question: Question, hits: Sequence[Hit], confidence: float) -> Answer:
    """Say that the corpus does not answer, and name the nearest passages as nearest."""
    nearest = tuple(cite_passage(engine, hit.passage) for hit in hits[:_NEAREST])
    text = "现有文件中没有找到这个问题的答案。"
    return Answer(question.text, AnswerKind.NONE, text, nearest, round(confidence, 3))


def _covers(wanted: Sequence[Term], passage: Passage) -> float:
    return coverage(wanted, squeeze(passage.context + "\n" + passage.text))


def _best_sentence(question: Question, wanted: Sequence[Term], hits: Sequence[Hit]) -> _Sentence:
    expected = _expected(question)
    top = hits[0].score or 1.0
    sentences = [
        _Sentence(
            Span(hit.passage.span.document_id, start, end),
            hit.passage,
            _WORDS * coverage(wanted, squeeze(text))
            + _PASSAGE * hit.score / top
            + _EXPECTED * bool(expected and expected.search(text)),
        )
        for hit in hits
        for start, end, text in _sentences(hit.passage)
    ]
    return max(sentences, key=lambda sentence: sentence.score)


def _sentences(passage: Passage) -> list[tuple[int, int, str]]:
    offset = passage.span.start
    return [
        (offset + match.start(), offset + match.end(), match.group())
        for match in _SENTENCE.finditer(passage.text)
        if match.group().strip()
    ]


def _expected(question: Question) -> re.Pattern[str] | None:
    for asked, pattern in _EXPECTATIONS:
        if re.search(asked, question.folded):
            return re.compile(pattern, re.DOTALL)
    return None


def _copies(engine: Engine, passage: Passage, quote: str, hits: Sequence[Hit]) -> tuple[Copy, ...]:
    """Other documents whose passages hold the same words."""
    words = squeeze(quote)
    holders = dict.fromkeys(
        hit.passage.span.document_id for hit in hits if words in squeeze(hit.passage.text)
    )
    holders.pop(passage.span.document_id, None)
    documents = [engine.document(identifier) for identifier in holders]
    return tuple(Copy(document.id, document.title, document.source) for document in documents)

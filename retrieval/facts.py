"""Answers to questions of fact: the best sentence of the best passage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.records import Passage, Span
from index.engine import Engine
from index.records import Where
from retrieval.anchors import Anchors, Whereabouts, read_anchors, whereabouts
from retrieval.citing import cite_passage, cite_span
from retrieval.coverage import Term, coverage, squeeze, terms
from retrieval.enumerating import announced_parts
from retrieval.expecting import Expectation, expected
from retrieval.focusing import LONGEST, focus
from retrieval.folding import search_folded
from retrieval.homes import home_of
from retrieval.question import Question, content
from retrieval.quoting import quote
from retrieval.records import Answer, AnswerKind, Candidate, Citation, Hit
from retrieval.search import search
from retrieval.trail import SILENT, Trail

_HITS = 20
# What makes a passage the one to read: how the search ranked it, how much of the question it
# holds with its heading and document, and how much its best sentence says, more so where that
# sentence holds what is expected (a number for 多少, a date for 哪天). Chosen on fifty questions,
# most of which are in the dev set; anything near does as well.
_RANKED, _HELD, _SAID, _EXPECTED = 0.4, 0.4, 0.2, 0.25
# A passage in which nothing is of the kind expected is worth less.
_UNEXPECTED = 0.85
# The ledger answers for these, or nothing does: a deadline's line says nothing of the task it is
# for, and a wrong deadline is worse than none.
_LEDGER_KINDS = frozenset({"task.deadline", "task.units", "task.leaders"})
# What stands under the best passage's heading may tell what it only names, if it is near as good.
_BESIDE = 0.5
# Documents that hold most of the question get a search of their own: in a speech, the place is
# named once and the figures come pages later.
_FOCUSED, _FOCUS_DEPTH = 3, 10
# A word that stands elsewhere in the document is worth part of one in the passage.
_ELSEWHERE = 0.5
# An amount or a date often follows the sentence that names the thing.
_FOLLOWING = 2
# Less of the question than this in the best passage, and in it with its document, and the corpus is
# said not to answer it. On the dev set unanswerable questions on another subject lie below, right
# answers above.
_ENOUGH = 0.44
# The right place and year must hold about as much of the question as any other does.
_AS_MUCH = 0.67
# Who leads, or until when, is the ledger's to say: inside a task only what says nearly all of it
# answers, in a text that is no ledger a little less.
_LABELLED, _UNLEDGERED = 0.8, 0.7
_NEAREST = 3
# What a trail is told of these.
HERE = "所问地方和年份的段落含问句用词"
ENOUGH = "最好的段落连同全文含问句用词"
EXPECTED = "引文里有所问的那类内容(数字、日期等)"
LABELLED = "问时限、单位时段落含问句用词"
# Where it is not plain what kind of thing is asked for, more is said.
_UNNAMED = 120
# Answers of these kinds are told with their whole sentence.
_WHOLE = frozenset({"enumeration", "measure", "reason", "problem"})
# Asks which things are meant, where a sentence names only how many there are.
_WHICH = re.compile("怎么|如何|哪|什么|内容|分别")
_SEVERAL = re.compile(
    '指什么|指的?是|内容|哪些|哪[几两三四五六七八九十]|分别|包括|[“"][两三四五六七八九十]'
)
_LISTED = re.compile("、.*、")
_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?]+[”’」』〞）)]*|\n|$)")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, prepared for reading passages."""

    words: str
    wanted: list[Term]
    expectation: Expectation | None
    anchors: Anchors

    def met_by(self, text: str) -> bool:
        """Whether a text holds what is expected; anything does where nothing is.

        The year that the question names itself is no date that answers it.
        """
        if self.expectation is None:
            return True
        known = "|".join(rf"{year}\s*年(?!底|末|\s*\d)" for year in self.anchors.years)
        return self.expectation.met_by(re.sub(known, "", text) if known else text)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A document as a whole: how much of the question it holds, and whether it can be meant."""

    held: float
    meant: bool
    where: Whereabouts


def answer_fact(engine: Engine, question: Question, trail: Trail = SILENT) -> Answer:
    """Answer with the best sentence, or say that the corpus does not hold the answer."""
    words = content(question.folded)
    hits = search_folded(engine, words or question.text, _HITS)
    asked = _asked(engine, question, words, hits)
    read = _read(engine, asked, hits) if asked.wanted else []
    trail.searched(words or question.text, hits, read)
    candidates = [candidate for candidate in read if candidate.anchored]
    most = max((candidate.here for candidate in read), default=0.0)
    anchored = max((candidate.here for candidate in candidates), default=0.0)
    trail.check(HERE, anchored, _AS_MUCH * most)
    # What is asked stands here only for another place or year.
    if anchored < _AS_MUCH * most:
        candidates = []
    if not candidates:
        return abstain(engine, question, hits, 0.0)
    best = _best(candidates, asked)
    trail.chose(best.passage.id)
    sentence = _best_sentence(best.passage, asked)
    quoted = quote(engine, sentence, best.passage)
    citation = quoted.citation
    strict = asked.expectation is not None and asked.expectation.strict
    unmet = strict and not asked.met_by(citation.quote)
    trail.check(ENOUGH, (best.here + best.held) / 2, _ENOUGH)
    trail.check(EXPECTED, float(not (strict and unmet)), float(strict))
    if (best.here + best.held) / 2 < _ENOUGH or (unmet and not quoted.masked):
        return abstain(engine, question, hits, best.held)
    if unmet:
        text = "原文此处已隐去,没有写明所问的内容。"
        return Answer(question.text, AnswerKind.NONE, text, (citation,), round(best.held, 3))
    least = _LABELLED if best.passage.task else _UNLEDGERED
    trail.check(LABELLED, best.here, least * question.labelled)
    if question.labelled and best.here < least:
        return abstain(engine, question, hits, best.held)
    parts = _parts(engine, citation, asked, question)
    return Answer(
        question=question.text,
        kind=AnswerKind.FACT,
        text="\n".join(part.quote for part in parts) or _said(citation.quote, asked, question),
        citations=(*parts, citation, *quoted.otherwise),
        confidence=round(best.held, 3),
        details=(*quoted.remarks(), *quoted.elsewhere(engine, hits)),
        total=len(parts) or 1,
        also_in=quoted.also_in(engine),
    )


def _said(quote: str, asked: _Asked, question: Question) -> str:
    """What of a sentence is said first: all of it where several things are asked for."""
    several = asked.expectation is not None and asked.expectation.name in _WHOLE
    if several or _SEVERAL.search(question.folded):
        return quote
    named = asked.expectation is not None and asked.expectation.name != "thing"
    longest = LONGEST if named else _UNNAMED
    start, end = focus(quote, asked.wanted, asked.met_by, asked.anchors.years, longest=longest)
    return quote[start:end].strip(" ,，;；:：、")


def _parts(
    engine: Engine, citation: Citation, asked: _Asked, question: Question
) -> tuple[Citation, ...]:
    """The parts of what a sentence only announces, where a question asks which they are."""
    enumerates = asked.expectation is not None and asked.expectation.name == "enumeration"
    if not (enumerates or _WHICH.search(question.folded)) or _LISTED.search(citation.quote):
        return ()
    sentence = Span(citation.document_id, citation.start, citation.end)
    parts = announced_parts(engine.document(sentence.document_id), sentence)
    return tuple(cite_span(engine, part, citation.heading) for part in parts)


def _asked(engine: Engine, question: Question, words: str, hits: Sequence[Hit]) -> _Asked:
    """Prepare a question; places at home in the documents found are anchors, not terms."""
    anchors = read_anchors(words)
    documents = {hit.passage.span.document_id for hit in hits} if anchors.places else set()
    what = anchors.strip(words, home_of(engine, documents))
    wanted = terms(engine, what) or terms(engine, words)
    return _Asked(words, wanted, expected(question.folded), anchors)


def abstain(engine: Engine, question: Question, hits: Sequence[Hit], confidence: float) -> Answer:
    """Say that the corpus does not answer, and name the nearest passages as nearest."""
    near = [hit.passage for hit in hits if hit.passage.kind not in _LEDGER_KINDS][:_NEAREST]
    text = "现有文件中没有找到这个问题的答案。"
    if absent := _absent_places(engine, question):
        text = f"现有文件中没有找到这个问题的答案:没有关于{'、'.join(absent)}的文件。"
    nearest = tuple(cite_passage(engine, passage) for passage in near)
    return Answer(question.text, AnswerKind.NONE, text, nearest, round(confidence, 3))


def _absent_places(engine: Engine, question: Question) -> list[str]:
    """The places a question names that no passage does."""
    places = read_anchors(question.folded).places
    return [place for place in places if not engine.lexical(place, 1)]


def _read(engine: Engine, asked: _Asked, hits: Sequence[Hit]) -> list[Candidate]:
    """The passages that may hold the answer; the ledger's lines never do."""
    wholes = {
        identifier: _whole(engine, asked, identifier)
        for identifier in {hit.passage.span.document_id for hit in hits}
    }
    candidates = []
    for hit in _focused(engine, asked, hits, wholes):
        passage, whole = hit.passage, wholes[hit.passage.span.document_id]
        if passage.kind not in _LEDGER_KINDS and _sentences(passage):
            candidates.append(_candidate(hit, asked, whole))
    return candidates


def _whole(engine: Engine, asked: _Asked, document_id: str) -> _Whole:
    where = whereabouts(engine.document(document_id))
    return _Whole(coverage(asked.wanted, where.text), asked.anchors.may_mean(where), where)


def _focused(
    engine: Engine, asked: _Asked, hits: Sequence[Hit], wholes: dict[str, _Whole]
) -> list[Hit]:
    """The hits, their scores scaled to 1, and those of the documents that hold most."""
    best = sorted(wholes, key=lambda key: (-wholes[key].meant, -wholes[key].held))[:_FOCUSED]
    top = hits[0].score or 1.0
    found = {hit.passage.id: replace(hit, score=hit.score / top) for hit in hits}
    least = hits[-1].score / top
    for identifier in best:
        where = Where(documents=frozenset({identifier}))
        for hit in search(engine, asked.words, _FOCUS_DEPTH, where=where):
            found.setdefault(hit.passage.id, replace(hit, score=least))
    return list(found.values())


def _best(candidates: Sequence[Candidate], asked: _Asked) -> Candidate:
    """The best candidate; where it only names the matter, what its heading heads tells it."""
    best = max(candidates, key=lambda candidate: candidate.score)
    if asked.met_by(best.passage.text) or not best.passage.heading:
        return best
    beside = [
        candidate
        for candidate in candidates
        if candidate.passage.heading == best.passage.heading
        and candidate.passage.span.document_id == best.passage.span.document_id
        and candidate.passage.span.start > best.passage.span.start
        and asked.met_by(candidate.passage.text)
    ]
    nearest = max(beside, key=lambda candidate: candidate.score, default=best)
    return nearest if nearest.score >= _BESIDE * best.score else best


def _candidate(hit: Hit, asked: _Asked, whole: _Whole) -> Candidate:
    text = squeeze(hit.passage.context + "\n" + hit.passage.text)
    here = coverage(asked.wanted, text)
    held = here + _ELSEWHERE * max(0.0, whole.held - here)
    beyond = _beyond_heading(asked.wanted, hit.passage)
    said = max(
        coverage(beyond, squeeze(sentence)) * (_SAID + _EXPECTED * asked.met_by(sentence))
        for _, _, sentence in _sentences(hit.passage)
    )
    score = _RANKED * hit.score + _HELD * held + said
    if not asked.met_by(hit.passage.text):
        score *= _UNEXPECTED
    anchored = whole.meant and asked.anchors.tied_to(whole.where, text)
    return Candidate(hit.passage, here, held, score, anchored)


def _beyond_heading(wanted: Sequence[Term], passage: Passage) -> Sequence[Term]:
    """The terms that the heading does not name: they tell apart what stands under it."""
    heading = squeeze("".join(passage.heading))
    return [term for term in wanted if term.word not in heading] or wanted


def _best_sentence(passage: Passage, asked: _Asked) -> Span:
    """The sentence that says most; where it lacks what is expected, the next that has it."""
    sentences = _sentences(passage)
    wanted = _beyond_heading(asked.wanted, passage)
    covered = [coverage(wanted, squeeze(text)) for _, _, text in sentences]
    meets = [asked.met_by(text) for _, _, text in sentences]
    weights = [_SAID + _EXPECTED * met for met in meets]
    best = max(range(len(sentences)), key=lambda index: covered[index] * weights[index])
    if not meets[best]:
        following = range(best + 1, min(best + 1 + _FOLLOWING, len(sentences)))
        best = next((index for index in following if meets[index]), best)
    start, end, _ = sentences[best]
    return Span(passage.span.document_id, start, end)


def _sentences(passage: Passage) -> list[tuple[int, int, str]]:
    offset = passage.span.start
    return [
        (offset + match.start(), offset + match.end(), match.group())
        for match in _SENTENCE.finditer(passage.text)
        if match.group().strip()
    ]

"""What copies of a document say: which of them to quote, which say the same, which otherwise.

Words stand for another copy's only where that copy holds them, or tells the same place in other
words with the same numbers. A draft and its final version are copies, and say two things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from corpus.duplicates.comparing import Alignment, align
from corpus.duplicates.forms import Form, form_of
from corpus.duplicates.relating import numbers_in
from corpus.records import Cluster, Relation, Span
from index.engine import Engine
from retrieval.masked import is_masked
from retrieval.records import Wording

# Forms and alignments of so many documents and pairs are kept: some 300 kB each.
_KEPT = 64
# A counterpart that is so much shorter or longer tells something else.
_SHORTER, _LONGER = 0.6, 1.7
_CLOSING = "。！？!?；;”’」』〞）)"


@dataclass(frozen=True, slots=True)
class Standing:
    """A document in its cluster: how it stands to the best copy, None for the best itself."""

    cluster: Cluster
    relation: Relation | None
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """Words in one copy, told as `wording` says beside those they were looked up for."""

    span: Span
    numbers: tuple[str, ...]
    masked: bool
    wording: Wording


@dataclass(frozen=True, slots=True)
class Told:
    """The words to quote, the other copies that say the same, and those that say otherwise."""

    span: Span
    masked: bool
    agreeing: tuple[Telling, ...] = ()
    otherwise: tuple[Telling, ...] = ()


@lru_cache(maxsize=2)  # an engine never changes; that of a version before may still answer
def standings(engine: Engine) -> Mapping[str, Standing]:
    """Return how each document that has copies stands among them, by its id."""
    found: dict[str, Standing] = {}
    for cluster in engine.clusters():
        found[cluster.best] = Standing(cluster, None)
        for member in cluster.members:
            found[member.document_id] = Standing(cluster, member.relation, member.differs)
    return found


def copies_of(engine: Engine, document_id: str) -> list[str]:
    """Return a document and its copies, the best first; it alone where it has none."""
    standing = standings(engine).get(document_id)
    if standing is None:
        return [document_id]
    return [standing.cluster.best, *(one.document_id for one in standing.cluster.members)]


def best_telling(engine: Engine, span: Span) -> Told:
    """Return the best copy's words for a span: with their values, and saying what it says."""
    own = _telling(engine, span, span)
    ordered = copies_of(engine, span.document_id)
    if len(ordered) == 1:
        return Told(span, own.masked)
    found = {span.document_id: own}
    for other in ordered:
        if other != span.document_id and (place := counterpart(engine, span, other)):
            found[other] = _telling(engine, place, span)
    tellings = [found[identifier] for identifier in ordered if identifier in found]
    # What is masked here is told by a copy that has the value.
    meant = next((one for one in (own, *tellings) if not one.masked), own)
    agreeing = [one for one in tellings if one.masked or one.numbers == meant.numbers]
    chosen = next((one for one in agreeing if one.masked == meant.masked), meant)
    return Told(
        chosen.span,
        chosen.masked,
        tuple(one for one in agreeing if one is not chosen),
        tuple(one for one in tellings if one not in agreeing and one.numbers and meant.numbers),
    )


def counterpart(engine: Engine, span: Span, document_id: str) -> Span | None:
    """Return where a copy tells what a span does: the same words, or what stands in their place."""
    comparer = _comparer(engine)
    mine, other = comparer.form(span.document_id), comparer.form(document_id)
    start, end = mine.within(span.start, span.end)
    if end <= start:
        return None
    verbatim = other.chars().find(mine.chars()[start:end])
    if verbatim >= 0:
        place: tuple[int, int] | None = (verbatim, verbatim + end - start)
    else:
        place = comparer.alignment(span.document_id, document_id).counterpart(start, end)
    if place is None or not _SHORTER <= (place[1] - place[0]) / (end - start) <= _LONGER:
        return None
    text = engine.document(document_id).text
    first, last = other.span(*place)
    while last < len(text) and text[last] in _CLOSING:
        last += 1
    return Span(document_id, first, last)


def _telling(engine: Engine, span: Span, asked: Span) -> Telling:
    words = engine.document(span.document_id).text[span.start : span.end]
    original = engine.document(asked.document_id).text[asked.start : asked.end]
    masked = is_masked(words)
    same = form_of(words).chars() == form_of(original).chars()
    wording = Wording.MASKED if masked else Wording.SAME if same else Wording.REWORDED
    return Telling(span, numbers_in(words), masked, wording)


class _Comparer:
    """The forms and alignments of the documents of one engine, kept while it answers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.form = lru_cache(_KEPT)(self._form)
        self.alignment = lru_cache(_KEPT)(self._alignment)

    def _form(self, document_id: str) -> Form:
        return form_of(self._engine.document(document_id).text)

    def _alignment(self, first: str, second: str) -> Alignment:
        return align(self.form(first), self.form(second))


@lru_cache(maxsize=2)
def _comparer(engine: Engine) -> _Comparer:
    return _Comparer(engine)

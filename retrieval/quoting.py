"""Quotes of what copies tell as well: the best one's words, who says the same or otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.records import Passage, Span
from index.engine import Engine
from retrieval.citing import cite_span
from retrieval.copies import Told, best_telling, copies_of
from retrieval.coverage import squeeze
from retrieval.records import Citation, Copy, Detail, Hit


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote, the copies that say otherwise quoted too, and what is known of all of them."""

    citation: Citation
    otherwise: tuple[Citation, ...]
    told: Told

    @property
    def masked(self) -> bool:
        """Whether something was struck out of the words in every copy."""
        return self.told.masked

    def remarks(self) -> tuple[Detail, ...]:
        """What must be known with the quote: other versions differ, something was struck out."""
        remarks = [
            Detail("异文", f"《{one.title}》({one.source})此处作“{one.quote}”")
            for one in self.otherwise
        ]
        if self.masked:
            remarks.append(Detail("注意", "原文此处有文字已隐去"))
        return tuple(remarks)

    def also_in(self, engine: Engine) -> tuple[Copy, ...]:
        """The copies that say what is quoted.

        Another document that holds the words, another county's plan from one template, is none.
        """
        copies: dict[str, Copy] = {}
        for one in self.told.agreeing:
            document = engine.document(one.span.document_id)
            copies[document.id] = Copy(document.id, document.title, document.source, one.wording)
        copies.pop(self.citation.document_id, None)
        return tuple(copies.values())

    def elsewhere(self, engine: Engine, hits: Sequence[Hit]) -> tuple[Detail, ...]:
        """The other documents found that hold the words too and are no copies, each by its best."""
        words = squeeze(self.citation.quote)
        own = copies_of(engine, self.citation.document_id)
        found = (
            copies_of(engine, hit.passage.span.document_id)[0]
            for hit in hits
            if words in squeeze(hit.passage.text)
        )
        documents = (engine.document(one) for one in dict.fromkeys(found) if one not in own)
        return tuple(Detail("另见", f"《{one.title}》({one.source})也有此句") for one in documents)


def quote(engine: Engine, span: Span, passage: Passage) -> Quoted:
    """Quote a span of a passage from the best of the copies that say it."""
    told = best_telling(engine, span)
    return Quoted(
        cite_span(engine, told.span, _heading(engine, told.span, passage)),
        tuple(
            cite_span(engine, one.span, _heading(engine, one.span, passage))
            for one in told.otherwise
        ),
        told,
    )


def _heading(engine: Engine, span: Span, passage: Passage) -> tuple[str, ...]:
    """The headings a span stands under, in the document of a passage or in a copy of it."""
    if span.document_id == passage.span.document_id:
        return passage.heading
    passages = engine.passages_of(span.document_id)
    held = (one for one in passages if one.span.start <= span.start < one.span.end)
    return next((one.heading for one in held), ())

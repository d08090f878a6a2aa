"""Citations: verbatim, placed in the clean text and in the file as it came."""

from __future__ import annotations

from corpus.edits import raw_span
from corpus.placing import columns_at, page_at
from corpus.records import Document, Passage, Span
from index.engine import Engine
from retrieval.records import Citation


def cite_span(engine: Engine, span: Span, heading: tuple[str, ...]) -> Citation:
    """Quote a span of a document, white space at its ends left out.

    What a table says stands under its columns' heads: 完成时限, where the cell has the day alone.
    """
    document = engine.document(span.document_id)
    text = document.text[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    end = span.end - (len(text) - len(text.rstrip()))
    columns = columns_at(document.text, document.tables, start, end)
    return _citation(document, start, end, (*heading, "、".join(columns)) if columns else heading)


def cite_passage(engine: Engine, passage: Passage) -> Citation:
    """Quote a whole passage."""
    return cite_span(engine, passage.span, passage.heading)


def _citation(document: Document, start: int, end: int, heading: tuple[str, ...]) -> Citation:
    raw_start, raw_end = raw_span(document, start, end)
    return Citation(
        document_id=document.id,
        title=document.title,
        number=document.number,
        source=document.source,
        heading=heading,
        quote=document.text[start:end],
        start=start,
        end=end,
        raw_start=raw_start,
        raw_end=raw_end,
        page=page_at(document.pages, start),
    )

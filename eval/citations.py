"""Whether citations are what they claim: verbatim, in their place, and holding what is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from corpus.edits import apply_edits
from corpus.records import Document, Edit, Passage, Task
from index.engine import Engine
from retrieval.coverage import squeeze
from retrieval.records import Answer, Citation

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def misplaced(engine: Engine, citation: Citation) -> str | None:
    """Say what is wrong with a citation; None where it is what it claims.

    The quote must be the clean text at its offsets; the piece of the file at the raw offsets, with
    the edits on record inside it carried out, must read the same; title, number, file and heading
    must be those of the document and of a passage there.
    """
    document = engine.document(citation.document_id)
    if not citation.quote or document.text[citation.start : citation.end] != citation.quote:
        return f"clean text at {citation.start}-{citation.end} is not the quote"
    start, end = (place - document.raw_start for place in (citation.raw_start, citation.raw_end))
    if not 0 <= start <= end <= len(document.raw):
        return f"raw offsets {citation.raw_start}-{citation.raw_end} lie outside the document"
    if citation.quote != _mended(document, start, end):
        return f"raw text at {citation.raw_start}-{citation.raw_end} does not mend to the quote"
    named = (citation.title, citation.number, citation.source)
    if named != (document.title, document.number, document.source):
        return f"{named} is not what the document is called"
    headings = {passage.heading for passage in passages_at(engine, citation)}
    if citation.heading and citation.heading not in headings:
        return f"{citation.heading} is no heading there"
    return None


def passages_at(engine: Engine, citation: Citation) -> list[Passage]:
    """Return the passages that a citation is quoted from, wholly or in part."""
    return [
        passage
        for passage in _passages_of(engine, citation.document_id)
        if passage.span.start < citation.end and citation.start < passage.span.end
    ]


@lru_cache(maxsize=64)  # asked for with every citation, and an engine never changes
def _passages_of(engine: Engine, document_id: str) -> Sequence[Passage]:
    return engine.passages_of(document_id)


def holds(citations: Sequence[Citation], options: Iterable[str]) -> bool:
    """Whether any quote holds one of the options."""
    quotes = [squeeze(citation.quote) for citation in citations]
    return any(squeeze(option) in quote for option in options for quote in quotes)


def ungrounded(answer: Answer) -> list[str]:
    """Return the numbers an answer says that stand in none of its quotes.

    Item numbers and the total are counted; titles and headings are shown with the quotes.
    """
    allowed = {str(answer.total), *(str(task.number) for task in answer.tasks)}
    for citation in answer.citations:
        for words in (citation.quote, citation.title, citation.number or "", *citation.heading):
            allowed.update(_NUMBER.findall(squeeze(words)))
    return [number for number in _NUMBER.findall(squeeze(answer.text)) if number not in allowed]


class Names:
    """The units, leaders and posts of a ledger: what an answer names must stand in its quotes."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        names: set[str] = set()
        for task in tasks:
            names.update(task.lead_units, task.cooperating_units)
            names.update(part for one in task.leaders for part in (one.name, one.post) if part)
        self._names = {squeeze(name) for name in names}

    def ungrounded(self, answer: Answer) -> list[str]:
        """Return the names an answer says that no quote of it holds; marked guesses aside."""
        text = squeeze(answer.text)
        quotes = "\n".join(squeeze(citation.quote) for citation in answer.citations)
        return [
            name
            for name in self._names
            if name in text and name not in quotes and f"{name}(推断" not in text
        ]


def _mended(document: Document, start: int, end: int) -> str:
    """The raw text from `start` to `end` with the edits that lie inside it carried out."""
    inside = [edit for edit in document.edits if start <= edit.start and edit.end <= end]
    crossing = [edit for edit in document.edits if _crosses(edit, start, end)]
    whole = [*inside, *crossing]
    if crossing:  # a quote may begin or end inside a replacement of equal length
        start = min([start, *(edit.start for edit in crossing)])
        end = max([end, *(edit.end for edit in crossing)])
    shifted = [
        Edit(edit.start - start, edit.end - start, edit.replacement, edit.reason)
        for edit in sorted(whole, key=lambda edit: edit.start)
    ]
    return apply_edits(document.raw[start:end], shifted)


def _crosses(edit: Edit, start: int, end: int) -> bool:
    """Whether an edit lies partly inside and partly outside."""
    return edit.start < end and start < edit.end and not (start <= edit.start and edit.end <= end)

"""Whether citations are what they claim: verbatim, in their place, and holding what is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from corpus.edits import apply_edits
from corpus.records import Document, Edit
from index.engine import Engine
from retrieval.coverage import squeeze
from retrieval.records import Answer, Citation

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def misplaced(engine: Engine, citation: Citation) -> str | None:
    """Say what is wrong with a citation's place; None where quote and offsets agree.

    The quote must be the clean text at its offsets; and the piece of the file at the raw
    offsets, with the edits on record inside it carried out, must read the same.
    """
    document = engine.document(citation.document_id)
    if not citation.quote or document.text[citation.start : citation.end] != citation.quote:
        return f"clean text at {citation.start}-{citation.end} is not the quote"
    start, end = (place - document.raw_start for place in (citation.raw_start, citation.raw_end))
    if not 0 <= start <= end <= len(document.raw):
        return f"raw offsets {citation.raw_start}-{citation.raw_end} lie outside the document"
    if citation.quote not in _mended(document, start, end):
        return f"raw text at {citation.raw_start}-{citation.raw_end} does not mend to the quote"
    return None


def holds(citations: Sequence[Citation], options: Iterable[str]) -> bool:
    """Whether any quote holds one of the options."""
    quotes = [squeeze(citation.quote) for citation in citations]
    return any(squeeze(option) in quote for option in options for quote in quotes)


def ungrounded(answer: Answer) -> list[str]:
    """Return the numbers an answer says that stand in none of its quotes nor its values.

    Item numbers, the total and computed values are shown beside the words they come from.
    """
    known = " ".join(citation.quote for citation in answer.citations)
    allowed = set(_NUMBER.findall(squeeze(known)))
    allowed.update(str(task.number) for task in answer.tasks)
    allowed.add(str(answer.total))
    for value in _leaves(answer.value):
        allowed.update(_NUMBER.findall(value))
    for citation in answer.citations:
        allowed.update(_NUMBER.findall(" ".join([citation.number or "", citation.title])))
        allowed.update(_NUMBER.findall(" ".join(citation.heading)))
    return [number for number in _NUMBER.findall(squeeze(answer.text)) if number not in allowed]


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


def _leaves(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, date):
        yield f"{value.year} {value.month} {value.day} {value.isoformat()}"
    else:
        yield str(value)

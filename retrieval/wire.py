"""Answers, hits and tasks as plain data: what `--json` prints and the evaluation reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus.edits import raw_span
from corpus.placing import page_at
from corpus.records import Deadline, Document, Task
from index.records import DocumentSummary
from retrieval.records import Answer, Citation, Copy, Hit

if TYPE_CHECKING:
    from retrieval.copies import Standing


def answer_data(answer: Answer) -> dict[str, Any]:
    """One answer; `details` are the lines shown under it."""
    return {
        "question": answer.question,
        "kind": answer.kind.value,
        "answer": answer.text,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "value": _plain(answer.value),
        "total": answer.total,
        "tasks": [task.number for task in answer.tasks],
        "details": [{"label": item.label, "text": item.text} for item in answer.details],
        "citations": [citation_data(citation) for citation in answer.citations],
        "also_in": [copy_data(copy) for copy in answer.also_in],
    }


def copy_data(copy: Copy) -> dict[str, Any]:
    """A document that says the same; `wording` tells whether in the same words."""
    return {
        "document_id": copy.document_id,
        "title": copy.title,
        "source": copy.source,
        "wording": copy.wording.value,
    }


def citation_data(citation: Citation) -> dict[str, Any]:
    """One citation with its offsets, in characters."""
    return {
        "document_id": citation.document_id,
        "title": citation.title,
        "number": citation.number,
        "source": citation.source,
        "heading": list(citation.heading),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "raw_start": citation.raw_start,
        "raw_end": citation.raw_end,
        "page": citation.page,
    }


def hit_data(hit: Hit, document: Document, rank: int) -> dict[str, Any]:
    """One ranked passage."""
    passage = hit.passage
    raw_start, raw_end = raw_span(document, passage.span.start, passage.span.end)
    return {
        "rank": rank,
        "score": round(hit.score, 6),
        "parts": {leg: round(score, 6) for leg, score in hit.parts.items()},
        "passage_id": passage.id,
        "document_id": document.id,
        "title": document.title,
        "number": document.number,
        "source": document.source,
        "heading": list(passage.heading),
        "kind": passage.kind,
        "text": passage.text,
        "start": passage.span.start,
        "end": passage.span.end,
        "raw_start": raw_start,
        "raw_end": raw_end,
        "page": page_at(document.pages, passage.span.start),
        "copies": [copy_data(copy) for copy in hit.copies],
    }


def task_data(task: Task) -> dict[str, Any]:
    """One task of the ledger."""
    return {
        "number": task.number,
        "section": task.section,
        "problem": task.problem,
        "target": task.target,
        "measures": list(task.measures),
        "leaders": [{"name": leader.name, "post": leader.post} for leader in task.leaders],
        "lead_units": list(task.lead_units),
        "cooperating_units": list(task.cooperating_units),
        "deadline": deadline_data(task.deadline) if task.deadline else None,
        "milestones": [deadline_data(milestone) for milestone in task.milestones],
        "acceptance_units": list(task.acceptance_units),
        "status": task.status,
        "document_id": task.document_id,
        "source": task.source,
        "inferred": list(task.inferred),
    }


def deadline_data(deadline: Deadline) -> dict[str, Any]:
    """A deadline with the keys its kind has."""
    data: dict[str, Any] = {"kind": deadline.kind.value, "text": deadline.text}
    if deadline.due:
        data["due"] = deadline.due.isoformat()
    if deadline.recurrence:
        data["recurrence"] = deadline.recurrence
    if deadline.quantity:
        data["quantity"] = deadline.quantity
    if deadline.base:
        data["base"] = deadline.base.isoformat()
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value


def document_data(summary: DocumentSummary, standing: Standing | None = None) -> dict[str, Any]:
    """What is indexed of one document, without its texts, and how it stands among its copies."""
    return {
        "id": summary.id,
        "title": summary.title,
        "number": summary.number,
        "issuer": summary.issuer,
        "issued_on": summary.issued_on.isoformat() if summary.issued_on else None,
        "kind": summary.kind,
        "addressees": list(summary.addressees),
        "attachments": list(summary.attachments),
        "year": summary.year,
        "source": summary.source,
        "characters": summary.characters,
        "passages": summary.passages,
        "tasks": summary.tasks,
        "edits": summary.edits,
        **_standing_data(standing),
    }


def _standing_data(standing: Standing | None) -> dict[str, Any]:
    """`copy_of` is the best copy, null for itself; `cluster` goes by the best copy's id."""
    if standing is None:
        return {"cluster": None, "copy_of": None, "relation": None}
    best = standing.relation is None
    return {
        "cluster": standing.cluster.best,
        "copy_of": None if best else standing.cluster.best,
        "relation": standing.relation.value if standing.relation else "best",
        "differs": list(standing.differs),
        "why_best": standing.cluster.why if best else None,
    }


def edit_data(document: Document) -> list[dict[str, Any]]:
    """The repairs of a document; `raw_start` and `raw_end` are offsets in the file as it came."""
    return [
        {
            "document_id": document.id,
            "raw_start": document.raw_start + edit.start,
            "raw_end": document.raw_start + edit.end,
            "raw": document.raw[edit.start : edit.end],
            "replacement": edit.replacement,
            "reason": edit.reason,
        }
        for edit in document.edits
    ]

"""What `index`, `search`, `tasks` and `documents` do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.copies import standing_words
from bot.opening import open_engine, open_searching
from bot.render import (
    document_lines,
    document_words,
    hit_lines,
    task_lines,
)
from bot.repairs_view import edit_lines, reason_words
from bot.settings import Settings
from bot.terminal import emit, emit_json
from corpus.errors import LoadError, QuestionError
from corpus.records import DeadlineKind
from index.engine import Engine
from index.records import DocumentSummary
from retrieval.copies import standings
from retrieval.folding import search_folded
from retrieval.ledger import Selection, select
from retrieval.records import Mode
from retrieval.task_copies import distinct_tasks
from retrieval.wire import document_data, edit_data, hit_data, task_data


def run_search(
    settings: Settings, query: str, k: int, mode: str, *, explain: bool = False, as_json: bool
) -> None:
    """Print the ranked passages; with `explain` what was searched for and every leg's figures."""
    if not query.strip():
        raise QuestionError("检索词是空的")
    engine = open_searching(settings)
    hits = search_folded(engine, query, k, mode=Mode(mode))
    if explain:
        from bot.explaining import print_search

        print_search(engine, query, hits, Mode(mode), as_json=as_json)
    else:
        for rank, hit in enumerate(hits, start=1):
            document = engine.document(hit.passage.span.document_id)
            if as_json:
                emit_json(hit_data(hit, document, rank))
            else:
                emit(hit_lines(rank, hit, document))
    if not hits and not as_json:
        emit([[("yellow", "没有找到相关的段落。")]])


def run_tasks(settings: Settings, filters: Mapping[str, Any], *, as_json: bool) -> None:
    """Print the tasks that fit, and how many there are."""
    kind = filters["kind"] and DeadlineKind(filters["kind"])
    engine = open_engine(settings)
    tasks = distinct_tasks(engine, engine.tasks())
    found = select(tasks, Selection(**{**filters, "kind": kind}))
    if as_json:
        for task in found:
            emit_json(task_data(task))
    else:
        plans = {task.document_id for task in found}
        emit(task_lines(found, {one: document_words(engine.document(one)) for one in plans}))


def run_documents(
    settings: Settings, document_id: str | None, *, edits: bool, as_json: bool
) -> None:
    """Print what is indexed, one document, or its repairs."""
    engine = open_engine(settings)
    summaries = engine.documents()
    if document_id is None:
        _print_summaries(engine, summaries, as_json=as_json)
    else:
        _print_document(engine, _find(summaries, document_id), edits=edits, as_json=as_json)


def _print_summaries(
    engine: Engine, summaries: Sequence[DocumentSummary], *, as_json: bool
) -> None:
    among = standings(engine)
    if not as_json:
        emit(document_lines(summaries, standing_words(summaries, among)))
        return
    for summary in summaries:
        emit_json(document_data(summary, among.get(summary.id)))


def _print_document(
    engine: Engine, summary: DocumentSummary, *, edits: bool, as_json: bool
) -> None:
    document = engine.document(summary.id)
    if edits and as_json:
        for data in edit_data(document):
            emit_json(data | {"reason_text": reason_words(data["reason"])})
    elif edits:
        emit(edit_lines(document))
    elif as_json:
        data = document_data(summary, standings(engine).get(summary.id))
        emit_json(data | {"text": document.text, "raw_start": document.raw_start})
    else:
        words = standing_words(engine.documents(), standings(engine))
        emit([*document_lines([summary], words)[:-2], [], [("", document.text)]])


def _find(summaries: Sequence[DocumentSummary], wanted: str) -> DocumentSummary:
    """The document of an id, of the beginning of one, or of a source file that holds only one."""
    exact = [item for item in summaries if item.id == wanted]
    found = exact or [
        item for item in summaries if item.id.startswith(wanted) or item.source == wanted
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise LoadError(f"{wanted} 对应 {len(found)} 份文件:{'、'.join(item.id for item in found)}")
    raise LoadError(f"没有编号为 {wanted} 的文件(见 gongjian documents)")

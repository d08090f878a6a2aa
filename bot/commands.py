"""What `index`, `search`, `tasks` and `documents` do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.copies import standing_words
from bot.opening import open_engine, open_searching
from bot.render import (
    document_lines,
    document_words,
    hit_lines,
    report_lines,
    task_lines,
)
from bot.repairs_view import edit_lines, reason_words
from bot.settings import Settings
from bot.terminal import emit, emit_json
from corpus.errors import IndexMissing, LoadError, QuestionError, SettingsError
from corpus.records import DeadlineKind, Task
from index.engine import Engine
from index.local import LocalEngine
from index.prompts import Prompts, with_prompts
from index.records import BuildReport, DocumentSummary, Manifest, SourceFile
from retrieval.copies import standings
from retrieval.folding import search_folded
from retrieval.ledger import Selection, select
from retrieval.records import Mode
from retrieval.task_copies import distinct_tasks
from retrieval.wire import document_data, edit_data, hit_data, task_data

_ALL_LOOKED_AT = 1000


def run_index(
    settings: Settings,
    paths: Sequence[Path],
    *,
    add: bool,
    remove: bool,
    encoder: str | None,
    engine: str,
    as_json: bool,
    batch: int | None = None,
    query_prompt: str | None = None,
    passage_prompt: str | None = None,
) -> int:
    """Build the index; the exit code is 1 where a file could not be read."""
    from bot.indexing import collect, run_build

    if engine != "local":
        raise SettingsError("milvus 引擎随 0.5.0 版提供,本版请用 --engine local")
    passed: list[str] = []
    if remove:
        files = _without(settings, paths)
    else:
        files, passed = collect(paths)
    if add:
        files = _with_live(settings, files)
    prompts = Prompts(query_prompt, passage_prompt)
    chosen = _encoder(settings, encoder, prompts, updating=add or remove)
    report = run_build(files, settings.home_folder, chosen, batch=batch)
    issues = _ledger_issues(settings)
    if as_json:
        emit_json(_report_data(report, passed, issues))
    else:
        emit(report_lines(report, passed, issues))
    return 1 if report.failures else 0


def _encoder(
    settings: Settings, named: str | None, prompts: Prompts, *, updating: bool
) -> str | None:
    """The encoder to build with, its prompts in its name; an update keeps the index's own."""
    chosen = named or settings.encoder
    if chosen:
        return with_prompts(chosen, prompts)
    if prompts != Prompts():
        raise SettingsError("提示语要和编码器一起写(--encoder 或 GONGJIAN_ENCODER)")
    return _live_encoder(settings) if updating else None


def _with_live(settings: Settings, files: list[SourceFile]) -> list[SourceFile]:
    from bot.indexing import distinct

    new = {file.path for file in files}
    return distinct([*(file for file in _live(settings) if file.path not in new), *files])


def _without(settings: Settings, paths: Sequence[Path]) -> list[SourceFile]:
    live = _live(settings)
    names, places = {str(path) for path in paths}, {path.resolve() for path in paths}
    gone = {
        file for file in live if file.source in names or places & {file.path, *file.path.parents}
    }
    if not gone:
        raise LoadError(f"索引里没有这些文件:{'、'.join(map(str, paths))}(见 gongjian documents)")
    left = [file for file in live if file not in gone]
    if not left:
        raise LoadError("去掉这些文件后索引就空了;要换成别的文件,请用 gongjian index 路径")
    return left


def _live_encoder(settings: Settings) -> str | None:
    """The encoder the index has; None where there is no index."""
    manifest = _live_manifest(settings)
    return manifest.encoder.name if manifest else None


def _live_manifest(settings: Settings) -> Manifest | None:
    try:
        return LocalEngine.open(settings.home_folder).manifest
    except IndexMissing:
        return None


def _ledger_issues(settings: Settings) -> list[str]:
    """What does not add up in the ledgers: counts, gaps, missing fields."""
    # The reader of ledgers costs half the start of a question that never needs it.
    from corpus.ledger.reading import check_ledger

    engine = LocalEngine.open(settings.home_folder)
    tasks: dict[str, list[Task]] = {}
    for task in engine.tasks():
        tasks.setdefault(task.document_id, []).append(task)
    summaries = engine.documents()
    # A ledger that was not read at all shows only in the text; a large corpus is not read for it.
    looked_at = [item for item in summaries if item.id in tasks or len(summaries) <= _ALL_LOOKED_AT]
    return [
        f"{item.source}:{issue}"
        for item in looked_at
        for issue in check_ledger(engine.document(item.id), tuple(tasks.get(item.id, ())))
    ]


def _live(settings: Settings) -> list[SourceFile]:
    from bot.indexing import source_file

    manifest = _live_manifest(settings)
    sources = manifest.sources if manifest else ()
    return [source_file(Path(item.path), item.source) for item in sources]


def run_search(settings: Settings, query: str, k: int, mode: str, *, as_json: bool) -> None:
    """Print the ranked passages."""
    if not query.strip():
        raise QuestionError("检索词是空的")
    engine = open_searching(settings)
    hits = search_folded(engine, query, k, mode=Mode(mode))
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


def _report_data(
    report: BuildReport, passed: Sequence[str], issues: Sequence[str]
) -> dict[str, Any]:
    return {
        "version": report.version,
        "published": report.published,
        "documents": report.counts.documents,
        "passages": report.counts.passages,
        "tasks": report.counts.tasks,
        "files_read": report.files_read,
        "files_reused": report.files_reused,
        "failures": [{"source": item.source, "reason": item.reason} for item in report.failures],
        "skipped": list(passed),
        "ledger_issues": list(issues),
    }

"""What `gongjian index` does: build, publish where the settings say, report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.indexing import collect, distinct, run_build, run_publish
from bot.opening import place_of
from bot.render import report_lines
from bot.settings import Settings
from bot.terminal import emit, emit_json
from corpus.errors import IndexMissing, LoadError, SettingsError
from corpus.records import Task
from index.local import LocalEngine
from index.milvus.records import Server
from index.prompts import Prompts, with_prompts
from index.records import BuildReport, SourceFile

_ALL_LOOKED_AT = 1000


def run_index(
    settings: Settings,
    paths: Sequence[Path],
    *,
    add: bool,
    remove: bool,
    encoder: str | None,
    engine: str | None,
    as_json: bool,
    batch: int | None = None,
    query_prompt: str | None = None,
    passage_prompt: str | None = None,
    followed: bool = False,
) -> int:
    """Build the index; the exit code is 1 where a file could not be read.

    :param followed: what is gone from the folders that are added leaves the index.
    """
    place = place_of(settings, engine)
    passed: list[str] = []
    published = _published(settings) if add or remove else None
    live = _files(published)
    if remove:
        files = kept = _without(live, paths)
    else:
        files, passed = collect(paths)
        given = {file.path for file in files}
        given |= {path.resolve() for path in paths} if followed else set()
        kept = [file for file in live if not given & {file.path, *file.path.parents}]
    if add:
        files = distinct([*kept, *files])
    prompts = Prompts(query_prompt, passage_prompt)
    chosen = _encoder(settings, encoder, prompts, published=published)
    report = run_build(files, settings.home_folder, chosen, batch=batch, unseen=kept)
    if isinstance(place, Server):
        run_publish(settings.home_folder, place)
    issues = _ledger_issues(settings)
    if as_json:
        emit_json(_report_data(report, passed, issues))
    else:
        emit(report_lines(report, passed, issues))
    return 1 if report.failures else 0


def run_watch(settings: Settings, paths: Sequence[Path], **options: Any) -> int:
    """Build the index, then keep it as the paths are until interrupted."""
    from bot.watching import follow

    run_index(settings, paths, **options, followed=True)
    follow(paths, lambda: run_index(settings, paths, **options, followed=True))
    return 0


def _encoder(
    settings: Settings, named: str | None, prompts: Prompts, *, published: LocalEngine | None
) -> str | None:
    """The encoder to build with, its prompts in its name; an update keeps the index's own."""
    chosen = named or settings.encoder
    if chosen:
        return with_prompts(chosen, prompts)
    if prompts != Prompts():
        raise SettingsError("提示语要和编码器一起写(--encoder 或 GONGJIAN_ENCODER)")
    return published.manifest.encoder.name if published else None


def _without(live: list[SourceFile], paths: Sequence[Path]) -> list[SourceFile]:
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


def _published(settings: Settings) -> LocalEngine | None:
    try:
        return LocalEngine.open(settings.home_folder)
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
    # A ledger that was not read at all shows only in the text; a large corpus is not read for it.
    if engine.manifest.counts.documents <= _ALL_LOOKED_AT:
        looked_at = [item.id for item in engine.documents()]
    else:
        looked_at = list(tasks)
    documents = map(engine.document, looked_at)
    return [
        f"{document.source}:{issue}"
        for document in documents
        for issue in check_ledger(document, tuple(tasks.get(document.id, ())))
    ]


def _files(published: LocalEngine | None) -> list[SourceFile]:
    """The files of an index as they were indexed."""
    sources = published.sources() if published else ()
    return [SourceFile(Path(one.path), one.source, one.note) for one in sources]


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

"""`gongjian eval beir`: systems, and `ask`, on a public set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.beir import Beir, document_id, read_beir
from eval.console import emit, show, tell, tell_problems
from eval.corpora import build_corpus
from eval.measuring import measure_systems
from eval.reading_answers import measure_answers
from eval.records import Measured, Problem
from eval.results import Result, Stamp, make_folder, search_result, write_results
from eval.summaries import ASK, Row
from eval.systems import NAMES, PRODUCT, known_names
from eval.tables import Table, share, systems_table
from eval.trec import write_qrels, write_run
from index.local import LocalEngine
from index.records import SourceFile


def run_beir(
    folder: Path,
    systems: Sequence[str],
    stamp: Stamp,
    *,
    queries: Path | None,
    qrels: Path | None,
    answers: bool,
    encoder: str | None,
    runs: Path | None,
    results: Path | None,
    as_json: bool,
) -> int:
    """Measure systems on a BEIR folder; 1 where anything could not be measured."""
    names = known_names(systems, NAMES)
    for wanted in (results, runs):
        make_folder(wanted)
    with TemporaryDirectory() as scratch:
        beir, problems = read_beir(
            folder, Path(scratch), queries=queries, qrels=qrels, answers=answers
        )
        files = [SourceFile(beir.corpus, beir.corpus.name)]
        corpus = build_corpus(files, Path(scratch) / "home", encoder=encoder, tell=tell)
        measured, failed = measure_systems(
            names, corpus.home, beir.queries, index_s=corpus.index_s, tell=tell
        )
        problems += failed
        engine = LocalEngine.open(corpus.home)
        said = _answers(engine, beir, problems) if answers else {}
        found = [search_result(one, beir.queries, engine, stamp) for one in measured]
    _show(found, said, as_json=as_json)
    write_results(found, results, tell)
    _write_runs(measured, beir, runs)
    return tell_problems(problems)


def _answers(engine: LocalEngine, beir: Beir, problems: list[Problem]) -> Row:
    measured, failed = measure_answers(engine, beir, tell)
    problems += failed
    if measured is None:
        return {}
    return {
        "answer@60": measured.brief,
        "answer": measured.held,
        "cited@1": measured.cited,
        "abstained": measured.abstained,
        "answer_queries": measured.queries,
        "answer_p50_ms": measured.p50_ms,
        "answer_p99_ms": measured.p99_ms,
    }


def _show(results: Sequence[Result], said: Row, *, as_json: bool) -> None:
    if as_json:
        # `ask` stands on the product's search: its figures go with that, or with the only system.
        names = [result.system for result in results]
        speaking = PRODUCT if PRODUCT in names else names[0] if len(names) == 1 else ASK
        for result in results:
            row = {key: value for key, value in result.rows[0].items() if key != "group"}
            emit(row | (said if result.system == speaking else {}))
        if said and speaking == ASK:
            emit({"system": ASK, **said})
        return
    if results:
        show([systems_table(results)])
    if said:
        cells = (
            (name, share(value) if isinstance(value, float) else str(value))
            for name, value in said.items()
        )
        show([Table("问答(ask)", ("指标", "值"), tuple(cells))])


def _write_runs(measured: Sequence[Measured], beir: Beir, folder: Path | None) -> None:
    if folder is None:
        return
    name = beir.queries.name
    for one in measured:
        path = folder / f"{name}-{one.system}.trec"
        write_run(one.run, path, tag=one.system, name=document_id)
    write_qrels(beir.queries.qrels, folder / f"{name}.qrels", name=document_id)

"""What the commands of the evaluation do: measure, print, and say by the exit code how it went."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import IndexMissing, LoadError
from eval.corpora import Corpus, build_corpus, shipped_files
from eval.question_set import read_questions, shipped_sets
from eval.records import Problem, Queries, QuestionKind
from eval.relevance import Evidence, search_queries, usable
from eval.results import (
    COMMITTED,
    Result,
    Stamp,
    answers_result,
    read_result,
    read_results,
    search_result,
    write_result,
)
from eval.summaries import ASK, Row
from eval.systems import NAMES, PRODUCT, find_system
from index.local import LocalEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

_BY_GROUP = "hit@5"


def run_qa(
    files: Sequence[Path],
    systems: Sequence[str],
    stamp: Stamp,
    *,
    home: Path | None,
    results: Path | None,
    as_json: bool,
) -> int:
    """Measure question sets; 1 where anything could not be measured."""
    names = _names(systems, (ASK, *NAMES))
    problems: list[Problem] = []
    with _corpus(home) as corpus:
        engine = LocalEngine.open(corpus.home)
        evidence = Evidence(engine)
        for path in files or shipped_sets():
            found = _measure_set(path, names, corpus, engine, evidence, stamp, problems)
            _show_set(found, as_json=as_json)
            _write(found, results)
    return _tell_problems(problems)


def _measure_set(
    path: Path,
    names: Sequence[str],
    corpus: Corpus,
    engine: LocalEngine,
    evidence: Evidence,
    stamp: Stamp,
    problems: list[Problem],
) -> list[Result]:
    from eval.answering import answer_questions

    questions, unread = read_questions(path)
    questions, unusable = usable(questions, evidence)
    problems += [*unread, *unusable]
    if not questions:
        raise LoadError(f"{path} 里没有一个问题的证据在语料里(第一处:{problems[0]})")
    found: list[Result] = []
    if ASK in names:
        _tell(f"{path.stem} {ASK}")
        verdicts, failed = answer_questions(engine, questions, evidence)
        problems += failed
        found.append(answers_result(path.stem, verdicts, stamp))
    queries = search_queries(path.stem, questions, evidence)
    if queries.texts:
        searched = [name for name in names if name != ASK]
        found += _search(searched, corpus, engine, queries, stamp, problems)
    return found


def _search(
    names: Sequence[str],
    corpus: Corpus,
    engine: LocalEngine,
    queries: Queries,
    stamp: Stamp,
    problems: list[Problem],
) -> list[Result]:
    from eval.measuring import measure_systems

    measured, failed = measure_systems(
        names,
        corpus.home,
        queries,
        index_s=corpus.index_s,
        tell=lambda name: _tell(f"{queries.name} {name}"),
    )
    problems += failed
    return [search_result(one, queries, engine, stamp) for one in measured]


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
    from eval.beir import document_id, read_beir
    from eval.measuring import measure_systems
    from eval.trec import write_qrels, write_run
    from index.records import SourceFile

    names = _names(systems, NAMES)
    with TemporaryDirectory() as scratch:
        found, problems = read_beir(folder, Path(scratch), queries=queries, qrels=qrels)
        if answers and not found.answers:
            raise LoadError(f"{folder} 里没有 answers.jsonl,不能加 --answers")
        files = [SourceFile(found.corpus, found.corpus.name)]
        corpus = build_corpus(files, Path(scratch) / "home", encoder=encoder, tell=_tell)
        measured, failed = measure_systems(
            names, corpus.home, found.queries, index_s=corpus.index_s, tell=_tell
        )
        problems += failed
        engine = LocalEngine.open(corpus.home)
        said = _measured_answers(engine, found, problems) if answers else {}
        rows = [search_result(one, found.queries, engine, stamp) for one in measured]
        _show_beir(rows, said, as_json=as_json)
        _write(rows, results)
        if runs:
            for one in measured:
                path = runs / f"{found.queries.name}-{one.system}.trec"
                write_run(one.run, path, tag=one.system, name=document_id)
            write_qrels(found.queries.qrels, runs / f"{found.queries.name}.qrels", name=document_id)
    return _tell_problems(problems)


def _measured_answers(engine: LocalEngine, beir: Any, problems: list[Problem]) -> Row:
    from eval.reading_answers import measure_answers

    measured, failed = measure_answers(engine, beir, _tell)
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


def _show_beir(results: Sequence[Result], said: Row, *, as_json: bool) -> None:
    from eval.tables import Table, share, systems_table

    # `ask` stands on the product's search; its figures go with that where it was measured.
    speaks = {result.system for result in results} & {PRODUCT} or {r.system for r in results}
    if as_json:
        for result in results:
            row = {key: value for key, value in result.rows[0].items() if key != "group"}
            _emit(row | (said if result.system in speaks else {}))
        return
    if results:
        _print_tables([systems_table(results)])
    if said:
        cells = tuple(
            (name, share(value) if isinstance(value, float) else str(value))
            for name, value in said.items()
        )
        _print_tables([Table("问答(ask)", ("指标", "值"), cells)])


def run_compare(first: Path, second: Path, *, as_json: bool) -> None:
    """Compare two results."""
    from eval.comparing import compare
    from eval.tables import comparison_tables

    found = compare(read_result(first), read_result(second))
    if not as_json:
        _print_tables(comparison_tables(found))
        _tell_left_out(found.only_first, first)
        _tell_left_out(found.only_second, second)
        return
    for name, paired in found.measures.items():
        before, after = found.means[name]
        _emit({"measure": name, "first": before, "second": after, **asdict(paired)})
    for change in found.changes:
        _emit(asdict(change))


def _tell_left_out(ids: Sequence[str], path: Path) -> None:
    if ids:
        _tell(f"只在 {path} 里有的问题 {len(ids)} 个,未比较")


def run_report(results: Path | None, out: Path, against: Path | None, stamp: Stamp) -> int:
    """Write the report, measuring first where no results are given."""
    from eval.report import write_report

    code = 0
    if results is not None:
        found = read_results(results)
        if not found:
            raise LoadError(f"{results} 里没有评测结果(*.json)")
    else:
        found, code = _measure_shipped(stamp)
    page = write_report(found, read_results(against or COMMITTED), out)
    click.echo(f"报告:{page}")
    return code


def _measure_shipped(stamp: Stamp) -> tuple[list[Result], int]:
    problems: list[Problem] = []
    found: list[Result] = []
    with _corpus(None) as corpus:
        engine = LocalEngine.open(corpus.home)
        evidence = Evidence(engine)
        for path in shipped_sets():
            names = (ASK, *NAMES)
            found += _measure_set(path, names, corpus, engine, evidence, stamp, problems)
    return found, _tell_problems(problems)


def run_gate_command(thresholds: Path | None, stamp: Stamp, *, as_json: bool) -> int:
    """Check the thresholds; 1 where one is not held or something could not be measured."""
    from eval.gate import THRESHOLDS, read_thresholds, run_gate
    from eval.tables import gate_tables

    wanted = read_thresholds(thresholds or THRESHOLDS)
    sets = {path.stem: path for path in shipped_sets()}
    with _corpus(None) as corpus:
        report = run_gate(corpus.home, sets, wanted, read_results(COMMITTED), stamp, tell=_tell)
    if as_json:
        for one in report.checked:
            _emit({**asdict(one.threshold), "value": one.value, "held": one.held})
        for where, change in report.fallen:
            _emit({"where": where, **asdict(change)})
    else:
        _print_tables(gate_tables(report))
        click.echo("门槛全部通过" if report.held else "有门槛没有通过")
    _tell_problems(report.problems)
    return 0 if report.held else 1


def run_add(*, into: Path | None, home: Path | None, as_json: bool, **given: Any) -> None:
    """Add a question to a set."""
    from eval.adding import NewQuestion, add_question, set_for

    new = NewQuestion(**{**given, "kind": QuestionKind(given["kind"])})
    with _corpus(home) as corpus:
        evidence = Evidence(LocalEngine.open(corpus.home))
        path = into or set_for(new, evidence)
        identifier = add_question(new, evidence, path, shipped_sets())
    if as_json:
        _emit({"id": identifier, "set": str(path)})
    else:
        click.echo(f"已加入 {path}:{identifier}")


def _names(given: Sequence[str], default: Sequence[str]) -> list[str]:
    """The systems asked for, each once and each known."""
    names = list(dict.fromkeys(given)) or list(default)
    for name in names:
        if name != ASK or ASK not in default:
            find_system(name)
    return names


@contextmanager
def _corpus(home: Path | None) -> Iterator[Corpus]:
    """The index in a home, or that of the shipped corpus, built for the occasion."""
    if home is not None:
        if not home.is_dir():
            raise IndexMissing(f"没有这个文件夹:{home}")
        yield Corpus(home, 0.0)
        return
    with TemporaryDirectory() as folder:
        yield build_corpus(shipped_files(), Path(folder), tell=_tell)


def _show_set(results: Sequence[Result], *, as_json: bool) -> None:
    from eval.tables import answers_table, groups_table, systems_table

    if as_json:
        for result in results:
            for row in result.rows:
                _emit(row)
        return
    searches = [result for result in results if not result.of_answers]
    tables = [answers_table(result) for result in results if result.of_answers]
    if searches:
        tables += [systems_table(searches), groups_table(searches, _BY_GROUP)]
    _print_tables(tables)


def _write(results: Iterable[Result], folder: Path | None) -> None:
    if folder is not None:
        for result in results:
            _tell(f"写出 {write_result(result, folder)}")


def _tell_problems(problems: Sequence[Problem]) -> int:
    for problem in problems:
        click.echo(f"错误: {problem}", err=True)
    return 1 if problems else 0


def _print_tables(tables: Iterable[Any]) -> None:
    from eval.tables import terminal

    for table in tables:
        click.echo(terminal(table))


def _emit(data: Row) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def _tell(message: str) -> None:
    """Say on standard error how far it is."""
    click.echo(message, err=True)

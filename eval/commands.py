"""What the commands on question sets and results do; each returns the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from corpus.errors import LoadError, SettingsError
from eval.console import emit, show, tell, tell_problems
from eval.question_set import shipped_sets
from eval.records import Problem, QuestionKind
from eval.relevance import Evidence
from eval.results import (
    COMMITTED,
    Result,
    Stamp,
    make_folder,
    read_result,
    read_results,
    write_results,
)
from eval.subjects import measure_set, subject_of
from eval.summaries import ASK
from eval.systems import NAMES, known_names
from eval.tables import answers_table, comparison_tables, gate_tables, groups_table, systems_table

_BY_GROUP = "hit@5"
_EVERYTHING = (ASK, *NAMES)


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
    names = known_names(systems, _EVERYTHING)
    paths = _named_apart(files or shipped_sets())
    make_folder(results)
    problems: list[Problem] = []
    with subject_of(home, stamp, tell) as subject:
        evidence = Evidence(subject.engine)
        for path in paths:
            try:
                found, failed = measure_set(subject, path, names, evidence)
            except LoadError as error:
                problems.append(Problem(f"问题集 {path}", str(error)))
                continue
            problems += failed
            _show_set(found, as_json=as_json)
            write_results(found, results, tell)
    return tell_problems(problems)


def _named_apart(paths: Sequence[Path]) -> Sequence[Path]:
    """Refuse two files of one name: their results would go by it."""
    for path in paths:
        if sum(other.stem == path.stem for other in paths) > 1:
            raise SettingsError(f"两个问题集都叫 {path.stem},请改名,或分开评测")
    return paths


def run_compare(first: Path, second: Path, *, as_json: bool) -> int:
    """Compare two results."""
    from eval.comparing import compare

    found = compare(read_result(first), read_result(second))
    if not as_json:
        show(comparison_tables(found))
    for ids, path in ((found.only_first, first), (found.only_second, second)):
        if ids:
            tell(f"只在 {path} 里有的问题 {len(ids)} 个,未比较")
    if as_json:
        for name, paired in found.measures.items():
            before, after = found.means[name]
            emit({"measure": name, "first": before, "second": after, **asdict(paired)})
        for change in found.changes:
            emit(asdict(change))
    return 0


def run_report(results: Path | None, out: Path, against: Path | None, stamp: Stamp) -> int:
    """Write the report, measuring first where no results are given."""
    from eval.report import require_libraries, write_report

    require_libraries()
    make_folder(out)
    before = read_results(against or COMMITTED)
    found: list[Result] = []
    problems: list[Problem] = []
    if results is not None:
        found = read_results(results)
        if not found:
            raise LoadError(f"{results} 里没有评测结果(*.json)")
    else:
        with subject_of(None, stamp, tell) as subject:
            evidence = Evidence(subject.engine)
            for path in shipped_sets():
                measured, failed = measure_set(subject, path, _EVERYTHING, evidence)
                found += measured
                problems += failed
    page = write_report(found, before, out)
    click.echo(f"报告:{page}")
    return tell_problems(problems)


def run_gate(thresholds: Path | None, stamp: Stamp, *, as_json: bool) -> int:
    """Check the thresholds; 1 where one is not held or something could not be measured."""
    from eval.gate import THRESHOLDS, check_gate, read_thresholds

    wanted = read_thresholds(thresholds or THRESHOLDS)
    sets = {path.stem: path for path in shipped_sets()}
    with subject_of(None, stamp, tell) as subject:
        report = check_gate(subject, sets, wanted, read_results(COMMITTED))
    if as_json:
        for one in report.checked:
            emit({**asdict(one.threshold), "value": one.value, "held": one.held})
        for where, change in report.fallen:
            emit({"where": where, **asdict(change)})
    else:
        show(gate_tables(report))
        click.echo("门槛全部通过" if report.held else "有门槛没有通过")
    tell_problems(report.problems)
    return 0 if report.held else 1


def run_add(
    stamp: Stamp, *, into: Path | None, home: Path | None, as_json: bool, **given: Any
) -> int:
    """Add a question to a set."""
    from eval.adding import NewQuestion, add_question, set_for

    new = NewQuestion(**{**given, "kind": QuestionKind(given["kind"])})
    with subject_of(home, stamp, tell) as subject:
        evidence = Evidence(subject.engine)
        path = into or set_for(new, evidence)
        identifier = add_question(new, evidence, path, shipped_sets())
    if as_json:
        emit({"id": identifier, "set": str(path)})
    else:
        click.echo(f"已加入 {path}:{identifier}")
    return 0


def _show_set(results: Sequence[Result], *, as_json: bool) -> None:
    if as_json:
        for result in results:
            for row in result.rows:
                emit(row)
        return
    show(answers_table(result) for result in results if result.of_answers)
    searches = [result for result in results if not result.of_answers]
    if searches:
        show([systems_table(searches), groups_table(searches, _BY_GROUP)])

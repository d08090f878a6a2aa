"""`gongjian eval bench`: the product beside its peers, by size, in one run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.errors import SettingsError
from eval.beir import read_beir
from eval.bench.measuring import Bench, by_document, measure_sizes
from eval.bench.perturbing import entries
from eval.bench.records import Row, Status
from eval.bench.report import NOTE, agreement_table, brief, size_table, write_report
from eval.bench.systems import ALL, LEXICAL, NAMES, find_peer
from eval.console import emit, show, tell, tell_problems
from eval.records import Queries
from eval.results import Stamp, make_folder
from eval.systems import known_names
from index.piece_encoder import SHIPPED_NAME

_WHOLE = "all"


def run_bench(
    folder: Path,
    stamp: Stamp,
    *,
    sizes: str,
    systems: str | None,
    queries: int,
    encoder: str | None,
    fold: int | None,
    lexical: bool,
    limit: float,
    out: Path | None,
    as_json: bool,
) -> int:
    """Measure; 1 where a system failed or ran out of time (one not installed is no failure).

    :raises SettingsError: a size or a system is none.
    :raises LoadError: the folder cannot be read.
    """
    given = [name.strip() for name in systems.split(",")] if systems else []
    peers = [find_peer(name) for name in known_names(given, ALL) if given] or [
        find_peer(name) for name in (LEXICAL if lexical else NAMES)
    ]
    make_folder(out)
    with TemporaryDirectory(prefix="gongjian-bench-") as scratch:
        beir, problems = read_beir(folder, Path(scratch))
        whole = sum(1 for _ in entries(beir.corpus))
        bench = Bench(
            beir.corpus,
            whole,
            by_document(beir.queries, _chosen(beir.queries, queries, fold)),
            Path(scratch),
            limit,
            tell,
            encoder=encoder,
            compared=lexical,
        )
        rows = _heard(measure_sizes(bench, _sizes(sizes, whole), peers), as_json=as_json)
    if not as_json:
        _show(rows)
    if out is not None:
        tell(f"已写出 {write_report(rows, stamp, beir.queries.name, out)}")
    failed = any(row.status in (Status.FAILED, Status.LATE) for row in rows)
    return tell_problems(problems) or int(failed)


def _chosen(queries: Queries, first: int, fold: int | None) -> list[str]:
    """The first queries (all where 0) of a fold, or of all."""
    ids = list(queries.texts)
    if fold is not None:
        from eval.folds import fold_of

        ids = [one for one in ids if fold_of(one) == fold]
    if not ids:
        raise SettingsError(f"第 {fold} 折里没有问题")
    return ids[: first or None]


def _sizes(given: str, whole: int) -> list[int]:
    """Read the sizes: numbers with commas between them, `all` for the whole corpus."""
    sizes = []
    for word in given.split(","):
        size = whole if word.strip() == _WHOLE else _number(word.strip())
        if size not in sizes:
            sizes.append(size)
    return sorted(sizes)


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and int(word)):
        raise SettingsError(f"规模 {word or '(空)'} 应为正整数或 {_WHOLE},用逗号隔开")
    return int(word)


def _heard(coming: Iterable[Row], *, as_json: bool) -> list[Row]:
    """Say each row as it comes in."""
    rows = []
    for row in coming:
        rows.append(row)
        if as_json:
            emit(row.data())
        else:
            tell(brief(row))
    return rows


def _show(rows: Sequence[Row]) -> None:
    for _, group in groupby(rows, key=lambda row: row.passages):
        some = list(group)
        show([size_table(some)])
        if any(row.agreement for row in some):
            show([agreement_table(some)])
    if any(row.encoder == SHIPPED_NAME and row.quality for row in rows):
        tell(NOTE)

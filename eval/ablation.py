"""`gongjian eval ablation`: what each part of the product is worth, on every set.

The product is measured beside itself without each of its parts, on the same questions, and each is
compared with the whole by a paired test. Mending is a part of `ask` alone, so its worth shows in
answers. On a set whose questions an encoder was trained with, the encoders of `gongjian eval
folds --keep FOLDER/SET` rank each for the questions that they were not trained with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from corpus.errors import EncoderError
from eval.beir import Beir, read_beir
from eval.comparing import compare
from eval.console import emit, show, tell, tell_problems
from eval.corpora import build_corpus
from eval.folds import FOLDS, fold_of
from eval.measuring import measure_systems
from eval.question_set import shipped_sets
from eval.records import Measured, Problem, Queries, Ranking
from eval.relevance import Evidence
from eval.results import Result, Stamp, make_folder, search_result, write_results
from eval.statistics import Paired
from eval.subjects import measure_set, subject_of
from eval.summaries import ASK
from eval.systems import PARTS, PRODUCT
from eval.tables import Table, markdown, share
from index.local import LocalEngine
from index.piece_encoder import PieceEncoder
from index.records import SourceFile
from retrieval.answering import ask

SHOWN = ("hit@1", "mrr@10", "ndcg@10", "recall@10")
NO_MENDING = "ask-no-mending"
_TOLD_BY, _ANSWERED = "mrr@10", "accuracy"  # what the parts are compared in


@dataclass(frozen=True, slots=True)
class Worth:
    """A system on a set beside the whole; `paired` is None for the whole itself."""

    set: str
    system: str
    queries: int
    figures: Mapping[str, float]
    measure: str
    paired: Paired | None


def run_ablation(
    folders: Sequence[Path],
    stamp: Stamp,
    *,
    folds: Path | None,
    results: Path | None,
    as_markdown: bool,
    as_json: bool,
) -> int:
    """Measure the parts on our question sets and on BEIR folders; 1 where anything failed."""
    make_folder(results)
    problems: list[Problem] = []
    sources = (partial(_on_our_sets, stamp), *(partial(_on_folder, stamp, one) for one in folders))
    for source in sources:
        for found in source(folds, problems):
            _show(worth_of(found), as_markdown=as_markdown, as_json=as_json)
            write_results((one for one in found if one.system != NO_MENDING), results, tell)
    return tell_problems(problems)


def worth_of(results: Sequence[Result]) -> list[Worth]:
    """Set each result of a set beside the first, which is the whole."""
    whole = results[0]
    measure = _ANSWERED if whole.of_answers else _TOLD_BY
    return [_worth(whole, one, measure) for one in results]


def _worth(whole: Result, part: Result, measure: str) -> Worth:
    row = part.rows[0]
    names = (_ANSWERED,) if whole.of_answers else SHOWN
    # Answers of `ask` under another name are answers still.
    other = replace(part, system=whole.system)
    paired = None if part is whole else compare(whole, other).measures[measure]
    figures = {name: float(row[name]) for name in names}
    return Worth(part.set, part.system, len(part.questions), figures, measure, paired)


def worth_table(worth: Sequence[Worth]) -> Table:
    """The systems of a set, the whole first; p is not corrected for the number of rows."""
    first = worth[0]
    headings = ("系统", *first.figures, f"{first.measure} 差", "胜", "平", "负", "p")
    title = f"{first.set}:每一部分的作用,{first.queries} 个问题(与第一行成对比较)"
    return Table(title, headings, tuple(_cells(one) for one in worth))


def _cells(one: Worth) -> tuple[str, ...]:
    figures = (one.system, *map(share, one.figures.values()))
    if one.paired is None:
        return (*figures, *("–",) * 5)
    counts = one.paired.wins, one.paired.ties, one.paired.losses
    return (*figures, f"{one.paired.difference:+.3f}", *map(str, counts), f"{one.paired.p:.4f}")


def _show(worth: Sequence[Worth], *, as_markdown: bool, as_json: bool) -> None:
    if as_json:
        for one in worth:
            emit(_data(one))
    elif as_markdown:
        click.echo(markdown(worth_table(worth)))
    else:
        show([worth_table(worth)])


def _data(one: Worth) -> dict[str, Any]:
    data = {"set": one.set, "system": one.system, "queries": one.queries, **one.figures}
    if one.paired:
        data |= {"measure": one.measure, "difference": one.paired.difference, "p": one.paired.p}
        data |= {"wins": one.paired.wins, "ties": one.paired.ties, "losses": one.paired.losses}
    return data


def _on_our_sets(stamp: Stamp, _: Path | None, problems: list[Problem]) -> Iterator[list[Result]]:
    """The shipped corpus with our own sets: searches, and answers with and without mending."""
    with subject_of(None, stamp, tell) as subject:
        evidence = Evidence(subject.engine)
        for path in shipped_sets():
            found, failed = measure_set(subject, path, PARTS, evidence, apart=False)
            problems += failed
            if _is_whole(found):
                yield found
            mended, failed = measure_set(subject, path, [ASK], evidence)
            typed, _again = measure_set(
                subject, path, [ASK], evidence, ask=partial(ask, mending=False)
            )
            problems += failed
            yield [*mended, *(replace(one, system=NO_MENDING) for one in typed)]


def _on_folder(
    stamp: Stamp, folder: Path, folds: Path | None, problems: list[Problem]
) -> Iterator[list[Result]]:
    """A BEIR folder; each fold of its questions by its own encoder where there are folds for it."""
    with TemporaryDirectory() as scratch:
        beir, unread = read_beir(folder, Path(scratch))
        problems += unread
        home = Path(scratch) / "home"
        encoders = _encoders(folds, beir)
        parts = [_measured(beir, home, one, texts, problems) for one, texts in encoders]
        engine = LocalEngine.open(home)
        joined = join_runs([part for part in parts if part])
        asked = {key: text for _, texts in encoders for key, text in texts.items()}
        judged = {key: beir.queries.qrels[key] for key in asked}
        queries = Queries(beir.queries.name, asked, judged)
        found = [search_result(one, queries, engine, stamp) for one in joined]
    if _is_whole(found):
        yield found


def _encoders(folds: Path | None, beir: Beir) -> list[tuple[str | None, dict[str, str]]]:
    """Encoders, each with the questions that it ranks for; None is the shipped one.

    Questions of folds that have no encoder are left out: one fold tells much for a fifth of the
    time.

    :raises EncoderError: no fold has one.
    """
    kept = folds and folds / beir.queries.name
    if kept is None or not kept.is_dir():
        return [(None, dict(beir.queries.texts))]
    parts: list[tuple[str | None, dict[str, str]]] = []
    for fold in filter(lambda fold: PieceEncoder.lies_in(kept / str(fold)), range(FOLDS)):
        texts = {key: text for key, text in beir.queries.texts.items() if fold_of(key) == fold}
        parts.append((str(kept / str(fold)), texts))
    parts = [part for part in parts if part[1]]
    if not parts:
        raise EncoderError(
            f"{kept} 里没有各折的编码器,请先运行 gongjian eval folds 文件夹 --keep {kept}"
        )
    return parts


def _measured(
    beir: Beir,
    home: Path,
    encoder: str | None,
    texts: Mapping[str, str],
    problems: list[Problem],
) -> list[Measured]:
    """The parts over a corpus with the vectors of an encoder; a home built before is taken over."""
    files = [SourceFile(beir.corpus, beir.corpus.name)]
    corpus = build_corpus(files, home, encoder=encoder, tell=tell)
    queries = Queries(beir.queries.name, texts, beir.queries.qrels)
    measured, failed = measure_systems(
        PARTS, corpus.home, queries, index_s=None, tell=tell, apart=False
    )
    problems += failed
    return measured


def join_runs(parts: Sequence[Sequence[Measured]]) -> list[Measured]:
    """Join what systems did with parts of the questions; only systems that did all of them."""
    by_name: dict[str, list[Measured]] = {}
    for one in (one for part in parts for one in part):
        by_name.setdefault(one.system, []).append(one)
    return [_joined(each) for each in by_name.values() if len(each) == len(parts)]


def _joined(each: Sequence[Measured]) -> Measured:
    run: dict[str, Ranking] = {}
    for one in each:
        run |= one.run
    times = tuple(time for one in each for time in one.latencies_ms)
    return replace(each[0], run=run, latencies_ms=times)


def _is_whole(found: Sequence[Result]) -> bool:
    """Whether there is the product to compare with."""
    return bool(found) and found[0].system == PRODUCT

"""Systems at sizes, one after the other: each row is measured alone, and none stops the rest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eval.beir import document_id
from eval.bench.perturbing import write_corpus
from eval.bench.records import DEPTH, Peer, Row, Status
from eval.bench.reference import agreement
from eval.bench.stages import Outcome, run_stage
from eval.bench.systems import missing
from eval.measures import means, per_query
from eval.records import Queries, Ranking, Run
from index.piece_encoder import SHIPPED_NAME
from index.records import Scored

_MEASURES = ("hit@1", "mrr@10", "ndcg@10", "recall@10")
_MEGABYTE = 2**20
# The written formula walks over all passages: a part of the queries says as much.
_COMPARED = 50


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured: a corpus and its queries (with qrels by document id).

    :param whole: how many passages the corpus has; beyond, quality is not defined.
    :param scratch: a folder for everything that is built.
    :param limit_s: how long one stage may take.
    :param encoder: the encoder of systems with vectors; None is the shipped one.
    :param compared: hold the lexical engines to the written formula.
    """

    corpus: Path
    whole: int
    queries: Queries
    scratch: Path
    limit_s: float
    tell: Callable[[str], None]
    encoder: str | None = None
    compared: bool = False


def by_document(queries: Queries, chosen: Sequence[str]) -> Queries:
    """Return some of the queries, judged by the ids of documents, not of passages."""
    return Queries(
        queries.name,
        {query: queries.texts[query] for query in chosen},
        {
            query: {document_id(one): grade for one, grade in queries.qrels[query].items()}
            for query in chosen
        },
    )


def measure_sizes(bench: Bench, sizes: Sequence[int], peers: Sequence[Peer]) -> Iterator[Row]:
    """Yield a row a system and size, as they come in.

    :raises LoadError: the corpus cannot be read.
    :raises OSError: there is no room for the corpora.
    """
    judged = {one for grades in bench.queries.qrels.values() for one in grades}
    for size in sizes:
        folder = bench.scratch / str(size)
        folder.mkdir()
        corpus = folder / "corpus.jsonl"
        bench.tell(f"{size} 段:准备语料")
        written = write_corpus(bench.corpus, corpus, size, judged)
        place = _Place(bench, written, corpus, folder)
        for peer in peers:
            bench.tell(f"{size} 段:{peer.name}")
            yield place.measure(peer)
        shutil.rmtree(folder)


@dataclass(slots=True)
class _Place:
    """A size, with the tokens that its systems share."""

    bench: Bench
    passages: int
    corpus: Path
    folder: Path
    cuts: dict[str, Outcome] = field(default_factory=dict)
    reference: Run | None = None

    def measure(self, peer: Peer) -> Row:
        """Measure one system; whatever it does, a row comes of it."""
        encoder = (self.bench.encoder or SHIPPED_NAME) if peer.vectors else None
        row = Row(peer.name, self.passages, Status.DONE, encoder=encoder, load=_load())
        if lacking := missing(peer.needs):
            return replace(row, status=Status.MISSING, reason=f"没有安装 {'、'.join(lacking)}")
        own = self.folder / peer.name
        own.mkdir()
        try:
            return self._measured(peer, row, own)
        finally:
            shutil.rmtree(own, ignore_errors=True)

    def _measured(self, peer: Peer, row: Row, own: Path) -> Row:
        outcomes = []
        if peer.cut:
            outcomes.append(self._cut(peer.cut.value))
        if peer.build and _sound(outcomes):
            outcomes.append(self._stage("build", peer, own, watched=True))
            row = replace(row, disk_mb=_size_mb(own))
        if _sound(outcomes):
            outcomes.append(self._stage("serve", peer, own, watched=False))
        found: dict[str, Any] = {}
        for outcome in outcomes:
            found |= outcome.values
        row = self._judged(row, peer, _run(found.pop("run", {})))
        if "index_s" in found:
            found["build_s"] = found["index_s"] + found.get("cut_s", 0.0)
        last = outcomes[-1]
        return replace(row, **found, status=last.status, reason=_reason(last, self.bench.limit_s))

    def _cut(self, cut: str) -> Outcome:
        if cut not in self.cuts:
            job = {"stage": "cut", "cut": cut, "corpus": str(self.corpus), "cuts": self._path(cut)}
            self.cuts[cut] = run_stage(job, self.folder, self.bench.limit_s, watched=False)
        return self.cuts[cut]

    def _stage(self, stage: str, peer: Peer, own: Path, *, watched: bool) -> Outcome:
        job = {
            "stage": stage,
            "system": peer.name,
            "corpus": str(self.corpus),
            "cuts": self._path(peer.cut.value) if peer.cut else None,
            "folder": str(own),
            "encoder": self.bench.encoder,
            "queries": dict(self.bench.queries.texts),
        }
        return run_stage(job, self.folder, self.bench.limit_s, watched=watched)

    def _path(self, cut: str) -> str:
        return str(self.folder / f"cuts-{cut}.txt")

    def _judged(self, row: Row, peer: Peer, run: Run) -> Row:
        """Quality on what was asked, where the corpus is the original, and agreement."""
        row = replace(row, empty=sum(not ranking for ranking in run.values()))
        if run and self.passages <= self.bench.whole:
            qrels = {query: self.bench.queries.qrels[query] for query in run}
            values = means(per_query(run, qrels))
            row = replace(row, judged=len(run), quality={name: values[name] for name in _MEASURES})
        if run and self.bench.compared and (peer.build is not None):
            row = replace(row, agreement=agreement(run, self._reference()))
        return row

    def _reference(self) -> Run:
        if self.reference is None:
            self._cut("gongjian")
            some = dict(list(self.bench.queries.texts.items())[:_COMPARED])
            job = {"stage": "reference", "cuts": self._path("gongjian"), "queries": some}
            found = run_stage(job, self.folder, self.bench.limit_s, watched=False)
            self.reference = _run(found.values.get("run", {}))
        return self.reference


def _sound(outcomes: Sequence[Outcome]) -> bool:
    return all(outcome.status is Status.DONE for outcome in outcomes)


def _reason(outcome: Outcome, limit_s: float) -> str:
    return f"超过 {limit_s:g} 秒" if outcome.status is Status.LATE else outcome.reason


def _run(plain: Mapping[str, Sequence[tuple[str, float]]]) -> dict[str, Ranking]:
    return {
        query: [Scored(one, score) for one, score in ranking[:DEPTH]]
        for query, ranking in plain.items()
    }


def _load() -> float | None:
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):  # a system that does not say
        return None


def _size_mb(folder: Path) -> float:
    sizes = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return sum(sizes) / _MEGABYTE

"""`gongjian eval engines`: without a folder the answers, with one the hits and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.beir import read_beir
from eval.console import emit, show, tell, tell_problems
from eval.corpora import build_corpus, shipped_files
from eval.engines.asking import answer_all, apart, search_all, upload
from eval.engines.comparing import agreement, overlaps
from eval.engines.records import Agreement, Overlap, Searched, Upload
from eval.question_set import read_questions, shipped_sets
from eval.records import Problem
from eval.tables import Table, share
from index.milvus.records import Server
from index.records import SourceFile

# What the two engines must have in common, or the command fails.
LEAST_OVERLAP = 0.98
_MODES = {"lexical": "词语", "dense": "向量", "hybrid": "混合"}


def run_engines(
    folder: Path | None,
    *,
    queries: int,
    uri: str | None,
    token: str | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Compare the engines; 1 where they do not agree as they must."""
    with _place(uri, token) as server, TemporaryDirectory() as scratch:
        if folder is None:
            return _compare_answers(home, server, Path(scratch), as_json=as_json)
        return _compare_hits(folder, queries, home, server, Path(scratch), as_json=as_json)


def _compare_answers(home: Path | None, server: Server, scratch: Path, *, as_json: bool) -> int:
    home = home or build_corpus(shipped_files(), scratch / "home", tell=tell).home
    _published(home, server)
    problems: list[Problem] = []
    names, turns = [], []
    for path in shipped_sets():
        questions, failed = read_questions(path)
        problems += failed
        names += [f"{path.stem} {one.id}" for one in questions]
        turns += [tuple(turn.question for turn in one.turns) for one in questions]
    tell(f"answers {len(turns)}")
    found = agreement(names, *(apart(answer_all, place, turns) for place in (home, server)))
    _show_agreement(found, as_json=as_json)
    return max(tell_problems(problems), int(bool(found.different)))


def _compare_hits(
    folder: Path, most: int, home: Path | None, server: Server, scratch: Path, *, as_json: bool
) -> int:
    beir, problems = read_beir(folder, scratch)
    files = [SourceFile(beir.corpus, beir.corpus.name)]
    home = home or build_corpus(files, scratch / "home", tell=tell).home
    sent = _published(home, server)
    asked = list(beir.queries.texts.values())[:most]
    tell(f"searches {len(asked)}")
    local, milvus = (apart(search_all, place, asked) for place in (home, server))
    found = overlaps(local, milvus)
    _show_hits(sent, local, milvus, found, as_json=as_json)
    apart_too_far = any(one.overlap < LEAST_OVERLAP for one in found)
    return max(tell_problems(problems), int(apart_too_far))


@contextmanager
def _place(uri: str | None, token: str | None) -> Iterator[Server]:
    with TemporaryDirectory() as scratch:
        yield Server(uri or str(Path(scratch) / "milvus.db"), token)


def _published(home: Path, server: Server) -> Upload:
    tell("upload")
    # In a process of its own, for a file is open until its process ends.
    return apart(upload, home, server)


def _show_agreement(found: Agreement, *, as_json: bool) -> None:
    if as_json:
        emit(asdict(found))
        return
    alike = found.questions - len(found.different)
    row = (str(found.questions), str(found.turns), str(alike), "、".join(found.different) or "无")
    show([Table("两个引擎的回答", ("问题", "轮次", "完全相同", "不同的"), (row,))])


def _show_hits(
    sent: Upload, local: Searched, milvus: Searched, found: list[Overlap], *, as_json: bool
) -> None:
    if as_json:
        for one in found:
            emit(asdict(one))
        costs = asdict(sent) | {"local": _cost(local), "milvus": _cost(milvus)}
        emit(costs)
        return
    headings = ("方式", "查询", "前10重合", "完全相同", *_TIMES)
    rows = tuple(_cells(one) for one in found)
    disk = "-" if sent.disk_mb is None else f"{sent.disk_mb * 2**20 / sent.passages:.0f}"
    cost = (
        f"{sent.passages}",
        f"{sent.seconds:.1f}",
        f"{sent.passages / sent.seconds:.0f}",
        disk,
        f"{sent.peak_mb:.0f}",
        *(f"{one.rss_mb - one.base_mb:.0f}" for one in (local, milvus)),
        *(f"{one.first_s:.2f}" for one in (local, milvus)),
    )
    show([Table("前 10 段", headings, rows), Table("代价", _COSTS, (cost,))])


_TIMES = ("本机 p50 ms", "本机 p99 ms", "Milvus p50 ms", "Milvus p99 ms")
_COSTS = (
    "段落", "发布 s", "段/s", "磁盘 字节/段", "发布峰值 MiB", "本机内存 MiB", "Milvus 内存 MiB",
    "本机首答 s", "Milvus 首答 s",
)  # fmt: skip


def _cells(one: Overlap) -> tuple[str, ...]:
    times = (one.local_p50_ms, one.local_p99_ms, one.milvus_p50_ms, one.milvus_p99_ms)
    name = _MODES.get(one.mode, one.mode)
    shares = share(one.overlap), share(one.same)
    return (name, str(one.queries), *shares, *(f"{value:.1f}" for value in times))


def _cost(one: Searched) -> dict[str, float]:
    return {"first_s": one.first_s, "rss_mb": one.rss_mb, "base_mb": one.base_mb}

"""Runs and judgements in the format of trec_eval, for any other tool to measure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from corpus.errors import LoadError, os_reason
from eval.records import Qrels, Ranking, Run


def write_run(run: Run, path: Path, *, tag: str, name: Callable[[str], str]) -> None:
    """Write a run; trec_eval orders it as it stands here.

    trec_eval sorts by score, ties by id, so scores are lowered by the least step where they tie.

    :param name: gives the id to write for a passage's.
    :raises LoadError: the file cannot be written.
    """
    lines = [
        f"{query} Q0 {name(item.id)} {rank} {score!r} {tag}"
        for query, ranking in run.items()
        for rank, (item, score) in enumerate(
            zip(ranking, falling_scores(ranking), strict=True), start=1
        )
    ]
    _write(path, lines)


def write_qrels(qrels: Qrels, path: Path, *, name: Callable[[str], str]) -> None:
    """Write judgements, ids given by `name`.

    :raises LoadError: the file cannot be written.
    """
    lines = [
        f"{query} 0 {name(one)} {grade}"
        for query, grades in qrels.items()
        for one, grade in grades.items()
    ]
    _write(path, lines)


def falling_scores(ranking: Ranking) -> list[float]:
    """Return the scores of a ranking in single precision, each below the one before it."""
    scores: list[float] = []
    before = np.float32(np.inf)
    for item in ranking:
        score = min(np.float32(item.score), np.nextafter(before, np.float32(-np.inf)))
        scores.append(float(score))
        before = score
    return scores


def _write(path: Path, lines: list[str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(line + "\n" for line in lines), "utf-8")
    except OSError as exc:
        raise LoadError(f"无法写入 {path}:{os_reason(exc)}") from exc

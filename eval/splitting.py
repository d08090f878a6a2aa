"""Which set a question on the shipped corpus belongs to: `questions/split.toml`, read and applied.

Questions are split by what answers them, so that the test set measures what dev was not tuned on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache

from corpus.records import Passage
from eval.question_set import FOLDER, SETS
from eval.relevance import task_number

_Parts = dict[str, list[int | str]]


def sets_of(passages: Iterable[Passage], source: str) -> set[str]:
    """Return the sets that passages of a file belong to; empty where the split names none."""
    return {name for passage in passages for name in SETS if _belongs(passage, source, name)}


def _belongs(passage: Passage, source: str, name: str) -> bool:
    parts = _split()[name]
    if task := task_number(passage):
        return task in parts["tasks"]
    speech = passage.span.document_id.rpartition("-")[2]
    if speech != passage.span.document_id:
        return int(speech) in parts["speeches"]
    others = [part for other in _split().values() for part in other["headings"]]
    if any(heading in others for heading in passage.heading):
        return any(heading in parts["headings"] for heading in passage.heading)
    return source in parts["files"]


@cache
def _split() -> dict[str, _Parts]:
    return tomllib.loads((FOLDER / "split.toml").read_text("utf-8"))

"""Copies in words: what a document is to its best copy, who else says what is quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from corpus.records import Relation
from index.records import DocumentSummary
from retrieval.records import Copy, Wording

if TYPE_CHECKING:
    from retrieval.copies import Standing

RELATION_WORDS = {
    Relation.SAME: "同文",
    Relation.REWORDED: "改写",
    Relation.ABRIDGED: "节选",
    Relation.EXPANDED: "扩充",
    Relation.REVISED: "修订",
}
WORDING_WORDS = {
    Wording.SAME: "同文",
    Wording.REWORDED: "改写",
    Wording.MASKED: "隐去",
}


def standing_words(
    summaries: Sequence[DocumentSummary], standings: Mapping[str, Standing]
) -> dict[str, str]:
    """What each document that has copies is among them, by its id."""
    known = {summary.id: summary for summary in summaries}
    return {
        identifier: _standing(standing, known[standing.cluster.best])
        for identifier, standing in standings.items()
        if identifier in known and standing.cluster.best in known
    }


def _standing(standing: Standing, best: DocumentSummary) -> str:
    if standing.relation is None:
        count = len(standing.cluster.members) + 1
        return f"相近文件共 {count} 份,以本份为准:{standing.cluster.why}"
    words = f"{RELATION_WORDS[standing.relation]} {best.id}《{best.title}》({best.source})"
    if standing.differs:
        words += f",数字不同:{'、'.join(standing.differs)}"
    return words


def by_wording(copies: Sequence[Copy]) -> dict[str, list[Copy]]:
    """The copies that say what is quoted, under the word for how they put it."""
    grouped: dict[str, list[Copy]] = {}
    for wording, words in WORDING_WORDS.items():
        if found := [copy for copy in copies if copy.wording is wording]:
            grouped[words] = found
    return grouped

"""Hits that tell the same place of copies become one: ten reprints do not fill a list.

`search` itself stays complete, for whoever measures it or reads on from it; lists for people are
folded. Nothing is lost: a folded hit names the copies it stands for, and what a
copy says otherwise, another number or another date, is a hit of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from corpus.duplicates.relating import numbers_in
from index.engine import Engine
from index.records import Where
from retrieval.copies import copies_of, standings
from retrieval.coverage import squeeze
from retrieval.masked import is_masked
from retrieval.records import Copy, Hit, Mode, Wording
from retrieval.reranking import depth_for, read_again
from retrieval.search import search

# So many hits are looked at for each that is wanted: as many copies as an ordinary cluster has.
_DEEPER, _LEAST = 5, 30
# Passages of copies are cut where their own lines end: so much of the shorter must be in the other.
_SHARED = 0.6
_GRAM = 3
# Passages of copies are compared again and again.
_KEPT = 2048
_PUNCTUATION = str.maketrans("", "", ",.;:!?，。、；：！？“”‘’\"'()（）《》〈〉[]〔〕【】〝〞*×")


def search_folded(
    engine: Engine, query: str, k: int = 10, *, mode: Mode = Mode.HYBRID, where: Where | None = None
) -> list[Hit]:
    """Return the `k` best places for the query, best first, each from its best copy.

    An engine with a reranker has its first hits read again.

    :raises ValueError: `k` is not positive.
    :raises EngineError: the engine failed.
    """
    copies = standings(engine)
    deep = max(_LEAST, _DEEPER * k) if copies else k
    found = search(engine, query, depth_for(engine, deep), mode=mode, where=where)
    found = read_again(engine, query, found)
    return fold_hits(engine, found)[:k] if copies else found[:k]


def fold_hits(engine: Engine, hits: Sequence[Hit]) -> list[Hit]:
    """Fold hits of copies that tell the same place into the best copy's, where the first stood."""
    known = standings(engine)
    groups: list[list[Hit]] = []
    of_cluster: dict[int, list[list[Hit]]] = {}
    for hit in hits:
        standing = known.get(hit.passage.span.document_id)
        kin = of_cluster.setdefault(id(standing.cluster), []) if standing else []
        same = next((group for group in kin if _belongs(group, hit)), None)
        if same is not None:
            same.append(hit)
            continue
        groups.append([hit])
        kin.append(groups[-1])
    return [_folded(engine, group) for group in groups]


def _belongs(group: Sequence[Hit], hit: Hit) -> bool:
    # With all of them: what is masked in one agrees with a draft as well as with its final version.
    own = hit.passage.span.document_id
    others = [one for one in group if one.passage.span.document_id != own]
    return bool(others) and all(_same_place(one.passage.text, hit.passage.text) for one in others)


def _same_place(first: str, second: str) -> bool:
    """Whether passages of copies tell the same, with the same numbers."""
    shorter, longer = sorted((first, second), key=len)
    if shared(shorter, longer) < _SHARED:
        return False
    if _masked(shorter) or _masked(longer):
        return True
    return _numbers(shorter) <= _numbers(longer)


def shared(shorter: str, longer: str) -> float:
    """The share of a text's runs of three characters that stand in a longer one."""
    grams = _grams(shorter)
    return len(grams & _grams(longer)) / max(1, len(grams))


@lru_cache(_KEPT)
def _grams(text: str) -> frozenset[str]:
    plain = squeeze(text).translate(_PUNCTUATION)
    return frozenset(plain[index : index + _GRAM] for index in range(len(plain) - _GRAM + 1))


@lru_cache(_KEPT)
def _masked(text: str) -> bool:
    return is_masked(text)


@lru_cache(_KEPT)
def _numbers(text: str) -> frozenset[str]:
    return frozenset(numbers_in(text))


def _folded(engine: Engine, hits: Sequence[Hit]) -> Hit:
    """The best copy's hit with the rank of the first; what has its values before what has not."""
    if len(hits) == 1:
        return hits[0]
    order = copies_of(engine, hits[0].passage.span.document_id)
    best = min(
        hits,
        key=lambda hit: (
            _masked(hit.passage.text),
            order.index(hit.passage.span.document_id),
        ),
    )
    copies: dict[str, Copy] = {}
    for hit in hits:
        document = engine.document(hit.passage.span.document_id)
        wording = _wording(best.passage.text, hit.passage.text)
        copies.setdefault(document.id, Copy(document.id, document.title, document.source, wording))
    copies.pop(best.passage.span.document_id)
    return replace(best, score=hits[0].score, parts=hits[0].parts, copies=tuple(copies.values()))


def _wording(best: str, text: str) -> Wording:
    if _masked(text):
        return Wording.MASKED
    shorter, longer = sorted((best, text), key=len)
    return Wording.SAME if shared(shorter, longer) == 1 else Wording.REWORDED

"""Near-duplicates among documents: reprints, reworded and abridged copies, each with its best.

Texts that share enough sampled runs of characters are compared exactly; what is no copy of the
best one of a group stands apart from it, however many others lie between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.duplicates.candidates import likely_pairs
from corpus.duplicates.choosing import Told, ranked, reason
from corpus.duplicates.comparing import align
from corpus.duplicates.forms import form_of
from corpus.duplicates.relating import (
    Copy,
    Kinship,
    Numbers,
    differing_numbers,
    kinship,
    may_be_kin,
)
from corpus.duplicates.sketches import Sketch, no_sketch, sketch_of
from corpus.duplicates.versions import is_draft, versions
from corpus.duplicates.wording import worse_worded
from corpus.records import Cluster, Document, Member

if TYPE_CHECKING:
    from corpus.duplicates.forms import Hashes

# The best copy must be kin to all that the most connected one is kin to, lest it leave copies out;
# in a large group not every text meets every other, and nearly all will do.
_CENTRAL, _LARGE = 0.9, 12
# Forms of so many texts are held at once, some 300 kB each.
_FORMS_HELD = 256
# A mask hides a value of some characters.
_MASK_WEIGHT = 5

_Neighbours = Mapping[int, set[int]]


def find_clusters(
    documents: Sequence[Document], sketches: Sequence[Sketch] | None = None
) -> tuple[Cluster, ...]:
    """Return the clusters of near-duplicates, in the order of their first documents.

    :param documents: whole documents, which may be read anew each time one is asked for.
    :param sketches: of each document's text, where they are known.
    """
    texts = _Texts(documents, sketches or [sketch_of(one.text) for one in documents])
    clusters: list[tuple[int, Cluster]] = []
    # Group by group, so that a text is folded once for all that it is compared with.
    for likely in _connected(texts.likely()):
        for group in _connected(texts.kin(likely)):
            clusters += _parted(texts, group)
    return tuple(cluster for _, cluster in sorted(clusters, key=lambda item: item[0]))


class _Texts:
    """The documents; of those whose texts are the same but for punctuation one stands for all."""

    def __init__(self, documents: Sequence[Document], sketches: Sequence[Sketch]) -> None:
        self._documents = documents
        self._samples: list[Hashes] = []
        self._twins: dict[bytes, list[int]] = defaultdict(list)
        nothing = no_sketch()
        for index, sketch in enumerate(sketches):
            if sketch.digest != nothing.digest:
                self._twins[sketch.digest].append(index)
            alone = len(self._twins.get(sketch.digest, ())) == 1
            self._samples.append(sketch.runs if alone else nothing.runs)
        self._twins_of = {twins[0]: twins for twins in self._twins.values()}
        self._likely: dict[int, set[int]] = {}
        self.copy = lru_cache(_FORMS_HELD)(self._copy)

    def _copy(self, index: int) -> Copy:
        """The document of a number with its form."""
        document = self._documents[index]
        return Copy(document, form_of(document.text))

    def likely(self) -> _Neighbours:
        """For each text, those that may be copies of it; one stands for all its twins."""
        self._likely = {first: set() for first, *others in self._twins.values() if others}
        for first, second in likely_pairs(self._samples):
            self._likely.setdefault(first, set()).add(second)
            self._likely.setdefault(second, set()).add(first)
        return self._likely

    def kin(self, texts: Iterable[int]) -> _Neighbours:
        """For each of these texts and their twins, those that are copies of it, if any is."""
        neighbours: dict[int, set[int]] = defaultdict(set)
        for first in texts:
            for second in sorted(self._likely[first]):
                if first < second and may_be_kin(self.copy(first), self.copy(second)):
                    neighbours[first].add(second)
                    neighbours[second].add(first)
            if len(twins := self._twins_of[first]) > 1:
                neighbours[first].update(twins)
        for first in list(neighbours):
            for other in self._twins_of[first][1:]:
                neighbours[other] = neighbours[first]
        return neighbours


def _connected(neighbours: _Neighbours) -> list[dict[int, int]]:
    """The groups that copies join, each with the number of kin of each document."""
    groups: list[dict[int, int]] = []
    seen: set[int] = set()
    for start in sorted(neighbours):
        if start in seen:
            continue
        seen.add(start)
        group = [start]
        for index in group:
            group += (new := sorted(neighbours[index] - seen))
            seen.update(new)
        groups.append({index: len(neighbours[index]) for index in sorted(group)})
    return groups


def _parted(texts: _Texts, group: Mapping[int, int]) -> list[tuple[int, Cluster]]:
    """Part a group into clusters: a best copy and what is kin to it, then so on with the rest."""
    clusters: list[tuple[int, Cluster]] = []
    left = dict(group)
    while len(left) > 1:
        best, told = _best(texts, left)
        kin: dict[int, Kinship] = {}
        for index in left:
            if index != best and (found := kinship(texts.copy(best), texts.copy(index))):
                kin[index] = found
        if kin:
            clusters.append((min(best, *kin), _cluster(texts, best, kin, told)))
        left = {index: kins for index, kins in left.items() if index != best and index not in kin}
    return clusters


def _best(texts: _Texts, group: Mapping[int, int]) -> tuple[int, Told]:
    """The best of those that are kin to nearly as many as any, and what is told of each.

    A draft stands among them only where nothing else does.
    """
    issued = [index for index in group if not is_draft(texts.copy(index).document)]
    pool = issued or list(group)
    most = max(group[index] for index in pool)
    enough = most * (_CENTRAL if len(group) > _LARGE else 1)
    central = [index for index in pool if group[index] >= enough]
    # Against the fullest with the fewest masks the others show where their numbers differ.
    hub = max((texts.copy(index) for index in central), key=_fullness)
    told = _told(hub, (texts.copy(index) for index in group))
    best = ranked([texts.copy(index) for index in central], told)[0].document
    return next(index for index in central if texts.copy(index).document is best), told


def _told(hub: Copy, copies: Iterable[Copy]) -> Told:
    """How each copy is worded beside a hub, and which of them are of one version."""
    wording: dict[str, int] = {}
    numbers: dict[str, Numbers] = {}
    documents: list[Document] = []
    for copy in copies:
        alignment = align(hub.form, copy.form)
        wording[copy.document.id] = worse_worded(alignment)
        numbers[copy.document.id] = differing_numbers(hub, copy, alignment.changes())
        documents.append(copy.document)
    return Told(wording, versions(documents, numbers))


def _fullness(copy: Copy) -> int:
    return len(copy.form.codes) - _MASK_WEIGHT * copy.masks


def _cluster(texts: _Texts, best: int, kin: Mapping[int, Kinship], told: Told) -> Cluster:
    copies = [texts.copy(index) for index in kin]
    members = tuple(
        Member(
            copy.document.id,
            found.relation,
            round(found.jaccard, 3),
            round(found.containment, 3),
            found.differs,
        )
        for copy, found in zip(copies, kin.values(), strict=True)
    )
    first = texts.copy(best)
    return Cluster(first.document.id, reason(first, copies, told), members)

"""Which documents must be judged anew when some come or go: those that are kin, and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from corpus.duplicates.forms import form_of
from corpus.duplicates.relating import Copy, may_be_kin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus.records import Document


class Shelf(Protocol):
    """Documents by number, and which share sampled runs of their texts."""

    def document(self, number: int) -> Document:
        """Return a document."""

    def likely(self, number: int) -> Iterable[int]:
        """Return the documents that may be copies of it."""


def family(shelf: Shelf, seeds: Iterable[int]) -> set[int]:
    """Return these documents and all that are kin to them, or to their kin."""
    found = set(seeds)
    waiting = sorted(found)
    while waiting:
        number = waiting.pop()
        near = sorted(set(shelf.likely(number)) - found)
        if not near:
            continue
        this = _copy(shelf, number)
        kin = [other for other in near if may_be_kin(this, _copy(shelf, other))]
        found.update(kin)
        waiting += kin
    return found


def _copy(shelf: Shelf, number: int) -> Copy:
    document = shelf.document(number)
    return Copy(document, form_of(document.text))

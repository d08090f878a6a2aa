"""Drafts, and the versions of one text: what is in force is what was issued, and issued last.

Copies that hold the same numbers are one version, however they are worded, cut or masked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from corpus.duplicates.relating import Numbers
from corpus.records import Document

_DRAFT = "征求意见|征询意见|讨论|送审|报审|报批|审议|草案|初|草|代拟|修改|审核|会签"
# 草案 alone is also what a budget is called when it is reported: it must end a line or a bracket.
_MARKED = re.compile(
    rf"[(（﹙〔\[【][^()（）〔〕\[\]【】\n]{{0,6}}(?:(?:{_DRAFT})稿|草案)[^()（）〔〕\[\]【】\n]{{0,12}}"
    rf"[)）﹚〕\]】]|(?:(?:{_DRAFT})稿|方案草案|意见草案|办法草案)\s*$",
    re.MULTILINE,
)
_ASKS = re.compile("征[求询].{0,80}意见(?:建议)?(?:的|$)")
# A draft says so at its head; further on, a final text may tell how its draft was discussed.
_HEAD = 400
# A line that names the draft and goes on is a sentence about it.
_SENTENCE = re.compile("[。；;，,]")


@dataclass(frozen=True, slots=True)
class Version:
    """What is known of all the copies of one version: whether any has a 文号, and its day."""

    numbered: bool
    day: date | None


def is_draft(document: Document) -> bool:
    """Whether a document says of itself that it is a draft: 征求意见稿, 讨论稿, 送审稿, 初稿.

    What the file's name says counts only where no 文号 tells that it was issued after all.
    """
    if _MARKED.search(document.title) or _ASKS.search(document.title):
        return True
    if not document.number and _MARKED.search(PurePath(document.source).stem):
        return True
    lines = document.text[:_HEAD].split("\n")
    marked = ((line, _MARKED.search(line)) for line in lines)
    return any(
        match and not _SENTENCE.search(line[: match.start()] + line[match.end() :])
        for line, match in marked
    )


def versions(documents: Sequence[Document], told: Mapping[str, Numbers]) -> dict[str, Version]:
    """Return the version of each copy, by document id.

    :param told: by document id, the numbers that are unlike those of one of the copies.
    """
    of_version: dict[Numbers, list[Document]] = defaultdict(list)
    merged = _merged(told)
    for document in documents:
        of_version[merged[document.id]].append(document)
    found = {numbers: _version(held, documents) for numbers, held in of_version.items()}
    return {identifier: found[numbers] for identifier, numbers in merged.items()}


def _merged(told: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """An excerpt or a masked copy has only some of its version's other numbers: it is of it."""
    largest = sorted(set(told.values()), key=lambda one: (-len(one), sorted(one)))
    return {
        identifier: next(whole for whole in largest if numbers <= whole) if numbers else numbers
        for identifier, numbers in told.items()
    }


def _version(held: Sequence[Document], documents: Sequence[Document]) -> Version:
    numbers = {document.number for document in held if document.number}
    # One 文号 is one document, whose day is not that of the page it was reprinted on: of copies
    # with it in which a number was misread none is the newer.
    same = [document for document in documents if document.number in numbers]
    days = [document.issued_on for document in same if document.issued_on]
    days = days or [document.issued_on for document in held if document.issued_on]
    return Version(bool(numbers), min(days, default=None))

"""From people's words to the documents': 种蘑菇 is 食用菌 there, 大货车 is 重型货车.

The thesaurus is data, `thesaurus.tsv`: a word as people say it, a tab, what official documents
write for it, best first. It is used on questions only; documents are never rewritten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from index.tokens import fold, segment

_THESAURUS = Path(__file__).with_name("thesaurus.tsv")


@dataclass(frozen=True, slots=True)
class Bridge:
    """A word of a folded question, where it stands, and what documents write for it."""

    word: str
    official: tuple[str, ...]
    start: int
    end: int


def bridges(folded: str) -> list[Bridge]:
    """Return the words of the thesaurus in a folded question, the longest at each place.

    Only whole words are: 油站 in 黑加油站 is part of another.
    """
    pattern, table = _compiled()
    matches = list(pattern.finditer(folded))
    if not matches:
        return []
    cuts = {0, *accumulate(map(len, segment(folded)))}
    return [
        Bridge(match.group(), table[match.group()], match.start(), match.end())
        for match in matches
        if {match.start(), match.end()} <= cuts
    ]


@cache
def _compiled() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in _THESAURUS.read_text("utf-8").splitlines():
        word, _, official = line.partition("\t")
        table[fold(word)] = tuple(map(fold, official.split(" ")))
    longest_first = sorted(table, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first))), table

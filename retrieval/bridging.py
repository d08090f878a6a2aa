"""From people's words to the documents': 种蘑菇 is 食用菌 there, 大货车 is 重型货车.

The thesaurus is data, `thesaurus.tsv`: a word as people say it, a tab, what official documents
write for it, best first. It is used on questions only; documents are never rewritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from index.tokens import fold, segment

_THESAURUS = Path(__file__).with_name("thesaurus.tsv")
# So many characters are never part of another thing; spoken words are often cut amiss.
_SURE = 5


@dataclass(frozen=True, slots=True)
class Bridge:
    """A word of a folded question, where it stands, and what documents write for it."""

    word: str
    official: tuple[str, ...]
    start: int
    end: int


def bridges(folded: str) -> list[Bridge]:
    """Return the words of the thesaurus in a folded question, the longest at each place.

    Short ones only as whole words: 油站 in 黑加油站 is part of another.
    """
    table, longest = _table()
    # Guessed words run across spoken ones: 转错/账能 in 转错账能要回来吗.
    cuts = {0, *accumulate(map(len, segment(folded, guess=False)))}
    found: list[Bridge] = []
    start = 0
    while start < len(folded):
        end = _end(folded, start, longest, cuts)
        if end:
            found.append(Bridge(folded[start:end], table[folded[start:end]], start, end))
        start = end or start + 1
    return found


def _end(folded: str, start: int, longest: int, cuts: set[int]) -> int:
    """Where the longest word of the thesaurus that starts here ends, 0 without one."""
    table, _ = _table()
    for end in range(min(start + longest, len(folded)), start, -1):
        whole = end - start >= _SURE or {start, end} <= cuts
        if whole and folded[start:end] in table:
            return end
    return 0


@cache
def _table() -> tuple[dict[str, tuple[str, ...]], int]:
    """The official words by the people's word, and the length of the longest of these."""
    table: dict[str, tuple[str, ...]] = {}
    # Folded at one go: thirteen thousand calls would take a fifth of a second.
    for line in fold(_THESAURUS.read_text("utf-8")).splitlines():
        word, _, official = line.partition("\t")
        table[word] = tuple(official.split(" "))
    return table, max(map(len, table))


def people_words() -> dict[str, list[str]]:
    """The thesaurus the other way round: what people say for what documents write, folded."""
    said: dict[str, list[str]] = {}
    for word, official in _table()[0].items():
        for one in official:
            said.setdefault(one, []).append(word)
    return said

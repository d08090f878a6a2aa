"""Which pieces the encoder knows: the commonest characters, pairs and words of its texts."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from index.pieces import LONGEST, is_piece
from index.tokens import fold, segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from index.training.records import Text

_PAIRS = 62_000  # with rows of 256 bytes, what fits into 24 MB
_SEEN_CHARACTERS, _SEEN_WORDS = 5, 8  # times, fewer of which teach nothing
_SHORTEST_WORD = 3
# What questions say, and the words people and documents use for each other, count as if seen often.
_PHRASE, _TERM = 1000, 25
_RUN = re.compile(r"[^\W_]+")


def choose(texts: Iterable[Text], phrases: Sequence[str], terms: Sequence[str]) -> str:
    """Return a vocabulary, a piece a line: characters, pairs, words of three and four."""
    characters: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for text in texts:
        for part in (text.context, text.body):
            folded = fold(part)
            _count(folded, 1, characters, pairs)
            words.update(word for word in segment(folded) if _SHORTEST_WORD <= len(word) <= LONGEST)
    for times, said in ((_PHRASE, phrases), (_TERM, terms)):
        for one in said:
            _count(fold(one), times, characters, pairs)
    return "\n".join(
        [
            *_commonest(characters, _SEEN_CHARACTERS),
            *_commonest(pairs, 1)[:_PAIRS],
            *_commonest(words, _SEEN_WORDS),
        ]
    )


def _count(folded: str, times: int, characters: Counter[str], pairs: Counter[str]) -> None:
    for run in _RUN.findall(folded):
        for place, char in enumerate(run):
            characters[char] += times
            if place:
                pairs[run[place - 1 : place + 1]] += times


def _commonest(counts: Counter[str], least: int) -> list[str]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [piece for piece, count in ordered if count >= least and is_piece(piece)]

"""Which of two copies was reworded: the one whose words go together less often.

A machine that spins a text puts rare synonyms (疼惜 for 保护, 准时 for 及时), whose characters
seldom stand beside what is around them: in clean official prose such pairs are rare.
"""

from __future__ import annotations

from itertools import pairwise

from corpus.duplicates.comparing import Alignment, Change
from corpus.duplicates.forms import Form

# A pair that clean text has so many times less often is the worse word of two.
_RARER = 8
# A synonym is no longer than this; longer changes are other sentences.
_LONGEST = 8
# 全县 for 全市: another level's speech, not another word for the same.
_LEVELS = frozenset("省市县区镇乡局厅委政府x")
# So many more of the changes must be worse worded on one side, and so many times as many.
_MORE, _TIMES = 3, 1.5


def worse_worded(alignment: Alignment, *, each_once: bool = False) -> int:
    """Return 1 where the second text was reworded, -1 where the first was, 0 where none was.

    :param each_once: count a word put for another once, however often: a name for a name
        throughout is a plan of another place, not a rewording.
    """
    first = second = 0
    seen: set[tuple[str, str]] = set()
    for change in alignment.changes():
        lengths = change.first[1] - change.first[0], change.second[1] - change.second[0]
        if not all(lengths) or max(lengths) > _LONGEST or _of_level(alignment, change):
            continue
        words = _words(alignment, change)
        if each_once and words in seen:
            continue
        seen.add(words)
        here = _rarest(alignment.first, *change.first)
        there = _rarest(alignment.second, *change.second)
        first += there > _RARER * here
        second += here > _RARER * there
    more, less = max(first, second), min(first, second)
    if more - less < _MORE or more < _TIMES * less:
        return 0
    return 1 if second > first else -1


def _of_level(alignment: Alignment, change: Change) -> bool:
    """Whether a change only names the same bodies of another level."""
    return set("".join(_words(alignment, change))) <= _LEVELS


def _words(alignment: Alignment, change: Change) -> tuple[str, str]:
    first, second = alignment.first.codes, alignment.second.codes
    here, there = first[slice(*change.first)], second[slice(*change.second)]
    return "".join(map(chr, here.tolist())), "".join(map(chr, there.tolist()))


def _rarest(form: Form, start: int, end: int) -> float:
    """How often the rarest pair of characters in a range, and at its borders, is in clean text."""
    from corpus.repairs.language import load_language

    chars = "".join(map(chr, form.codes[max(0, start - 1) : end + 1].tolist()))
    language = load_language()
    return min((language.pair_count(*pair) for pair in pairwise(chars)), default=0.0)

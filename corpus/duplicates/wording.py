"""Which of two copies was reworded: the one whose words go together less often.

A machine that spins a text puts rare synonyms (疼惜 for 保护, 准时 for 及时), whose characters
seldom stand beside what is around them. `bigrams.txt` holds the pairs of characters that stand
thirty times or more in the articles of Chinese statutes, 15 million characters of official
prose: a line for each first character, then all the second ones, the most frequent first.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from corpus.duplicates.comparing import Alignment
from corpus.duplicates.forms import Form

_COMMON = Path(__file__).parent / "bigrams.txt"
# A synonym is no longer than this; longer changes are other sentences.
_LONGEST = 8
# So many more of the changes must be worse worded on one side, and so many times as many.
_MORE, _TIMES = 3, 1.5


def worse_worded(alignment: Alignment) -> int:
    """Return 1 where the second text was reworded, -1 where the first was, 0 where none was."""
    first = second = 0
    for change in alignment.changes():
        lengths = change.first[1] - change.first[0], change.second[1] - change.second[0]
        if not all(lengths) or max(lengths) > _LONGEST:
            continue
        here = _is_common(alignment.first, *change.first)
        there = _is_common(alignment.second, *change.second)
        first += there and not here
        second += here and not there
    more, less = max(first, second), min(first, second)
    if more - less < _MORE or more < _TIMES * less:
        return 0
    return 1 if second > first else -1


def _is_common(form: Form, start: int, end: int) -> bool:
    """Whether every pair of characters in a range, and at its borders, is a common one."""
    chars = "".join(map(chr, form.codes[max(0, start - 1) : end + 1].tolist()))
    common = _common()
    return all(chars[index : index + 2] in common for index in range(len(chars) - 1))


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text("utf-8").splitlines()
    return frozenset(line[0] + second for line in lines for second in line[1:])

"""The words of a sentence that answer: the run of clauses that says most of the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from retrieval.coverage import Term, coverage, squeeze

# What is taken in at a glance, and what a phone shows of a message before it is opened.
LONGEST = 60
_YEAR = re.compile(r"(?:19|20)\d\d(?=\s*年)")
_CLAUSE_END = re.compile("[,，。;；!！?？:：\n]")


def focus(
    text: str,
    wanted: Sequence[Term],
    met_by: Callable[[str], bool],
    years: Sequence[str] = (),
    *,
    longest: int = LONGEST,
) -> tuple[int, int]:
    """Return where the clauses stand that answer best, and what follows up to `longest` characters.

    Clauses of the years that are asked for, if any are, which hold what is expected (the date,
    the number) go before all others. A clause that is longer by itself is given whole; of runs
    that say as much the longest, then the first.
    """

    def worth(run: tuple[int, int]) -> tuple[bool, bool, float, int]:
        words = text[slice(*run)]
        said = coverage(wanted, squeeze(words))
        return _of_years(text, run, years), met_by(words), round(said, 6), run[1] - run[0]

    start, end = max(_runs(text), key=worth, default=(0, len(text)))
    ends = [match.end() for match in _CLAUSE_END.finditer(text, end)] + [len(text)]
    return start, max((later for later in ends if later - start <= longest), default=end)


def _of_years(text: str, run: tuple[int, int], years: Sequence[str]) -> bool:
    """Whether clauses name the years, or go on in the last one that was named before them."""
    words = text[slice(*run)]
    before = _YEAR.findall(text[: run[0]])[-1:]
    return all(year in words or year in before for year in years)


def _runs(text: str) -> list[tuple[int, int]]:
    """From every clause on, as many as are taken in at a glance."""
    ends = [match.end() for match in _CLAUSE_END.finditer(text)]
    clauses = [pair for pair in pairwise([0, *ends, len(text)]) if text[slice(*pair)].strip()]
    runs = []
    for index, (start, end) in enumerate(clauses):
        for _, later in clauses[index + 1 :]:
            if later - start > LONGEST:
                break
            end = later
        runs.append((start, end))
    return runs

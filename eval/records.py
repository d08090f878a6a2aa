"""The types `eval` works with: questions and what is expected, runs, verdicts, measured systems.

A run ranks passages by id, a qrels table says which are relevant; grades of 1 and more count as
relevant. Times are in milliseconds unless a name says `_s`; memory is in MiB.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from corpus.errors import GongjianError
from index.records import Scored

Ranking = Sequence[Scored]
Run = Mapping[str, Ranking]
Qrels = Mapping[str, Mapping[str, int]]
Search = Callable[[str, int], Ranking]


class QuestionKind(StrEnum):
    """What a question asks for; `none` is what the corpus does not answer."""

    FIELD = "field"
    FACT = "fact"
    LIST = "list"
    CONVERSATION = "conversation"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be used or measured: where it stands, and why."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}:{self.reason}"


def reason_of(exc: BaseException) -> str:
    """Say in one line why something failed: an error's own words, or what kind it is."""
    if isinstance(exc, GongjianError):
        return str(exc)
    return f"{type(exc).__name__}:{exc}" if str(exc) else type(exc).__name__


@dataclass(frozen=True, slots=True)
class Turn:
    """One question, and what its answer must be; see `questions/README.md` for the keys."""

    question: str
    kind: QuestionKind
    answers: tuple[str, ...] = ()
    items: tuple[tuple[str, ...], ...] = ()
    excludes: tuple[str, ...] = ()
    due: date | None = None
    tasks: tuple[int, ...] = ()
    total: int | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A line of a question set; only a conversation has more than one turn."""

    id: str
    kind: QuestionKind
    turns: tuple[Turn, ...]
    source: str | None
    styles: tuple[str, ...]
    key_terms: tuple[str, ...]
    near: str | None
    place: str

    @property
    def text(self) -> str:
        """The question as it is shown: the turns of a conversation, one after the other."""
        return " / ".join(turn.question for turn in self.turns)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one question was answered.

    `exact`, `cited`, `complete` and `brief` are None where they do not apply: `exact` says that
    every citation is what it claims and what is said stands in the quotes, `cited` that one stands
    in a relevant passage, `complete` is the share of a list that was named, `brief` that the first
    60 characters hold an accepted span. `refused` and `unanswerable` say of every turn whether it
    was, and whether it should have been. `why` says what was wrong.
    """

    id: str
    kind: QuestionKind
    styles: tuple[str, ...]
    question: str
    right: bool
    refused: tuple[bool, ...]
    unanswerable: tuple[bool, ...]
    said: str
    expected: str
    elapsed_ms: tuple[float, ...]
    exact: bool | None = None
    cited: bool | None = None
    complete: float | None = None
    brief: bool | None = None
    why: str = ""
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Queries:
    """What the systems are measured on: texts and relevant passages by query id."""

    name: str
    texts: Mapping[str, str]
    qrels: Qrels
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Built:
    """A system ready to search.

    `timed` stands in for `search` where that takes a short cut: the latency is then its own, on
    a few queries, on which both must agree.
    """

    search: Search
    timed: Search | None = None


@dataclass(frozen=True, slots=True)
class System:
    """A way to rank passages, by name; `build` takes the home of the index under test.

    `own_index` says that it builds something of its own there, so that its build time is that.
    """

    name: str
    about: str
    build: Callable[[Path], Built]
    own_index: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What a system did with the queries."""

    system: str
    run: Run
    latencies_ms: tuple[float, ...]
    passages: int
    index_s: float | None
    rss_mb: float

"""How an answer came about: told on the way to whoever asks, to nobody otherwise.

Everything that answers takes a `Trail` and tells it what it has at hand anyway. `SILENT` forgets
it at once; a `Record` keeps it for `--explain`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from retrieval.anchors import Anchors
from retrieval.conditions import Conditions
from retrieval.question import Question
from retrieval.records import Candidate, Check, Hit, Proof


class Trail:
    """What can be told; nothing of it is kept."""

    def read(self, question: Question, anchors: Anchors) -> None:
        """A question as it is read."""

    def followed(self, what: str) -> None:
        """What was taken over from what was said before."""

    def took(self, way: str) -> None:
        """Where the answer was found, in plain words."""

    def listed(self, conditions: Conditions | None) -> None:
        """What the tasks of a list were asked to satisfy."""

    def searched(self, words: str, hits: Sequence[Hit], candidates: Sequence[Candidate]) -> None:
        """What a fact was looked for with, what was found, and how it was weighed."""

    def chose(self, passage_id: str) -> None:
        """The passage that was read for the answer."""

    def check(self, what: str, value: float, least: float) -> None:
        """A figure that had to reach another."""

    def mended(self, changes: Sequence[tuple[str, str]], *, kept: bool) -> None:
        """The question was read again by how it sounds; `kept`: that is what was answered."""

    def proven(self, proof: Proof) -> None:
        """What the proof of the answer came to."""


SILENT = Trail()


@dataclass(slots=True)
class Attempt:
    """One reading of a question, and what came of it."""

    question: Question
    anchors: Anchors
    followed: list[str] = field(default_factory=list)
    way: str = ""
    conditions: Conditions | None = None
    words: str = ""
    hits: tuple[Hit, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    chosen: str = ""
    checks: list[Check] = field(default_factory=list)


class Record(Trail):
    """A trail that is kept: each reading of the question, the mending and the proof."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self.attempts: list[Attempt] = []
        self.changes: tuple[tuple[str, str], ...] = ()
        self.proof: Proof | None = None

    @property
    def attempt(self) -> Attempt:
        """The reading that was answered."""
        return self.attempts[-1]

    def read(self, question: Question, anchors: Anchors) -> None:
        """Begin a reading."""
        self.attempts.append(Attempt(question, anchors))

    def followed(self, what: str) -> None:
        """Keep what was taken over."""
        self.attempt.followed.append(what)

    def took(self, way: str) -> None:
        """Keep where the answer was found."""
        self.attempt.way = way

    def listed(self, conditions: Conditions | None) -> None:
        """Keep the conditions of a list."""
        self.attempt.conditions = conditions

    def searched(self, words: str, hits: Sequence[Hit], candidates: Sequence[Candidate]) -> None:
        """Keep what the last search for a fact found; of a search before it nothing."""
        self.attempt.words, self.attempt.hits = words, tuple(hits)
        self.attempt.candidates, self.attempt.chosen = tuple(candidates), ""
        self.attempt.checks.clear()

    def chose(self, passage_id: str) -> None:
        """Keep the passage that was read."""
        self.attempt.chosen = passage_id

    def check(self, what: str, value: float, least: float) -> None:
        """Keep a figure with what it had to reach."""
        self.attempt.checks.append(Check(what, value, least))

    def mended(self, changes: Sequence[tuple[str, str]], *, kept: bool) -> None:
        """Keep what was read for what; a reading that answered nothing is dropped."""
        if kept:
            self.changes = tuple(changes)
        else:
            self.attempts.pop()

    def proven(self, proof: Proof) -> None:
        """Keep the proof."""
        self.proof = proof

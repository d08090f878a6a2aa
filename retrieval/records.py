"""The types `retrieval` hands out: hits, citations, answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from corpus.records import Passage, Task


class Mode(StrEnum):
    """How passages are ranked; `rrf` is kept to be compared with."""

    HYBRID = "hybrid"
    LEXICAL = "lexical"
    DENSE = "dense"
    RRF = "rrf"


class AnswerKind(StrEnum):
    """What an answer is: a field of a task, a fact, a complete list, or none."""

    FIELD = "field"
    FACT = "fact"
    LIST = "list"
    NONE = "none"


class Wording(StrEnum):
    """How a copy puts what is quoted: the same, in other words, or with its values struck out."""

    SAME = "same"
    REWORDED = "reworded"
    MASKED = "masked"


@dataclass(frozen=True, slots=True)
class Copy:
    """Another document that says what is quoted, and how it puts it."""

    document_id: str
    title: str
    source: str
    wording: Wording = Wording.SAME


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, its score (higher is better), and each leg's part in it.

    `copies` are other documents in which it stands too, and which were found as well.
    """

    passage: Passage
    score: float
    parts: dict[str, float] = field(default_factory=dict)
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote, and where it stands in the clean text and in the file as it came.

    `page` is the page of the file the quote begins on, None where the file has no pages.
    """

    document_id: str
    title: str
    number: str | None
    source: str
    heading: tuple[str, ...]
    quote: str
    start: int
    end: int
    raw_start: int
    raw_end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """A line shown under the answer (牵头, 配合, 阶段)."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question, and on what grounds.

    `text` is what a person reads first; `value` the computed value beside the original words;
    `tasks` item numbers; `total` how many things the answer names, complete for a list.
    An abstained answer has kind `none`, and its citations are only the nearest passages.
    """

    question: str
    kind: AnswerKind
    text: str
    citations: tuple[Citation, ...]
    confidence: float
    details: tuple[Detail, ...] = ()
    tasks: tuple[Task, ...] = ()
    total: int = 0
    value: dict[str, Any] = field(default_factory=dict)
    also_in: tuple[Copy, ...] = ()

    @property
    def abstained(self) -> bool:
        """Whether the corpus does not answer the question."""
        return self.kind is AnswerKind.NONE


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of an answer, and what proves them.

    `citation` counts from 1, 0 where no citation says them; `why` they are known all the same.
    """

    words: str
    citation: int = 0
    why: str = ""

    @property
    def proven(self) -> bool:
        """Whether the words may be said."""
        return bool(self.citation or self.why)


@dataclass(frozen=True, slots=True)
class Proof:
    """What may be said of an answer, and each piece of it that was looked up."""

    answer: Answer
    pieces: tuple[Piece, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """The words that no citation says: they are not said."""
        return tuple(piece.words for piece in self.pieces if not piece.proven)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage weighed for an answer.

    `here` is the share of the question in it, `held` that with its document, `score` what it was
    chosen by; `anchored`: it is of the place and the year that are asked for.
    """

    passage: Passage
    here: float
    held: float
    score: float
    anchored: bool


@dataclass(frozen=True, slots=True)
class Check:
    """A figure that had to be at least another for an answer to be given."""

    what: str
    value: float
    least: float

    @property
    def met(self) -> bool:
        """Whether it was."""
        return self.value >= self.least

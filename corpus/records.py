"""The types `corpus` hands out: all frozen, all free of behaviour beyond views of themselves.

Offsets count characters (code points), never bytes. `Span` offsets are into
`Document.text`; `Edit` offsets are into `Document.raw`; `Document.raw_start` is where
`raw` begins in the decoded source file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Edit:
    """One repair: `raw[start:end]` reads `replacement` in the clean text, for `reason`."""

    start: int
    end: int
    replacement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of a document's clean text."""

    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: a half-open range of the text the table stands in, perhaps empty."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, its cells by column; a cell that spans several stands in each of them."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its rows from top to bottom, all with as many cells."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the file: its number, from 1, and where in a text it begins."""

    number: int
    start: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the corpus, clean, with every repair on record.

    Applying `edits` (sorted, disjoint) to `raw` gives `text`. The raws of the documents
    of one source file are disjoint pieces of its text, in order: of a text file the decoded file,
    of html, docx and pdf the text that stands in it; of a BEIR corpus each raw is the
    `text` of its own line, and offsets count in that. `addressees` are the 主送机关, `attachments`
    the titles under 附件, `year` the one that 今年 means; `tables` and `pages` lie in `text`.
    """

    id: str
    title: str
    text: str
    raw: str
    source: str
    raw_start: int = 0
    edits: tuple[Edit, ...] = ()
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    kind: str | None = None
    addressees: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    year: int | None = None
    tables: tuple[Table, ...] = ()
    pages: tuple[Page, ...] = ()

    @property
    def base(self) -> date | None:
        """The day that dates without a year are told by: of issue, else the year's first."""
        return self.issued_on or (date(self.year, 1, 1) if self.year else None)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document small enough to be read as evidence.

    `text` is exactly the span's text. `context` (title, heading, an item's problem) is
    what a reader knows when arriving at the passage: searched with it, never quoted.
    `kind` is `paragraph`, `heading`, `title`, or a field of a task: `task.problem`, `task.target`,
    `task.measures`, `task.leaders`, `task.units`, `task.deadline`, `task.acceptance`,
    `task.status`; `task` is its id then.
    """

    id: str
    span: Span
    heading: tuple[str, ...]
    kind: str
    text: str
    context: str = ""
    task: str | None = None


class DeadlineKind(StrEnum):
    """How a deadline binds: only `fixed` has a date, only `recurring` a rule."""

    FIXED = "fixed"
    RECURRING = "recurring"
    ONGOING = "ongoing"
    DONE = "done"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline or milestone: the words it came from, and what they imply.

    `due` is the last day on which the work is in time (`fixed` only); `recurrence` an
    RFC 5545 RRULE (`recurring` only); `quantity` what is due then, as written (80%, 11个乡镇);
    `base` the day from which a year that is not written was told, or a term counts.
    """

    kind: DeadlineKind
    text: str
    span: Span
    due: date | None = None
    recurrence: str | None = None
    quantity: str | None = None
    base: date | None = None


@dataclass(frozen=True, slots=True)
class Leader:
    """A responsible leader (责任领导): name without inner spaces, post as written."""

    name: str
    post: str


@dataclass(frozen=True, slots=True)
class Task:
    """One item of a rectification plan's ledger (台账).

    Texts are values without their labels. `spans` maps `problem`, `target`, `measures`,
    `leaders`, `units`, `deadline`, `acceptance`, `status` to the place in the document, label
    included. `acceptance_units` are the 验收单位; `status` is the 整改状态 as written.
    `inferred` names what was concluded rather than read, with the raw text where there is one.
    """

    id: str
    document_id: str
    source: str
    number: int
    section: str
    problem: str
    target: str
    measures: tuple[str, ...]
    leaders: tuple[Leader, ...]
    lead_units: tuple[str, ...]
    cooperating_units: tuple[str, ...]
    deadline: Deadline | None
    milestones: tuple[Deadline, ...] = ()
    acceptance_units: tuple[str, ...] = ()
    status: str = ""
    spans: dict[str, Span] = field(default_factory=dict)
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source file holds, read: documents, their passages, their tasks."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    tasks: tuple[Task, ...]


class Relation(StrEnum):
    """How a copy stands to the best one of its cluster.

    `same` reads the same but for trifles, `reworded` says it in other words, `abridged` leaves
    parts out, `expanded` has more, `revised` says otherwise: a number or a date is another.
    """

    SAME = "same"
    REWORDED = "reworded"
    ABRIDGED = "abridged"
    EXPANDED = "expanded"
    REVISED = "revised"


@dataclass(frozen=True, slots=True)
class Member:
    """A copy beside the best one: how it stands to it, and how much the two share.

    `containment` is the share of this copy's runs of characters that the best one has too;
    `differs` are numbers and dates that read otherwise, the best copy's before the arrow.
    """

    document_id: str
    relation: Relation
    jaccard: float
    containment: float
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """Documents that tell the same: the best copy, why it was chosen, and the others."""

    best: str
    why: str
    members: tuple[Member, ...]

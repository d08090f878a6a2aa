"""What must be fetched or made before an update is handled.

An answer, a page of a document, tasks of the index, a picture or paper: all made off the event
loop and outside of any transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.office.records import Board, Bulletin, LedgerEvent


@dataclass(frozen=True, slots=True)
class AnswerNeed:
    """A question, asked within a conversation (one for each chat and person)."""

    conversation: str
    question: str
    as_of: date


@dataclass(frozen=True, slots=True)
class SourceNeed:
    """A page of a document around a quote; page 0 is the one the quote stands on."""

    document_id: str
    start: int
    end: int
    page: int


@dataclass(frozen=True, slots=True)
class DraftsNeed:
    """The tasks of the index, all or those with these item numbers."""

    numbers: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class TimelineNeed:
    """The board as a picture."""

    board: Board


@dataclass(frozen=True, slots=True)
class SheetNeed:
    """The ledger as a spreadsheet."""

    board: Board
    events: tuple[LedgerEvent, ...]


@dataclass(frozen=True, slots=True)
class BulletinNeed:
    """A bulletin as picture and paper."""

    bulletin: Bulletin


Need = AnswerNeed | SourceNeed | DraftsNeed | TimelineNeed | SheetNeed | BulletinNeed


@dataclass(frozen=True, slots=True)
class Paper:
    """A file made for a need: kind is `picture` or `document`."""

    kind: str
    name: str
    content: bytes

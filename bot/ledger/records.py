"""What is done to tasks, as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.records import Action, Actor, Attachment
from bot.state.tables import LedgerTask, TaskEvent
from corpus.errors import RefusedError


class StaleError(RefusedError):
    """The task has changed since the card that was pressed was drawn."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something somebody wants to do to a task.

    `version` is that of the card it was done from; None: whatever stands. `due` is the new date
    of SET_DUE and ASK_EXTENSION; with SET_DUE `milestone` is the one whose date it is, and
    `drop` takes that one out; `milestone` and `through` say what PROGRESS is about (milestone
    0: the task's own recurring duty; `through`: occurrences due up to that day); `stages` is the
    reminders' plan of SET_STAGES.
    """

    action: Action
    task: int
    actor: Actor
    at: datetime
    version: int | None = None
    text: str = ""
    due: date | None = None
    milestone: int = 0
    through: date | None = None
    drop: bool = False
    stages: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Performed:
    """A deed done: the task as it is now, and the event that records it."""

    task: LedgerTask
    event: TaskEvent

"""What a reminder says: a card for one alone, a list for several of one morning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from bot.records import UNIT_ROLE_WORDS, Action, Button, TaskState, UnitRole
from bot.reminding.cards import DETAIL, headline, task_buttons
from bot.reminding.escalation import UNSIGNED, UNSIGNED_LONG, is_escalation
from bot.reminding.stages import QUARTERLY, stage_words
from bot.state.tables import LedgerTask
from bot.telegram.buttons import TaskPress, encode
from bot.telegram.html import escape
from corpus.records import DeadlineKind

# Of an entry for the office, instead of a unit's role.
OFFICE = "office"
# With two lines each, about as much as is read at one glance.
_ENTRIES = 10
_PLAN, _STEP, _QUOTE, _TARGET = 36, 60, 240, 200
GUESSED = "(日历未公布,按周一至周五推算)"

_HEADS = ("升级提醒", "已超期", "今天到期", "即将到期", "季度检查")
_ESCALATED, _OVERDUE, _TODAY, _AHEAD, _CHECK = range(len(_HEADS))


@dataclass(frozen=True, slots=True)
class Entry:
    """One reminder as it is said in one chat on one day.

    `units` are those of the task that the chat is of, all in `role`; none for the office.
    """

    reminder: int
    chat: int
    day: date
    task: LedgerTask
    milestone: int
    due: date | None
    stage: str
    calendar_known: bool
    role: str
    units: tuple[str, ...]
    unsigned: bool

    @property
    def words(self) -> str:
        """How long there is, counted from the day it is said on."""
        if self.stage == QUARTERLY:
            return stage_words(self.stage, None)
        left = stage_words("T0", self.due, on=self.day) if self.due else ""
        unsigned = {UNSIGNED: "尚未签收", UNSIGNED_LONG: f"{_unsigned(self.task)}尚未签收"}
        return ",".join(word for word in (unsigned.get(self.stage, ""), left) if word)

    @property
    def step(self) -> str:
        """The words of the milestone, empty for the task's own date."""
        texts = (step.text for step in self.task.milestones if step.id == self.milestone)
        return next(texts, "")

    @property
    def urgency(self) -> tuple[int, date, int, int]:
        """What is more urgent sorts first."""
        place = (self.due or date.max, self.task.number, self.task.id)
        return (_group(self), *place)

    @property
    def insists(self) -> bool:
        """Whether it may be sent once more when nobody can know that it arrived."""
        if is_escalation(self.stage):
            return True
        return self.stage == "T0" or self.stage.startswith("T+")

    @property
    def quiet(self) -> bool:
        """Whether it is so early that nobody needs to be rung for it."""
        return self.stage == "T-30"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to one chat, and the reminders it stands for."""

    text: str
    buttons: tuple[tuple[Button, ...], ...]
    entries: tuple[Entry, ...]


def messages(entries: Sequence[Entry]) -> tuple[Message, ...]:
    """Say what one chat is reminded of on a day: one card, or lists in order of urgency."""
    if len(entries) == 1:
        return (Message(card(entries[0]), _card_buttons(entries[0]), (entries[0],)),)
    ordered = sorted(entries, key=lambda entry: entry.urgency)
    parts = [ordered[at : at + _ENTRIES] for at in range(0, len(ordered), _ENTRIES)]
    return tuple(
        Message(
            "\n".join(_list_lines(part, len(ordered), (number, len(parts)))),
            task_buttons(entry.task for entry in part),
            tuple(part),
        )
        for number, part in enumerate(parts, start=1)
    )


def card(entry: Entry) -> str:
    """One reminder in full: what, until when, who, and where it is written."""
    task = entry.task
    title = headline(task.number, task.title)
    lines = [f"<b>{escape(entry.words)}</b>", f"<b>{escape(title)}</b>"]
    if entry.step:
        lines.append(_labelled("阶段", entry.step))
    lines.append(_labelled("期限", _deadline(entry)))
    if entry.role in UNIT_ROLE_WORDS:
        names = "、".join(entry.units)
        lines.append(_labelled("单位", f"{names}({_role(entry)})"))
    else:
        lines.append(_labelled("牵头", _lead(task)))
    if task.target:
        lines.append(_labelled("目标", _cut(task.target, _TARGET)))
    if task.leaders:
        lines.append(_labelled("领导", "、".join(task.leaders)))
    lines.append(_labelled("依据", _source(task)))
    if task.quote:
        lines.append(f"<blockquote>{escape(_cut(task.quote, _QUOTE))}</blockquote>")
    return "\n".join(lines)


def progress_mark(milestone: int, due: date) -> str:
    """Name a milestone's date in a button 阶段完成, in place of the reminder's stage."""
    return f"m{milestone}-{due:%Y%m%d}"


def read_progress_mark(mark: str) -> tuple[int, date] | None:
    """Return the milestone (0: the task's own duty) and the date; None where it is none."""
    found = re.fullmatch("m([0-9]{1,18})-([0-9]{4})([0-9]{2})([0-9]{2})", mark, re.ASCII)
    try:
        return (int(found[1]), date(*map(int, found.groups()[1:]))) if found else None
    except ValueError:
        return None


def _list_lines(part: Sequence[Entry], total: int, place: tuple[int, int]) -> Iterator[str]:
    day = part[0].day
    number, parts = place
    which = f"({number}/{parts})" if parts > 1 else ""
    yield f"<b>任务提醒</b> {day.year}年{day.month}月{day.day}日,共 {total} 项{which}"
    for group, entries in groupby(part, key=_group):
        yield f"\n<b>{_HEADS[group]}</b>"
        for entry in entries:
            title = headline(entry.task.number, entry.task.title)
            yield f"<b>{escape(title)}</b>({escape(_role(entry))})"
            deadline = f"期限 {_deadline(entry)}" if entry.due else _deadline(entry)
            yield escape(f"{entry.words} · {deadline} · {_short_source(entry.task)}")


def _deadline(entry: Entry) -> str:
    """The day and the words it comes from."""
    words = _cut(entry.step, _STEP) if entry.step else entry.task.deadline_text
    remark = "" if entry.calendar_known else GUESSED
    if entry.due is None:
        return f"{words}{remark}"
    return f"{entry.due}(原文:{words}){remark}"


def _group(entry: Entry) -> int:
    if is_escalation(entry.stage):
        return _ESCALATED
    if entry.due is None:
        return _CHECK
    left = (entry.due - entry.day).days
    return _OVERDUE if left < 0 else _AHEAD if left else _TODAY


def _role(entry: Entry) -> str:
    if entry.role in UNIT_ROLE_WORDS:
        return UNIT_ROLE_WORDS[UnitRole(entry.role)]
    return f"牵头:{_lead(entry.task)}"


def _lead(task: LedgerTask) -> str:
    return "、".join(part.unit.name for part in task.units if part.role == UnitRole.LEAD)


def _unsigned(task: LedgerTask) -> str:
    waiting = [p for p in task.units if p.role == UnitRole.LEAD and p.acknowledged_at is None]
    return "、".join(part.unit.name for part in waiting)


def _source(task: LedgerTask) -> str:
    return " ".join(part for part in (f"《{task.plan}》", task.document_number) if part)


def _short_source(task: LedgerTask) -> str:
    return task.document_number or f"《{_cut(task.plan, _PLAN)}》"


def _labelled(label: str, words: str) -> str:
    return f"<b>{label}</b> {escape(words)}"


def _cut(words: str, length: int) -> str:
    line = " ".join(words.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _card_buttons(entry: Entry) -> tuple[tuple[Button, ...], ...]:
    """What one can do at once; whether the one who presses may, is decided then."""
    first, second = [], []
    if entry.role in UNIT_ROLE_WORDS and entry.unsigned:
        first.append(_button("签收", Action.ACKNOWLEDGE, entry))
    if entry.role == UnitRole.LEAD:
        recurring = entry.task.kind == DeadlineKind.RECURRING
        if entry.due is not None and (entry.milestone or recurring):
            mark = progress_mark(entry.milestone, entry.due)
            first.append(_button("阶段完成", Action.PROGRESS, entry, mark))
        if entry.task.state != TaskState.REPORTED:
            first.append(_button("报告完成", Action.REPORT, entry))
        second.append(_button("申请延期", Action.ASK_EXTENSION, entry))
    second.append(_button("详情", DETAIL, entry))
    return tuple(tuple(row) for row in (first, second) if row)


def _button(text: str, action: str, entry: Entry, stage: str = "") -> Button:
    press = TaskPress(action, entry.task.id, entry.task.version, stage or entry.stage)
    return Button(text, encode(press))

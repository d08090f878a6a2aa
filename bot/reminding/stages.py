"""The stages of a deadline, and the days on which each is to be sent.

A stage is where a day stands to the due day: T-7, T0, T+3; Q is the quarterly check of what
has no due day. Its nominal day may be a day off: what comes before or on the deadline is
then sent on the working day before, what is overdue on the working day after.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias

from bot.reminding.recurring import due_dates, period_days
from bot.reminding.workdays import WorkCalendar
from corpus.errors import SettingsError
from corpus.records import DeadlineKind

Stage: TypeAlias = str

QUARTERLY: Stage = "Q"
_STAGE = re.compile(r"T(?:0|[+-][1-9][0-9]*)")
_DAY = timedelta(days=1)
_WEEK = 7
_QUARTER = "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1"
_JANUARY = date(1, 1, 1)
# A due day more often than this is met by working, and a reminder of each would be noise.
_RARE_ENOUGH = 2

_SILENCE, _WEEKLY = "不提醒", "每周"
_SEPARATORS = re.compile(r"[,、;\s]+")
# A recurring duty is said to be overdue within the first eighth of its next period, or not.
_SOON = 8
_PLANNED = re.compile(r"T?(?P<sign>[+-]?)(?P<days>[0-9]{1,4})天?", re.IGNORECASE)
_FARTHEST = 365
_EXAMPLE = "如 30,7,1,0,+1,+3,每周(提前的天数、+超期的天数,之后每周),或“不提醒”"


def stage_of(offset: int) -> Stage:
    """Name the stage of a day by its distance from the due day, negative before it."""
    return f"T{offset:+d}" if offset else "T0"


def offset_of(stage: Stage) -> int:
    """Return the distance from the due day that a stage names.

    :raises ValueError: it is no stage, or the quarterly check.
    """
    if not _STAGE.fullmatch(stage):
        raise ValueError(f"not a stage with a distance from the due day: {stage!r}")
    return int(stage[1:])


def stage_words(stage: Stage, due: date | None, *, on: date | None = None) -> str:
    """Say a stage in Chinese; read `on` a day, the days are counted from it.

    A T0 for a Sunday is sent on Friday, when 今天到期 would be wrong: pass the day.

    :raises ValueError: it is no stage.
    """
    if stage == QUARTERLY:
        return "季度检查"
    days = offset_of(stage) if on is None or due is None else (on - due).days
    if days == 0:
        return "今天到期"
    return f"还有 {-days} 天" if days < 0 else f"已超期 {days} 天"


@dataclass(frozen=True, slots=True)
class StagePlan:
    """How many days before the due day and after it to remind, and whether weekly from then.

    `before` runs from far to near (0 is the due day), `overdue` from near to far.
    """

    before: tuple[int, ...] = (30, 7, 1, 0)
    overdue: tuple[int, ...] = (1, 3)
    weekly_after: bool = True

    def __post_init__(self) -> None:
        before, overdue = set(self.before), set(self.overdue)
        if not before <= set(range(_FARTHEST + 1)) or not overdue <= set(range(1, _FARTHEST + 1)):
            raise ValueError(f"days beyond {_FARTHEST}, or overdue on the due day: {self}")
        in_order = tuple(sorted(before, reverse=True)), tuple(sorted(overdue))
        if (self.before, self.overdue) != in_order:
            raise ValueError(f"days out of order or twice: {self}")

    @classmethod
    def parse(cls, text: str) -> StagePlan:
        """Read the office's own plan for a task, such as 30,15,7,1,0,+1,+3,每周.

        :raises SettingsError: a word is none of a plan's, stands twice, or is too far away.
        """
        words = [w for w in _SEPARATORS.split(unicodedata.normalize("NFKC", text)) if w]
        if words == [_SILENCE]:
            return cls((), (), weekly_after=False)
        if not words:
            raise SettingsError(f"提醒方案是空的: 请写天数,{_EXAMPLE}")
        read = [_planned_day(word, text) for word in words]
        if twice := [word for word, day in zip(words, read, strict=True) if read.count(day) > 1]:
            raise SettingsError(f"提醒方案“{text}”里“{twice[0]}”重复: 每个时点只写一次,{_EXAMPLE}")
        days = [day for day in read if day is not None]
        return cls(
            tuple(-day for day in sorted(days) if day <= 0),
            tuple(day for day in sorted(days) if day > 0),
            weekly_after=None in read,
        )

    def text(self) -> str:
        """Write the plan as `parse` reads it."""
        words = [str(lead) for lead in self.before] + [f"+{days}" for days in self.overdue]
        return ",".join(words + [_WEEKLY] * self.weekly_after) or _SILENCE

    def fitted(self, period: int) -> StagePlan:
        """Return what of the plan suits a duty that is due again after so many days.

        What is nearer to the last due day than to its own would confuse; and of a duty due
        every week that somebody is behind is old news before anybody can answer.
        """
        return StagePlan(
            tuple(lead for lead in self.before if 2 * lead < period),
            tuple(days for days in self.overdue if _SOON * days < period),
            weekly_after=False,
        )


def _planned_day(word: str, text: str) -> int | None:
    """Read a word of a plan as a distance from the due day, None for weekly."""
    if word == _WEEKLY:
        return None
    match = _PLANNED.fullmatch(word)
    if not match:
        raise SettingsError(f"提醒方案“{text}”里的“{word}”看不懂: 请写天数,{_EXAMPLE}")
    days = int(match["days"])
    if days > _FARTHEST:
        raise SettingsError(f"提醒方案“{text}”里的“{word}”太远: 最多 {_FARTHEST} 天")
    if match["sign"] == "+" and days == 0:
        raise SettingsError(f"提醒方案“{text}”里的“{word}”有误: 到期当天写 0,超期从 +1 起")
    return days if match["sign"] == "+" else -days


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reminded of: a deadline or milestone, issued on `anchor`.

    `done_through` is the last due day reported done: of a recurring duty all up to it are,
    and a fixed deadline is if it is no later.
    """

    kind: DeadlineKind
    due: date | None
    recurrence: str | None
    anchor: date
    plan: StagePlan = StagePlan()
    done_through: date | None = None

    def __post_init__(self) -> None:
        if self.kind is DeadlineKind.FIXED and self.due is None:
            raise ValueError("a fixed deadline needs a due day")
        if self.kind is DeadlineKind.RECURRING and self.recurrence is None:
            raise ValueError("a recurring deadline needs a rule")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A stage to be sent on a local `day`; `nominal` is the day it would be without days off.

    `calendar_known` is false where the move between the two rests on a calendar not yet
    published. A quarterly check has no due day: its nominal day tells it from the others.
    """

    due: date | None
    stage: Stage
    day: date
    nominal: date
    calendar_known: bool


@dataclass(frozen=True, slots=True)
class _Window:
    """The nominal days, first and last, of what is sent between two days."""

    before: tuple[date, date]
    overdue: tuple[date, date]


def occurrences(
    subject: Subject, calendar: WorkCalendar, *, start: date, end: date
) -> tuple[Occurrence, ...]:
    """Return all that is to be sent of a subject from `start` through `end`, in order.

    Nothing lies before the subject's anchor, neither its nominal day nor its own; on that day
    itself the notice of issue has just said when it is due, so nothing ahead of the due day is
    said again. Of two stages of a due day on the same day only the more urgent is left.

    :raises ValueError: the recurrence is not a rule that this project writes.
    """
    if start > end:
        return ()
    # Exact, because moving to a working day keeps order: nothing outside can move inside.
    window = _Window(
        (calendar.on_or_after(start), calendar.on_or_after(end + _DAY) - _DAY),
        (calendar.on_or_before(start - _DAY) + _DAY, calendar.on_or_before(end)),
    )
    kept: dict[tuple[date | None, date], Occurrence] = {}
    for due, nominal in sorted(_nominal_days(subject, window), key=lambda pair: pair[1]):
        found = _occurrence(due, nominal, calendar)
        ahead = due is not None and nominal < due
        if min(found.day, nominal) >= subject.anchor + _DAY * ahead:
            kept[due, found.day] = found
    return tuple(sorted(kept.values(), key=lambda found: (found.day, found.nominal)))


def latest_missed(
    missed: Iterable[Occurrence], now_day: date
) -> tuple[Occurrence | None, tuple[Occurrence, ...]]:
    """Choose what of one due day's unsent occurrences to send after a pause: only the latest.

    :returns: the one to send, if any is due by `now_day`, and those it makes superfluous.
    :raises ValueError: they are of several due days.
    """
    ready = sorted((o for o in missed if o.day <= now_day), key=lambda o: (o.day, o.nominal))
    if len({occurrence.due for occurrence in ready}) > 1:
        raise ValueError("occurrences of several due days do not supersede each other")
    return (ready[-1], tuple(ready[:-1])) if ready else (None, ())


def _nominal_days(subject: Subject, window: _Window) -> list[tuple[date | None, date]]:
    """List the due and nominal days of all stages whose nominal day is in the window."""
    rule = subject.recurrence or ""
    if subject.kind is DeadlineKind.DONE:
        return []
    recurring = subject.kind is DeadlineKind.RECURRING
    if subject.kind is DeadlineKind.ONGOING or (recurring and period_days(rule) < _RARE_ENOUGH):
        first, last = window.overdue
        return [(None, day) for day in _quarter_days(first, last)]
    if recurring:
        plan = subject.plan.fitted(period_days(rule))
        dues = _recurring_dues(replace(subject, plan=plan), window)
    else:
        plan = subject.plan
        dues = (subject.due,) if subject.due else ()
    done = subject.done_through or date.min
    return [
        (due, due + timedelta(days=offset))
        for due in dues
        if due > done
        for offset in _offsets(plan, due, window)
    ]


def _quarter_days(first: date, last: date) -> tuple[date, ...]:
    return due_dates(_QUARTER, after=first - _DAY, until=last, anchor=_JANUARY)


def _recurring_dues(subject: Subject, window: _Window) -> tuple[date, ...]:
    """Return the due days that can have a stage in the window."""
    last_overdue = max(subject.plan.overdue, default=0)
    first_before = max(subject.plan.before, default=0)
    return due_dates(
        subject.recurrence or "",
        after=min(window.before[0], window.overdue[0]) - timedelta(days=last_overdue + 1),
        until=max(window.before[1], window.overdue[1]) + timedelta(days=first_before),
        anchor=subject.anchor,
    )


def _offsets(plan: StagePlan, due: date, window: _Window) -> list[int]:
    """List the stages of a due day whose nominal day is in the window, as distances from it."""
    first, last = ((day - due).days for day in window.before)
    found = [-lead for lead in plan.before if first <= -lead <= last]
    first, last = ((day - due).days for day in window.overdue)
    found += [days for days in plan.overdue if first <= days <= last]
    if plan.weekly_after:
        # Counted from the window, not from the due day: that may lie decades back.
        base = max(plan.overdue, default=0)
        weeks = max(1, -((base - first) // _WEEK))
        found += range(base + weeks * _WEEK, last + 1, _WEEK)
    return found


def _occurrence(due: date | None, nominal: date, calendar: WorkCalendar) -> Occurrence:
    early = due is not None and nominal <= due
    day = calendar.on_or_before(nominal) if early else calendar.on_or_after(nominal)
    first, last = sorted((nominal, day))
    between = (first + timedelta(days=days) for days in range((last - first).days + 1))
    stage = QUARTERLY if due is None else stage_of((nominal - due).days)
    return Occurrence(due, stage, day, nominal, all(map(calendar.is_known, between)))

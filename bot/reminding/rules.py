"""What the planner is told: the hours in which one may send, and how far to plan ahead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.reminding.workdays import OfficeHours, WorkCalendar, chinese_workday
from bot.state.tables import CalendarDay

# Asked for the same few hundred days all the time; a new calendar comes with a new program.
_published: Callable[[date], bool | None] = lru_cache(maxsize=4096)(chinese_workday)


@dataclass(frozen=True, slots=True)
class PlanRules:
    """The office's hours, and for how many days ahead reminders are planned."""

    hours: OfficeHours = field(default_factory=OfficeHours)
    horizon: int = 40

    def day_of(self, instant: datetime) -> date:
        """Return the day it is at the office."""
        return instant.astimezone(self.hours.zone).date()


def office_calendar(session: Session) -> WorkCalendar:
    """Return the working days as the office has set them, else as published."""
    rows = session.execute(select(CalendarDay.day, CalendarDay.working))
    return WorkCalendar({day: working for day, working in rows}, published=_published)

"""Working days and office hours: the office's word first, then the State Council's calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_SATURDAY = 5
# Ten times the longest holiday there has been: a calendar without a working day is a mistake.
_LONGEST_HOLIDAY = 100


def chinese_workday(day: date) -> bool | None:
    """Tell whether the State Council's arrangement makes a day work, None if not published."""
    try:
        return bool(import_module("chinese_calendar").is_workday(day))
    except NotImplementedError:
        return None


class WorkCalendar:
    """Which days are worked: the office's overrides, the published calendar, Monday to Friday."""

    def __init__(
        self,
        overrides: Mapping[date, bool] | None = None,
        *,
        published: Callable[[date], bool | None] = chinese_workday,
    ) -> None:
        self._overrides = dict(overrides or {})
        self._published = published
        # A published day does not change while the process lives, and the package is slow.
        self._answers: dict[date, bool | None] = {}

    def is_workday(self, day: date) -> bool:
        """Tell whether the office works on a day."""
        said = self._said(day)
        return day.weekday() < _SATURDAY if said is None else said

    def is_known(self, day: date) -> bool:
        """Tell whether a day is settled, not guessed from its weekday (日历未公布)."""
        return self._said(day) is not None

    def on_or_before(self, day: date) -> date:
        """Return the day, or the last working day before it.

        :raises ValueError: there is none within any holiday's length.
        """
        return self._nearest(day, -_DAY)

    def on_or_after(self, day: date) -> date:
        """Return the day, or the first working day after it.

        :raises ValueError: there is none within any holiday's length.
        """
        return self._nearest(day, _DAY)

    def after(self, day: date, workdays: int) -> date:
        """Return the n-th working day after a day, which itself does not count.

        :raises ValueError: `workdays` is not positive, or a holiday has no end.
        """
        if workdays < 1:
            raise ValueError(f"the number of working days must be positive, got {workdays}")
        for _ in range(workdays):
            day = self.on_or_after(day + _DAY)
        return day

    def _said(self, day: date) -> bool | None:
        override = self._overrides.get(day)
        if override is not None:
            return override
        if day not in self._answers:
            self._answers[day] = self._published(day)
        return self._answers[day]

    def _nearest(self, day: date, step: timedelta) -> date:
        for distance in range(_LONGEST_HOLIDAY):
            if self.is_workday(found := day + distance * step):
                return found
        raise ValueError(f"no working day within {_LONGEST_HOLIDAY} days of {day}")


def office_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the office's clock shows a time of a day."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The hours of a working day in which one may send, from `opens` until before `closes`."""

    opens: time = time(9, 0)
    closes: time = time(17, 30)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError(f"office hours end at {self.closes}, before {self.opens}")

    def opening(self, day: date) -> datetime:
        """Return the UTC instant at which the office opens on a day."""
        return office_instant(day, self.opens, self.zone)

    def next_open(self, now: datetime, calendar: WorkCalendar) -> datetime:
        """Return the next UTC instant at which one may send: now, or the next opening.

        :raises ValueError: `now` has no time zone.
        """
        if now.tzinfo is None:
            raise ValueError(f"an instant without a time zone: {now}")
        local = now.astimezone(self.zone)
        today = local.date()
        if local.time() >= self.closes:
            return self.opening(calendar.after(today, 1))
        if not calendar.is_workday(today) or local.time() < self.opens:
            return self.opening(calendar.on_or_after(today))
        return now.astimezone(UTC)

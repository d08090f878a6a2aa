"""The due days of a recurring duty, from the RFC 5545 rule read out of a document.

Two conventions of official language are not RFC 5545's. A rule that names no day is due on
the last day of its period: Sunday, the month's end, and for 每季度 and 每半年 the end of the
calendar quarter or half-year. And a day that a month lacks means its last: the 31st in
June, 29 February in a common year; RFC 5545 would skip the month. That is all of the rule's
meaning, so the days are computed here; an expander would have to be argued with on both.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_WEEK = 7
_MONTHS = 12
_LONGEST_MONTH = 31
_YEAR_DAYS = 365.25
_WEEKDAYS = {name: day for day, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_ALLOWED = {
    "DAILY": frozenset[str](),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYMONTH", "BYMONTHDAY"}),
    "YEARLY": frozenset({"BYMONTH", "BYMONTHDAY"}),
}
# More than anybody plans for; it keeps dates inside what `date` can hold.
_LONGEST_INTERVAL = 999


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule taken apart; days count from 1, or from -1 at the month's end."""

    frequency: str
    interval: int
    months: tuple[int, ...]
    days: tuple[int, ...]
    weekdays: tuple[int, ...]

    @property
    def names_days(self) -> bool:
        return bool(self.months or self.days or self.weekdays)


def due_dates(rule: str, *, after: date, until: date, anchor: date) -> tuple[date, ...]:
    """Return the due days of a rule within (after, until], none before the anchor.

    With an interval, a rule that names days counts from the anchor's period, as in
    RFC 5545; one that names none counts periods of that length, from January where they
    fill a year and from the anchor where they do not.

    :raises ValueError: the rule is not one that this project writes.
    """
    parsed = _parsed(rule)
    if max(after, anchor) > until or after == until:
        return ()
    first = max(after + timedelta(days=1), anchor)
    by_months = parsed.frequency in {"MONTHLY", "YEARLY"}
    found = (_by_months if by_months else _by_days)(parsed, first, until, anchor)
    return tuple(sorted({day for day in found if first <= day <= until}))


def period_days(rule: str) -> int:
    """Return about how many days lie between two due days: 1, 7, 30, 91, 182, 365.

    :raises ValueError: the rule is not one that this project writes.
    """
    parsed = _parsed(rule)
    if parsed.frequency == "DAILY":
        return parsed.interval
    if parsed.frequency == "WEEKLY":
        return max(1, _WEEK * parsed.interval // (len(parsed.weekdays) or 1))
    if parsed.frequency == "MONTHLY":
        months = len(parsed.months) or _MONTHS
    else:
        months = len(parsed.months) or (_MONTHS if parsed.days else 1)
    a_year = months * (len(parsed.days) or 1)
    return max(1, int(_YEAR_DAYS * parsed.interval / a_year))


def _by_days(rule: _Rule, first: date, until: date, anchor: date) -> Iterator[date]:
    """Yield due days around a window, block by block of days or weeks."""
    weekly = rule.frequency == "WEEKLY"
    base = anchor.toordinal() - (anchor.weekday() if weekly else 0)
    length = rule.interval * (_WEEK if weekly else 1)
    within = rule.weekdays or (length - 1,)
    start = base + (first.toordinal() - base) // length * length
    for block in range(start, until.toordinal() + 1, length):
        yield from (date.fromordinal(block + day) for day in within)


def _by_months(rule: _Rule, first: date, until: date, anchor: date) -> Iterator[date]:
    """Yield due days around a window, month by month."""
    for index in range(_month_index(first), _month_index(until) + 1):
        if _has_month(rule, index, anchor):
            year, month = index // _MONTHS, index % _MONTHS + 1
            length = monthrange(year, month)[1]
            for day in rule.days or (-1,):
                yield date(year, month, _day_of_month(day, length))


def _has_month(rule: _Rule, index: int, anchor: date) -> bool:
    """Tell whether something is due in a month, by its number since year 0."""
    year, month = index // _MONTHS, index % _MONTHS + 1
    if rule.names_days:
        yearly = rule.frequency == "YEARLY"
        since = year - anchor.year if yearly else index - _month_index(anchor)
        return since % rule.interval == 0 and (not rule.months or month in rule.months)
    if rule.frequency == "YEARLY":
        return month == _MONTHS and (year - anchor.year + 1) % rule.interval == 0
    origin = 0 if _MONTHS % rule.interval == 0 else _month_index(anchor)
    return (index - origin + 1) % rule.interval == 0


def _month_index(day: date) -> int:
    return day.year * _MONTHS + day.month - 1


def _day_of_month(day: int, length: int) -> int:
    return min(day, length) if day > 0 else max(1, length + 1 + day)


def _parsed(rule: str) -> _Rule:
    parts: dict[str, str] = {}
    for part in rule.strip().upper().split(";"):
        name, _, value = part.partition("=")
        if not value or name in parts:
            raise ValueError(f"cannot read {part!r} in the rule {rule!r}")
        parts[name] = value
    frequency = parts.pop("FREQ", "")
    if frequency not in _ALLOWED:
        raise ValueError(f"no FREQ of {', '.join(_ALLOWED)} in the rule {rule!r}")
    interval = parts.pop("INTERVAL", "1")
    if extra := sorted(parts.keys() - _ALLOWED[frequency]):
        raise ValueError(f"{', '.join(extra)} cannot be used in the rule {rule!r}")
    days = _numbers(parts.get("BYMONTHDAY"), -_LONGEST_MONTH, _LONGEST_MONTH, rule)
    if 0 in days:
        raise ValueError(f"there is no day 0 in a month: {rule!r}")
    return _Rule(
        frequency,
        _numbers(interval, 1, _LONGEST_INTERVAL, rule, most=1)[0],
        _numbers(parts.get("BYMONTH"), 1, _MONTHS, rule),
        days,
        _weekday_numbers(parts.get("BYDAY"), rule),
    )


def _numbers(
    text: str | None, low: int, high: int, rule: str, most: int | None = None
) -> tuple[int, ...]:
    try:
        found = tuple(dict.fromkeys(int(word) for word in text.split(","))) if text else ()
    except ValueError:
        raise ValueError(f"{text!r} is not made of numbers in the rule {rule!r}") from None
    if not all(low <= number <= high for number in found) or len(found) > (most or len(found)):
        raise ValueError(f"{text!r} is out of range in the rule {rule!r}")
    return found


def _weekday_numbers(text: str | None, rule: str) -> tuple[int, ...]:
    words = dict.fromkeys(text.split(",")) if text else {}
    if unknown := [word for word in words if word not in _WEEKDAYS]:
        raise ValueError(f"{', '.join(unknown)} is no weekday in the rule {rule!r}")
    return tuple(_WEEKDAYS[word] for word in words)

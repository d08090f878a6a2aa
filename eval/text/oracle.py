"""JioNLP as an outside voice on dates: what it hears an expression say, in one line of text.

It prints on import, logs tracebacks and raises on what it cannot read; none of that gets out.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from datetime import date
from typing import Any

_NOTHING = ""
_TIMES = ("time_point", "time_span")
_UNITS = {"year": "Y", "month": "M", "day": "D"}
_DAYS_A_WEEK = 7


def theirs(words: str, base: date) -> str:
    """Return what JioNLP reads: a last day (2020-08-31), a period (every 3M), or nothing."""
    with _silence():
        import jionlp

        try:
            heard = jionlp.parse_time(words, time_base=_time_base(base))
        except Exception:  # it raises whatever its tables lead it to
            return _NOTHING
    if heard["type"] in _TIMES:
        return _last_day(heard["time"])
    return _period(heard["time"]) if heard["type"] == "time_period" else _NOTHING


def extracted(text: str, base: date) -> list[tuple[int, int]]:
    """Return where JioNLP hears a time in running text."""
    with _silence():
        import jionlp

        try:
            found = jionlp.ner.extract_time(text, time_base=_time_base(base), with_parsing=False)
        except Exception:
            return []
    return [(one["offset"][0], one["offset"][1]) for one in found]


def period_of(rule: str) -> str:
    """Return one of our rules as JioNLP's periods are written here: every 3M, by 06-30."""
    parts = dict(part.split("=") for part in rule.split(";"))
    count, unit = int(parts.get("INTERVAL", "1")), parts["FREQ"][0]
    months = parts.get("BYMONTH", "").split(",")
    if unit == "Y" and len(months) > 1:
        count, unit = 12 // len(months), "M"
    if unit == "W":
        count, unit = _DAYS_A_WEEK * count, "D"
    return f"every {count}{unit}"


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    nowhere = io.StringIO()
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)


def _time_base(base: date) -> dict[str, int]:
    return {"year": base.year, "month": base.month, "day": base.day}


def _last_day(times: list[str]) -> str:
    """The day on which a span ends; an end at midnight is that of the day before the next."""
    end = times[-1]
    return _NOTHING if end.endswith("inf") else end[:10]


def _period(heard: dict[str, Any]) -> str:
    parts = [
        f"{int(count)}{_UNITS[unit]}" for unit, count in heard["delta"].items() if unit in _UNITS
    ]
    return f"every {parts[0]}" if parts else _NOTHING

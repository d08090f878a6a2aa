"""Telling a messenger that is away from a message that failed."""

from __future__ import annotations

from dataclasses import dataclass

# So many failures without a success between them: it is not the messages.
_MANY = 3
# Seconds until the next attempt; after a lost answer longer, since each costs a message's
# certainty.
_NOT_SENT = (5.0, 30.0)
_UNCERTAIN = (15.0, 300.0)
_ALARM_AFTER = 900.0


@dataclass(slots=True)
class Outage:
    """Failures in a row; while there are many, one message at a time is tried, now and then."""

    failures: int = 0
    since: float = 0.0
    until: float = 0.0
    told: bool = False

    @property
    def on(self) -> bool:
        """Whether the messenger seems to be away."""
        return self.failures >= _MANY

    def failed(self, now: float, *, certain: bool) -> None:
        """Another one: not sent for certain, or its answer lost."""
        self.since = self.since if self.failures else now
        self.failures += 1
        if self.on:
            first, most = _NOT_SENT if certain else _UNCERTAIN
            self.until = now + min(most, first * 2.0 ** min(self.failures - _MANY, 10))

    def answered(self) -> bool:
        """The messenger said something; whether it had failed before."""
        failed = self.failures > 0
        self.failures, self.until, self.told = 0, 0.0, False
        return failed

    def alarming(self, now: float) -> bool:
        """Whether it has lasted long enough to be told, and was not yet."""
        if self.told or not self.on or now - self.since < _ALARM_AFTER:
            return False
        self.told = True
        return True

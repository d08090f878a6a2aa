"""How fast messages may go: all together, and to one chat."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

# So many messages of one answer may follow each other at once in a private chat.
_BURST = 3
# When so many chats are told to wait within so many seconds, it is the bot that is too fast.
_MANY, _WITHIN = 3, 60.0


def _is_group(chat: int) -> bool:
    """Groups are numbered below zero."""
    return chat < 0


class Pacer:
    """The limits of a messenger, kept by a clock that never jumps.

    All together: at most `rate` in any second, counted exactly. A private chat: one every
    `per_chat` seconds, of which three may be saved up. A group: always `per_group` seconds
    apart. A distance of 0 lifts a limit.
    """

    def __init__(
        self,
        rate: float = 20.0,
        *,
        per_chat: float = 1.0,
        per_group: float = 3.2,
        burst: int = _BURST,
        monotonic: Callable[[], float] = time.monotonic,
        is_group: Callable[[int], bool] = _is_group,
    ) -> None:
        """Set the limits.

        :raises ValueError: the rate or the burst is not positive, or a distance is negative.
        """
        if not rate > 0 or burst < 1:
            raise ValueError(f"a rate must be positive: {rate}, in bursts of {burst}")
        if per_chat < 0 or per_group < 0:
            raise ValueError(f"a distance cannot be negative: {per_chat}, {per_group}")
        self._at_once = max(1, math.floor(rate))
        self._window = self._at_once / rate
        self._distances = {False: per_chat, True: per_group}
        self._bursts = {False: burst, True: 1}
        self._monotonic = monotonic
        self._is_group = is_group
        self._taken: deque[float] = deque(maxlen=self._at_once)
        self._free_at: dict[int, float] = {}  # when all that a chat may save up is there again
        self._quiet: dict[int, float] = {}  # when a chat that was told to wait may go on
        self._told: deque[tuple[float, int]] = deque()
        self._paused_until = -math.inf

    def ready(self) -> int:
        """How many messages may go now, to whatever chats."""
        now = self._monotonic()
        if now < self._paused_until:
            return 0
        return self._at_once - sum(1 for at in self._taken if at > now - self._window)

    def resting(self) -> frozenset[int]:
        """The chats that may get nothing now."""
        now = self._monotonic()
        self._forget(now)
        tired = {chat for chat in self._free_at if self._rests_until(chat) > now}
        return frozenset(tired | self._quiet.keys())

    def take(self, chat: int) -> None:
        """A message goes to a chat now."""
        now = self._monotonic()
        self._taken.append(now)
        if distance := self._distances[self._is_group(chat)]:
            self._free_at[chat] = max(now, self._free_at.get(chat, now)) + distance

    def throttled(self, chat: int, seconds: float) -> bool:
        """A chat was told to wait; whether everything waits now, since many were."""
        now = self._monotonic()
        self._quiet[chat] = max(now + seconds, self._quiet.get(chat, now))
        self._told.append((now, chat))
        while self._told[0][0] <= now - _WITHIN:
            self._told.popleft()
        if len({chat for _, chat in self._told}) < _MANY:
            return False
        self.pause(seconds)
        return True

    def pause(self, seconds: float) -> None:
        """Nothing goes anywhere for a while."""
        self._paused_until = max(self._paused_until, self._monotonic() + seconds)

    def wait(self) -> float | None:
        """Seconds until more may go than now; None if nothing holds anything back."""
        now = self._monotonic()
        self._forget(now)
        if now < self._paused_until:
            return self._paused_until - now
        times = [self._rests_until(chat) for chat in self._free_at]
        times += self._quiet.values()
        if self.ready() <= 0:
            times.append(self._taken[0] + self._window)
        later = [at for at in times if at > now]
        return min(later) - now if later else None

    def _rests_until(self, chat: int) -> float:
        group = self._is_group(chat)
        return self._free_at[chat] - (self._bursts[group] - 1) * self._distances[group]

    def _forget(self, now: float) -> None:
        self._free_at = {chat: at for chat, at in self._free_at.items() if at > now}
        self._quiet = {chat: at for chat, at in self._quiet.items() if at > now}

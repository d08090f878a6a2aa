"""What was had from the server lately, so that it is not asked for again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The latest values by key, up to a number; what is missing is had in one go."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, values: Mapping[K, V]) -> None:
        """Remember values, and forget those that were not asked for the longest."""
        with self._lock:
            for key, value in values.items():
                self._held[key] = value
                self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)

    def known(self, keys: Sequence[K]) -> dict[K, V]:
        """Return what is remembered of these."""
        with self._lock:
            found = {key: self._held[key] for key in keys if key in self._held}
            for key in found:
                self._held.move_to_end(key)
        return found

    def get(self, keys: Sequence[K], fetch: Callable[[list[K]], Mapping[K, V]]) -> dict[K, V]:
        """Return the values of keys, fetching those not remembered; unknown ones are left out."""
        found = self.known(keys)
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            fetched = fetch(missing)
            self.keep(fetched)
            found |= fetched
        return found

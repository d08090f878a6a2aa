"""Settings of the interpreter that suit a process which runs for months."""

from __future__ import annotations

import gc
import sys

_COLLECT_AFTER = 20_000
_TURN = 0.001


def settle_down() -> None:
    """Tell the interpreter that this is a service: much is loaded, and threads take turns.

    What is loaded by now stays, so the collector need not look at it again and again; and an
    event loop must not wait five milliseconds, the default, for another thread's turn to end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    sys.setswitchinterval(_TURN)

"""Numbers for Prometheus, on this machine only; where it is not asked for, nothing is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.records import InboxState, OutboxState
from bot.state.tables import Inbox, Outbox, Reminder
from corpus.errors import MissingExtra, SettingsError, os_reason

_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)


def counted(session: Session) -> dict[str, dict[str, int]]:
    """How many messages, updates and reminders there are in each state."""
    outbox = dict.fromkeys(OutboxState, 0)
    inbox = dict.fromkeys(InboxState, 0)
    outbox_rows = session.execute(select(Outbox.state, func.count()).group_by(Outbox.state))
    outbox.update({OutboxState(state): number for state, number in outbox_rows})
    inbox_rows = session.execute(select(Inbox.state, func.count()).group_by(Inbox.state))
    inbox.update({InboxState(state): number for state, number in inbox_rows})
    planned = session.execute(select(Reminder.state, func.count()).group_by(Reminder.state))
    sent = session.execute(
        select(Outbox.state, func.count(Reminder.id))
        .join(Reminder, Reminder.outbox_id == Outbox.id)
        .where(Outbox.state.in_((OutboxState.SENT, OutboxState.UNCERTAIN, OutboxState.FAILED)))
        .group_by(Outbox.state)
    )
    reminders = {str(state): int(number) for rows in (planned, sent) for state, number in rows}
    return {
        "outbox": {str(state): number for state, number in outbox.items()},
        "inbox": {str(state): number for state, number in inbox.items()},
        "reminders": reminders,
    }


class Metrics:
    """What is measured; `serve` makes it to be had."""

    def __init__(self) -> None:
        """Make the gauges in a registry of their own.

        :raises MissingExtra: the library is not installed.
        """
        try:
            import prometheus_client as prometheus
        except ImportError as exc:
            raise MissingExtra(
                "指标需要 prometheus-client:请运行 pip install 'gongjian[metrics]'"
            ) from exc
        self._prometheus: Any = prometheus
        self.registry: Any = prometheus.CollectorRegistry()
        kept: dict[str, Any] = {"registry": self.registry}
        self._updates = prometheus.Counter("gongjian_updates", "Updates received", **kept)
        self._handled = prometheus.Histogram(
            "gongjian_update_seconds",
            "From taking up an update to its end",
            buckets=_BUCKETS,
            **kept,
        )
        self._answers = prometheus.Histogram(
            "gongjian_answer_seconds", "Answering a question", buckets=_BUCKETS, **kept
        )
        self._states = {
            name: prometheus.Gauge(f"gongjian_{name}", f"The {name} by state", ["state"], **kept)
            for name in ("outbox", "inbox", "reminders")
        }
        self._ages = prometheus.Gauge(
            "gongjian_heartbeat_age_seconds", "Since a loop was seen alive", ["loop"], **kept
        )

    def serve(self, port: int) -> Callable[[], None]:
        """Answer at a port of this machine; the function returned ends it.

        :raises SettingsError: the port is not to be had.
        """
        try:
            server, thread = self._prometheus.start_http_server(
                port, addr="127.0.0.1", registry=self.registry
            )
        except (OSError, OverflowError) as exc:
            reason = os_reason(exc) if isinstance(exc, OSError) else "不是端口号"
            raise SettingsError(
                f"GONGJIAN_METRICS_PORT={port} 不能用:{reason};请换一个端口"
            ) from exc

        def end() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return end

    def received(self, number: int) -> None:
        """So many updates came."""
        self._updates.inc(number)

    def handled(self, seconds: float) -> None:
        """An update is done with."""
        self._handled.observe(seconds)

    def answered(self, seconds: float) -> None:
        """A question was answered, or given up."""
        self._answers.observe(seconds)

    def set(self, states: Mapping[str, Mapping[str, int]], ages: Mapping[str, float]) -> None:
        """How things stand now."""
        for name, gauge in self._states.items():
            gauge.clear()
            for state, number in states.get(name, {}).items():
                gauge.labels(state).set(number)
        self._ages.clear()
        for loop, age in ages.items():
            self._ages.labels(loop).set(age)

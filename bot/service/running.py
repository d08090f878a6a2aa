"""`gongjian bot`: everything is put together, runs, and ends in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.access.people import ensure_admins
from bot.delivery.alarms import alarm
from bot.delivery.recovering import restore_mode
from bot.opening import open_engine
from bot.service.configuration import Configuration, configure
from bot.service.interpreter import settle_down
from bot.service.locking import InstanceLock, single_instance
from bot.service.logs import set_up
from bot.service.metrics import Metrics
from bot.service.serving import Service
from bot.service.supervising import stop_on_signals
from bot.service.watch import Heartbeats, Notifier, Watchdog
from bot.settings import Settings
from bot.state.database import Database
from corpus.errors import GongjianError

_log = logging.getLogger(__name__)


def run_bot(settings: Settings, *, restored: bool = False) -> int:
    """Run the bot until it is stopped; the exit code.

    :param restored: the database is an old copy: what came due since is not sent by itself.
    :raises GongjianError: it cannot be started, or what it needs is lost.
    """
    configuration = configure(settings)
    set_up(configuration.log, configuration.secrets)
    try:
        with single_instance(
            configuration.home, configuration.database_url, configuration.bot
        ) as lock:
            open_engine(settings)  # builds the index where there is none
            with _database(configuration, restored=restored) as database:
                return _run(configuration, database, lock)
    except GongjianError:
        raise
    except Exception:  # not for the terminal: it may hold the token
        _log.critical("the service failed", exc_info=True)
        return 1


@contextlib.contextmanager
def _database(configuration: Configuration, *, restored: bool) -> Iterator[Database]:
    database = Database.open(configuration.database_url)
    try:
        now = datetime.now(UTC)
        database.write(lambda session: _begin(session, configuration, now, restored=restored))
        yield database
    finally:
        database.close()


def _begin(
    session: Session, configuration: Configuration, now: datetime, *, restored: bool
) -> None:
    """What must be true before anything runs."""
    ensure_admins(session, sorted(configuration.admins), now)
    if not restored:
        return
    held = restore_mode(session, now)
    _log.warning("restored: %d messages may have been sent already and are held", held)
    words = f"已从备份恢复。有 {held} 条消息可能早已发出,先不发送,请用 gongjian bot uncertain 核对"
    alarm(session, now, "restored", words)


def _run(configuration: Configuration, database: Database, lock: InstanceLock) -> int:
    heartbeats, notifier = Heartbeats(), Notifier(os.environ)
    metrics = Metrics() if configuration.metrics_port else None
    watchdog = Watchdog(heartbeats, notifier)
    with contextlib.ExitStack() as ending:
        if metrics is not None and configuration.metrics_port:
            ending.callback(metrics.serve(configuration.metrics_port))
        watchdog.start()
        ending.callback(watchdog.stop)

        settle_down()

        async def serve() -> int:
            stopping = asyncio.Event()
            stop_on_signals(stopping)
            service = Service(configuration, database, lock, heartbeats, metrics=metrics)
            code = await service.run(stopping, ready=notifier.ready)
            notifier.stopping()
            return code

        return asyncio.run(serve())

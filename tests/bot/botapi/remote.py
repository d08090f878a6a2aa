"""The same controls for a server in another process."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bot.botapi.controls import Controls
from tests.bot.botapi.records import call_of, dumps, loads, sent_of

_TIMEOUT = 30.0
_ROOT = Path(__file__).parents[3]
_RECORDS: dict[str, Callable[[dict[str, Any]], Any]] = {"calls": call_of, "sent": sent_of}


class RemoteBotApi(Controls):
    """Controls a server through its control port, ``http://127.0.0.1:PORT``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connection; the next action opens another one."""
        self._connection.close()

    def _perform(self, action: str, **arguments: Any) -> Any:
        body = dumps(arguments).encode()
        with self._lock:
            self._connection.request("POST", f"/control/{action}", body)
            answer = loads(self._connection.getresponse().read())
        if not answer["ok"]:
            raise ValueError(answer["error"])
        read = _RECORDS.get(action)
        return [read(found) for found in answer["result"]] if read else answer["result"]


@contextlib.contextmanager
def launched(*options: str) -> Iterator[tuple[RemoteBotApi, dict[str, Any]]]:
    """Run a server as a process of its own; gives its controls and what it printed."""
    command = [sys.executable, "-m", "tests.bot.botapi", *options]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            printed = json.loads(process.stdout.readline())
            remote = RemoteBotApi(printed["control_url"])
            yield remote, printed
            remote.close()
        finally:
            process.terminate()

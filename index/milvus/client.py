"""The one door to pymilvus: connecting, calling again, and its errors said in our words."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import EngineError, GongjianError, IndexMissing, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from index.milvus.records import Server

# Codes of the server (its own and those of gRPC by name) that tell what is wrong.
_RATE_LIMIT, _CANNOT_CONNECT = 8, 2
_MISSING = (100, 1600)  # a collection, an alias
_DENIED = (1400, 1401)
_DENIED_NAMES = ("UNAUTHENTICATED", "PERMISSION_DENIED")
_DENIED_WORDS = ("auth check failure", "unauthenticated")
_PASSING = ("UNAVAILABLE", "RESOURCE_EXHAUSTED", "ABORTED")
_LATE = "DEADLINE_EXCEEDED"
_TRIED = "Retry timeout"  # pymilvus has called again for as long as it may
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 5.0
_SHOWN = 160
_NEVER = 2**31 - 1
_LITE_LOGGER = "milvus_lite.server_manager"
_LOCKED = "DataDirLockedError"


class Client:
    """A connection to Milvus whose every failure is an error of ours."""

    def __init__(
        self, server: Server, connected: Any, *, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self.server = server
        self._connected = connected
        self._wait = wait

    @classmethod
    def connect(cls, server: Server) -> Self:
        """Connect.

        :raises MissingExtra: pymilvus (or milvus-lite, for a file) is not installed.
        :raises EngineError: there is no answer, the token is refused, another process has the file.
        """
        opened = _pymilvus()
        with _HeardLite() as heard:
            try:
                if server.is_lite:
                    _prepare_lite(server)
                options: dict[str, Any] = {"token": server.token} if server.token else {}
                if server.is_lite:  # its server takes pymilvus's pings for an attack
                    options["grpc_options"] = {"grpc.keepalive_time_ms": _NEVER}
                # A channel of its own: closing one engine must not close another's.
                found = opened(uri=server.uri, timeout=server.timeout, dedicated=True, **options)
            except GongjianError:
                raise
            except Exception as exc:
                raise heard.error(server) or said(exc, server) from exc
        return cls(server, found)

    def call(self, method: str, *arguments: Any, again: str | None = None, **options: Any) -> Any:
        """Call a method of pymilvus, again and again later while the failure may pass.

        :param again: the method of every further attempt; by default the same.
        :raises IndexMissing: the collection or alias is not there.
        :raises EngineError: it failed for good.
        """
        wait = _FIRST_WAIT
        for left in reversed(range(self.server.attempts)):
            try:
                options.setdefault("timeout", self.server.patience)
                return getattr(self._connected, method)(*arguments, **options)
            except GongjianError:
                raise
            except Exception as exc:
                if not left or not _passes(exc, writing=again is not None):
                    raise said(exc, self.server) from exc
            self._wait(wait)
            wait = min(2 * wait, _LONGEST_WAIT)
            method = again or method
        raise EngineError(f"Milvus({self.server.shown})没有回应")

    def close(self) -> None:
        """Let the connection go."""
        self._connected.close()


def said(exc: Exception, server: Server) -> GongjianError:
    """Say a failure of pymilvus or gRPC in one line."""
    code, name, words = _facts(exc)
    where = server.shown
    if code in _MISSING:
        return IndexMissing(
            f"Milvus({where})里没有索引,或这个版本已被清理;请运行 gongjian index --engine milvus"
        )
    denied = any(one in words.lower() for one in _DENIED_WORDS)
    if denied or code in _DENIED or name in _DENIED_NAMES:
        return EngineError(f"Milvus 服务器 {where} 不接受这个令牌;请检查 GONGJIAN_MILVUS_TOKEN")
    if code == _CANNOT_CONNECT or name == "UNAVAILABLE":
        return EngineError(
            f"连不上 Milvus 服务器 {where};请检查 GONGJIAN_MILVUS_URI、网络和服务器是否在运行"
        )
    if name == _LATE or _TRIED in words:
        return EngineError(f"Milvus 服务器 {where} 在 {server.patience:g} 秒内没有回应;请稍后再试")
    line = " ".join(words.split())[:_SHOWN] or type(exc).__name__
    return EngineError(f"Milvus({where})出错:{line}")


def _passes(exc: Exception, *, writing: bool) -> bool:
    """Whether the same call may succeed later; whoever asks is not kept waiting twice as long."""
    code, name, words = _facts(exc)
    if _TRIED in words:
        return False
    if name == _LATE:
        return writing
    return bool(getattr(exc, "retriable", False)) or code == _RATE_LIMIT or name in _PASSING


def _facts(exc: Exception) -> tuple[int, str, str]:
    """The code, the gRPC status and the words of a failure, whichever library it came from."""
    code = getattr(exc, "code", None)
    code = code() if callable(code) else code
    words = getattr(exc, "message", None) or getattr(exc, "details", None) or str(exc)
    words = words() if callable(words) else words
    name = getattr(code, "name", "")
    # On connecting, pymilvus says "cannot connect" of a refused token too; gRPC knows better.
    # It also raises errors from themselves.
    cause = exc.__cause__
    if not name and isinstance(cause, Exception) and cause is not exc:
        name = _facts(cause)[1]
    return code if isinstance(code, int) else 0, name, str(words or "")


def _pymilvus() -> Any:
    try:
        from pymilvus import MilvusClient
    except ImportError as exc:
        raise _missing() from exc
    # It logs every error with its traceback, then raises it: ours is the line that is shown.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    return MilvusClient


def _missing() -> MissingExtra:
    return MissingExtra(
        'milvus 引擎需要 pymilvus 和 milvus-lite;请运行 pip install "gongjian[milvus]"'
    )


def _prepare_lite(server: Server) -> None:
    try:
        import milvus_lite  # noqa: F401 - pymilvus would only say that the URI is wrong
    except ImportError as exc:
        raise _missing() from exc
    try:
        Path(server.uri).parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise EngineError(f"无法建立文件夹 {Path(server.uri).parent}:{exc.strerror}") from exc


class _HeardLite(logging.Filter):
    """Hears why milvus-lite does not start: it logs the reason, and returns nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: BaseException | None = None

    def __enter__(self) -> Self:
        logging.getLogger(_LITE_LOGGER).addFilter(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger(_LITE_LOGGER).removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the reason, and keep it out of the log."""
        if record.exc_info:
            self._heard = record.exc_info[1]
        return False

    def error(self, server: Server) -> GongjianError | None:
        """What was heard, in one line; None where nothing was."""
        if self._heard is None:
            return None
        if type(self._heard).__name__ == _LOCKED:
            return EngineError(
                f"另一个进程正在使用 {server.uri}:milvus-lite 的文件同时只能由一个进程打开;"
                "请等它结束,或改用 Milvus 服务器(GONGJIAN_MILVUS_URI)"
            )
        return EngineError(f"打不开 milvus-lite 的文件 {server.uri}:{self._heard}")

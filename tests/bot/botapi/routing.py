"""From a request to a reply: token, method, fault, answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from tests.bot.botapi.bodies import Ask, read_ask
from tests.bot.botapi.errors import ApiError
from tests.bot.botapi.faults import ANSWERS, RECORDED, Fault, Hit
from tests.bot.botapi.files import content_at
from tests.bot.botapi.methods import METHODS
from tests.bot.botapi.records import Call, dumps
from tests.bot.botapi.state import State
from tests.bot.botapi.wire import Ending, Reply, Request

# What a proxy's error page or a captive portal looks like to a client that expects JSON.
_PAGE = b"<html><head><title>Gateway</title></head><body>Gateway</body></html>"
_log = logging.getLogger(__name__)
_LOST = {Ending.DROP: "dropped", Ending.HANG: "hung"}

Answer = Reply | Awaitable[Reply]


def refusal(error: ApiError) -> Reply:
    """The reply for a call that is refused."""
    return Reply(dumps(error.body()).encode(), error.code)


class Router:
    """Answers requests out of one state."""

    def __init__(self, state: State, tokens: set[str]) -> None:
        self._state = state
        self._tokens = tokens

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        area, _, rest = request.path.lstrip("/").partition("/")
        if area == "file":
            bot, _, rest = rest.partition("/")
            return self._guarded(bot, lambda: self._download(request, rest))
        if not area.startswith("bot"):
            return refusal(ApiError(404, "Not Found"))
        return self._guarded(area, lambda: self._called(request, rest))

    def _guarded(self, bot: str, answer: Callable[[], Answer]) -> Answer:
        if bot.removeprefix("bot").replace("%3A", ":") not in self._tokens:
            return refusal(ApiError(401, "Unauthorized"))
        try:
            return answer()
        except ApiError as error:
            return refusal(error)

    def _called(self, request: Request, method: str) -> Answer:
        ask = read_ask(method, request)
        call = self._state.note(method, ask.params)
        run = METHODS.get(method.lower(), _unknown)
        return self._through_faults(ask, call, lambda: self._run(ask, call, run))

    def _download(self, request: Request, path: str) -> Answer:
        ask = read_ask("download", request)
        call = self._state.note("download", {"file_path": path})
        return self._through_faults(ask, call, lambda: self._bytes_at(call, path))

    def _bytes_at(self, call: Call, path: str) -> Reply:
        content = content_at(self._state, path)
        if content is None:
            return _failed(call, ApiError(404, "Not Found"))
        call.outcome, call.status = "ok", 200
        return Reply(content, content_type="application/octet-stream")

    def _run(self, ask: Ask, call: Call, method: Callable[[State, Ask], Any]) -> Answer:
        try:
            result = method(self._state, ask)
        except ApiError as error:
            return _failed(call, error)
        except Exception as error:
            return _broken(call, error)
        if isinstance(result, Awaitable):
            return self._run_later(call, result)
        return _succeeded(call, result)

    async def _run_later(self, call: Call, result: Awaitable[Any]) -> Reply:
        try:
            return _succeeded(call, await result)
        except ApiError as error:
            return _failed(call, error)
        except asyncio.CancelledError:
            call.outcome = "abandoned"
            raise
        except Exception as error:
            return _broken(call, error)

    def _through_faults(self, ask: Ask, call: Call, run: Callable[[], Answer]) -> Answer:
        hit = self._state.rules.strike(ask.method, ask.params)
        if hit is None:
            return run()
        call.fault = hit.kind.value
        if hit.kind is Fault.DELAY:
            return _delayed(call, hit.seconds, run)
        if hit.kind not in RECORDED:
            return _struck(call, hit)
        answer = run()
        if isinstance(answer, Reply) and hit.kind is not Fault.RECORD_THEN_DELAY:
            return _struck(call, hit)
        return _struck_later(call, hit, answer)


def _unknown(_: State, __: Ask) -> Any:
    raise ApiError(404, "Not Found")


def _succeeded(call: Call, result: Any) -> Reply:
    call.outcome, call.status = "ok", 200
    first = result[0] if isinstance(result, list) and result else result
    if call.method.lower().startswith("send") and isinstance(first, dict):
        call.message_id = first["message_id"]
    return Reply(b'{"ok":true,"result":' + dumps(result).encode() + b"}")


def _failed(call: Call, error: ApiError) -> Reply:
    call.outcome, call.status, call.description = "error", error.code, error.description
    return refusal(error)


def _broken(call: Call, error: Exception) -> Reply:
    """A bug in the server or a call it did not foresee: said aloud, not a closed connection."""
    _log.error("the test server failed in %s", call.method, exc_info=error)
    return _failed(call, ApiError(500, f"the test server failed: {error!r}"))


def _struck(call: Call, hit: Hit) -> Reply:
    """The reply of a fault that needs no waiting."""
    if hit.kind in ANSWERS:
        status, words, parameters = hit.answer(call.chat_id)
        reply = _failed(call, ApiError(status, words, parameters))
        return Reply(_PAGE, status, "text/html") if hit.html else reply
    if hit.kind in {Fault.GARBAGE, Fault.RECORD_THEN_GARBAGE}:
        call.outcome, call.status = "garbage", 200
        return Reply(_PAGE, content_type="text/html")
    ending = Ending.DROP if hit.kind in {Fault.DROP, Fault.RECORD_THEN_DROP} else Ending.HANG
    call.outcome, call.status, call.description = _LOST[ending], None, None
    return Reply(ending=ending)


async def _struck_later(call: Call, hit: Hit, answer: Answer) -> Reply:
    """The reply of a fault on a call that waits, or that is answered late."""
    reply = answer if isinstance(answer, Reply) else await answer
    if hit.kind is not Fault.RECORD_THEN_DELAY:
        return _struck(call, hit)
    outcome, call.outcome = call.outcome, "pending"
    await _sleep(call, hit.seconds)
    call.outcome = outcome
    return reply


async def _delayed(call: Call, seconds: float, run: Callable[[], Answer]) -> Reply:
    await _sleep(call, seconds)
    answer = run()
    return answer if isinstance(answer, Reply) else await answer


async def _sleep(call: Call, seconds: float) -> None:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        call.outcome = "abandoned"
        raise

"""Scripted faults: which call goes wrong, how, and how often."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """One way for a call to go wrong; unless its name says so, nothing is recorded."""

    TOO_MANY_REQUESTS = "too_many_requests"
    INTERNAL_ERROR = "internal_error"
    BAD_GATEWAY = "bad_gateway"
    GATEWAY_TIMEOUT = "gateway_timeout"
    RECORD_THEN_INTERNAL_ERROR = "record_then_internal_error"
    RECORD_THEN_BAD_GATEWAY = "record_then_bad_gateway"
    RECORD_THEN_GATEWAY_TIMEOUT = "record_then_gateway_timeout"
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not_found"
    BLOCKED = "blocked"
    KICKED = "kicked"
    CANNOT_INITIATE = "cannot_initiate"
    DEACTIVATED = "deactivated"
    BAD_REQUEST = "bad_request"
    CHAT_NOT_FOUND = "chat_not_found"
    MIGRATED = "migrated"
    THREAD_NOT_FOUND = "thread_not_found"
    TOPIC_CLOSED = "topic_closed"
    CANNOT_PARSE = "cannot_parse"
    QUERY_TOO_OLD = "query_too_old"
    CONFLICT = "conflict"
    DROP = "drop"
    RECORD_THEN_DROP = "record_then_drop"
    HANG = "hang"
    RECORD_THEN_HANG = "record_then_hang"
    DELAY = "delay"
    RECORD_THEN_DELAY = "record_then_delay"
    GARBAGE = "garbage"
    RECORD_THEN_GARBAGE = "record_then_garbage"


# The HTTP status and words of every fault that is an answer.
ANSWERS: dict[Fault, tuple[int, str]] = {
    Fault.TOO_MANY_REQUESTS: (429, "Too Many Requests: retry after {retry_after}"),
    Fault.INTERNAL_ERROR: (500, "Internal Server Error"),
    Fault.BAD_GATEWAY: (502, "Bad Gateway"),
    Fault.GATEWAY_TIMEOUT: (504, "Gateway Timeout"),
    Fault.RECORD_THEN_INTERNAL_ERROR: (500, "Internal Server Error"),
    Fault.RECORD_THEN_BAD_GATEWAY: (502, "Bad Gateway"),
    Fault.RECORD_THEN_GATEWAY_TIMEOUT: (504, "Gateway Timeout"),
    Fault.UNAUTHORIZED: (401, "Unauthorized"),
    Fault.NOT_FOUND: (404, "Not Found"),
    Fault.BLOCKED: (403, "Forbidden: bot was blocked by the user"),
    Fault.KICKED: (403, "Forbidden: bot was kicked from the group chat"),
    Fault.CANNOT_INITIATE: (403, "Forbidden: bot can't initiate conversation with a user"),
    Fault.DEACTIVATED: (403, "Forbidden: user is deactivated"),
    Fault.BAD_REQUEST: (400, "Bad Request: wrong parameter"),
    Fault.CHAT_NOT_FOUND: (400, "Bad Request: chat not found"),
    Fault.MIGRATED: (400, "Bad Request: group chat was upgraded to a supergroup chat"),
    Fault.THREAD_NOT_FOUND: (400, "Bad Request: message thread not found"),
    Fault.TOPIC_CLOSED: (400, "Bad Request: TOPIC_CLOSED"),
    Fault.CANNOT_PARSE: (
        400,
        'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0',
    ),
    Fault.QUERY_TOO_OLD: (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    ),
    Fault.CONFLICT: (
        409,
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    ),
}
RECORDED = frozenset(fault for fault in Fault if fault.startswith("record_then_"))
# These words make no sense for a call without a chat, or without a topic.
_OF_A_THREAD = frozenset({Fault.THREAD_NOT_FOUND, Fault.TOPIC_CLOSED})
_OF_A_CHAT = _OF_A_THREAD | {
    Fault.BLOCKED,
    Fault.KICKED,
    Fault.CANNOT_INITIATE,
    Fault.DEACTIVATED,
    Fault.CHAT_NOT_FOUND,
    Fault.MIGRATED,
}
_SECONDS = {Fault.DELAY: 1.0, Fault.RECORD_THEN_DELAY: 30.0}


@dataclass(frozen=True, slots=True)
class Hit:
    """The fault that one call meets."""

    kind: Fault
    retry_after: int
    seconds: float
    migrate_to: int | None
    description: str | None
    html: bool

    def answer(self, chat_id: int | str | None) -> tuple[int, str, dict[str, Any]]:
        """HTTP status, description and parameters."""
        status, words = ANSWERS[self.kind]
        parameters: dict[str, Any] = {}
        if self.kind is Fault.TOO_MANY_REQUESTS:
            parameters["retry_after"] = self.retry_after
        if self.kind is Fault.MIGRATED:
            old = chat_id if isinstance(chat_id, int) else 0
            parameters["migrate_to_chat_id"] = self.migrate_to or -(10**12) - abs(old)
        words = self.description or words.format(retry_after=self.retry_after)
        return status, words, parameters


@dataclass(slots=True)
class Rule:
    """When and how calls fail; ``times`` None means for ever."""

    kinds: tuple[Fault, ...]
    methods: frozenset[str] = frozenset()
    chat: int | str | None = None
    times: int | None = 1
    after: int = 0
    probability: float = 1.0
    seed: int = 0
    retry_after: int = 1
    seconds: float | None = None
    migrate_to: int | None = None
    description: str | None = None
    html: bool = False
    seen: int = 0
    hits: int = 0
    dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def strike(self, method: str, chat: int | str | None, *, thread: bool) -> Hit | None:
        """The fault for this call, if the rule has one for it."""
        if self.times is not None and self.hits >= self.times:
            return None
        if self.methods and method.lower() not in self.methods:
            return None
        if self.chat is not None and self.chat != chat:
            return None
        kinds = [
            kind
            for kind in self.kinds
            if (chat is not None or kind not in _OF_A_CHAT) and (thread or kind not in _OF_A_THREAD)
        ]
        if not kinds:
            return None
        self.seen += 1
        if self.seen <= self.after:
            return None
        if self.probability < 1 and self.dice.random() >= self.probability:
            return None
        self.hits += 1
        kind = kinds[0] if len(kinds) == 1 else self.dice.choice(kinds)
        seconds = _SECONDS.get(kind, 0.0) if self.seconds is None else self.seconds
        return Hit(kind, self.retry_after, seconds, self.migrate_to, self.description, self.html)


class RuleBook:
    """The rules in force, asked in the order in which they were added."""

    def __init__(self) -> None:
        self._rules: dict[int, Rule] = {}
        self._last = 0

    def add(self, kinds: Sequence[str], *, methods: Sequence[str] = (), **options: Any) -> int:
        """Put a rule in force.

        :raises ValueError: for a fault that does not exist.
        """
        self._last += 1
        names = frozenset(method.lower() for method in methods)
        self._rules[self._last] = Rule(tuple(map(Fault, kinds)), names, **options)
        return self._last

    def remove(self, number: int | None) -> None:
        """Take one rule out of force, or all of them."""
        if number is None:
            self._rules.clear()
        else:
            self._rules.pop(number, None)

    def hits(self, number: int) -> int:
        """How many calls a rule has struck."""
        rule = self._rules.get(number)
        return rule.hits if rule else 0

    def strike(self, method: str, params: dict[str, Any]) -> Hit | None:
        """The fault that this call meets, if any."""
        if not self._rules:
            return None
        thread = params.get("message_thread_id") is not None
        for rule in self._rules.values():
            hit = rule.strike(method, params.get("chat_id"), thread=thread)
            if hit is not None:
                return hit
        return None

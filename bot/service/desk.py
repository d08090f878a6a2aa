"""The desk where questions are answered: one engine, and what each conversation was about."""

from __future__ import annotations

import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from typing import Any

from bot.opening import Place, newest, open_place
from bot.records import PreparedAnswer
from corpus.errors import GongjianError, QuestionError
from index.engine import Engine
from retrieval.answering import Context, ask
from retrieval.records import Answer

_log = logging.getLogger(__name__)

_CONVERSATIONS = 1000
_ANSWERS = 4000
# One of the ledger, where there is one; and one that nothing answers, so that every way of
# reading it is tried.
_FIRST = ("第1项任务由谁牵头", "天外来客的身高")


class Desk:
    """Answers from the live version of an index, whatever is published meanwhile.

    What a conversation was about holds tasks of the version that answered, and is forgotten
    with it. What was asked is remembered with its answer, for whoever asks the same.
    """

    def __init__(
        self, place: Place, *, conversations: int = _CONVERSATIONS, answers: int = _ANSWERS
    ) -> None:
        """Open the live version.

        :raises GongjianError: there is none, or it is damaged.
        """
        self._place = place
        self._most, self._most_answers = conversations, answers
        self._contexts: OrderedDict[str, Context] = OrderedDict()
        self._known: OrderedDict[tuple[Hashable, ...], tuple[Answer, Context]] = OrderedDict()
        self._engine = open_place(place)
        _warm_up(self._engine)

    def engine(self) -> Engine:
        """The engine of the live version; a damaged new one leaves the old one in place."""
        try:
            engine = newest(self._place, self._engine)
            if engine is not self._engine:
                self._engine = engine
                self._contexts.clear()
                self._known.clear()
        except GongjianError as exc:
            _log.error("the index cannot be opened anew, the old one answers: %s", exc)
        return self._engine

    def ask(self, conversation: str, question: str, as_of: date) -> PreparedAnswer:
        """Answer the next question of a conversation.

        :raises EngineError: the engine failed.
        """
        began = time.perf_counter()
        engine = self.engine()
        context = self._contexts.pop(conversation, Context())
        try:
            answer, after = self._asked(engine, question, context)
        except QuestionError as exc:
            self._remember(conversation, context)
            return PreparedAnswer(question, None, as_of, engine.version, apology=f"{exc}。")
        self._remember(conversation, after)
        elapsed = round((time.perf_counter() - began) * 1000)
        return PreparedAnswer(question, answer, as_of, engine.version, elapsed)

    def run(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Call a function with the engine."""
        return function(self.engine(), *arguments)

    def _asked(self, engine: Engine, question: str, context: Context) -> tuple[Answer, Context]:
        """The answer in this context: the same question after the same words has the same."""
        key = (question, *_key(context))
        found = self._known.pop(key, None) or ask(engine, question, context)
        self._known[key] = found
        if len(self._known) > self._most_answers:
            self._known.popitem(last=False)
        return found

    def _remember(self, conversation: str, context: Context) -> None:
        if context != Context():
            self._contexts[conversation] = context
        if len(self._contexts) > self._most:
            self._contexts.popitem(last=False)


def _warm_up(engine: Engine) -> None:
    """Load what only the first question of a kind would: it must not keep a cadre waiting."""
    with contextlib.suppress(GongjianError):
        for question in _FIRST:
            ask(engine, question)


def _key(context: Context) -> tuple[Hashable, ...]:
    """All that a context says, of one version; tasks by their ids."""
    matches, listed = (
        tuple((match.task.id, match.score, match.heading) for match in found)
        for found in (context.matches, context.listed)
    )
    return matches, listed, context.fields, context.spoken

"""What cadres thought of the answers, as lines that the question set can be grown from."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.state.tables import StoredAnswer
from retrieval.coverage import squeeze
from retrieval.records import AnswerKind

_USEFUL = "useful"
_PARTS = re.compile("[、;；()（）\n]")
# What was asked shortly before, without which 责任单位呢 means nothing.
_BEFORE, _SHORTLY = 2, timedelta(hours=1)
_OPTIONS = {
    "kind": "--kind", "answers": "--answer", "items": "--item", "quotes": "--quote",
    "source": "--file", "tasks": "--task", "due": "--due",
}  # fmt: skip


def feedback_lines(session: Session) -> list[dict[str, Any]]:
    """The judged answers, oldest first, one JSON object each; nobody is named.

    `add` has the fields of `eval.adding.NewQuestion` as far as they are known and `command` is
    `gongjian eval add` with them: complete where the answer was found useful; where it was
    found wrong, the right answer is for a person to fill in.
    """
    query = select(StoredAnswer).where(StoredAnswer.verdict != "").order_by(StoredAnswer.id)
    return [_line(session, row) for row in session.scalars(query)]


def _line(session: Session, row: StoredAnswer) -> dict[str, Any]:
    said = row.data["answer"]
    add = (
        _new_question(row.question, said) if row.verdict == _USEFUL else {"question": row.question}
    )
    return {
        "verdict": row.verdict,
        "comment": row.data.get("comment", ""),
        "add": add,
        "command": _command(add),
        "before": _before(session, row),
        "said": said["answer"],
        "kind": said["kind"],
        "quotes": [citation["quote"] for citation in said["citations"]],
        "version": row.data.get("version", ""),
        "asked_at": row.created_at.isoformat(),
        "judged_at": row.judged_at.isoformat() if row.judged_at else None,
    }


def _new_question(question: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """A right answer as a new question: what was said, and the quotes that hold it."""
    sources = list(dict.fromkeys(citation["source"] for citation in said["citations"]))
    source = sources[0] if sources else None
    # The evidence of a question stands in one file.
    quotes = [one["quote"] for one in said["citations"] if one["source"] == source]
    listed = said["kind"] == AnswerKind.LIST
    answers, items = ([], []) if listed else _spans(said["answer"], quotes)
    held = [quote for quote in quotes if any(_holds(quote, span) for span in answers + items)]
    return {
        "question": question,
        "kind": said["kind"],
        "answers": answers,
        "items": items,
        "quotes": held or quotes,
        "source": source,
        "tasks": said["tasks"] if said["kind"] in (AnswerKind.LIST, AnswerKind.FIELD) else [],
        "due": None if listed else said["value"].get("due"),
    }


def _spans(text: str, quotes: Sequence[str]) -> tuple[list[str], list[str]]:
    """The answer where it stands in a quote as it is, else all its parts if they do."""
    if any(_holds(quote, text) for quote in quotes):
        return [text], []
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    found = all(any(_holds(quote, part) for quote in quotes) for part in parts)
    return [], parts if found else []


def _holds(quote: str, words: str) -> bool:
    return squeeze(words) in squeeze(quote)


def _before(session: Session, row: StoredAnswer) -> list[str]:
    query = (
        select(StoredAnswer.question)
        .where(
            StoredAnswer.chat == row.chat,
            StoredAnswer.user == row.user,
            StoredAnswer.id < row.id,
            StoredAnswer.created_at >= row.created_at - _SHORTLY,
        )
        .order_by(StoredAnswer.id.desc())
    )
    return list(session.scalars(query.limit(_BEFORE)))[::-1]


def _command(add: Mapping[str, Any]) -> str:
    words = ["gongjian", "eval", "add", add["question"]]
    for name, option in _OPTIONS.items():
        value = add.get(name)
        values = value if isinstance(value, list) else [value] if value else []
        for one in values:
            words += [option, str(one)]
    return shlex.join(words)

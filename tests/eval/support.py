"""Questions and answers made for a test."""

from typing import Any

from eval.records import Question, QuestionKind, Turn


def turn(kind: QuestionKind = QuestionKind.FACT, text: str = "什么?", **parts: Any) -> Turn:
    for name in ("answers", "excludes", "evidence", "tasks"):
        parts[name] = tuple(parts.get(name, ()))
    items = parts.get("items", ())
    parts["items"] = tuple(one if isinstance(one, tuple) else (one,) for one in items)
    return Turn(text, kind, **parts)


def question(*turns: Turn, source: str | None = None, name: str = "x-1") -> Question:
    kind = turns[0].kind if len(turns) == 1 else QuestionKind.CONVERSATION
    return Question(name, kind, turns, source, (), (), None, "set.jsonl 第 1 行")

"""Feedback becomes a test: a question with its right answer and passage, as a line of a set."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from corpus.errors import LoadError, QuestionError, os_reason
from eval.question_set import read_question, read_questions, shipped_sets
from eval.records import Question, QuestionKind
from eval.relevance import Evidence, task_number
from eval.splitting import sets_of
from retrieval.answering import LONGEST_QUESTION
from retrieval.coverage import squeeze

_KEY_ORDER = (
    "id", "kind", "near", "style", "file", "question", "answers", "items", "excludes", "due",
    "tasks", "total", "evidence", "key_terms",
)  # fmt: skip
_NEAREST = 30
# A quote in more passages than this names none of them.
_TOO_MANY = 5
_GIVEN = "given"


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """What a person says of a question: what was asked, and what is right."""

    question: str
    kind: QuestionKind
    answers: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    source: str | None = None
    tasks: tuple[int, ...] = ()
    due: date | None = None
    near: str | None = None
    styles: tuple[str, ...] = ()


def add_question(new: NewQuestion, evidence: Evidence, path: Path, others: Sequence[Path]) -> str:
    """Append a question to a set, and return its id.

    The file and the task are found from the quote where they are not given.

    :param others: sets in which the question must not stand either.
    :raises QuestionError: the passage is not there or does not hold the answer, the question is
        there already, or something is missing.
    :raises LoadError: the set cannot be read or written.
    """
    if len(new.question) > LONGEST_QUESTION:
        raise QuestionError(f"问题太长({len(new.question)} 字),最多 {LONGEST_QUESTION} 字")
    path = path.resolve()
    known = _known({path, *(other.resolve() for other in others)})
    asked = _bare(new.question)
    if same := next((one for one in known if _bare(one.text) == asked), None):
        raise QuestionError(f"问题已经在问题集里:{same.id}({same.place})")
    source = new.source or _only_source(new, evidence)
    tasks = new.tasks or _tasks(new, evidence, source)
    record = _record(new, source, tasks)
    record["id"] = _next_id(source, tasks, {one.id for one in known})
    try:
        question = read_question(record, _GIVEN)
    except ValueError as fault:
        raise QuestionError(str(fault)) from fault
    faults = [fault.reason for fault in evidence.problems(question)]
    if faults := faults or list(_unsure(new, question, evidence)):
        raise QuestionError(faults[0])
    ordered = {key: record[key] for key in _KEY_ORDER if key in record}
    _append(path, json.dumps(ordered, ensure_ascii=False))
    return question.id


def _bare(question: str) -> str:
    """A question without white space and punctuation: what makes it the same question."""
    return re.sub(r"\W", "", squeeze(question))


def set_for(new: NewQuestion, evidence: Evidence) -> Path:
    """Return the shipped set that a question belongs to by the split; dev where it names none.

    :raises QuestionError: no file, or more than one, holds the quotes.
    """
    source = new.source or _only_source(new, evidence)
    tasks = new.tasks or _tasks(new, evidence, source)
    passages = [
        passage for quote in new.quotes for passage in evidence.holding(quote, source or "", tasks)
    ]
    belongs = sets_of(passages, source or "")
    name = "test" if belongs == {"test"} else "dev"
    return next(path for path in shipped_sets() if path.stem == name)


def _unsure(new: NewQuestion, question: Question, evidence: Evidence) -> Iterator[str]:
    """What makes a quote no evidence: it stands anywhere, or not in a task that is listed."""
    (turn,) = question.turns
    if new.kind is QuestionKind.LIST:
        for task in turn.tasks:
            held = (evidence.holding(quote, question.source or "", [task]) for quote in new.quotes)
            if not any(held):
                yield f"第{task}项没有一段含有所给的原文"
        return
    passages = evidence.relevant(turn, question.source)
    if len(passages) > _TOO_MANY:
        yield f"{len(passages)} 段都含有这段原文,请抄得长一些"


def _known(paths: set[Path]) -> list[Question]:
    """The questions of the sets that are there; an empty file has none."""
    filled = [path for path in sorted(paths) if path.exists() and path.stat().st_size]
    return [one for path in filled for one in read_questions(path)[0]]


def _only_source(new: NewQuestion, evidence: Evidence) -> str | None:
    """The one file in which every quote stands."""
    if new.kind is QuestionKind.NONE:
        return None
    if not new.quotes or not all(quote.strip() for quote in new.quotes):
        raise QuestionError("缺少答案所在段落里的原文(--quote)")
    holding = [
        source
        for source in evidence.sources()
        if all(evidence.holding(quote, source) for quote in new.quotes)
    ]
    if not holding:
        raise QuestionError(f"语料里没有一段含有“{new.quotes[0][:_NEAREST]}”,请照原文抄写")
    if len(holding) > 1:
        raise QuestionError(f"多个文件里都有这段原文({'、'.join(holding)}),请用 --file 指明")
    return holding[0]


def _tasks(new: NewQuestion, evidence: Evidence, source: str | None) -> tuple[int, ...]:
    """The task whose passages hold the quotes, for a field; a list must name its tasks itself."""
    if new.kind is QuestionKind.LIST:
        raise QuestionError("list 类要写明每一项任务(--task,可以写多次)")
    if new.kind is not QuestionKind.FIELD or source is None:
        return ()
    held = {
        task_number(passage) for quote in new.quotes for passage in evidence.holding(quote, source)
    }
    found = tuple(sorted(held - {0}))
    if len(found) > 1:
        named = "、".join(f"第{task}项" for task in found)
        raise QuestionError(f"多项任务里都有这段原文({named}),请用 --task 指明")
    return found


def _record(new: NewQuestion, source: str | None, tasks: tuple[int, ...]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "kind": new.kind.value,
        "near": new.near,
        "style": list(new.styles),
        "file": source,
        "question": new.question.strip(),
        "answers": list(new.answers),
        "items": list(new.items),
        "due": new.due and new.due.isoformat(),
        "tasks": list(tasks),
        "total": len(tasks) if new.kind is QuestionKind.LIST else None,
        "evidence": list(new.quotes),
    }
    return {key: value for key, value in record.items() if value not in (None, [])}


def _next_id(source: str | None, tasks: tuple[int, ...], known: set[str]) -> str:
    """The file's number, the task's, `added` and the next running number."""
    digits = re.match(r"\d+", source or "")
    parts = [digits.group() if digits else "none" if source is None else "file"]
    if len(tasks) == 1:
        parts.append(f"{tasks[0]:02}")
    parts.append("added")
    number = 1
    while (found := "-".join([*parts, f"{number:02}"])) in known:
        number += 1
    return found


def _append(path: Path, line: str) -> None:
    """Add a line, wholly or not at all: a torn line would spoil the set."""
    try:
        before = path.read_bytes() if path.exists() else b""
        before.decode("utf-8")
        if before and not before.endswith(b"\n"):
            before += b"\n"
        fresh = path.with_name(path.name + ".new")
        fresh.write_bytes(before + line.encode() + b"\n")
        fresh.replace(path)
    except UnicodeDecodeError as exc:
        raise LoadError(f"{path} 不是 UTF-8 的文本,不能往里加") from exc
    except OSError as exc:
        raise LoadError(f"无法写入 {path}:{os_reason(exc)}") from exc

"""`gongjian ask`: one question, a conversation, a file of questions, or a prompt."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.opening import open_searching
from bot.render import answer_lines, countdown
from bot.settings import Settings
from bot.terminal import emit, emit_json, fail
from corpus.errors import LoadError, QuestionError, os_reason
from corpus.formats.decoding import decode
from index.engine import Engine
from retrieval.answering import Context, ask
from retrieval.records import Answer, AnswerKind
from retrieval.trail import SILENT, Record
from retrieval.wire import answer_data

_PROMPT = "问> "
_HOW = "输入问题后回车;接着可以追问(责任单位呢);输入 /explain 看上一个答案的由来,退出 结束。"
_EXPLAIN = frozenset({"/explain", "解释"})
_LEAVE = frozenset({"退出", "再见", "exit", "quit", "q"})


@dataclass(frozen=True, slots=True)
class Manner:
    """How answers are given: as of which day, with how they came about, as JSON."""

    as_of: date | None = None
    explain: bool = False
    as_json: bool = False


def run_ask(settings: Settings, questions: Sequence[str], manner: Manner) -> None:
    """Answer the questions of one conversation, in order."""
    engine = open_searching(settings)
    context = Context()
    for index, question in enumerate(questions):
        if len(questions) > 1 and not manner.as_json:
            emit([[], [("bold", f"问:{question}")]] if index else [[("bold", f"问:{question}")]])
        context = _answer(engine, question, context, manner)


def run_file(settings: Settings, file: str, manner: Manner) -> None:
    """Answer each line of a file on its own; every line gets its answer, in order."""
    questions = _lines(file)
    engine = open_searching(settings)
    for question in questions:
        if not manner.as_json:
            emit([[("bold", f"问:{question}")]])
        try:
            _answer(engine, question, Context(), manner)
        except QuestionError as error:
            _show(Answer(question, AnswerKind.NONE, str(error), (), 0.0), 0.0, manner)
        if not manner.as_json:
            emit([[]])


def run_prompt(settings: Settings, manner: Manner) -> None:
    """Answer what is typed, as one conversation, until 退出 or the end of input."""
    import readline  # noqa: F401 - gives the prompt its history and editing

    engine = open_searching(settings)
    last, before, context = "", Context(), Context()
    emit([[("dim", _HOW)]], sys.stderr)
    while (question := _typed()) is not None:
        if not question:
            continue
        how = manner
        if question in _EXPLAIN:
            if not last:
                fail("还没有回答过问题")
                continue
            how = replace(manner, explain=True)
        else:
            last, before = question, context
        try:
            context = _answer(engine, last, before, how)
        except QuestionError as error:
            fail(str(error))


def _typed() -> str | None:
    try:
        question = input(_PROMPT).strip()
    except EOFError:
        return None
    return None if question.lower() in _LEAVE else question


def _answer(engine: Engine, question: str, context: Context, manner: Manner) -> Context:
    record = Record() if manner.explain else None
    started = time.perf_counter()
    answer, context = ask(engine, question, context, trail=record or SILENT)
    elapsed = (time.perf_counter() - started) * 1000
    told = None
    if record:
        from retrieval.explaining import explain

        told = explain(engine, record, answer)
    _show(answer, elapsed, manner, told)
    return context


def _show(
    answer: Answer, elapsed_ms: float, manner: Manner, told: dict[str, Any] | None = None
) -> None:
    if not manner.as_json:
        emit(answer_lines(answer, as_of=manner.as_of))
        if told:
            from bot.explaining import explain_lines

            emit(explain_lines(told))
        return
    data: dict[str, Any] = answer_data(answer)
    if manner.as_of and (remark := countdown(answer, manner.as_of)):
        data["as_of"] = {"date": manner.as_of.isoformat(), "text": remark}
    if told:
        data["explain"] = told
    emit_json(data | {"elapsed_ms": round(elapsed_ms, 2)})


def _lines(file: str) -> list[str]:
    if file == "-":
        text = decode(sys.stdin.buffer.read(), "标准输入")
    else:
        path = Path(file)
        try:
            text = decode(path.read_bytes(), file)
        except OSError as exc:
            raise LoadError(f"无法读取文件 {file}:{os_reason(exc)}") from exc
    return [line.strip() for line in text.rstrip("\n").split("\n")]

"""`gongjian ask`: one question, a conversation, a file of questions, or a prompt."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
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
from retrieval.wire import answer_data

_PROMPT = "问> "
_LEAVE = frozenset({"退出", "再见", "exit", "quit", "q"})


def run_ask(
    settings: Settings, questions: Sequence[str], *, as_of: date | None, as_json: bool
) -> None:
    """Answer the questions of one conversation, in order."""
    engine = open_searching(settings)
    context = Context()
    for index, question in enumerate(questions):
        if len(questions) > 1 and not as_json:
            emit([[], [("bold", f"问:{question}")]] if index else [[("bold", f"问:{question}")]])
        context = _answer(engine, question, context, as_of=as_of, as_json=as_json)


def run_file(settings: Settings, file: str, *, as_of: date | None, as_json: bool) -> None:
    """Answer each line of a file on its own; every line gets its answer, in order."""
    questions = _lines(file)
    engine = open_searching(settings)
    for question in questions:
        if not as_json:
            emit([[("bold", f"问:{question}")]])
        try:
            _answer(engine, question, Context(), as_of=as_of, as_json=as_json)
        except QuestionError as error:
            _show(
                Answer(question, AnswerKind.NONE, str(error), (), 0.0), 0.0, None, as_json=as_json
            )
        if not as_json:
            emit([[]])


def run_prompt(settings: Settings, *, as_of: date | None, as_json: bool) -> None:
    """Answer what is typed, as one conversation, until 退出 or the end of input."""
    import readline  # noqa: F401 - gives the prompt its history and editing

    engine = open_searching(settings)
    context = Context()
    emit([[("dim", "输入问题后回车;接着可以追问(责任单位呢);输入 退出 结束。")]], sys.stderr)
    while (question := _typed()) is not None:
        if not question:
            continue
        try:
            context = _answer(engine, question, context, as_of=as_of, as_json=as_json)
        except QuestionError as error:
            fail(str(error))


def _typed() -> str | None:
    try:
        question = input(_PROMPT).strip()
    except EOFError:
        return None
    return None if question.lower() in _LEAVE else question


def _answer(
    engine: Engine, question: str, context: Context, *, as_of: date | None, as_json: bool
) -> Context:
    started = time.perf_counter()
    answer, context = ask(engine, question, context)
    _show(answer, (time.perf_counter() - started) * 1000, as_of, as_json=as_json)
    return context


def _show(answer: Answer, elapsed_ms: float, as_of: date | None, *, as_json: bool) -> None:
    if not as_json:
        emit(answer_lines(answer, as_of=as_of))
        return
    data: dict[str, Any] = answer_data(answer)
    if as_of and (remark := countdown(answer, as_of)):
        data["as_of"] = {"date": as_of.isoformat(), "text": remark}
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

"""Lines go to the terminal in colour and wrapped, anywhere else plain and unbroken."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from bot.render import Line
from bot.wrapping import wrap


def prepare_streams() -> None:
    """Make the standard streams able to take any text; a closed one swallows it."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, TextIOWrapper):
            ascii_only = (stream.encoding or "ascii").lower() in {"ascii", "us-ascii", "latin-1"}
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="backslashreplace")


def discard_output() -> None:
    """Let nothing more be written, so that Python does not complain when it exits."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def emit(lines: Iterable[Line], stream: TextIO | None = None) -> None:
    """Write lines to standard output, or to another stream."""
    out = stream or sys.stdout
    if not out.isatty():
        for line in lines:
            out.write("".join(words for _, words in line) + "\n")
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, highlight=False)
    for line in lines:
        for row in wrap(line, console.width) if line else [line]:
            console.print(Text.assemble(*((words, style) for style, words in row)), soft_wrap=True)


def emit_json(data: dict[str, Any]) -> None:
    """Write one JSON object on one line of standard output."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")


def warn(message: str) -> None:
    """Write one line to standard error."""
    emit([[("", message)]], sys.stderr)


def fail(message: str) -> None:
    """Write one error line to standard error."""
    one_line = " ".join(message.split())
    emit([[("bold red", "错误: "), ("", one_line)]], sys.stderr)

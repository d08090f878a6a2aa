"""Lines go to the terminal in colour and wrapped, anywhere else plain and unbroken."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from bot.render import Line


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
        console.print(Text.assemble(*((words, style) for style, words in line)))


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

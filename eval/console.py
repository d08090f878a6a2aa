"""What the evaluation prints: tables or JSON on standard output, the rest on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import click

from eval.records import Problem
from eval.summaries import Row
from eval.tables import Table, terminal


def emit(data: Row) -> None:
    """Print one JSON object on one line."""
    click.echo(json.dumps(data, ensure_ascii=False))


def show(tables: Iterable[Table]) -> None:
    """Print tables."""
    for table in tables:
        click.echo(terminal(table))


def tell(message: str) -> None:
    """Say on standard error how far it is."""
    click.echo(message, err=True)


def tell_problems(problems: Sequence[Problem]) -> int:
    """Say on standard error what could not be measured; return the exit code."""
    for problem in problems:
        tell(f"错误: {problem}")
    return 1 if problems else 0

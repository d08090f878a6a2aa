"""Tables as text with offsets, and tasks as plain data, for the tests of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from corpus.records import Cell, Deadline, Document, Row, Table, Task

UP, LEFT = "^", "<"  # a cell merged with the one above it, or the one on its left


def document(
    text: str, tables: Sequence[Table] = (), *, issued_on: date | None = date(2022, 3, 1)
) -> Document:
    """A clean document."""
    return Document("d", "t", text, text, "f", issued_on=issued_on, tables=tuple(tables))


def with_tables(*pieces: str | Sequence[Sequence[str]]) -> tuple[str, list[Table]]:
    """Join paragraphs and tables (rows of cells, UP and LEFT for merged ones) to one text."""
    text, tables = "", []
    for piece in pieces:
        if isinstance(piece, str):
            text += f"{piece}\n"
            continue
        rows: list[Row] = []
        for words in piece:
            cells: list[Cell] = []
            for column, word in enumerate(words):
                if word == UP:
                    cells.append(rows[-1].cells[column])
                elif word == LEFT:
                    cells.append(cells[-1])
                else:
                    cells.append(Cell(len(text), len(text) + len(word)))
                    text += f"{word}\t"
            text += "\n"
            rows.append(Row(tuple(cells)))
        tables.append(Table(tuple(rows)))
    return text, tables


def as_data(task: Task) -> dict[str, Any]:
    """A task's every value, as its case writes it."""
    return {
        "number": task.number,
        "section": task.section,
        "problem": task.problem,
        "target": task.target,
        "measures": list(task.measures),
        "leaders": [[leader.name, leader.post] for leader in task.leaders],
        "lead_units": list(task.lead_units),
        "cooperating_units": list(task.cooperating_units),
        "deadline": deadline_data(task.deadline) if task.deadline else None,
        "milestones": [deadline_data(one) for one in task.milestones],
        "acceptance_units": list(task.acceptance_units),
        "status": task.status,
        "inferred": list(task.inferred),
    }


def deadline_data(deadline: Deadline) -> list[str]:
    """A deadline's kind, day or rule, and words."""
    day = deadline.due.isoformat() if deadline.due else deadline.recurrence or ""
    return [deadline.kind.value, day, deadline.text]


def assert_verbatim(whole: Document, tasks: Sequence[Task]) -> None:
    """Every span lies in the text and holds its values, but for what `inferred` names."""
    for task in tasks:
        places = {name: whole.text[span.start : span.end] for name, span in task.spans.items()}
        assert all(0 <= s.start < s.end <= len(whole.text) for s in task.spans.values())
        concluded = " ".join(task.inferred)
        assert task.problem in places.get("problem", "")
        assert task.target in places.get("target", "")
        assert task.status in places.get("status", "")
        assert all(measure in places["measures"] for measure in task.measures)
        for unit in (*task.lead_units, *task.cooperating_units):
            assert unit in places["units"] or unit in concluded
        assert all(unit in places["acceptance"] for unit in task.acceptance_units)
        for leader in task.leaders:
            assert leader.name in "".join(places["leaders"].split())
        for one in filter(None, (task.deadline, *task.milestones)):
            assert whole.text[one.span.start : one.span.end] == one.text

"""Results as files: one JSON a set, system and commit, with every question in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.errors import LoadError, os_reason
from eval.measures import per_query
from eval.records import Measured, Queries, Verdict
from eval.summaries import ASK, Row, answer_rows, search_rows
from index.engine import Engine

# Raised whenever older files can no longer be read.
_FORMAT = 1
COMMITTED = Path(__file__).parent / "results"
_SNIPPET = 40
_LISTS = ("rows", "questions")


@dataclass(frozen=True, slots=True)
class Result:
    """A system on a set, at a commit: its rows, and what became of every question.

    `questions` maps ids to what is kept of each: `text`, `groups`, `ms`; for answers `right`,
    `said`, `expected`, `why`, `quotes` and the parts of a verdict, for searches each measure and
    the start of the passage that came `first`.
    """

    set: str
    system: str
    commit: str
    measured_at: str
    rows: tuple[Row, ...]
    questions: Mapping[str, Mapping[str, Any]]

    @property
    def of_answers(self) -> bool:
        """Whether it is of answers, not of a search."""
        return self.system == ASK

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return f"{self.set}-{self.system}-{self.commit}.json"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which state of the product was measured, and when."""

    commit: str
    measured_at: str


def answers_result(name: str, verdicts: Sequence[Verdict], stamp: Stamp) -> Result:
    """Return the result of a question set put to `ask`."""
    rows = tuple(answer_rows(name, verdicts))
    questions = {one.id: _kept(one) for one in verdicts}
    return Result(name, ASK, stamp.commit, stamp.measured_at, rows, questions)


def search_result(measured: Measured, queries: Queries, engine: Engine, stamp: Stamp) -> Result:
    """Return the result of a system on queries."""
    values = per_query(measured.run, queries.qrels)
    # Where a short cut was taken only the first queries were timed.
    times = dict(zip(queries.texts, measured.latencies_ms, strict=False))
    questions = {
        query: {
            "text": queries.texts[query],
            "groups": list(queries.groups.get(query, ())),
            "ms": round(times[query], 3) if query in times else None,
            "first": _first(measured, query, engine),
            **{name: round(each[query], 12) for name, each in values.items()},
        }
        for query in queries.qrels
    }
    rows = tuple(search_rows(measured, queries))
    return Result(queries.name, measured.system, stamp.commit, stamp.measured_at, rows, questions)


def write_result(result: Result, folder: Path) -> Path:
    """Write a result under its name, and return where.

    :raises LoadError: the folder cannot be written to.
    """
    path = folder / result.file_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(_lines({"format": _FORMAT, **asdict(result)}), "utf-8")
    except OSError as exc:
        raise LoadError(f"无法写入 {path}:{os_reason(exc)}") from exc
    return path


def write_results(
    results: Iterable[Result], folder: Path | None, tell: Callable[[str], None]
) -> None:
    """Write results where a folder for them is named, telling each file.

    :raises LoadError: the folder cannot be written to.
    """
    if folder is not None:
        for result in results:
            tell(f"写出 {write_result(result, folder)}")


def read_result(path: Path) -> Result:
    """Read a result.

    :raises LoadError: it cannot be read, or is no result of this format.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        if data.pop("format") != _FORMAT:
            raise LoadError(f"{path} 是另一种格式的评测结果,请重新评测")
        return Result(**{**data, "rows": tuple(data["rows"])})
    except OSError as exc:
        raise LoadError(f"无法读取文件 {path}:{os_reason(exc)}") from exc
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise LoadError(f"{path} 不是评测结果文件") from exc


def read_results(folder: Path) -> list[Result]:
    """Read the results in a folder; of one set and system only the latest.

    :raises LoadError: one of them cannot be read.
    """
    latest: dict[tuple[str, str], Result] = {}
    for path in sorted(folder.glob("*.json")):
        result = read_result(path)
        known = latest.get((result.set, result.system))
        if known is None or known.measured_at <= result.measured_at:
            latest[result.set, result.system] = result
    return list(latest.values())


def _lines(data: Mapping[str, Any]) -> str:
    """Return JSON with a line a row and a line a question, so that a diff shows what changed."""

    def one(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    rows = ",\n".join(f"  {one(row)}" for row in data["rows"])
    questions = ",\n".join(f"  {one(key)}: {one(each)}" for key, each in data["questions"].items())
    head = [f" {one(key)}: {one(value)}" for key, value in data.items() if key not in _LISTS]
    tail = [f' "rows": [\n{rows}\n ]', f' "questions": {{\n{questions}\n }}']
    return "{\n" + ",\n".join([*head, *tail]) + "\n}\n"


def _kept(verdict: Verdict) -> dict[str, Any]:
    return {
        "text": verdict.question,
        "groups": [verdict.kind.value, *verdict.styles],
        "ms": sum(verdict.elapsed_ms),
        "right": verdict.right,
        "abstained": verdict.abstained,
        "said": verdict.said,
        "expected": verdict.expected,
        "why": verdict.why,
        "exact": verdict.exact,
        "cited": verdict.cited,
        "quotes": list(verdict.quotes),
    }


def _first(measured: Measured, query: str, engine: Engine) -> str:
    ranking = measured.run.get(query, ())
    if not ranking:
        return ""
    return engine.passages([ranking[0].id])[0].text[:_SNIPPET]

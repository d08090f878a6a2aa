"""Results as files: one JSON a set, system and commit, with every question in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from corpus.errors import LoadError, os_reason
from eval.measures import MEASURES, per_query
from eval.records import Measured, Queries, Verdict
from eval.summaries import ASK, Row, answer_rows, search_rows
from index.engine import Engine

# Raised whenever older files can no longer be read.
_FORMAT = 1
COMMITTED = Path(__file__).parent / "results"
_SNIPPET = 40
_LISTS = ("rows", "questions")
_NAMES = ("set", "system", "commit", "measured_at")
# What is kept of a question: of an answer, of a search.
_SAID = {
    "text": str, "groups": list, "ms": list, "right": bool, "refused": list, "unanswerable": list,
    "said": str, "expected": str, "why": str, "quotes": list,
}  # fmt: skip
_FOUND = {"text": str, "groups": list, "ms": list, "first": str}


@dataclass(frozen=True, slots=True)
class Result:
    """A system on a set, at a commit: its rows, and what became of every question.

    `questions` maps ids to what is kept of each: `text`, `groups`, `ms` (of each turn); for answers
    the parts of a verdict, for searches each measure and the start of what came `first`.
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
            "ms": [round(times[query], 3)] if query in times else [],
            "first": _first(measured, query, engine),
            **{name: round(each[query], 12) for name, each in values.items()},
        }
        for query in queries.qrels
    }
    rows = tuple(search_rows(measured, queries))
    return Result(queries.name, measured.system, stamp.commit, stamp.measured_at, rows, questions)


def make_folder(folder: Path | None) -> None:
    """Make a folder that results will be written to, before anything is measured for it.

    :raises LoadError: it cannot be made or written to.
    """
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as exc:
        raise LoadError(f"无法写入 {folder}:{os_reason(exc)}") from exc


def write_result(result: Result, folder: Path) -> Path:
    """Write a result under its name, and return where.

    :raises LoadError: the folder cannot be written to.
    """
    make_folder(folder)
    path = folder / result.file_name
    try:
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
        data = json.loads(path.read_text("utf-8"), parse_constant=_no_constant)
    except OSError as exc:
        raise LoadError(f"无法读取文件 {path}:{os_reason(exc)}") from exc
    except (ValueError, RecursionError) as exc:
        raise LoadError(f"{path} 不是评测结果文件") from exc
    if not isinstance(data, dict) or "format" not in data:
        raise LoadError(f"{path} 不是评测结果文件")
    if data["format"] != _FORMAT:
        raise LoadError(f"{path} 是另一种格式的评测结果,请重新评测")
    if not _sound(data):
        raise LoadError(f"{path} 的内容不全或类型不对,请重新评测")
    return Result(
        set=data["set"],
        system=data["system"],
        commit=data["commit"],
        measured_at=data["measured_at"],
        rows=tuple(data["rows"]),
        questions=data["questions"],
    )


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _sound(data: Mapping[str, Any]) -> bool:
    """Whether everything that a comparison and a report read is there and of its type."""
    if not all(isinstance(data.get(name), str) for name in _NAMES):
        return False
    rows, questions = data.get("rows"), data.get("questions")
    if not (isinstance(rows, list) and rows and isinstance(questions, dict) and questions):
        return False
    keys, measures = (_SAID, ()) if data["system"] == ASK else (_FOUND, tuple(MEASURES))
    return all(isinstance(row, dict) and isinstance(row.get("group"), str) for row in rows) and all(
        isinstance(one, dict)
        and all(isinstance(one.get(key), kind) for key, kind in keys.items())
        and all(type(one.get(name)) in (int, float) for name in measures)
        for one in questions.values()
    )


def read_results(folder: Path) -> list[Result]:
    """Read the results in a folder; of one set and system only the latest.

    :raises LoadError: it is no folder, or one of them cannot be read.
    """
    if not folder.is_dir():
        raise LoadError(f"没有这个文件夹:{folder}")
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
    kept = asdict(verdict)
    question, kind, styles = (kept.pop(name) for name in ("question", "kind", "styles"))
    del kept["id"]
    return {
        "text": question,
        "groups": [kind.value, *styles],
        "ms": list(kept.pop("elapsed_ms")),
        **{key: list(value) if isinstance(value, tuple) else value for key, value in kept.items()},
    }


def _first(measured: Measured, query: str, engine: Engine) -> str:
    ranking = measured.run.get(query, ())
    if not ranking:
        return ""
    return engine.passages([ranking[0].id])[0].text[:_SNIPPET]

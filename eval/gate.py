"""What must not be lost: committed least values, and the questions that fell since then.

`gate.toml` names them as `[set.system.group]` with a line a measure; raising one is a change of
one line. What it names must be measured: a threshold without a figure is not met.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import SettingsError, os_reason
from eval.answering import Ask, answer_questions
from eval.comparing import Change, compare
from eval.measuring import measure
from eval.question_set import read_questions
from eval.records import Problem
from eval.relevance import Evidence, search_queries, usable
from eval.results import Result, Stamp, answers_result, search_result
from eval.summaries import ALL, ASK
from index.local import LocalEngine
from retrieval.answering import ask as ask_product

THRESHOLDS = Path(__file__).parent / "gate.toml"
# A figure is a share of some hundred questions; anything nearer is rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least value of a measure of a group of questions."""

    set: str
    system: str
    group: str
    measure: str
    least: float


@dataclass(frozen=True, slots=True)
class Checked:
    """A threshold and the figure; None where nothing was measured."""

    threshold: Threshold
    value: float | None

    @property
    def held(self) -> bool:
        """Whether the figure is at least the threshold."""
        return self.value is not None and self.value >= self.threshold.least - _ROUNDING


@dataclass(frozen=True, slots=True)
class GateReport:
    """Every threshold checked, and for what fell the questions that changed."""

    checked: tuple[Checked, ...]
    fallen: tuple[tuple[str, Change], ...]
    problems: tuple[Problem, ...]
    results: tuple[Result, ...]

    @property
    def held(self) -> bool:
        """Whether nothing fell and everything was measured."""
        return not self.problems and all(one.held for one in self.checked)


def read_thresholds(path: Path = THRESHOLDS) -> list[Threshold]:
    """Read the committed thresholds.

    :raises SettingsError: the file cannot be read, is no TOML, or a value is no number from 0 to 1.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as exc:
        raise SettingsError(f"无法读取 {path}:{os_reason(exc)}") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise SettingsError(f"{path} 不是 TOML:{exc}") from exc
    found = [_threshold(path, keys, value) for keys, value in _leaves(data)]
    if not found:
        raise SettingsError(f"{path} 里没有一个门槛")
    return found


def check_gate(
    home: Path,
    sets: Mapping[str, Path],
    thresholds: Sequence[Threshold],
    committed: Sequence[Result],
    stamp: Stamp,
    *,
    ask: Ask = ask_product,
    tell: Callable[[str], None] = lambda _: None,
) -> GateReport:
    """Measure in this process what the thresholds name, and check it.

    :param home: where the index of the corpus of these sets is published.
    :param sets: question sets by name; a threshold on another is not met.
    :param committed: the results that were committed, to tell which questions fell.
    """
    engine = LocalEngine.open(home)
    evidence = Evidence(engine)
    results: list[Result] = []
    problems: list[Problem] = []
    for name, path in sets.items():
        wanted = list(dict.fromkeys(one.system for one in thresholds if one.set == name))
        questions, unread = read_questions(path)
        questions, unusable = usable(questions, evidence)
        problems += [*unread, *unusable]
        queries = search_queries(name, questions, evidence)
        for system in wanted:
            tell(f"{name} {system}")
            if system == ASK:
                verdicts, failed = answer_questions(engine, questions, evidence, ask=ask)
                problems += failed
                results.append(answers_result(name, verdicts, stamp))
            else:
                measured = measure(system, home, queries.texts, 0.0)
                results.append(search_result(measured, queries, engine, stamp))
    checked = tuple(Checked(one, _value(results, one)) for one in thresholds)
    fallen = _fallen(checked, results, committed)
    return GateReport(checked, fallen, tuple(problems), tuple(results))


def _value(results: Sequence[Result], threshold: Threshold) -> float | None:
    for result in results:
        if (result.set, result.system) == (threshold.set, threshold.system):
            for row in result.rows:
                if row["group"] == threshold.group and row.get(threshold.measure) is not None:
                    return float(row[threshold.measure])
    return None


def _fallen(
    checked: Sequence[Checked], results: Sequence[Result], committed: Sequence[Result]
) -> tuple[tuple[str, Change], ...]:
    """The questions that fell since the committed run, in the groups whose figure is too low."""
    known = {(one.set, one.system): one for one in committed}
    fallen: dict[tuple[str, str], tuple[str, Change]] = {}
    for one in (one.threshold for one in checked if not one.held):
        result = next((r for r in results if (r.set, r.system) == (one.set, one.system)), None)
        before = known.get((one.set, one.system))
        if result is None or before is None:
            continue
        for change in compare(before, result).changes:
            groups = result.questions[change.id]["groups"]
            if change.fell and one.group in (ALL, *groups):
                fallen[f"{one.set} {one.system}", change.id] = f"{one.set} {one.system}", change
    return tuple(fallen.values())


def _leaves(
    data: Mapping[str, Any], keys: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*keys, key))
        else:
            yield (*keys, key), value


def _threshold(path: Path, keys: tuple[str, ...], value: Any) -> Threshold:
    name = ".".join(keys)
    if len(keys) != 4:
        raise SettingsError(f"{path}:{name} 应写成 [集.系统.类] 下的 指标 = 数值")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise SettingsError(f"{path}:{name} 应是 0 到 1 之间的数,不是 {value}")
    return Threshold(*keys, float(value))

"""What must not be lost: committed least values, and the questions that fell since then.

`gate.toml` names them as `[set.system.group]` with a line a measure; raising one is a change of
one line. What it names must be measured: a threshold without a figure is not met.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import GongjianError, SettingsError, os_reason
from eval.answering import Ask
from eval.comparing import ANSWERED, Change, changes
from eval.measures import MEASURES
from eval.records import Problem
from eval.relevance import Evidence
from eval.results import Result
from eval.subjects import Subject, measure_set
from eval.summaries import ALL, ASK
from eval.systems import find_system
from retrieval.answering import ask as ask_product

THRESHOLDS = Path(__file__).parent / "gate.toml"
# A figure is a share of some hundred questions; anything nearer is rounding.
_ROUNDING = 1e-6
_NAMED = 5


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
    subject: Subject,
    sets: Mapping[str, Path],
    thresholds: Sequence[Threshold],
    committed: Sequence[Result],
    *,
    ask: Ask = ask_product,
) -> GateReport:
    """Measure in this process what the thresholds name, and check it.

    A question that the committed results have and this run has not is a problem: hard questions
    do not go away unseen.

    :param sets: question sets by name; a threshold on another is not met.
    :param committed: the results that were committed, to tell which questions fell.
    """
    evidence = Evidence(subject.engine)
    results: list[Result] = []
    problems: list[Problem] = []
    for name, path in sets.items():
        systems = list(dict.fromkeys(one.system for one in thresholds if one.set == name))
        try:
            found, failed = measure_set(subject, path, systems, evidence, ask=ask, apart=False)
        except GongjianError as error:
            problems.append(Problem(f"问题集 {name}", str(error)))
            continue
        results += found
        problems += failed
    checked = tuple(Checked(one, _value(results, one)) for one in thresholds)
    problems += _gone(results, committed)
    fallen = _fallen(checked, results, committed)
    return GateReport(checked, fallen, tuple(problems))


def _gone(results: Sequence[Result], committed: Sequence[Result]) -> Iterator[Problem]:
    """The questions of the committed results that were not measured."""
    now = {(one.set, one.system): one for one in results}
    for before in committed:
        result = now.get((before.set, before.system))
        missing = [one for one in before.questions if result and one not in result.questions]
        if missing:
            few = "、".join(missing[:_NAMED]) + ("等" if len(missing) > _NAMED else "")
            where = f"{before.set} {before.system}"
            yield Problem(where, f"提交的结果里有、现在没有的问题 {len(missing)} 个:{few}")


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
    """The questions that fell since the committed run, in the measures that are too low."""
    known = {(one.set, one.system): one for one in committed}
    now = {(one.set, one.system): one for one in results}
    fallen: dict[tuple[str, str], Change] = {}
    for one in (one.threshold for one in checked if not one.held):
        result, before = now.get((one.set, one.system)), known.get((one.set, one.system))
        if result is None or before is None:
            continue
        for change in changes(before, result, one.measure):
            groups = result.questions[change.id]["groups"]
            if change.fell and one.group in (ALL, *groups):
                fallen.setdefault((f"{one.set} {one.system}", change.id), change)
    return tuple((where, change) for (where, _), change in fallen.items())


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
    measures = ANSWERED if keys[1] == ASK else MEASURES
    if keys[3] not in measures:
        known = "、".join(measures)
        raise SettingsError(f"{path}:{name} 的指标不能作门槛;可用的有:{known}")
    if keys[1] != ASK:
        find_system(keys[1])
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise SettingsError(f"{path}:{name} 应是 0 到 1 之间的数,不是 {value}")
    return Threshold(*keys, float(value))

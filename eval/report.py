"""The report: what was measured, on one page that needs nothing else, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from corpus.errors import LoadError, MissingExtra, os_reason
from eval.comparing import Change, Comparison, changes, compare
from eval.plots import accuracy_plot, groups_plot, latency_plot, systems_plot
from eval.results import Result
from eval.systems import BASELINE, NAMES, PRODUCT, find_system
from eval.tables import (
    GROUPS,
    Table,
    answers_table,
    comparison_tables,
    groups_table,
    markdown,
    systems_table,
)

_TEMPLATES = Path(__file__).parent / "templates"
_PAGE = "report.html"
HTML, MARKDOWN = "report.html", "report.md"
_MEASURE = "ndcg@10"
_BY_GROUP = "hit@5"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A question that was answered wrongly, with what was said and shown for it."""

    id: str
    kind: str
    text: str
    said: str
    expected: str
    why: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Everything about one question set."""

    name: str
    answers: Result | None
    searches: tuple[Result, ...]
    plots: Mapping[str, str]
    tables: tuple[Table, ...]
    fell: tuple[Change, ...]
    rose: tuple[Change, ...]
    search_fell: tuple[Change, ...]
    search_rose: tuple[Change, ...]
    before: str | None
    wrong: tuple[Wrong, ...]
    versus: Comparison | None


def require_libraries() -> None:
    """Check before anything is measured that a report can be made.

    :raises MissingExtra: matplotlib or jinja2 is not installed.
    """
    for name in ("matplotlib", "jinja2"):
        if find_spec(name) is None:
            raise MissingExtra(f'报告需要 {name}:pip install "gongjian[eval]"')


def write_report(results: Sequence[Result], committed: Sequence[Result], folder: Path) -> Path:
    """Write both forms of the report into a folder, and return the page.

    :param committed: the results that were committed, to tell what fell and rose since.
    :raises LoadError: there is nothing to report, or the folder cannot be written to.
    :raises MissingExtra: matplotlib or jinja2 is not installed.
    """
    require_libraries()
    if not results:
        raise LoadError("没有评测结果可以写成报告")
    sections = [
        _section(name, [one for one in results if one.set == name], committed)
        for name in dict.fromkeys(result.set for result in results)
    ]
    page, text = _html(sections), _markdown(sections)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / HTML).write_text(page, "utf-8")
        (folder / MARKDOWN).write_text(text, "utf-8")
    except OSError as exc:
        raise LoadError(f"无法写入 {folder}:{os_reason(exc)}") from exc
    return folder / HTML


def _section(name: str, results: Sequence[Result], committed: Sequence[Result]) -> Section:
    answers = next((result for result in results if result.of_answers), None)
    order = {system: place for place, system in enumerate(NAMES)}
    searches = sorted(
        (result for result in results if not result.of_answers),
        key=lambda result: order.get(result.system, len(order)),
    )
    before = answers and _committed(committed, answers)
    changed = list(changes(before, answers, "accuracy")) if before and answers else []
    product = next((result for result in searches if result.system == PRODUCT), None)
    ranked = product and _committed(committed, product)
    moved = list(changes(ranked, product, "mrr@10")) if ranked and product else []
    return Section(
        name=name,
        answers=answers,
        searches=tuple(searches),
        plots=_plots(answers, searches),
        tables=tuple(_tables(answers, searches)),
        fell=tuple(change for change in changed if change.fell),
        rose=tuple(change for change in changed if not change.fell),
        search_fell=tuple(change for change in moved if change.fell),
        search_rose=tuple(change for change in moved if not change.fell),
        before=before.commit if before else None,
        wrong=tuple(_wrong(answers)) if answers else (),
        versus=_versus(searches),
    )


def _committed(committed: Sequence[Result], result: Result) -> Result | None:
    """The committed result of the same set and system, if it has a question in common."""
    return next(
        (
            one
            for one in committed
            if (one.set, one.system) == (result.set, result.system)
            and not result.questions.keys().isdisjoint(one.questions)
        ),
        None,
    )


def _plots(answers: Result | None, searches: Sequence[Result]) -> dict[str, str]:
    plots = {}
    if answers:
        plots["accuracy"] = accuracy_plot(answers)
    if searches:
        plots["systems"] = systems_plot(searches, _MEASURE)
        if len(searches[0].rows) > 1:
            plots["groups"] = groups_plot(searches, _BY_GROUP)
        plots["latency"] = latency_plot([*searches, *([answers] if answers else [])])
    return plots


def _tables(answers: Result | None, searches: Sequence[Result]) -> Iterable[Table]:
    if answers:
        yield answers_table(answers)
    if searches:
        yield systems_table(searches)
        if len(searches[0].rows) > 1:
            yield groups_table(searches, _BY_GROUP)


def _wrong(answers: Result) -> Iterable[Wrong]:
    for identifier, question in answers.questions.items():
        if not question["right"]:
            yield Wrong(
                id=identifier,
                kind=GROUPS.get(question["groups"][0], question["groups"][0]),
                text=question["text"],
                said=question["said"],
                expected=question["expected"],
                why=question["why"],
                quotes=tuple(question["quotes"]),
            )


def _versus(searches: Sequence[Result]) -> Comparison | None:
    """The product beside the baseline."""
    by_name = {result.system: result for result in searches}
    if BASELINE not in by_name or PRODUCT not in by_name:
        return None
    return compare(by_name[BASELINE], by_name[PRODUCT])


def _html(sections: Sequence[Section]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template(_PAGE)
    about = {name: find_system(name).about for name in NAMES}
    return template.render(
        sections=sections, groups=GROUPS, about=about, comparison_tables=comparison_tables
    )


def _markdown(sections: Sequence[Section]) -> str:
    parts = ["# 评测报告", ""]
    for section in sections:
        parts += [f"## {section.name}", ""]
        parts += [markdown(table) for table in section.tables]
        if section.versus:
            parts.append(markdown(comparison_tables(section.versus)[0]))
        if section.before:
            parts.append(markdown(_changes(f"比 {section.before} 变差", section.fell)))
            parts.append(markdown(_changes(f"比 {section.before} 变好", section.rose)))
        if section.answers:
            parts.append(markdown(_wrong_table(section.wrong)))
    return "\n".join(parts)


def _changes(title: str, changes: Sequence[Change]) -> Table:
    rows = tuple((one.id, one.text, one.before, one.after) for one in changes)
    return Table(f"{title}({len(rows)})", ("编号", "问题", "原来", "现在"), rows)


def _wrong_table(wrong: Sequence[Wrong]) -> Table:
    rows = tuple(
        (one.id, one.kind, one.text, one.said, one.expected, one.why, "\n".join(one.quotes))
        for one in wrong
    )
    headings = ("编号", "类别", "问题", "回答", "应答", "原因", "所引")
    return Table(f"答错的问题({len(rows)})", headings, rows)

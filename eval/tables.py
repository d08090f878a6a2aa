"""Tables for a terminal and for Markdown: the same headings and cells."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from eval.comparing import Comparison
from eval.gate import GateReport
from eval.measures import MEASURES
from eval.results import Result
from eval.summaries import ALL, Row

_WIDEST = 200
GROUPS = {
    ALL: "全部",
    "field": "台账字段",
    "fact": "事实",
    "list": "完整清单",
    "conversation": "连续追问",
    "none": "没有答案",
    "paraphrase": "换个说法",
    "typo": "错别字",
    "pinyin": "拼音",
    "traditional": "繁体",
    "abbreviation": "缩写",
    "fragment": "半句话",
}
_ANSWERS = (
    "类别", "问题", "答对", "准确率", "95% 区间", "引文确切", "引对段落", "清单完整", "前60字",
    "拒答准", "拒答全", "p50 ms", "p99 ms",
)  # fmt: skip
_THRESHOLDS = ("结果", "集", "系统", "类别", "指标", "门槛", "现在")
_FALLEN = ("集与系统", "编号", "问题", "原来", "现在", "原因")


@dataclass(frozen=True, slots=True)
class Table:
    """A title, headings, and rows of cells as they are shown."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def terminal(table: Table) -> str:
    """Return a table as lines for a terminal; wide, never cut."""
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(title=table.title, title_justify="left", show_edge=False)
    for place, heading in enumerate(table.headings):
        numeric = place > 0 and any(_is_number(row[place]) for row in table.rows)
        drawn.add_column(
            heading, justify="right" if numeric else "left", overflow="fold", no_wrap=numeric
        )
    for row in table.rows:
        drawn.add_row(*map(Text, row))
    out = io.StringIO()
    Console(file=out, width=_WIDEST, color_system=None).print(drawn)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def markdown(table: Table) -> str:
    """Return a table as Markdown under its title in bold."""
    cells = (table.headings, ("---",) * len(table.headings), *table.rows)
    lines = ["| " + " | ".join(map(_escaped, row)) + " |" for row in cells]
    return "\n".join([f"**{table.title}**", "", *lines, ""])


def answers_table(result: Result) -> Table:
    """The answers of a set, a row a kind and style."""
    rows = tuple(_answer_cells(row) for row in result.rows)
    return Table(f"{result.set}:问答(ask),{result.commit}", _ANSWERS, rows)


def systems_table(results: Sequence[Result]) -> Table:
    """The searches of a set, a row a system."""
    headings = ("系统", *MEASURES, "建库 s", "p50 ms", "p99 ms", "内存 MiB")
    rows = tuple(_system_cells(result) for result in results)
    first = results[0].rows[0]
    title = f"{first['set']}:检索,{first['queries']} 个问题,{first['passages']} 段"
    return Table(title, headings, rows)


def groups_table(results: Sequence[Result], measure: str) -> Table:
    """A measure of each system, a column a kind and style of question."""
    names = [row["group"] for row in results[0].rows]
    counts = {row["group"]: row["queries"] for row in results[0].rows}
    headings = ("系统", *(f"{_group(name)}({counts[name]})" for name in names))
    rows = tuple(
        (result.system, *(share(row[measure]) for row in result.rows)) for result in results
    )
    return Table(f"{results[0].set}:各类问题的 {measure}", headings, rows)


def comparison_tables(comparison: Comparison) -> list[Table]:
    """The measures side by side, then every question that changed with both answers."""
    first, second = comparison.first, comparison.second
    names = first.file_name.removesuffix(".json"), second.file_name.removesuffix(".json")
    measures = tuple(
        (
            name,
            *(share(value) for value in comparison.means[name]),
            f"{paired.difference:+.3f}",
            str(paired.wins),
            str(paired.ties),
            str(paired.losses),
            f"{paired.p:.4f}",
        )
        for name, paired in comparison.measures.items()
    )
    changes = tuple(
        (change.id, "变差" if change.fell else "变好", change.text, change.before, change.after)
        for change in sorted(comparison.changes, key=lambda change: not change.fell)
    )
    return [
        Table(
            "成对比较(p:成对随机化检验,双侧)",
            ("指标", *names, "差", "胜", "平", "负", "p"),
            measures,
        ),
        Table("结果改变的问题", ("编号", "变化", "问题", names[0], names[1]), changes),
    ]


def gate_tables(report: GateReport) -> list[Table]:
    """The thresholds, those not held first; then the questions that fell since the last commit."""
    checked = sorted(report.checked, key=lambda one: one.held)
    thresholds = tuple(
        (
            "通过" if one.held else "跌破",
            one.threshold.set,
            one.threshold.system,
            _group(one.threshold.group),
            one.threshold.measure,
            share(one.threshold.least),
            share(one.value),
        )
        for one in checked
    )
    fallen = tuple(
        (where, change.id, change.text, change.before, change.after, change.why)
        for where, change in report.fallen
    )
    tables = [Table("门槛", _THRESHOLDS, thresholds)]
    if not all(one.held for one in checked):
        tables.append(Table("比提交的结果变差的问题", _FALLEN, fallen))
    return tables


def _group(name: str) -> str:
    return GROUPS.get(name, name)


def share(value: float | None) -> str:
    """A share as it is shown: three digits, or a dash where it does not apply."""
    return "–" if value is None else f"{value:.3f}"


def _answer_cells(row: Row) -> tuple[str, ...]:
    return (
        _group(row["group"]),
        str(row["questions"]),
        str(row["right"]),
        share(row["accuracy"]),
        f"{share(row['accuracy_low'])}–{share(row['accuracy_high'])}",
        share(row["citation_exactness"]),
        share(row["passage_cited"]),
        share(row["list_completeness"]),
        share(row["answer@60"]),
        share(row["abstention_precision"]),
        share(row["abstention_recall"]),
        f"{row['p50_ms']:.1f}",
        f"{row['p99_ms']:.1f}",
    )


def _system_cells(result: Result) -> tuple[str, ...]:
    row = result.rows[0]
    # Timed on a few questions only, where the system takes a short cut for the rest.
    few = "" if row["timed"] == row["queries"] else f" ({row['timed']} 问)"
    return (
        result.system,
        *(share(row[name]) for name in MEASURES),
        "–" if row["index_s"] is None else f"{row['index_s']:.1f}",
        *(f"{row[name]:.2f}{few}" for name in ("p50_ms", "p99_ms")),
        f"{row['rss_mb']:.0f}",
    )


def _is_number(cell: str) -> bool:
    return bool(cell) and cell.replace(".", "").lstrip("+-").isdigit()


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", "<br>")

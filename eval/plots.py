"""Plots of the report as SVG, to stand inside a page.

Words in them are Latin, so that no font of the machine that draws them can be missing.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.results import Result
from eval.statistics import mean_interval
from eval.summaries import ALL
from eval.systems import BASELINE, PRODUCT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, FAINT, ACCENT, BASE, _GOOD, _BAD = (
    "#1f2933", "#cbd2d9", "#1d6fb8", "#9a6b1f", "#1b7f4d", "#b83232",
)  # fmt: skip
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # real text: it can be searched, and stays small
    "svg.hashsalt": "gongjian",  # the same figures give the same bytes
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_WIDTH = 8.2
_ROW = 0.30


def accuracy_plot(result: Result) -> str:
    """Accuracy of answers by kind and style, with 95 % intervals."""
    rows = list(reversed(result.rows))
    names = [f"{row['group']} ({row['questions']})" for row in rows]
    values = [row["accuracy"] for row in rows]
    spans = [(row["accuracy_low"], row["accuracy_high"]) for row in rows]
    colours = [INK if row["group"] == "all" else ACCENT for row in rows]

    def draw(axes: Axes) -> None:
        _dots(axes, names, values, spans, colours)
        axes.set_xlabel("accuracy, 95 % Wilson interval")

    return _svg(draw, height=_ROW * len(rows) + 0.9)


def systems_plot(results: Sequence[Result], measure: str) -> str:
    """A measure of every system, with 95 % intervals; the baseline as a line."""
    shown = list(reversed(results))
    values = [result.rows[0][measure] for result in shown]
    spans = [
        mean_interval([question[measure] for question in result.questions.values()])
        for result in shown
    ]
    colours = [
        ACCENT if result.system == PRODUCT else BASE if result.system == BASELINE else INK
        for result in shown
    ]
    base = next((r.rows[0][measure] for r in results if r.system == BASELINE), None)

    def draw(axes: Axes) -> None:
        if base is not None:
            axes.axvline(base, color=BASE, linewidth=1, linestyle=":")
        _dots(axes, [result.system for result in shown], values, spans, colours)
        axes.set_xlabel(f"{measure}, 95 % bootstrap interval; dotted: {BASELINE}")

    return _svg(draw, height=_ROW * len(shown) + 0.9)


def groups_plot(results: Sequence[Result], measure: str) -> str:
    """A measure by kind and style for the baseline and the product, with 95 % intervals."""
    pair = [result for result in results if result.system in (BASELINE, PRODUCT)] or results[:1]
    groups = [row["group"] for row in reversed(pair[0].rows)]
    counts = {row["group"]: row["queries"] for row in pair[0].rows}

    def draw(axes: Axes) -> None:
        for shift, result in zip((0.16, -0.16), pair, strict=False):
            colour = ACCENT if result.system == PRODUCT else BASE
            for place, group in enumerate(groups):
                values = _values(result, group, measure)
                low, high = mean_interval(values)
                mean = sum(values) / len(values)
                where = place + shift
                label = result.system if not place else None
                axes.plot([low, high], [where, where], color=colour, linewidth=2, alpha=0.45)
                dot = axes.plot([mean], [where], "o", color=colour, markersize=5, label=label)
                dot[0].set_clip_on(False)
                axes.text(1.02, where, f"{mean:.2f}", va="center", fontsize=8, color=colour)
        _rows(axes, [f"{group} ({counts[group]})" for group in groups])
        axes.set_xlabel(f"{measure}, 95 % bootstrap interval")
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)

    return _svg(draw, height=0.40 * len(groups) + 1.2)


def _values(result: Result, group: str, measure: str) -> list[float]:
    """A measure of every question of a group."""
    return [
        one[measure] for one in result.questions.values() if group == ALL or group in one["groups"]
    ]


def latency_plot(results: Sequence[Result]) -> str:
    """How long questions took: the share of questions answered within a time, by system."""
    timed = [
        (result.system, np.sort([ms for one in result.questions.values() for ms in one["ms"]]))
        for result in results
    ]

    def draw(axes: Axes) -> None:
        emphasis = {PRODUCT: ACCENT, BASELINE: BASE, "ask": _GOOD}
        for name, times in timed:
            if not len(times):
                continue
            shares = np.arange(1, len(times) + 1) / len(times)
            colour = emphasis.get(name, FAINT)
            axes.step(
                times,
                shares,
                where="post",
                color=colour,
                linewidth=1.8,
                label=name if name in emphasis else None,
            )
        axes.set_xscale("log")
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("milliseconds a question (logarithmic); grey: the other systems")
        axes.set_ylabel("share of questions")
        if any(len(times) and name in emphasis for name, times in timed):
            axes.legend(frameon=False, loc="lower right")
        axes.grid(axis="x", color=FAINT, linewidth=0.5)

    return _svg(draw, height=3.2)


def _dots(
    axes: Axes,
    names: Sequence[str],
    values: Sequence[float],
    spans: Sequence[tuple[float, float]],
    colours: Sequence[str],
) -> None:
    """A row a name: a dot at its value, a line over its interval, the figure beside it."""
    for place, (value, (low, high), colour) in enumerate(zip(values, spans, colours, strict=True)):
        axes.plot([low, high], [place, place], color=colour, linewidth=2, alpha=0.45)
        axes.plot([value], [place], "o", color=colour, markersize=6, clip_on=False)
        axes.text(1.02, place, f"{value:.3f}", va="center", fontsize=9)
    _rows(axes, names)


def _rows(axes: Axes, names: Sequence[str]) -> None:
    """Name the rows of a plot of shares."""
    axes.set_yticks(range(len(names)), list(names))
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.tick_params(axis="y", length=0)


def _svg(draw: Callable[[Any], None], *, height: float) -> str:
    """Return what `draw` draws on axes as an SVG element."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.subplots())
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    text = out.getvalue()
    return text[text.index("<svg") :]

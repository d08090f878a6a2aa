"""What the benchmark writes: a table, `bench.json`, and the cost against the size as a picture."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.bench.records import Row, Status
from eval.bench.systems import BASELINE, NAMES, PRODUCT
from eval.results import Stamp
from eval.tables import Table, share
from index.piece_encoder import SHIPPED_NAME

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOTE = (
    "* 随产品发布的编码器学过 statutes 的问题,在那一集上不是没见过的问题的质量:"
    "请用 eval folds --keep 留下的编码器,加 --encoder 文件夹/折 --fold 折"
)
# Raised whenever older files can no longer be read.
_FORMAT = 1
_HEADINGS = (
    "系统", "建库 s", "打开 s", "p50 ms", "p99 ms", "快几倍", "增 s", "删 s", "建库 MiB",
    "服务 MiB", "自有 MiB", "磁盘 MiB", "hit@1", "r@10", "mrr@10", "ndcg@10", "负载", "说明",
)  # fmt: skip
_AGREEMENT = ("系统", "问题", "前 10 重合", "同序", "得分最大相对差")
_QUALITY = ("hit@1", "recall@10", "mrr@10", "ndcg@10")
_JSON, _SVG, _PNG = "bench.json", "bench.svg", "bench.png"
_PANELS: tuple[tuple[str, str], ...] = (
    ("build_s", "build, s"),
    ("open_s", "open to first answer, s"),
    ("p50_ms", "one warm query, p50, ms"),
    ("serve_mb", "memory while serving, MiB"),
)
_DPI = 150


def size_table(rows: Sequence[Row]) -> Table:
    """The systems at one size; `快几倍` is against jieba + rank-bm25 in the same run."""
    base = next((row.p50_ms for row in rows if row.system == BASELINE), None)
    asked = max(max(row.judged, row.timed) for row in rows)
    cells = tuple(_cells(row, base, asked) for row in rows)
    return Table(f"{rows[0].passages} 段,{asked} 个问题", _HEADINGS, cells)


def agreement_table(rows: Sequence[Row]) -> Table:
    """How far each engine's results are those of the written formula."""
    cells = tuple(
        (
            row.system,
            f"{row.agreement['compared']:.0f}",
            share(row.agreement["overlap@10"]),
            share(row.agreement["same_order"]),
            f"{row.agreement['score_difference']:.2g}",
        )
        for row in rows
        if row.agreement
    )
    return Table(f"{rows[0].passages} 段,与 BM25 公式(双精度)比较", _AGREEMENT, cells)


def brief(row: Row) -> str:
    """A row in one line, for who waits."""
    if row.status is not Status.DONE:
        return f"{row.passages} 段 {row.system}:{row.reason}"
    build, p50 = _seconds(row.build_s), _milliseconds(row.p50_ms)
    return f"{row.passages} 段 {row.system}:建库 {build} s,p50 {p50} ms"


def write_report(rows: Sequence[Row], stamp: Stamp, name: str, folder: Path) -> Path:
    """Write all rows as JSON and their cost as pictures; return the JSON's path.

    :raises OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = {
        "format": _FORMAT,
        "set": name,
        **asdict(stamp),
        "machine": _machine(),
        "rows": [row.data() for row in rows],
    }
    path = folder / _JSON
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if any(row.p50_ms is not None for row in rows):
        draw_costs(rows, folder)
    return path


def draw_costs(rows: Sequence[Row], folder: Path) -> None:
    """Draw what each system costs against the size, both logarithmic."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    from eval.plots import STYLE

    with rc_context(STYLE):
        figure = Figure(figsize=(10, 7.6), layout="constrained")
        grid = figure.subplots(2, 2)
        systems = list(dict.fromkeys(row.system for row in rows))
        for axes, (name, label) in zip(grid.flat, _PANELS, strict=True):
            for system in systems:
                _line(axes, [row for row in rows if row.system == system], name)
            _scale(axes, sorted({row.passages for row in rows}), label)
        handles = dict(
            pair[::-1]
            for axes in grid.flat
            for pair in zip(*axes.get_legend_handles_labels(), strict=True)
        )
        known = [system for system in systems if system in handles]
        figure.legend(
            [handles[system] for system in known],
            known,
            loc="outside upper center",
            ncols=5,
            frameon=False,
        )
        figure.savefig(folder / _SVG, metadata={"Date": None})
        figure.savefig(folder / _PNG, dpi=_DPI)


def _line(axes: Axes, rows: Sequence[Row], name: str) -> None:
    points = [(row.passages, getattr(row, name)) for row in rows if getattr(row, name)]
    if not points:
        return
    system = rows[0].system
    ours = system.startswith(PRODUCT)
    axes.plot(
        *zip(*points, strict=True),
        color=_colour(system),
        linewidth=2.6 if ours else 1.4,
        marker=_MARKERS[_place(system) % len(_MARKERS)],
        markersize=7 if ours else 5,
        zorder=3 if ours else 2,
        label=system,
    )


# Told apart without colour too.
_MARKERS = "osD^vPX*"


def _place(system: str) -> int:
    return NAMES.index(system) if system in NAMES else 0


def _colour(system: str) -> str:
    from eval.plots import ACCENT, BASE

    if system.startswith(PRODUCT):
        return ACCENT
    others = ("#9aa5b1", "#b83232", "#1b7f4d", "#7b4fa3", "#c2549b", "#3b8f95", "#6b7280")
    return BASE if system == BASELINE else others[_place(system) % len(others)]


def _scale(axes: Axes, sizes: Sequence[int], label: str) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_xlim(sizes[0] / 1.6, sizes[-1] * 1.6)
    axes.set_xlabel("passages")
    axes.set_title(label, loc="left", fontsize=10)
    axes.grid(color="#e4e7eb", linewidth=0.5)


def _cells(row: Row, base: float | None, asked: int) -> tuple[str, ...]:
    useful = row.empty * 2 <= max(row.judged, row.timed)  # the speed of finding nothing is none
    faster = f"{base / row.p50_ms:.1f}" if base and row.p50_ms and useful else "–"
    mark = "*" if row.encoder == SHIPPED_NAME and row.quality else ""
    changes = [
        "重建" if row.incremental is False else _seconds(took) for took in (row.add_s, row.remove_s)
    ]
    return (
        row.system,
        _seconds(row.build_s),
        _seconds(row.open_s),
        _milliseconds(row.p50_ms),
        _milliseconds(row.p99_ms),
        faster,
        *changes,
        *map(_whole, (row.build_peak_mb, row.serve_mb, row.serve_own_mb, row.disk_mb)),
        *(share(row.quality.get(name)) + mark for name in _QUALITY),
        _load(row.load),
        _remarks(row, asked),
    )


def _remarks(row: Row, asked: int) -> str:
    """Why a row is short, and what its figures were not taken on."""
    remarks = [row.reason] if row.reason else []
    if 0 < row.timed < asked:
        remarks.append(f"耗时取自 {row.timed} 问")
    if 0 < row.judged < asked:
        remarks.append(f"质量取自 {row.judged} 问")
    if row.empty:
        remarks.append(f"{row.empty} 问无结果")
    return ";".join(remarks)


def _shown(digits: str) -> Callable[[float | None], str]:
    return lambda value: "–" if value is None else format(value, digits)


_seconds, _milliseconds, _whole, _load = map(_shown, (".2f", ".3f", ".0f", ".1f"))


def _machine() -> dict[str, Any]:
    """What the figures depend on."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (ValueError, OSError, AttributeError):
        memory = None
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cpus": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_mb": memory,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("gongjian", "numpy", "bm25s")},
    }

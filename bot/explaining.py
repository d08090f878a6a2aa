"""How an answer came about, as lines for a person who doubts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.render import Line, hit_lines
from bot.terminal import emit, emit_json
from index.engine import Engine
from retrieval.choosing import DESCRIBED
from retrieval.explaining import explain_search
from retrieval.fields import LABELS
from retrieval.question import Field
from retrieval.records import Hit, Mode
from retrieval.wire import hit_data

# What fits beside a label on a line of 80 columns.
_TITLE, _WORDS = 28, 24
_PIECES = 12
_READ = (
    ("subject", "事项"),
    ("fields", "所问"),
    ("items", "编号"),
    ("units", "单位"),
    ("leaders", "领导"),
    ("document", "文号"),
    ("places", "地方"),
    ("years", "年份"),
    ("figures", "数字"),
    ("conditions", "条件"),
    ("followed", "沿用"),
)


def explain_lines(told: Mapping[str, Any]) -> list[Line]:
    """The parts of an explanation, each under its head; `told` is what `explain` gives."""
    return [
        [],
        [("bold", "答案的由来")],
        *_question(told),
        *_changed(told),
        *_tasks(told["tasks"]),
        *_candidates(told["search"]),
        *_checks(told["checks"]),
        _line("结论", told["why"]),
        *_proof(told["proof"]),
    ]


def _line(label: str, text: str) -> Line:
    return [("cyan", f"  {label}  "), ("", text)]


def _question(told: Mapping[str, Any]) -> list[Line]:
    """The question as it was read, and where the answer was looked for."""
    question = told["question"]
    lines = [_line("读作", question["read"])]
    for key, label in _READ:
        value = question[key]
        if key == "fields":
            value = [LABELS[Field(one)] for one in value]
        if value:
            lines.append(
                _line(label, value if isinstance(value, str) else "、".join(map(str, value)))
            )
    kind = "清单,逐项核对" if question["list"] else "一个答案"
    return [*lines, _line("要求", kind), _line("查找", told["way"] or "正文")]


def _changed(told: Mapping[str, Any]) -> list[Line]:
    """What was read for what was typed, and the documents' words for people's."""
    mended = [_line("改读", f"“{one['typed']}”读作“{one['read']}”") for one in told["mended"]]
    return mended + _bridged(told["bridged"])


def _bridged(bridged: Sequence[Mapping[str, Any]]) -> list[Line]:
    return [
        _line(
            "换说",
            f"“{one['word']}”对应“{'、'.join(one['thesaurus'])}”,"
            + (f"文件里有“{'、'.join(one['used'])}”" if one["used"] else "文件里都没有"),
        )
        for one in bridged
    ]


def _tasks(tasks: Sequence[Mapping[str, Any]]) -> list[Line]:
    if not tasks:
        return []
    rows = [
        [("", f"  {_mark(one)} {one['score']:.3f}  "), ("", _cut(one["title"], _TITLE))]
        for one in tasks
    ]
    return [[], [("bold", "候选任务"), ("dim", f"(* 为选用;相符程度,须达 {DESCRIBED:.2f})")], *rows]


def _candidates(search: Mapping[str, Any]) -> list[Line]:
    if not search["candidates"]:
        return []
    rows = [
        line for rank, one in enumerate(search["candidates"], 1) for line in _candidate(rank, one)
    ]
    head: Line = [("bold", "候选段落"), ("dim", "(* 为选用)")]
    return [[], head, *_weights(search), *rows, []]


def _weights(search: Mapping[str, Any]) -> list[Line]:
    if search["dense_weight"] is None:
        return []
    weight = search["dense_weight"]
    return [
        _line(
            "合分",
            f"{1 - weight:.2f}×词语份额 + {weight:.2f}×意思份额,再按最高分折算;"
            f"词语满分 {search['ceiling']:.1f}",
        )
    ]


def _candidate(rank: int, one: Mapping[str, Any]) -> list[Line]:
    """A passage: its words, where it stands, its figures, and who else has it."""
    lines: list[Line] = [
        [("bold", f"  {_mark(one)}{rank}. "), ("", _cut(one["text"], _WORDS))],
        [("dim", f"      《{_cut(one['title'], _TITLE)}》")],
        *figure_lines(one),
    ]
    if "score" in one:
        where = "" if one["anchored"] else ",不是所问的地方或年份"
        lines.append(
            [
                ("dim", "      "),
                ("", f"选用分 {one['score']:.3f}(本段含问句 {one['here']:.2f},"),
                ("", f"连同全文 {one['held']:.2f}{where})"),
            ]
        )
    if one["copies"]:
        titles = "、".join(_cut(title, _TITLE) for title in dict.fromkeys(one["copies"]))
        lines.append([("dim", f"      另有 {len(one['copies'])} 份相同:{titles}")])
    return lines


def figure_lines(one: Mapping[str, Any]) -> list[Line]:
    """A passage's figures: each leg's score and its share, and what they come to."""
    if not one:
        return []
    words = f"词语 {_figure(one['bm25'])}(份额 {_figure(one['lexical'])})"
    sense = f"意思 {_figure(one['cosine'])}(份额 {_figure(one['dense'])})"
    return [[("dim", f"      {words}  {sense}  合分 {_figure(one['fused'])}")]]


def print_search(
    engine: Engine, query: str, hits: Sequence[Hit], mode: Mode, *, as_json: bool
) -> None:
    """Print ranked passages, what they were searched for with, and each one's figures."""
    told = explain_search(engine, query, hits, mode)
    whole = {name: value for name, value in told.items() if name != "hits"}
    if not as_json:
        emit(search_lines(told))
    for rank, (hit, figures) in enumerate(zip(hits, told["hits"], strict=True), start=1):
        document = engine.document(hit.passage.span.document_id)
        if as_json:
            emit_json(hit_data(hit, document, rank) | {"explain": figures | whole})
        else:
            emit([*hit_lines(rank, hit, document), *figure_lines(figures)])


def search_lines(told: Mapping[str, Any]) -> list[Line]:
    """What a search was made with."""
    return [_line("检索", told["query"]), *_bridged(told["bridged"]), *_weights(told), []]


def _checks(checks: Sequence[Mapping[str, Any]]) -> list[Line]:
    return [
        [
            *_line("门槛", f"{one['what']} {one['value']:.2f},须达 {one['least']:.2f}"),
            ("" if one["met"] else "yellow", " 达到" if one["met"] else " 没有达到"),
        ]
        for one in checks
        if one["least"]
    ]


def _proof(pieces: Sequence[Mapping[str, Any]]) -> list[Line]:
    """What of the answer stands in which citation, and what was left out."""
    if not pieces:
        return [_line("核对", "没有作答,无可核对")]
    failed = [one for one in pieces if not (one["citation"] or one["why"])]
    head = f"{len(pieces)} 处" + (f",{len(failed)} 处没有依据" if failed else "都有依据")
    shown = [*failed, *(one for one in pieces if one not in failed)][:_PIECES]
    more = [_line("    ", f"……其余 {len(pieces) - _PIECES} 处略")] if len(pieces) > _PIECES else []
    return [_line("核对", head), *(_line("    ", _piece(one)) for one in shown), *more]


def _piece(one: Mapping[str, Any]) -> str:
    ground = f"依据 [{one['citation']}]" if one["citation"] else one["why"] or "没有依据,没有说出"
    return f"{_cut(one['words'], _WORDS)} —— {ground}"


def _mark(one: Mapping[str, Any]) -> str:
    return "*" if one["chosen"] else " "


def _figure(value: float | None) -> str:
    return "  —  " if value is None else f"{value:.3f}"


def _cut(words: str, length: int) -> str:
    line = " ".join(words.split())
    return line if len(line) <= length else line[:length] + "…"

"""The repairs of a document for a person: how many of which kind, and each in its sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.render import Line
from corpus.edits import REASON_SEPARATOR, OffsetMap
from corpus.records import Document, Edit

_REASONS = {
    "newline": "换行符",
    "invisible": "不可见字符",
    "page furniture": "页面外围",
    "page title": "网页标题",
    "boilerplate": "网页杂项",
    "markup": "排版标记",
    "line wrap": "行末换行",
    "width": "全角字符",
    "radical": "部首字符",
    "bold": "加粗标记",
    "pinyin": "混入的拼音",
    "glyph": "字体错字",
    "traditional": "繁体字",
    "spam": "垃圾广告",
    "broken line": "断行",
}
# Where a line ends on paper or in a file: many, and no word of the text.
_LAYOUT = frozenset({"newline", "invisible", "line wrap"})
_CONTEXT = 10  # characters shown before and after what was changed
_NEAR = 2 * _CONTEXT  # edits no farther apart share their line
_LONGEST = 60  # characters of one change; what is longer is shown by its ends
_MOST_FREQUENT = 8
_NAME_WIDTH = 6  # 混入的拼音 and a blank, in characters two columns wide


@dataclass(frozen=True, slots=True)
class _Change:
    """Edits side by side: where they begin in the file, what stood there, what reads there now."""

    raw_start: int
    raw: str
    new: str
    start: int  # in the clean text
    reasons: tuple[str, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.new)


def edit_lines(document: Document) -> list[Line]:
    """What was changed and why: a count by reason, then every change where it stands.

    [原→现] is a change, [原→] a deletion; the number before a line is the place in the file.
    """
    if not document.edits:
        return [[("bold", document.title)], [("", "没有修正:正文与原文一字不差。")]]
    return [
        *_summary(document),
        [],
        *(
            _group_line(document, group)
            for group in _near(document, _changes(document))
            if not all(set(change.reasons) <= _LAYOUT for change in group)
        ),
    ]


def reason_words(reason: str) -> str:
    """The reason of an edit in Chinese; several reasons are several repairs of one place."""
    return "、".join(_REASONS.get(part, part) for part in reason.split(REASON_SEPARATOR))


def _summary(document: Document) -> list[Line]:
    counts = Counter(edit.reason for edit in document.edits)
    size = f"原文 {len(document.raw)} 字,改后 {len(document.text)} 字"
    lines: list[Line] = [
        [("bold", document.title), ("dim", f"  ({document.source})")],
        [("", f"共 {len(document.edits)} 处修正,{size};每一处都记录在案,可以还原。")],
    ]
    for reason, count in counts.most_common():
        name = reason_words(reason).ljust(_NAME_WIDTH, "\u3000")
        pairs = Counter(_pair(document, edit) for edit in document.edits if edit.reason == reason)
        lines.append([("cyan", f"  {name}"), ("bold", f"{count:>5} 处  "), ("", _most(pairs))])
        if reason in _LAYOUT:
            lines[-1].append(("dim", "(只是排版,下面不逐处列出;--json 列出全部)"))
    return lines


def _most(pairs: Counter[str]) -> str:
    """The commonest changes of one reason, and how many others there are."""
    most = [
        f"{pair} {times}次" if times > 1 else pair
        for pair, times in pairs.most_common(_MOST_FREQUENT)
    ]
    others = len(pairs) - len(most)
    return "、".join(most) + (f" 等 {len(pairs)} 种" if others else "")


def _pair(document: Document, edit: Edit) -> str:
    before, after = _shown(document.raw[edit.start : edit.end], 12), _shown(edit.replacement, 12)
    return f"{before}→{after}" if after else f"删去“{before}”"


def _changes(document: Document) -> Iterator[_Change]:
    """Edits that touch each other in the file are shown as one change: [會(hui)→会]."""
    starts = OffsetMap(document.edits).starts
    waiting: list[tuple[Edit, int]] = []
    for edit, start in zip(document.edits, starts, strict=True):
        if waiting and waiting[-1][0].end != edit.start:
            yield _change(document, waiting)
            waiting = []
        waiting.append((edit, start))
    yield _change(document, waiting)


def _change(document: Document, edits: Sequence[tuple[Edit, int]]) -> _Change:
    first, last = edits[0][0], edits[-1][0]
    reasons = dict.fromkeys(part for e, _ in edits for part in e.reason.split(REASON_SEPARATOR))
    new = "".join(edit.replacement for edit, _ in edits)
    raw = document.raw[first.start : last.end]
    return _Change(document.raw_start + first.start, raw, new, edits[0][1], tuple(reasons))


def _near(document: Document, changes: Iterator[_Change]) -> Iterator[list[_Change]]:
    """Changes of one sentence go together."""
    group: list[_Change] = []
    for change in changes:
        if group:
            between = document.text[group[-1].end : change.start]
            if len(between) > _NEAR or "\n" in between or group[-1].new.endswith("\n"):
                yield group
                group = []
        group.append(change)
    yield group


def _group_line(document: Document, group: Sequence[_Change]) -> Line:
    text, first, last = document.text, group[0], group[-1]
    page = [page.number for page in document.pages if page.start <= first.start][-1:]
    where = f"第{page[0]}页 " if page else ""
    reasons = dict.fromkeys(reason for change in group for reason in change.reasons)
    line: Line = [
        ("dim", f"{where}{first.raw_start:>7}  "),
        ("cyan", f"{'、'.join(_REASONS.get(one, one) for one in reasons)}  "),
        ("dim", text[max(0, first.start - _CONTEXT) : first.start].rpartition("\n")[2]),
    ]
    for change, following in pairwise(group):
        line += [*_bracket(change), ("", text[change.end : following.start])]
    line += _bracket(last)
    line.append(("dim", text[last.end : last.end + _CONTEXT].partition("\n")[0]))
    return line


def _bracket(change: _Change) -> Line:
    return [
        ("red", f"[{_shown(change.raw, _LONGEST)}"),
        ("dim", "→"),
        ("green", f"{_shown(change.new, _LONGEST)}]"),
    ]


def _shown(text: str, longest: int) -> str:
    """Words on one line: line ends as signs, the middle of a long text left out."""
    flat = text.replace("\r", "␍").replace("\n", "⏎")
    if len(flat) <= longest:
        return flat
    half = longest // 2
    return f"{flat[:half]}…(共{len(flat)}字)…{flat[-half:]}"

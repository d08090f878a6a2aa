"""Where a paragraph of a PDF goes on in the next line, and what only runs along the pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from corpus.formats.pdf_lines import Line

# In heights of a character: an indent, the longest that lines hang by, room for one more
# character, a bigger gap between lines.
_INDENT, _HANGING, _ROOM, _BIGGER_GAP = 1.2, 4.0, 0.6, 1.7
# Where no line is longer, the lines are entries of a list, or the words of a form.
_NARROW = 12
_SIZE_CHANGE = 0.12
_SAME_HEIGHT = 6.0
# Page numbers and running heads stand in the outer parts of a page, and in its outer lines.
_MARGIN, _OUTER_LINES = 0.13, 2
_LEAST_REPEATS, _REPEATED_SHARE = 2, 0.4
_INDENTED_SHARE, _SET_IN_SHARE = 0.08, 0.5
_NUMERAL = "[一二三四五六七八九十百零〇]+"
_MARKER = re.compile(
    rf"第{_NUMERAL}[章节编条]|{_NUMERAL}、|[(（]\s*(?:{_NUMERAL}|\d{{1,2}})\s*[)）]"
    rf"|\d{{1,2}}(?:[.．](?!\d)|、)|[①-⑳]|附\s*件\s*\d*\s*[:：]?\s*$|{_NUMERAL}(?:是|要)(?!否)"
)
_WEAK_MARKER = re.compile(rf"[(（]\s*\d{{1,2}}\s*[)）]|[①-⑳]|{_NUMERAL}(?:是|要)")
_LABEL = re.compile(
    r"(?:整改|责任|牵头|配合|完成|验收|督导|包保|存在|主要)[\u4e00-\u9fff]{1,6}\s*[:：]"
)
_SENTENCE_END = re.compile("[。！？；：!?;:”’」』〞…)）》]$")
_STOP_END = re.compile("[，。、；：！？,.;:!?）)”]$")
_FULL_STOP = re.compile("[。！？；!?;][”’」』〞)）]?$")
_LATIN_START, _LATIN_END = re.compile(r"[A-Za-z0-9][!-~]*"), re.compile(r"[A-Za-z0-9,;:.%)]$")
# What no line end parts: a Latin word with the quotes around it, a quote and what it opens.
_UNBROKEN = re.compile(r"[“‘（(《【〔]*[A-Za-z0-9][!-~]*[”’）)》】〕，。、；：]*|[“‘（《【〔]+.")
_LATIN_LETTER = re.compile("[A-Za-z]")
_BARE_NUMBER = re.compile(r"\d{1,4}")
_PAGE_NUMBER = re.compile(
    r"[-—–－·\s]*\d{1,4}[-—–－·\s]*|第?\s*\d+\s*页\s*[,，/|]?\s*(?:共\s*\d+\s*页)?|\d+\s*/\s*\d+"
    rf"|[-—–－\s]*[IVXivx]{{1,6}}[-—–－\s]*|第\s*{_NUMERAL}\s*页|[Pp]age\s*\d+(?:\s*of\s*\d+)?"
)
_OUTSIDE_UNIT = re.compile("(?:局|委|办|厅|院|队|府|部|会|室|处|中心|公司)$")
# Below a line that is full, a signature and whom a paper is for look like a paragraph's last line.
_TITLE_END = re.compile("(?:通知|意见|函|报告|决定|方案|办法|通报|请示|批复|公告|通告)[)）]?$")
_SIGNATURE = re.compile(r"[\u4e00-\u9fff()（）、 \u3000]{4,40}")
_ADDRESSED = re.compile("各[^。；;]{2,200}[:：]$")
_UNIT_START = re.compile("[市县区省各州镇乡]")


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the lines of a column begin and end, and what is usual between them.

    `indented` is the share of lines that are set in by about two characters.
    """

    left: float
    right: float
    leading: float
    size: float
    indented: float


def page_frames(pages: Sequence[Sequence[Line]]) -> list[dict[int, Frame]]:
    """Return the frames that the lines of each page are set in, by column."""
    frames: list[dict[int, Frame]] = []
    whole = frame_of([line for lines in pages for line in lines if not line.column])
    for lines in pages:
        columns = {line.column for line in lines} | {0}
        by_column = {
            column: frame_of([line for line in lines if line.column == column])
            for column in columns
        }
        by_column[0] = _widened(by_column[0], whole)
        frames.append(by_column)
    return frames


def _widened(frame: Frame, whole: Frame) -> Frame:
    """The frame of a page; of one with nothing but short or indented lines, the document's."""
    empty = frame.right <= frame.left
    return replace(
        frame,
        left=whole.left if empty or frame.left - whole.left > _INDENT * frame.size else frame.left,
        right=whole.right if empty or whole.right - frame.right > 2 * frame.size else frame.right,
        indented=max(frame.indented, whole.indented),
    )


def frame_of(lines: Sequence[Line]) -> Frame:
    """Return the frame that lines are set in."""
    left = min((line.x0 for line in lines), default=0.0)
    right = max((_edge(line) for line in lines), default=0.0)
    steps = [b.top - a.top for a, b in pairwise(lines) if b.top > a.top]
    indents = sum(_INDENT <= (line.x0 - left) / max(line.size, 1) <= 3 for line in lines)
    return Frame(
        left,
        right,
        median(steps) if steps else 0.0,
        median(line.size for line in lines) if lines else 0.0,
        indents / max(1, len(lines)),
    )


def _edge(line: Line) -> float:
    """Where a line ends, a stop aside: it may hang over the edge of the column."""
    if not _STOP_END.search(line.text):
        return line.x1
    return line.x1 - line.size * (0.5 if line.text[-1].isascii() else 1)


def goes_on(first: Line, second: Line, frame: Frame, beyond: Frame) -> bool:
    """Whether a paragraph goes on from one line in the next; each has the frame it stands in."""
    if first.gapped or second.gapped or frame.right - frame.left < _NARROW * frame.size:
        return False
    if abs(first.size - second.size) > _SIZE_CHANGE * max(first.size, second.size):
        return False
    if frame is beyond and frame.leading:
        step = second.top - first.top
        if step > max(_BIGGER_GAP * frame.leading, frame.leading + first.size):
            return False
    if has_room(first, second, frame.right) or first.x0 - frame.left > _HANGING * first.size:
        return False
    if _stands_alone(first.text, second.text):
        return False
    begins = bool(_MARKER.match(second.text) or _LABEL.match(second.text))
    indent = (second.x0 - beyond.left) / second.size
    if indent >= _INDENT:  # a paragraph begins, or one goes on that hangs, or is set in as a whole
        deeper = indent - (first.x0 - frame.left) / first.size
        hangs = bool(_MARKER.match(first.text)) and deeper >= _INDENT
        level = abs(deeper) < 1 and frame.indented > _SET_IN_SHARE
        return (
            (hangs or level)
            and indent <= _HANGING
            and not begins
            and not _SENTENCE_END.search(first.text)
        )
    if not begins or frame.indented <= _INDENTED_SHARE:
        return not begins
    # Where paragraphs are indented, 二是 may well follow a full stop within one.
    return bool(_WEAK_MARKER.match(second.text)) or not _FULL_STOP.search(first.text)


def _stands_alone(first: str, second: str) -> bool:
    """Whether a line is a body that signs, or whom a paper is for, below a line that is full."""
    if _ADDRESSED.match(second):
        return bool(_TITLE_END.search(first))
    signs = _SIGNATURE.fullmatch(second) and _OUTSIDE_UNIT.search(second)
    return bool(signs and _FULL_STOP.search(first))


def has_room(first: Line, second: Line, right: float) -> bool:
    """Whether what begins the second line would have fitted at the end of the first."""
    word = _UNBROKEN.match(second.text)
    width = sum(0.5 if char.isascii() else 1.0 for char in word.group()) if word else 1.0
    if not word and second.text[1:2] and second.text[1] in "，。、；：！？）》”":
        width += 1.0  # no line begins with a stop: the character before it comes along
    return right - first.x1 > (width + _ROOM) * first.size


def wrap_replacement(first: str, second: str) -> str:
    """What stands for the line end within a paragraph: a space between Latin words only."""
    between = _LATIN_END.search(first) and _LATIN_START.match(second)
    words = _LATIN_LETTER.search(first[-1:]) or _LATIN_LETTER.match(second[:1])
    return " " if between and words else ""


def cell_wraps(lines: Sequence[Line], left: float, right: float) -> list[bool]:
    """Tell of each line end in a cell whether the words go on over it."""
    padding = max(0.0, min((line.x0 for line in lines), default=left) - left)
    wraps = []
    for first, second in pairwise(lines):
        edge = max(right - padding, max(line.x1 for line in lines))
        units = _OUTSIDE_UNIT.search(first.text) and _UNIT_START.match(second.text)
        begins = _MARKER.match(second.text) or _LABEL.match(second.text)
        stops = begins and _SENTENCE_END.search(first.text)
        narrow = first.size * 8 > right - left  # a marker may well be broken in a narrow cell
        wraps.append(
            not has_room(first, second, edge)
            and not units
            and not (stops or (begins and not narrow))
        )
    return wraps


def running_lines(pages: Sequence[tuple[Sequence[Line], float]]) -> set[tuple[int, int]]:
    """Find page numbers, running heads and feet: (page, line) of each."""
    found: set[tuple[int, int]] = set()
    bare: list[_Outer] = []
    repeated: dict[str, list[_Outer]] = defaultdict(list)
    for outer in _outer_lines(pages):
        text = outer.line.text.strip()
        if _BARE_NUMBER.fullmatch(text):
            bare.append(outer)
        elif _PAGE_NUMBER.fullmatch(text):
            found.add((outer.page, outer.index))
        else:
            repeated[re.sub(r"\d+", "#", re.sub(r"\s+", "", text))].append(outer)
    sizes = [line.size for lines, _ in pages for line in lines]
    largest = median(sizes) * (1 + _SIZE_CHANGE) if sizes else 0.0
    least = max(_LEAST_REPEATS, _REPEATED_SHARE * len(pages))
    for places in repeated.values():
        for outer in places:
            same = {other.page for other in places if _alike(outer.line, other.line)}
            if len(same) >= least and outer.line.size <= largest:  # else the title of each page
                found.add((outer.page, outer.index))
    return found | _counting(bare)


@dataclass(frozen=True, slots=True)
class _Outer:
    """A line in the margin of a page."""

    page: int
    index: int
    line: Line


def _outer_lines(pages: Sequence[tuple[Sequence[Line], float]]) -> list[_Outer]:
    outer = []
    for number, (lines, height) in enumerate(pages):
        order = sorted(range(len(lines)), key=lambda index: lines[index].top)
        for index in sorted({*order[:_OUTER_LINES], *order[-_OUTER_LINES:]}):
            line = lines[index]
            if line.bottom > (1 - _MARGIN) * height or line.top < _MARGIN * height:
                outer.append(_Outer(number, index, line))
    return outer


def _alike(first: Line, second: Line) -> bool:
    return (
        abs(first.top - second.top) <= _SAME_HEIGHT
        and abs(first.size - second.size) <= _SIZE_CHANGE * first.size
    )


def _counting(bare: Sequence[_Outer]) -> set[tuple[int, int]]:
    """The numbers alone on a line that count with the pages; another is a year, or a sum."""
    steps = Counter(int(outer.line.text) - outer.page for outer in bare)
    return {
        (outer.page, outer.index)
        for outer in bare
        if (step := int(outer.line.text) - outer.page) == 1 or steps[step] >= _LEAST_REPEATS
    }

"""What stands on the pages of a PDF: characters, ruled lines and pictures, each in its place.

Pages are turned so that most of what is written on them is upright.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from corpus.errors import LoadError

_QUARTER = math.pi / 2
_SQUARE = 0.05  # of a turn: what is written across is a watermark
# The parts of a character's height above and below its base line.
_ASCENT, _DESCENT = 0.88, 0.12
_THIN = 3.0
_SHORTEST_RULE = 3.0
_DEEPEST = 8
UNKNOWN = "\ufffd"
_Point = tuple[float, float]
_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Char:
    """A character and its place, in points from the page's top left corner."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float

    @property
    def middle(self) -> float:
        """How far down its middle is."""
        return (self.top + self.bottom) / 2

    @property
    def middle_x(self) -> float:
        """How far right its middle is."""
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruled line, level or upright."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def level(self) -> bool:
        """Whether it runs from left to right."""
        return self.x1 - self.x0 >= self.bottom - self.top


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page: its number from 1, its height, what is written upright, what across, its rules."""

    number: int
    height: float
    chars: tuple[Char, ...]
    turned: str
    rules: tuple[Rule, ...]
    pictured: bool


def source_pages(data: bytes, name: str) -> list[SourcePage]:
    """Return the pages of a PDF file.

    :raises LoadError: the file is encrypted or damaged.
    """
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(exc).lower():
            raise LoadError(f"文件加了密码,请去掉密码后再读:{name}") from exc
        raise LoadError(f"文件已损坏,无法读取:{name}") from exc
    try:
        pages = []
        for index in range(len(document)):
            page = document[index]
            pages.append(_read_page(page, index + 1))
            page.close()
        return pages
    except pypdfium2.PdfiumError as exc:
        raise LoadError(f"文件已损坏,无法读取:{name}") from exc
    finally:
        document.close()


def _read_page(page: Any, number: int) -> SourcePage:
    text = page.get_textpage()
    signs = list(_signs(text))
    text.close()
    angles = Counter(round(sign.angle / _QUARTER) % 4 for sign in signs if sign.text.strip())
    turn = angles.most_common(1)[0][0] if angles else 0
    place, height = _placing(page, turn)
    chars: list[Char] = []
    across: list[str] = []
    seen: set[tuple[str, int, int]] = set()
    for sign in signs:
        if not sign.upright(turn):
            across.append(sign.text)
            continue
        char = sign.char(place)
        spot = (char.text, round(char.x0), round(char.top))
        if spot not in seen:  # else printed twice over itself to look bold
            seen.add(spot)
            chars.append(char)
    rules, pictured = _drawn(page, place)
    return SourcePage(number, height, tuple(chars), "".join(across), tuple(rules), pictured)


def _placing(page: Any, turn: int) -> tuple[Callable[[_Point], _Point], float]:
    """How points of the file lie on the page once it is turned, and the page's height then."""
    left, bottom, right, top = page.get_bbox()
    ways: tuple[Callable[[_Point], _Point], ...] = (
        lambda at: (at[0] - left, top - at[1]),
        lambda at: (at[1] - bottom, at[0] - left),
        lambda at: (right - at[0], at[1] - bottom),
        lambda at: (top - at[1], right - at[0]),
    )
    return ways[turn], float(right - left if turn % 2 else top - bottom)


@dataclass(frozen=True, slots=True)
class _Sign:
    """A character as the file has it: its box, the point it is written from, its slant."""

    text: str
    corners: tuple[_Point, _Point]
    origin: _Point
    size: float
    angle: float

    def upright(self, turn: int) -> bool:
        """Whether it stands upright on a page that is turned so many quarters."""
        off = (self.angle / _QUARTER - turn + 2) % 4 - 2
        return abs(off) <= _SQUARE

    def char(self, place: Callable[[_Point], _Point]) -> Char:
        """The character in its place on the page."""
        first, second = (place(corner) for corner in self.corners)
        base = place(self.origin)[1]
        return Char(
            self.text,
            min(first[0], second[0]),
            max(first[0], second[0]),
            base - _ASCENT * self.size,
            base + _DESCENT * self.size,
            self.size,
        )


def _signs(page: Any) -> Iterator[_Sign]:
    from pypdfium2 import raw

    text = page.raw
    box = raw.FS_RECTF()
    matrix = raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    count = raw.FPDFText_CountChars(text)
    high = ""
    for index in range(count):
        if raw.FPDFText_IsGenerated(text, index) == 1:  # a space or a line end of the library's
            continue
        code = raw.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:  # half of a character beyond the first 65,536
            high = chr(code)
            continue
        sign = _character(code, high)
        high = ""
        if code == 0 or raw.FPDFText_HasUnicodeMapError(text, index) == 1:
            sign = UNKNOWN
        if sign in "\r\n":
            continue
        raw.FPDFText_GetLooseCharBox(text, index, box)
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        raw.FPDFText_GetMatrix(text, index, matrix)
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        size = raw.FPDFText_GetFontSize(text, index) * scale
        angle = -max(raw.FPDFText_GetCharAngle(text, index), 0.0)  # told clockwise
        corners = ((box.left, box.bottom), (box.right, box.top))
        yield _Sign(sign, corners, (x.value, y.value), max(size, 0.1), angle)


def _character(code: int, high: str) -> str:
    if high and 0xDC00 <= code < 0xE000:
        return (high + chr(code)).encode("utf-16", "surrogatepass").decode("utf-16")
    return UNKNOWN if 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


def _drawn(page: Any, place: Callable[[_Point], _Point]) -> tuple[list[Rule], bool]:
    """The ruled lines of a page, and whether there is a picture on it."""
    from pypdfium2 import raw

    rules: list[Rule] = []
    pictured = False
    for item, matrix in _objects(page.raw):
        kind = raw.FPDFPageObj_GetType(item)
        pictured = pictured or kind == raw.FPDF_PAGEOBJ_IMAGE
        if kind == raw.FPDF_PAGEOBJ_PATH:
            for start, end in _segments(item, matrix):
                rules += _rule(place(start), place(end))
    return rules, pictured


def _objects(page: Any) -> Iterator[tuple[Any, _Matrix]]:
    """What is drawn on a page, in forms too, each with the matrix of the form it stands in."""
    from pypdfium2 import raw

    stack = [
        (raw.FPDFPage_GetObject(page, index), _IDENTITY, 0)
        for index in range(raw.FPDFPage_CountObjects(page))
    ]
    while stack:
        item, matrix, depth = stack.pop()
        yield item, matrix
        if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            inner = _times(_matrix_of(item), matrix)
            stack += [
                (raw.FPDFFormObj_GetObject(item, index), inner, depth + 1)
                for index in range(raw.FPDFFormObj_CountObjects(item))
            ]


def _matrix_of(item: Any) -> _Matrix:
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, matrix):
        return _IDENTITY
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(first: _Matrix, second: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    x, y = _apply(second, (e, f))
    g, h, i, j, _, _ = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, x, y)


def _apply(matrix: _Matrix, at: _Point) -> _Point:
    a, b, c, d, e, f = matrix
    return (a * at[0] + c * at[1] + e, b * at[0] + d * at[1] + f)


def _segments(path: Any, outer: _Matrix) -> Iterator[tuple[_Point, _Point]]:
    """The straight parts of a path; of one that is only filled, those of a thin bar."""
    from pypdfium2 import raw

    matrix = _times(_matrix_of(path), outer)
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    x, y = ctypes.c_float(), ctypes.c_float()
    parts: list[tuple[_Point, _Point]] = []
    start = last = (0.0, 0.0)
    for index in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        at = _apply(matrix, (x.value, y.value))
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = at
        elif kind == raw.FPDF_SEGMENT_LINETO:
            parts.append((last, at))
        last = at
        if raw.FPDFPathSegment_GetClose(segment):
            parts.append((at, start))
    if not stroke.value:
        places = [point for part in parts for point in part]
        spans = [max(axis) - min(axis) for axis in zip(*places, strict=True)] if places else [0.0]
        if min(spans) > _THIN or not fill.value:
            return
    yield from parts


def _rule(start: _Point, end: _Point) -> list[Rule]:
    rule = Rule(
        min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1])
    )
    width, height = rule.x1 - rule.x0, rule.bottom - rule.top
    if min(width, height) > 1 or max(width, height) < _SHORTEST_RULE:
        return []
    return [rule]

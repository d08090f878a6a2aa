"""What stands on the pages of a PDF: characters, ruled lines and pictures, each in its place.

Pages are turned so that most of what is written on them is upright.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from corpus.errors import LoadError
from corpus.formats.pdf_signs import (
    QUARTER,
    Char,
    Lying,
    Point,
    Sign,
    loses_words,
    lost_signs,
    lying,
    page_signs,
    with_lost,
)

_THIN = 3.0
_SHORTEST_RULE = 3.0
_DEEPEST = 8
_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1, 0, 0, 1, 0, 0)


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
        return _read_pages(document, data)
    except pypdfium2.PdfiumError as exc:
        raise LoadError(f"文件已损坏,无法读取:{name}") from exc
    finally:
        document.close()


def _read_pages(document: Any, data: bytes) -> list[SourcePage]:
    signs: list[list[Sign]] = []
    wanting: dict[int, Lying] = {}
    for index in range(len(document)):
        page = document[index]
        signs.append(page_signs(page))
        if loses_words(page):
            wanting[index] = lying(page)
        page.close()
    found = lost_signs(data, wanting) if wanting else {}
    pages = []
    for index, known in enumerate(signs):
        page = document[index]
        pages.append(_read_page(page, index + 1, with_lost(known, found.get(index, []))))
        page.close()
    return pages


def _read_page(page: Any, number: int, signs: list[Sign]) -> SourcePage:
    angles = Counter(round(sign.angle / QUARTER) % 4 for sign in signs if sign.text.strip())
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


def _placing(page: Any, turn: int) -> tuple[Callable[[Point], Point], float]:
    """How points of the file lie on the page once it is turned, and the page's height then."""
    left, bottom, right, top = page.get_bbox()
    ways: tuple[Callable[[Point], Point], ...] = (
        lambda at: (at[0] - left, top - at[1]),
        lambda at: (at[1] - bottom, at[0] - left),
        lambda at: (right - at[0], at[1] - bottom),
        lambda at: (top - at[1], right - at[0]),
    )
    return ways[turn], float(right - left if turn % 2 else top - bottom)


def _drawn(page: Any, place: Callable[[Point], Point]) -> tuple[list[Rule], bool]:
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


def _apply(matrix: _Matrix, at: Point) -> Point:
    a, b, c, d, e, f = matrix
    return (a * at[0] + c * at[1] + e, b * at[0] + d * at[1] + f)


def _segments(path: Any, outer: _Matrix) -> Iterator[tuple[Point, Point]]:
    """The straight parts of a path; of one that is only filled, those of a thin bar."""
    from pypdfium2 import raw

    matrix = _times(_matrix_of(path), outer)
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    x, y = ctypes.c_float(), ctypes.c_float()
    parts: list[tuple[Point, Point]] = []
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


def _rule(start: Point, end: Point) -> list[Rule]:
    rule = Rule(
        min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1])
    )
    width, height = rule.x1 - rule.x0, rule.bottom - rule.top
    if min(width, height) > 1 or max(width, height) < _SHORTEST_RULE:
        return []
    return [rule]

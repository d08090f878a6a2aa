"""The characters of a PDF page, as the file places them.

pdfium reads them. Where a font is neither in the file nor on the machine it takes a word of one
character for nothing, so those are looked up with pdfminer, which needs no font, but does not
know all that say their own codes.
"""

from __future__ import annotations

import ctypes
import io
import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

QUARTER = math.pi / 2
UNKNOWN = "\ufffd"
_SQUARE = 0.05  # of a turn: what is written across is a watermark
# The parts of a character's height above and below its base line.
_ASCENT, _DESCENT = 0.88, 0.12
_NOTHING = 0.01
_SAME_PLACE = 2.0
Point = tuple[float, float]


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
class Sign:
    """A character as the file has it: its box, the point it is written from, its slant."""

    text: str
    corners: tuple[Point, Point]
    origin: Point
    size: float
    angle: float

    def upright(self, turn: int) -> bool:
        """Whether it stands upright on a page that is turned so many quarters."""
        off = (self.angle / QUARTER - turn + 2) % 4 - 2
        return abs(off) <= _SQUARE

    def char(self, place: Callable[[Point], Point]) -> Char:
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


def page_signs(page: Any) -> list[Sign]:
    """Return the characters that pdfium finds on a page."""
    text = page.get_textpage()
    try:
        return list(_signs(text))
    finally:
        text.close()


def _signs(page: Any) -> Iterator[Sign]:
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
        yield Sign(sign, corners, (x.value, y.value), max(size, 0.1), angle)


def _character(code: int, high: str) -> str:
    if high and 0xDC00 <= code < 0xE000:
        return (high + chr(code)).encode("utf-16", "surrogatepass").decode("utf-16")
    return UNKNOWN if 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


def loses_words(page: Any) -> bool:
    """Whether there are words on a page that pdfium takes for nothing."""
    from pypdfium2 import raw

    sides = [ctypes.c_float() for _ in range(4)]
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        raw.FPDFPageObj_GetBounds(item.raw, *sides)
        left, bottom, right, top = (side.value for side in sides)
        if right - left < _NOTHING or top - bottom < _NOTHING:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Lying:
    """How a page lies: its rotation in degrees, and its box in the file."""

    rotation: int
    box: tuple[float, float, float, float]


def lying(page: Any) -> Lying:
    """Return how a page lies."""
    return Lying(page.get_rotation(), page.get_mediabox())


def lost_signs(data: bytes, pages: Mapping[int, Lying]) -> dict[int, list[Sign]]:
    """Return all characters that pdfminer finds on some pages, by their index."""
    import pdfplumber

    # Its warnings are about what it could read nevertheless.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    found: dict[int, list[Sign]] = {}
    try:
        with pdfplumber.open(io.BytesIO(data), pages=[index + 1 for index in pages]) as file:
            for page in file.pages:
                index = page.page_number - 1
                found[index] = [
                    _square_sign(item, pages[index])
                    for item in page.chars
                    if item["text"].strip() and not item["text"].startswith("(cid:")
                ]
                page.close()
    except Exception:  # what pdfium could read stands, whatever the other makes of the file
        return found
    return found


def with_lost(signs: Sequence[Sign], found: Sequence[Sign]) -> list[Sign]:
    """Return characters with those found elsewhere that are not among them."""
    places = {(round(sign.origin[0]), round(sign.origin[1])) for sign in signs}
    return [*signs, *(sign for sign in found if not _is_known(sign.origin, places))]


def _is_known(origin: Point, places: set[tuple[int, int]]) -> bool:
    reach = range(-round(_SAME_PLACE), round(_SAME_PLACE) + 1)
    x, y = round(origin[0]), round(origin[1])
    return any((x + right, y + up) in places for right in reach for up in reach)


def _square_sign(item: Any, page: Lying) -> Sign:
    """A Chinese character, as wide as it is high."""
    a, b, _, _, x, y = item["matrix"]
    left, bottom, right, top = page.box
    # pdfminer's points are on the page as it is turned.
    origin = {
        90: (right - y, x + bottom),
        180: (right - x, top - y),
        270: (y + left, top - x),
    }.get(page.rotation, (x + left, y + bottom))
    angle = math.atan2(b, a) + page.rotation / 90 * QUARTER
    size = max(float(item["size"]), 0.1)
    along = (size * math.cos(angle), size * math.sin(angle))
    corner = (origin[0] + along[0] - along[1], origin[1] + along[1] + along[0])
    return Sign(item["text"], (origin, corner), origin, size, angle)

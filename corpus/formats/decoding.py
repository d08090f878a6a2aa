"""Bytes become text, whatever encoding they really came in.

A byte order mark decides; then strict UTF-8; then, between UTF-16 without a mark, GB18030
and Big5, the reading that looks most like Chinese. Nothing is ever decoded with
replacement characters: a file that fits no encoding is refused.
"""

from __future__ import annotations

import codecs
from functools import cache
from pathlib import Path

from corpus.errors import LoadError, os_reason
from corpus.repairs.chinese import to_simplified

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-16-le", "utf-16-be")
_CANDIDATES = ("gb18030", "big5hkscs", *_WIDE)
# Share of plausible characters below which a reading is called wrong. Chinese read in its own
# encoding scores above .95; GB18030 read as Big5, or the other way round, below .6.
_PLAUSIBLE = 0.8
_SAMPLE = 4096
_FEW_CONTROLS = 4
# Control characters that a text file may hold: tab, newlines, form feed, and the old DOS mark.
_TEXT_CONTROLS = frozenset("\t\n\r\f\x1a\x85")
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』…—·％×±　〞～﹒℃")
# The first level of GB 2312: the 3,755 characters in everyday use.
_COMMON_LEAD = range(0xB0, 0xD8)


def read_text(path: Path) -> str:
    """Return the decoded text of a file, newlines as they are, without a byte order mark.

    :raises LoadError: the file is missing, unreadable, empty, binary or in no known encoding.
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise LoadError(f"无法读取文件 {path}:{os_reason(exc)}") from exc
    return decode(data, str(path))


def decode(data: bytes, name: str) -> str:
    """Return the text that `data` holds; `name` is used in errors.

    :raises LoadError: the data are empty, binary or in no known encoding.
    """
    text, encoding = _decode(data, name)
    if not text.strip():
        raise LoadError(f"文件是空的,没有可用的文字:{name}")
    controls = sum(1 for char in text if char < " " and char not in _TEXT_CONTROLS)
    if controls > max(_FEW_CONTROLS, len(text) // 1000):
        raise LoadError(f"不是文本文件(按 {encoding} 读出 {controls} 个控制字符):{name}")
    return text


def _decode(data: bytes, name: str) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _strict(data[len(mark) :], encoding)
            if text is None:
                raise LoadError(f"文件带有 {encoding} 标记,但内容不是 {encoding}:{name}")
            return text, encoding
    text = _strict(data, "utf-8")
    if text is not None and "\0" not in text:
        return text, "utf-8"
    # Where UTF-8 fits but for a NUL, the file is UTF-16 without a mark, or binary.
    candidates = _CANDIDATES if text is None else _WIDE
    readings = [(encoding, _strict(data, encoding)) for encoding in candidates]
    scored = [(plausibility(text), text, encoding) for encoding, text in readings if text]
    if not scored or (best := max(scored, key=lambda item: item[0]))[0] < _PLAUSIBLE:
        tried = "、".join(("utf-8", *_CANDIDATES))
        raise LoadError(f"认不出文字编码(试过 {tried}),请转存为 UTF-8:{name}")
    return best[1], best[2]


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def plausibility(text: str) -> float:
    """Share of the characters, by a sample, that everyday Chinese is written with."""
    step = max(1, len(text) // _SAMPLE)
    sample = to_simplified(text if step == 1 else text[:_SAMPLE] + text[-_SAMPLE:])
    plausible = sum(1 for char in sample if _everyday(char))
    return plausible / max(1, len(sample))


@cache
def _everyday(char: str) -> bool:
    if char < "\x7f":
        return char >= " " or char in _TEXT_CONTROLS
    if char in _PUNCTUATION:
        return True
    try:
        encoded = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return encoded[0] in _COMMON_LEAD

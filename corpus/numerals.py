"""Numerals as official texts write them: 17, 十七, 一千零四十二, 二〇二五."""

from __future__ import annotations

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "0": 0,  # 二0二0年, 二OO五年: what typists put for 〇
    "O": 0,
    "两": 2,
}
_TENS = {"十": 10, "百": 100, "千": 1000}


def number_value(text: str) -> int:
    """Read a numeral; digit by digit where no 十, 百 or 千 is in it.

    :raises KeyError: a character is no numeral.
    """
    if text.isdigit():
        return int(text)
    if not any(char in _TENS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, pending = 0, 0
    for char in text:
        if char in _TENS:
            total, pending = total + (pending or 1) * _TENS[char], 0
        else:
            pending = _DIGITS[char]
    return total + pending

"""The numbers Word gives to paragraphs: they stand in no paragraph's text, but are read there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus.formats.package import child, local, switched_on, value

if TYPE_CHECKING:
    from lxml.etree import _Element

_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CIRCLED, _IN_PARENS, _WITH_STOP = "①", "⑴", "⒈"
_SINGLE_SIGNS = 20
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LETTERS = 26
_LEVELS = 9
_LONGEST_CHAIN = 20
BULLET = "•"


@dataclass(slots=True)
class _Level:
    start: int = 1
    kind: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str | None = None
    gap: bool = True


@dataclass(slots=True)
class _List:
    """One numbering instance: the abstract list it counts in, and what it overrides."""

    abstract: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, _Level] = field(default_factory=dict)


class Numbering:
    """Counts through a document, paragraph after paragraph."""

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        self._styles = {
            value(style, "styleId") or "": style
            for style in ([] if styles is None else styles)
            if local(style) == "style"
        }
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._linked: dict[str, str] = {}
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        for item in [] if numbering is None else numbering:
            if local(item) == "abstractNum":
                self._read_abstract(item)
            elif local(item) == "num":
                self._read_list(item)

    def style_name(self, paragraph: _Element) -> str:
        """Return the name of a paragraph's style, in lower case."""
        style = self._styles.get(value(child(paragraph, "pPr", "pStyle")) or "")
        return (value(child(style, "name")) or "").lower()

    def label(self, paragraph: _Element) -> str:
        """Return the label Word shows before a paragraph, and count on; empty for none."""
        place = self._place(paragraph)
        if place is None:
            return ""
        number, depth = place
        instance = self._lists[number]
        level = self._level(instance, depth)
        if level is None:
            return ""
        counts = self._count(number, instance, depth, level)
        if level.kind == "bullet":
            return f"{BULLET} "
        words = re.sub(
            "%([1-9])",
            lambda match: self._number(instance, counts, int(match[1]), level),
            level.text,
        )
        return words + (" " if level.gap and words[-1:].isascii() and words[-1:] not in ")" else "")

    def _place(self, paragraph: _Element) -> tuple[str, int] | None:
        """The list a paragraph counts in, of its own or by its style, and how deep."""
        own = child(paragraph, "pPr", "numPr")
        number = value(child(own, "numId"))
        depth = value(child(own, "ilvl"))
        style = value(child(paragraph, "pPr", "pStyle"))
        by_style = style
        for _ in range(_LONGEST_CHAIN):  # styles may be based on each other in a ring
            if (number is not None and depth is not None) or by_style not in self._styles:
                break
            found = self._styles[by_style]
            inherited = child(found, "pPr", "numPr")
            if number is None and (number := value(child(inherited, "numId"))) is not None:
                depth = depth or value(child(inherited, "ilvl")) or self._depth(number, by_style)
            by_style = value(child(found, "basedOn")) or ""
        if number not in self._lists or not (depth or "0").isdecimal():
            return None
        return number, min(int(depth or 0), _LEVELS - 1)

    def _depth(self, number: str, style: str) -> str | None:
        """The level that a list keeps for a style."""
        instance = self._lists.get(number)
        for depth, level in self._levels_of(instance.abstract if instance else "").items():
            if level.style == style:
                return str(depth)
        return None

    def _levels_of(self, abstract: str) -> dict[int, _Level]:
        """The levels of an abstract list, or of the one its style leads to."""
        if abstract in self._linked and not self._abstract.get(abstract):
            style = self._styles.get(self._linked[abstract])
            number = value(child(style, "pPr", "numPr", "numId")) or ""
            instance = self._lists.get(number)
            if instance and instance.abstract != abstract:
                return self._abstract.get(instance.abstract, {})
        return self._abstract.get(abstract, {})

    def _level(self, instance: _List, depth: int) -> _Level | None:
        return instance.levels.get(depth) or self._levels_of(instance.abstract).get(depth)

    def _count(self, number: str, instance: _List, depth: int, level: _Level) -> dict[int, int]:
        counts = self._counts.setdefault(instance.abstract, {})
        if depth in instance.starts and (number, depth) not in self._begun:
            counts[depth] = instance.starts[depth]
        elif depth in counts:
            counts[depth] += 1
        else:
            counts[depth] = level.start
        self._begun.add((number, depth))
        for deeper in [other for other in counts if other > depth]:
            below = self._level(instance, deeper)
            # 0 never restarts; n restarts only after the level n, counted from 1.
            restart = below.restart if below else None
            if restart is None or (restart and depth < restart):
                del counts[deeper]
        return counts

    def _number(self, instance: _List, counts: dict[int, int], place: int, shown: _Level) -> str:
        level = self._level(instance, place - 1)
        if level is None:
            return ""
        kind = "decimal" if shown.legal else level.kind
        return number_words(counts.setdefault(place - 1, level.start), kind)

    def _read_abstract(self, item: _Element) -> None:
        name = value(item, "abstractNumId") or ""
        levels = {}
        for part in item:
            if local(part) == "lvl":
                levels[_integer(value(part, "ilvl"), 0)] = _read_level(part)
            elif local(part) == "numStyleLink":
                self._linked[name] = value(part) or ""
        self._abstract[name] = levels

    def _read_list(self, item: _Element) -> None:
        instance = _List(value(child(item, "abstractNumId")) or "")
        for part in item:
            if local(part) == "lvlOverride":
                depth = _integer(value(part, "ilvl"), 0)
                start = value(child(part, "startOverride"))
                if start is not None:
                    instance.starts[depth] = _integer(start, 1)
                if (level := child(part, "lvl")) is not None:
                    instance.levels[depth] = _read_level(level)
        self._lists[value(item, "numId") or ""] = instance


def _read_level(item: _Element) -> _Level:
    # Newer kinds stand beside a fallback: mc:AlternateContent holds the real one first.
    kind = value(child(item, "numFmt")) or value(
        child(item, "AlternateContent", "Choice", "numFmt")
    )
    restart = value(child(item, "lvlRestart"))
    return _Level(
        start=_integer(value(child(item, "start")), 1),
        kind=kind or "decimal",
        text=value(child(item, "lvlText")) or "",
        restart=None if restart is None else _integer(restart, 0),
        legal=switched_on(child(item, "isLgl")),
        style=value(child(item, "pStyle")),
        gap=value(child(item, "suff")) != "nothing",
    )


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < _LEVELS else default


def number_words(number: int, kind: str) -> str:
    """Return a number as Word writes it in a kind of numbering; digits where it knows none."""
    if kind in ("none", "bullet"):
        return ""
    if kind in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    if kind in ("chineseLegalSimplified", "ideographLegalTraditional"):
        return _counted(number, _LEGAL_DIGITS, "拾佰仟", ten="壹拾")
    if "Counting" in kind:
        return _counted(number, _DIGITS.replace("〇", "零"), "十百千", ten="十")
    if kind in ("ideographTraditional", "ideographZodiac"):
        signs = _STEMS if kind == "ideographTraditional" else _BRANCHES
        return signs[(number - 1) % len(signs)]
    return _western(number, kind)


def _western(number: int, kind: str) -> str:
    signs = {
        "decimalEnclosedCircle": _CIRCLED,
        "decimalEnclosedCircleChinese": _CIRCLED,
        "decimalEnclosedParen": _IN_PARENS,
        "decimalEnclosedFullstop": _WITH_STOP,
    }
    if kind in signs and 1 <= number <= _SINGLE_SIGNS:
        return chr(ord(signs[kind]) + number - 1)
    if kind in ("upperRoman", "lowerRoman"):
        return _roman(number).upper() if kind == "upperRoman" else _roman(number)
    if kind in ("upperLetter", "lowerLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % _LETTERS) * ((number - 1) // _LETTERS + 1)
        return letter.upper() if kind == "upperLetter" else letter
    if kind.startswith("decimalFullWidth"):
        return "".join(chr(ord("０") + int(digit)) for digit in str(number))
    return f"{number:02}" if kind == "decimalZero" else str(number)


def _roman(number: int) -> str:
    words = ""
    for size, sign in _ROMAN:
        count, number = divmod(number, size)
        words += sign * count
    return words


def _counted(number: int, digits: str, units: str, *, ten: str) -> str:
    """A number below ten thousand in words; above, its digits one by one."""
    text = str(number)
    if number <= 0 or len(text) > len(units) + 1:
        return "".join(digits[int(digit)] for digit in text)
    words = ""
    for place, digit in zip(range(len(text) - 1, -1, -1), text, strict=True):
        if digit != "0":
            words += digits[int(digit)] + (units[place - 1] if place else "")
        elif not words.endswith(digits[0]):
            words += digits[0]
    words = words.rstrip(digits[0])
    one_ten = digits[1] + units[0]
    return ten + words[len(one_ten) :] if words.startswith(one_ten) else words

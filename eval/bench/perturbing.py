"""Corpora of any size from one BEIR corpus: a part of it, all, or all and perturbed copies.

A part holds every judged document, so that quality can be taken at each size; beyond the whole,
copies are added whose numbers and some of whose characters are changed, so that an engine gets
neither exact duplicates nor texts of a language that nobody writes. The same corpus and size give
the same bytes.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from corpus.errors import LoadError
from corpus.formats.jsonl import beir_fields, json_value
from eval.bench.records import Entry

_DIGITS = "0123456789"
_NUMERALS = "一二三四五六七八九"
# A numeral counts where it stands in a number: 一 is in many words that are none.
_NUMBER = re.compile(
    f"[{_DIGITS}]|(?<=[第十百千零])[{_NUMERALS}]|[{_NUMERALS}](?=[十百千万亿年月日条款项个倍])"
)
_PAIR = re.compile(r"([\u4e00-\u9fff])([\u4e00-\u9fff])")
# One pair of neighbours in so many changes places, as a slip of the hand does.
_SWAPPED = 24


def entries(corpus: Path) -> Iterator[Entry]:
    """Yield the lines of a corpus, one at a time, whatever its size.

    :raises LoadError: it cannot be read, or a line is no entry.
    """
    opened = gzip.open if corpus.name.lower().endswith(".gz") else open
    try:
        with opened(corpus, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    place = f"{corpus} 第 {number} 行"
                    yield Entry(*beir_fields(json_value(line, place), place))
    except (OSError, EOFError, UnicodeDecodeError) as exc:
        raise LoadError(f"无法读取 {corpus}:{exc}") from exc


def write_corpus(source: Path, target: Path, size: int, judged: Collection[str]) -> int:
    """Write a corpus of so many passages; return how many those are.

    :param judged: ids that a part must hold; where there are more of them than `size`, all are.
    :raises LoadError: the source cannot be read, or is empty.
    :raises OSError: the target cannot be written.
    """
    written = 0
    with target.open("w", encoding="utf-8") as out:
        for entry in _part(source, size, set(judged)):
            out.write(_line(entry))
            written += 1
        copy = 1
        while 0 < written < size:
            for entry in entries(source):
                if written == size:
                    break
                out.write(_line(perturbed(entry, copy)))
                written += 1
            copy += 1
    if not written:
        raise LoadError(f"{source} 里没有可用的段落")
    return written


def perturbed(entry: Entry, copy: int) -> Entry:
    """Return a copy of an entry with other numbers and some characters in other places.

    Its title says which copy it is, as statutes number what was put between two articles, so that
    no two copies of the shortest text are equal.
    """
    chance = random.Random(f"{entry.id} {copy}")
    text = _NUMBER.sub(lambda found: _other(found[0], chance), entry.text)
    text = _PAIR.sub(lambda found: _swapped(found[1], found[2], chance), text)
    return Entry(f"{entry.id}-{copy}", f"{entry.title}之{copy + 1}", text)


def _part(source: Path, size: int, judged: set[str]) -> Iterator[Entry]:
    """The judged, and the first others up to the size, in the order of the source."""
    others = size - len(judged)
    for entry in entries(source):
        if entry.id in judged:
            yield entry
        elif others > 0:
            others -= 1
            yield entry


def _other(number: str, chance: random.Random) -> str:
    """Another digit or numeral of the same script."""
    among = _DIGITS if number in _DIGITS else _NUMERALS
    step = chance.randrange(1, len(among))
    return among[(among.index(number) + step) % len(among)]


def _swapped(first: str, second: str, chance: random.Random) -> str:
    return second + first if chance.randrange(_SWAPPED) == 0 else first + second


def _line(entry: Entry) -> str:
    record = {"_id": entry.id, "title": entry.title, "text": entry.text}
    return json.dumps(record, ensure_ascii=False) + "\n"
